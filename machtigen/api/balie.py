"""The desk: what clerks do, and the check of a print by whoever holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response

from machtigen.api.eenmaal import once
from machtigen.api.machtigingen import moment
from machtigen.api.render import answer, machtiging_wire
from machtigen.balie import rules
from machtigen.balie.model import Bevestiging, Controle, Goedgekeurd, Registratie
from machtigen.balie.tickets import once_only
from machtigen.deps import Operator, OperatorRepeat, Person, Present, Repeat, Services, Writer
from machtigen.diensten.model import Handeling
from machtigen.events import REGISTERED
from machtigen.herhalingen.model import Answer, Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen.dagen import end_of, start_of
from machtigen.machtigingen.model import Aanvraag, Machtiging
from machtigen.machtigingen.rules import last_moment
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
from machtigen.wire.balie import (
    AfdrukWire,
    BevestigingWire,
    ControleWire,
    EindeWire,
    HulpWire,
    MedewerkerWire,
    PapierWire,
    RegistratiesWire,
    RegistratieWire,
)
from machtigen.wire.machtiging import CodeWire, MachtigingWire

router = APIRouter(prefix="/machtigen/api/v1", tags=["balie"])
T = TypeVar("T")


def registratie_wire(app: Services, found: Registratie, reader: PartijId) -> RegistratieWire:
    """A registration, for a clerk, or for who signed the paper."""
    asked, stand = found.papier.aanvraag, rules.stand_at(found, app.now())
    return RegistratieWire(
        id=found.id,
        stand=stand.naam,
        op=found.op,
        loket=found.loket,
        diensten=list(asked.diensten),
        handelingen=sorted(asked.handelingen),
        geldig_van=asked.geldig_van,
        geldig_tot=asked.geldig_tot,
        zaak=asked.zaak,
        scan=found.papier.scan,
        gelegitimeerd=found.papier.gelegitimeerd,
        eigen=found.door == reader,
        machtiging=stand.machtiging if isinstance(stand, Goedgekeurd) else None,
    )


def controle_wire(found: Controle) -> ControleWire:
    """The answer to who holds a print."""
    machtiging = found.machtiging
    return ControleWire(
        stand=found.stand,
        diensten=list(machtiging.diensten),
        handelingen=sorted(machtiging.handelingen),
        geldig_van=machtiging.geldig_van,
        geldig_tot=last_moment(machtiging),
    )


def _once(
    app: Services, repeat: Repeatable | None, do: Callable[[Perform], T], render: Callable[[T], Answer]
) -> Response:
    with once_only():
        return once(app, repeat, do, render)


def _papier(body: PapierWire) -> Aanvraag:
    return Aanvraag(
        diensten=tuple(body.diensten),
        handelingen=frozenset(Handeling(value) for value in body.handelingen),
        geldig_van=None if body.geldig_van is None else moment(body.geldig_van, start_of),
        geldig_tot=moment(body.geldig_tot, end_of),
        zaak=body.zaak,
    )


def _clean(identifier: str) -> str:
    return identifier.replace("\x00", "")


@router.post("/balie/registraties", status_code=201, response_model=RegistratieWire)
def record(app: Present, person: Writer, repeat: Repeat, body: PapierWire) -> Response:
    """Record what was signed on paper. It counts when another clerk approves it."""

    def do(perform: Perform) -> Registratie:
        return app.balie.record(
            _papier(body),
            (body.ticket_vertegenwoordigde, body.ticket_vertegenwoordiger),
            body.scan,
            person,
            app.now(),
            gelegitimeerd=body.gelegitimeerd,
            perform=perform,
        )

    return _once(app, repeat, do, lambda made: answer(201, registratie_wire(app, made, person.partij)))


@router.get("/balie/registraties")
def list_waiting(app: Present, person: Person) -> RegistratiesWire:
    """What waits for a second clerk, oldest first."""
    found = app.balie.list_waiting(person, app.now())
    return RegistratiesWire(resultaten=[registratie_wire(app, one, person.partij) for one in found])


@router.get("/balie/registraties/{identifier}")
def show(app: Present, person: Person, identifier: str) -> RegistratieWire:
    """One registration."""
    found = app.balie.require(_clean(identifier), person)
    return registratie_wire(app, found, person.partij)


@router.post("/balie/registraties/{identifier}/goedkeuren", response_model=BevestigingWire)
def approve(app: Present, person: Writer, repeat: Repeat, identifier: str) -> Response:
    """As the second clerk: it counts from now. The answer holds the code for the print, this once."""

    def render(made: Bevestiging) -> Answer:
        shown = registratie_wire(app, made.registratie, person.partij)
        return answer(200, BevestigingWire(**dict(shown), code=made.code))

    return _once(
        app,
        repeat,
        lambda perform: app.balie.approve(_clean(identifier), person, app.now(), perform),
        render,
    )


@router.post("/balie/registraties/{identifier}/afkeuren", response_model=RegistratieWire)
def refuse(app: Present, person: Writer, repeat: Repeat, identifier: str) -> Response:
    """As the second clerk: nothing comes of it."""
    return _once(
        app,
        repeat,
        lambda perform: app.balie.refuse(_clean(identifier), person, app.now(), perform),
        lambda done: answer(200, registratie_wire(app, done, person.partij)),
    )


@router.post("/balie/opzoeken")
def look_up(app: Present, person: Writer, body: HulpWire) -> MachtigingWire:
    """A machtiging of the person at the desk; one that is not theirs does not exist."""
    found = app.balie.look_up(_clean(body.machtiging), body.ticket, person, app.now())
    return at_desk(app, found, person)


@router.post("/balie/beeindigen", response_model=MachtigingWire)
def end(app: Present, person: Writer, repeat: Repeat, body: HulpWire) -> Response:
    """End it for the person at the desk, at once."""

    def do(perform: Perform) -> Machtiging:
        return app.balie.end(_clean(body.machtiging), body.ticket, person, app.now(), perform)

    return _once(app, repeat, do, lambda done: answer(200, at_desk(app, done, person)))


@router.post("/balie/afdrukken", response_model=AfdrukWire)
def print_again(app: Present, person: Writer, repeat: Repeat, body: HulpWire) -> Response:
    """A new print, with a new code; the code on the old one counts no more."""

    def do(perform: Perform) -> tuple[Machtiging, str]:
        return app.balie.print_again(_clean(body.machtiging), body.ticket, person, app.now(), perform)

    def render(made: tuple[Machtiging, str]) -> Answer:
        return answer(200, AfdrukWire(machtiging=at_desk(app, made[0], person), code=made[1]))

    return _once(app, repeat, do, render)


def at_desk(app: Services, found: Machtiging, clerk: Sessie) -> MachtigingWire:
    """As a clerk sees it: no label, nothing to do with it but what the desk offers."""
    shown = machtiging_wire(found, clerk, app.now())
    return shown.model_copy(update={"acties": [], "label": None})


@router.post("/controle")
def check(request: Request, app: Present, body: CodeWire) -> ControleWire:
    """For whoever holds a print: does it stand? Wrong, cancelled and unknown codes are one refusal."""
    return controle_wire(app.balie.check(body.code, address_of(request), app.now()))


def address_of(request: Request) -> str:
    """The network address of who asks, as far as we know it."""
    return request.client.host if request.client is not None else ""


@router.post("/beheer/baliemedewerkers", status_code=201, response_model=dict[str, str])
def register_clerk(
    app: Present, _operator: Operator, repeat: OperatorRepeat, body: MedewerkerWire
) -> Response:
    """Let the person of a ticket work at a desk."""

    def do(perform: Perform) -> None:
        app.balie.register_clerk(body.ticket, body.loket, app.now(), perform)
        app.log.emit(REGISTERED, soort="baliemedewerker", id=body.loket)

    return _once(app, repeat, do, lambda _done: Answer(201, {"loket": body.loket}))


@router.post("/beheer/baliemedewerkers/einde", response_model=dict[str, str])
def end_clerk(app: Present, _operator: Operator, repeat: OperatorRepeat, body: EindeWire) -> Response:
    """The person of a ticket works at no desk any more."""

    def do(perform: Perform) -> None:
        app.balie.end_clerk(body.ticket, app.now(), perform)

    return _once(app, repeat, do, lambda _done: Answer(200, {"status": "beeindigd"}))
