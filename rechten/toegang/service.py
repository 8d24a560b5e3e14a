"""One read of a register: check → decide → log durably → release. Nothing leaves before the log stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from keys.wire.ontvangstbewijs import InvalidOntvangstbewijs
from keys.wire.trace import Trace
from rechten.doelen.model import Doel, DoelVersie
from rechten.doelen.service import Doelen
from rechten.errors import ReadRefused, TokenRefused
from rechten.logboek.model import Logdetail, Rol, Status, Tegenpartij, Weigering
from rechten.logboek.service import Actie
from rechten.registers import store
from rechten.registers.geopend import OpenRegister, WrongCiphertext
from rechten.registers.model import Gebruiksgrond, Gegeven
from rechten.registers.rules import valid_at
from rechten.toegang.bewijs import Bewijs, Bewijzen
from rechten.toegang.model import Decision, Feiten, Vraag
from rechten.toegang.rules import decide


@dataclass(frozen=True)
class Leesvraag:
    """A read as it came in: the token, the purpose, and the asked categories (None: all of the purpose)."""

    token: str
    doel: str
    categorieen: frozenset[str] | None
    trace: Trace


@dataclass(frozen=True)
class Verstrekking:
    """Verstrekking (disclosure): what is released, and what of the asked is not."""

    gegevens: dict[str, list[Gegeven]]
    geweigerd: Sequence[Weigering]


class Toegang:
    """`processor(actor)` gives the URL that names a consumer in the log."""

    def __init__(self, bewijzen: Bewijzen, doelen: Doelen, actor_url: str) -> None:
        self._bewijzen = bewijzen
        self._doelen = doelen
        self._actor_url = actor_url

    def read(self, opened: OpenRegister, leesvraag: Leesvraag, now: datetime) -> Verstrekking:
        """The records that the rules allow. Raises ReadRefused when they allow nothing, TokenRefused,
        CouldNotCheck, LogUnavailable, PeerUnavailable; a refused read is logged as well."""
        bewijs = self._bewijzen.check(leesvraag.token, leesvraag.doel, opened, now)
        doel = self._doelen.find(leesvraag.doel)
        vraag = Vraag(
            opened.register, bewijs.afnemer, leesvraag.doel, bewijs.bevoegdheid, leesvraag.categorieen
        )
        gronden = opened.database.read(
            lambda session: store.list_grounds(session, bewijs.afnemer, leesvraag.doel)
        )
        decision = decide(vraag, Feiten(doel, gronden), now)
        version = self._version(opened, doel)
        if decision.allowed:
            opened.require_keys()  # may ask `keys`: not within the transaction

        def act(session: Session) -> list[Gegeven]:
            return self._log_and_collect(session, opened, bewijs, leesvraag, decision, version, now)

        records = opened.write_logged(act)
        if not decision.allowed:
            raise ReadRefused(decision.reasons[0])
        given = {
            categorie: [gegeven for gegeven in records if gegeven.categorie == categorie]
            for categorie in sorted(decision.categories)
        }
        return Verstrekking(given, decision.refused)

    def _version(self, opened: OpenRegister, doel: Doel | None) -> DoelVersie:
        """The purpose to log under; for one that is not registered, the keeping of the register itself."""
        return doel.versie if doel is not None else self._doelen.require_version(opened.register.doel)

    def _log_and_collect(
        self,
        session: Session,
        opened: OpenRegister,
        bewijs: Bewijs,
        leesvraag: Leesvraag,
        decision: Decision,
        version: DoelVersie,
        now: datetime,
    ) -> list[Gegeven]:
        pseudonym = _open(session, opened, bewijs, decision)
        person = opened.find_person(session, pseudonym) if pseudonym is not None else None
        if person is None and pseudonym is not None and decision.allowed:
            # A person the register did not know gets a log seed, so that the look stays visible to them.
            person = opened.admit_person(session, pseudonym, now)
        detail = Logdetail(
            doel=version,
            rol=Rol.VERSTREKKING if decision.allowed else Rol.WEIGERING,
            categorieen=tuple(sorted(decision.categories)),
            geweigerd=decision.refused,
            redenen=decision.reasons,
            gebruiksgrond=decision.gebruiksgrond.id if decision.gebruiksgrond else None,
            tegenpartij=_counterparty(session, opened, bewijs, decision.gebruiksgrond),
            handelende=bewijs.handelende,
        )
        actie = Actie(
            name="Gegevens opgevraagd" if decision.allowed else "Gegevens geweigerd",
            trace=leesvraag.trace,
            begonnen_op=now,
            detail=detail,
            zaad=person.zaad if person else None,
            processor=f"{self._actor_url}/{bewijs.afnemer}",
            status=Status.OK if decision.allowed else Status.UNSET,
        )
        opened.logboek.append(session, actie, now)
        if person is None or not decision.allowed:
            return []
        return valid_at(store.list_records(session, person.pid, decision.categories), now)


def _open(session: Session, opened: OpenRegister, bewijs: Bewijs, decision: Decision) -> Pseudonym | None:
    """Whom the read is about. What an actor brought by itself opens once, and only for a read that the
    rules allow; None: it stays closed. Raises TokenRefused for a receipt that was used before."""
    betrokkene = bewijs.betrokkene
    if isinstance(betrokkene, Pseudonym):
        return betrokkene
    if not store.use_ticket(session, betrokkene.receipt, betrokkene.verloopt_op):
        raise TokenRefused from InvalidOntvangstbewijs("receipt-used")
    if not decision.allowed:
        return None
    try:
        return opened.open_pseudonym(betrokkene.ciphertext)
    except WrongCiphertext as error:
        raise TokenRefused from error


def _counterparty(
    session: Session, opened: OpenRegister, bewijs: Bewijs, grond: Gebruiksgrond | None
) -> Tegenpartij:
    naam = grond.afnemer_naam if grond else store.find_consumer_name(session, bewijs.afnemer)
    if naam is None:
        naam = opened.register.naam if bewijs.afnemer == opened.register.actor else {"nl": bewijs.afnemer}
    return Tegenpartij(actor=bewijs.afnemer, naam=naam, client_id=bewijs.client_id)
