"""The register's side of inspection: ticket and proof → open → log the look → answer records and uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from keys.wire.trace import Trace
from rechten.doelen.model import DoelVersie
from rechten.errors import InspectionRefused
from rechten.inzage.bezit import check_proof
from rechten.inzage.model import Inzage, Periode
from rechten.logboek.model import Handelende, Logdetail, Rol
from rechten.logboek.service import Actie
from rechten.registers import store
from rechten.registers.geopend import OpenRegister, WrongCiphertext
from rechten.registers.rules import current
from rechten.registers.tickets import INZAGE, InvalidTicket, Ticket, TicketVerifier
from rechten.storingen import service as storingen
from rechten.voorstellen import service as voorstellen
from rechten.voorstellen.rules import first_of

EIGEN_INZAGE = "eigen-inzage"
T = TypeVar("T")
Report = Callable[[str], None]


@dataclass(frozen=True)
class Inzagevraag:
    """A look as it came in. `url`: the address at which the proof must have been aimed. `periode`: of
    the uses that are asked; of no use in an act."""

    ticket: str = field(repr=False)
    bewijs: str = field(repr=False)
    url: str
    periode: Periode
    trace: Trace


class Inzien:
    """`doel_version(id)` gives the purpose version to log; `report(code)` gets the reason of a refusal."""

    def __init__(
        self, tickets: TicketVerifier, doel_version: Callable[[str], DoelVersie], report: Report
    ) -> None:
        self._tickets = tickets
        self._doel_version = doel_version
        self._report = report

    def inspect(self, opened: OpenRegister, vraag: Inzagevraag, now: datetime) -> Inzage:
        """Everything this register has about the ticket's person, and what happened with it.

        Raises InspectionRefused for every kind of wrong ticket or proof; LogUnavailable.
        """
        doel = self._doel_version(EIGEN_INZAGE)

        def act(session: Session, pseudonym: Pseudonym) -> Inzage:
            return _log_and_collect(session, opened, vraag, pseudonym, doel, now)

        return self.with_ticket(opened, vraag, act, now)

    def with_ticket(
        self,
        opened: OpenRegister,
        vraag: Inzagevraag,
        act: Callable[[Session, Pseudonym], T],
        now: datetime,
    ) -> T:
        """What `act` makes of the ticket's person, in the transaction that spends the ticket.

        Raises InspectionRefused for every kind of wrong ticket or proof; LogUnavailable.
        """
        ticket, pseudonym = self._open(opened, vraag, now)

        def transaction(session: Session) -> T:
            if not store.use_ticket(session, ticket.jti, ticket.verloopt_op):
                raise InvalidTicket("replayed")
            return act(session, pseudonym)

        try:
            return opened.write_logged(transaction)
        except InvalidTicket as error:
            self._report(error.code)
            raise InspectionRefused from error

    def _open(self, opened: OpenRegister, vraag: Inzagevraag, now: datetime) -> tuple[Ticket, Pseudonym]:
        try:
            ticket = self._tickets.verify(vraag.ticket, INZAGE, opened.register.domeinen, now)
            check_proof(vraag.bewijs, vraag.ticket, ticket.claims, vraag.url, now)
            return ticket, opened.open_pseudonym(ticket.entry)
        except InvalidTicket as error:
            self._report(error.code)
            raise InspectionRefused from error
        except WrongCiphertext as error:
            self._report("wrong-ciphertext")
            raise InspectionRefused from error


def _log_and_collect(
    session: Session,
    opened: OpenRegister,
    vraag: Inzagevraag,
    pseudonym: Pseudonym,
    doel: DoelVersie,
    now: datetime,
) -> Inzage:
    person = opened.find_person(session, pseudonym)
    known = store.list_records(session, person.pid) if person else []
    records = current(known)
    detail = Logdetail(
        doel=doel,
        rol=Rol.INZAGE,
        categorieen=tuple(sorted({gegeven.categorie for gegeven in records})),
        handelende=Handelende(namens=False),
    )
    # Someone the register does not know stays unknown: a look must not make a row about them.
    actie = Actie("Eigen gegevens ingezien", vraag.trace, now, detail, person.zaad if person else None)
    opened.logboek.append(session, actie, now)
    if person is None:
        return Inzage([], [])
    uses = opened.logboek.find(session, person.zaad, vraag.periode.van, vraag.periode.tot)
    wanted = opened.register.verplichtingen()
    return Inzage(
        records,
        uses,
        person.pid,
        storingen.list_of(session, person.pid),
        voorstellen.list_of(session, person.pid),
        {record.id: first_of(known, record) for record in records if record.categorie in wanted},
    )
