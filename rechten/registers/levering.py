"""A source delivers records about one person: enrolment ticket → open → log → store, in one transaction.

`rechten` never sees a BSN: the source gives the BSN to `identiteit` and gets a ticket with the person's
ciphertext for this register. The line in the log stands before the records, or neither does.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from keys.wire.trace import Trace
from rechten.doelen.model import DoelVersie
from rechten.errors import CallerNotAllowed, EnrolmentRefused
from rechten.logboek.model import Logdetail, Rol, Tegenpartij
from rechten.logboek.service import Actie
from rechten.registers import store
from rechten.registers.geopend import OpenRegister, WrongCiphertext
from rechten.registers.herhalen import Herhaalbaar, first_answer, once
from rechten.registers.model import Bron, Gegeven, GegevenStatus, NieuwGegeven
from rechten.registers.rules import check_new
from rechten.registers.tickets import AANMELDING, InvalidTicket, TicketVerifier


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
        records = [asdict(nieuw) for nieuw in levering.gegevens]
        # The ticket is not in it: a retry brings a fresh one.
        marks = Herhaalbaar(bron.client_id, levering.idempotency_key, records).marks(opened.keys.local)
        earlier = opened.database.read(lambda session: first_answer(session, marks))
        if earlier is not None:
            return earlier
        try:
            ticket = self._tickets.verify(levering.aanmelding, AANMELDING, opened.register.domeinen, now)
            pseudonym = opened.open_pseudonym(ticket.entry)
        except (InvalidTicket, WrongCiphertext) as error:
            raise EnrolmentRefused from error
        doel = self._doel_version(opened.register.doel)

        def act(session: Session) -> Mapping[str, Any]:
            def store_them() -> dict[str, Any]:
                if not store.use_ticket(session, ticket.jti, ticket.verloopt_op):
                    raise EnrolmentRefused
                return _store(session, opened, bron, levering, pseudonym, doel, trace, now)

            return once(session, marks, now, store_them)

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
