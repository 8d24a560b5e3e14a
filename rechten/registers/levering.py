"""A source delivers records about one person: enrolment ticket → open → log → store, in one transaction.

`rechten` never sees a BSN: the source gives the BSN to `identiteit` and gets a ticket with the person's
ciphertext for this register. The line in the log stands before the records, or neither does.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from keys.wire.trace import Trace
from rechten.doelen.model import DoelVersie
from rechten.errors import (
    CallerNotAllowed,
    EnrolmentRefused,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
)
from rechten.logboek.model import Logdetail, Rol, Tegenpartij
from rechten.logboek.service import Actie
from rechten.registers import store
from rechten.registers.geopend import OpenRegister, WrongCiphertext
from rechten.registers.model import Bron, Gegeven, GegevenStatus, NieuwGegeven
from rechten.registers.rules import check_new
from rechten.registers.tickets import AANMELDING, InvalidTicket, TicketVerifier

MAXIMUM_KEY = 200
INFO_REPEAT = b"machtigen/rechten/herhaling/1"


@dataclass(frozen=True)
class Levering:
    """Levering (delivery): records about the person that the ticket stands for."""

    aanmelding: str
    gegevens: Sequence[NieuwGegeven]
    idempotency_key: str | None = None


class Leveringen:
    """Takes deliveries. `doel_version(id)` gives the purpose version to log; may raise PeerUnavailable."""

    def __init__(self, tickets: TicketVerifier, doel_version: Callable[[str], DoelVersie]) -> None:
        self._tickets = tickets
        self._doel_version = doel_version

    def deliver(
        self, opened: OpenRegister, bron: Bron, levering: Levering, trace: Trace, now: datetime
    ) -> Mapping[str, Any]:
        """Store the records and answer with their ids; a repeated Idempotency-Key repeats its answer."""
        if opened.register.id not in bron.registers:
            raise CallerNotAllowed
        key, fingerprint = _idempotency(bron, levering, opened.keys.local)
        earlier = opened.database.read(lambda session: store.find_answer(session, key)) if key else None
        if earlier is not None:
            return _same(earlier, fingerprint)
        try:
            ticket = self._tickets.verify(levering.aanmelding, AANMELDING, opened.register.domeinen, now)
            pseudonym = opened.open_pseudonym(ticket.entry)
        except (InvalidTicket, WrongCiphertext) as error:
            raise EnrolmentRefused from error
        doel = self._doel_version(opened.register.doel)

        def act(session: Session) -> Mapping[str, Any]:
            again = store.find_answer(session, key) if key else None
            if again is not None:
                return _same(again, fingerprint)
            if not store.use_ticket(session, ticket.jti, ticket.verloopt_op):
                raise EnrolmentRefused
            answer = _store(session, opened, bron, levering, pseudonym, doel, trace, now)
            if key:
                store.add_answer(session, key, fingerprint, answer, now)
            return answer

        return opened.write_logged(act)


def _store(
    session: Session,
    opened: OpenRegister,
    bron: Bron,
    levering: Levering,
    pseudonym: Pseudonym,
    doel: DoelVersie,
    trace: Trace,
    now: datetime,
) -> dict[str, Any]:
    person = opened.admit_person(session, pseudonym, now)
    detail = Logdetail(
        doel=doel,
        rol=Rol.WIJZIGING,
        categorieen=tuple(sorted({nieuw.categorie for nieuw in levering.gegevens})),
        tegenpartij=Tegenpartij(actor=bron.client_id, naam=bron.naam, client_id=bron.client_id),
    )
    actie = Actie("Gegevens vastgelegd", trace, now, detail, person.zaad)
    opened.logboek.append(session, actie, now)
    known = store.list_records(session, person.pid)
    identifiers = []
    for nieuw in levering.gegevens:
        check_new(opened.register, nieuw, known)
        gegeven = _gegeven(nieuw, now)
        store.add_record(session, person.pid, gegeven)
        known.append(gegeven)
        identifiers.append(gegeven.id)
    return {"gegevens": [{"id": identifier} for identifier in identifiers]}


def _gegeven(nieuw: NieuwGegeven, now: datetime) -> Gegeven:
    return Gegeven(
        id=secrets.token_urlsafe(12),
        categorie=nieuw.categorie,
        waarde=nieuw.waarde,
        bron=nieuw.bron,
        geldig_van=nieuw.geldig_van,
        geldig_tot=nieuw.geldig_tot,
        vastgelegd_op=now,
        status=GegevenStatus.VASTGESTELD,
        doel=nieuw.doel,
        corrigeert=nieuw.corrigeert,
    )


def _idempotency(bron: Bron, levering: Levering, local_key: bytes) -> tuple[str, str]:
    """(stored key, fingerprint of the records): the ticket is not in it, a retry brings a fresh one.

    Both under the register's own key: a source may send one Idempotency-Key to two registers, or a key
    that says who the person is, and neither may be joined or guessed from what is stored.
    """
    given = levering.idempotency_key
    if given is None:
        return "", ""
    if not 0 < len(given) <= MAXIMUM_KEY or not given.isascii() or not given.isprintable():
        raise InvalidIdempotencyKey
    records = json.dumps([asdict(nieuw) for nieuw in levering.gegevens], default=str, sort_keys=True)
    key = json.dumps([bron.client_id, given])
    secret = HKDF(hashes.SHA256(), 32, salt=None, info=INFO_REPEAT).derive(local_key)
    return _mac(secret, "sleutel", key), _mac(secret, "vingerafdruk", records)


def _mac(secret: bytes, use: str, text: str) -> str:
    return hmac.new(secret, json.dumps([use, text]).encode(), hashlib.sha256).hexdigest()


def _same(earlier: tuple[str, dict[str, Any]], fingerprint: str) -> Mapping[str, Any]:
    known, answer = earlier
    if known != fingerprint:
        raise IdempotencyKeyReused
    return answer
