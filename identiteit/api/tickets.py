"""Tickets for registers: the person's own inspection, and enrolment by a source."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from identiteit import events
from identiteit.deps import Inspection, Present, Source
from identiteit.errors import InvalidPublicKey, NotFound
from identiteit.personen.model import Bsn, Persoon
from identiteit.wire.ticket import AanmeldingenIn, InzageticketsIn, InzageticketsUit, TicketUit
from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import Domain, PepError

router = APIRouter(prefix="/identiteit/api/v1", tags=["tickets"])


def _domain(text: str) -> Domain:
    try:
        return Domain.parse(text)
    except PepError as error:
        raise NotFound from error


def _public_key(document: dict[str, Any]) -> dict[str, Any]:
    try:
        keys: list[dict[str, Any]] = Jwks.parse({"keys": [document]}).as_dict()["keys"]
    except UnusableKey as error:
        raise InvalidPublicKey from error
    if not keys:
        raise InvalidPublicKey
    return keys[0]


@router.post("/inzagetickets")
def inspection_tickets(body: InzageticketsIn, app: Present, sessie: Inspection) -> InzageticketsUit:
    """One ticket for each register, for the person of this session."""
    registers = [_domain(text) for text in dict.fromkeys(body.registers)]
    key = _public_key(body.cnf.jwk)
    tickets, failed = app.tickets.for_inspection(sessie.persoon_id, registers, key, app.now())
    app.log.emit(events.TICKETS_ISSUED, soort="inzage", aantal=len(tickets), mislukt=len(failed))
    return InzageticketsUit(
        tickets=[TicketUit(register=str(found.register), ticket=found.token) for found in tickets],
        mislukt=[str(domain) for domain in failed],
    )


@router.post("/aanmeldingen")
def enrolment_tickets(body: AanmeldingenIn, app: Present, caller: Source) -> dict[str, Any]:
    """A ticket for each person that is known, in order; `unknown-person` for who is not."""
    register = _domain(body.register_)
    app.tickets.check_register(caller.client_id, register)
    people = app.personen.find_all_by_bsn([bsn for bsn in map(_bsn, body.personen) if bsn is not None])
    found = iter(people)
    known: list[Persoon | None] = [
        next(found) if _bsn(persoon) is not None else None for persoon in body.personen
    ]
    tickets = iter(
        app.tickets.for_enrolment([person.id for person in known if person], register, app.now())
        if any(known)
        else []
    )
    answer: list[dict[str, Any]] = [
        {"volgnummer": number, "ticket": next(tickets).token}
        if person
        else {"volgnummer": number, "code": "unknown-person"}
        for number, person in enumerate(known)
    ]
    unknown = sum(1 for person in known if person is None)
    app.log.emit(events.TICKETS_ISSUED, soort="aanmelding", aantal=len(answer) - unknown, mislukt=unknown)
    return {"aanmeldingen": answer}


def _bsn(persoon: Any) -> Bsn | None:
    try:
        return Bsn(persoon.bsn)
    except ValueError:
        return None
