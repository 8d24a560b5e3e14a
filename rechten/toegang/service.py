"""One read of a register: check → decide → log durably → release. Nothing leaves before the log stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from keys.wire.ontvangstbewijs import InvalidOntvangstbewijs
from rechten.errors import ReadRefused, TokenRefused
from rechten.logboek.model import Rol, Weigering
from rechten.registers import store
from rechten.registers.geopend import OpenRegister, WrongCiphertext
from rechten.registers.model import Gegeven
from rechten.registers.rules import valid_at
from rechten.toegang.bewijs import Bewijs
from rechten.toegang.model import Decision, Leesvraag
from rechten.toegang.oordeel import Oordeel, Oordelen
from rechten.voorstellen.model import Invordering
from rechten.voorstellen.rules import first_of, invordering
from rechten.voorstellen.service import list_of


@dataclass(frozen=True)
class Verplicht:
    """Verplicht (obliged): of a record that is an obligation, its id here and whether it is collected."""

    verplichting: str
    invordering: Invordering


@dataclass(frozen=True)
class Verstrekking:
    """Verstrekking (disclosure): what is released, and what of the asked is not.

    `verplicht`: by id of a record. `eigen`: to the register's own actor, which may have ids of it.
    """

    gegevens: dict[str, list[Gegeven]]
    geweigerd: Sequence[Weigering]
    verplicht: dict[str, Verplicht] = field(default_factory=dict)
    eigen: bool = False


class Toegang:
    """Reads with a token."""

    def __init__(self, oordelen: Oordelen) -> None:
        self._oordelen = oordelen

    def read(self, opened: OpenRegister, leesvraag: Leesvraag, now: datetime) -> Verstrekking:
        """The records that the rules allow. Raises ReadRefused when they allow nothing, TokenRefused,
        CouldNotCheck, LogUnavailable, PeerUnavailable; a refused read is logged as well."""
        oordeel = self._oordelen.judge(opened, leesvraag, now)
        decision = oordeel.decision
        if decision.allowed:
            opened.require_keys()  # may ask `keys`: not within the transaction

        def act(session: Session) -> tuple[list[Gegeven], dict[str, Verplicht]]:
            return self._log_and_collect(session, opened, oordeel, now)

        records, verplicht = opened.write_logged(act)
        if not decision.allowed:
            raise ReadRefused(decision.reasons[0])
        given = {
            categorie: [gegeven for gegeven in records if gegeven.categorie == categorie]
            for categorie in sorted(decision.categories)
        }
        own = oordeel.bewijs.afnemer == opened.register.actor
        return Verstrekking(given, decision.refused, verplicht, own)

    def _log_and_collect(
        self, session: Session, opened: OpenRegister, oordeel: Oordeel, now: datetime
    ) -> tuple[list[Gegeven], dict[str, Verplicht]]:
        decision = oordeel.decision
        pseudonym = open_subject(session, opened, oordeel.bewijs, decision)
        person = opened.find_person(session, pseudonym) if pseudonym is not None else None
        if person is None and pseudonym is not None and decision.allowed:
            # A person the register did not know gets a log seed, so that the look stays visible to them.
            person = opened.admit_person(session, pseudonym, now)
        naam = "Gegevens opgevraagd" if decision.allowed else "Gegevens geweigerd"
        self._oordelen.log(session, opened, oordeel, person, naam, Rol.VERSTREKKING, now)
        if person is None or not decision.allowed:
            return [], {}
        known = store.list_records(session, person.pid, decision.categories)
        return valid_at(known, now), _obliged(session, opened, person.pid, known, now)


def _obliged(
    session: Session, opened: OpenRegister, pid: str, known: Sequence[Gegeven], now: datetime
) -> dict[str, Verplicht]:
    """Whether the obligations among these records are collected now."""
    wanted = opened.register.verplichtingen()
    found = {record.id: first_of(known, record) for record in known if record.categorie in wanted}
    voorstellen = list_of(session, pid) if found else []
    return {
        record: Verplicht(verplichting, invordering(voorstellen, verplichting, now))
        for record, verplichting in found.items()
    }


def open_subject(
    session: Session, opened: OpenRegister, bewijs: Bewijs, decision: Decision
) -> Pseudonym | None:
    """Whom the call is about. What an actor brought by itself opens once, and only for a read that the
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
