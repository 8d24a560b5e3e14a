"""Open a storing, add to it, and let its actor and the persons bring it to an end. Logged as it happens."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from keys.kernel.pep.encoding import length_prefixed, to_base64url
from rechten.errors import StoringUnknown
from rechten.logboek.model import Logdetail, Rol, Status, Tegenpartij
from rechten.logboek.service import Actie
from rechten.registers.geopend import OpenRegister
from rechten.registers.herhalen import Herhaalbaar, once
from rechten.storingen import store
from rechten.storingen.model import Aanbieding, Door, Gezet, Soort, Stap, Storing
from rechten.storingen.rules import check_step, is_open, must_note

REVOKED = "machtiging-revoked"
LOGIN_REVOKED = "login-revoked"
INFO_REFERENCE = b"machtigen/rechten/storing/1"


def note(
    opened: OpenRegister, betrokkene: Pseudonym, aanbieding: Aanbieding, processor: str, now: datetime
) -> str | None:
    """Write down a presentation that came too late; the id of the storing when this opened one.

    One storing is open for each client. A token is an occurrence once; how often it was shown is counted,
    up to a bound. The first time is also a line in the log of the person. Raises LogUnavailable,
    RegisterNotReady.
    """
    client = (aanbieding.afnemer, aanbieding.client_id, Soort.W5)
    shown, last_step = opened.database.read(
        lambda session: store.list_shown(session, *client, aanbieding.token)
    )
    if not must_note(shown, last_step):
        return None  # so often since the last step that the storing is certainly open

    def act(session: Session) -> str | None:
        store.wait_for_client(session, *client)
        known = store.find_last(session, *client)
        new = known is None or not is_open(known, now)
        if known is None or new:
            known = store.add(session, *client, known.volgnummer + 1 if known else 1, now)
        _add(session, opened, known, betrokkene, aanbieding, processor, now)
        return known.id if new else None

    return opened.write_logged(act)


def _add(
    session: Session,
    opened: OpenRegister,
    storing: Storing,
    betrokkene: Pseudonym,
    aanbieding: Aanbieding,
    processor: str,
    now: datetime,
) -> None:
    voorval_id = store.find_voorval(session, storing.id, aanbieding.token)
    if voorval_id is not None:
        momenten = next(one.momenten for one in storing.voorvallen if one.id == voorval_id)
        store.add_aanbieding(session, voorval_id, len(momenten) + 1, now)
        return
    # Someone the register did not know gets a row with a log seed: it must be visible to them.
    person = opened.admit_person(session, betrokkene, now)
    detail = Logdetail(
        doel=aanbieding.doel,
        rol=Rol.WEIGERING,
        categorieen=(),
        redenen=(REVOKED if aanbieding.namens else LOGIN_REVOKED,),
        tegenpartij=Tegenpartij(aanbieding.afnemer, opened.register.naam, aanbieding.client_id),
        handelende=aanbieding.handelende,
    )
    actie = Actie(
        "Gegevens geweigerd",
        aanbieding.trace,
        now,
        detail,
        person.zaad,
        processor=processor,
        status=Status.UNSET,
    )
    opened.logboek.append(session, actie, now)
    store.add_voorval(session, storing.id, person.pid, aanbieding, now)


def list_for(opened: OpenRegister, afnemer: str | None) -> list[Storing]:
    """The storingen of one actor in this register; None: of all, for the operator."""
    return opened.database.read(lambda session: store.list_all(session, afnemer))


def find_for(opened: OpenRegister, storing_id: str, afnemer: str | None) -> Storing:
    """One of them. Raises StoringUnknown, also for somebody else's."""
    return opened.database.read(lambda session: _require(session, storing_id, afnemer))


def report(
    opened: OpenRegister,
    storing_id: str,
    stap: Stap,
    afnemer: str | None,
    idempotency_key: str | None,
    now: datetime,
) -> Storing:
    """What the actor says, or the operator (`afnemer` None): cause removed, or persons restored.

    Raises StoringUnknown, StoringStateForbids, IdempotencyKeyReused.
    """
    door = Door.BEHEER if afnemer is None else Door.ACTOR
    asked = [storing_id, stap.value]
    marks = Herhaalbaar(afnemer or door.value, idempotency_key, asked).marks(opened.keys.local)

    def act(session: Session) -> Mapping[str, Any]:
        storing = _require(session, storing_id, afnemer)
        return {"id": take_step(session, storing, stap, door, now).id}

    opened.write_logged(lambda session: once(session, marks, now, lambda: act(session)))
    return find_for(opened, storing_id, afnemer)


def list_of(session: Session, pid: str) -> list[Storing]:
    """The storingen that concern this person."""
    return store.list_of(session, pid)


def answer(session: Session, pid: str, storing_id: str, stap: Stap, now: datetime) -> Storing:
    """What a person whom it concerns says: restored, or not. Raises StoringUnknown, StoringStateForbids."""
    storing = store.find(session, storing_id)
    if storing is None or pid not in storing.betrokkenen:
        raise StoringUnknown
    return take_step(session, storing, stap, Door.BETROKKENE, now, pid)


def take_step(
    session: Session, storing: Storing, stap: Stap, door: Door, now: datetime, pid: str | None = None
) -> Storing:
    """Add a step to the history, when it fits what stands there once nobody else may add."""
    store.wait_for_client(session, storing.afnemer, storing.client_id, storing.soort)
    present = store.find(session, storing.id) or storing
    check_step(present, stap, door, now, pid)
    store.add_stap(session, storing.id, len(present.stappen) + 1, Gezet(stap, door, now, pid))
    return present


def reference(opened: OpenRegister, storing: Storing, pid: str) -> str:
    """What its actor calls a person in this storing: 22 characters, another one in every storing."""
    secret = HKDF(hashes.SHA256(), 32, salt=None, info=INFO_REFERENCE).derive(opened.keys.local)
    parts = length_prefixed(b"betrokkene", storing.id.encode(), pid.encode())
    return to_base64url(hmac.new(secret, parts, hashlib.sha256).digest()[:16])


def token_digest(opened: OpenRegister, issuer: str, jti: str) -> str:
    """What is kept of a token: 43 characters that say nothing without the register's own key."""
    secret = HKDF(hashes.SHA256(), 32, salt=None, info=INFO_REFERENCE).derive(opened.keys.local)
    parts = length_prefixed(b"token", issuer.encode(), jti.encode())
    return to_base64url(hmac.new(secret, parts, hashlib.sha256).digest())


def _require(session: Session, storing_id: str, afnemer: str | None) -> Storing:
    storing = store.find(session, storing_id)
    if storing is None or (afnemer is not None and storing.afnemer != afnemer):
        raise StoringUnknown
    return storing
