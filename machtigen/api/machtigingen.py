"""Machtigingen as the logged-in person: give, ask, answer by code, look, end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from machtigen.api.render import answer, issued_wire, keten_wire, machtiging_wire, rol_of
from machtigen.deps import Person, Present, Repeat, Services, Writer
from machtigen.diensten.model import DienstId, Handeling, Niveau
from machtigen.herhalingen.model import Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen.dagen import end_of, start_of
from machtigen.machtigingen.model import Aanvraag, Machtiging, Uitgegeven
from machtigen.partijen.model import PartijId
from machtigen.wire.machtiging import (
    AanvraagWire,
    CodeWire,
    GeschiedenisWire,
    MachtigingenWire,
    MachtigingWire,
    RegelWire,
    UitgegevenWire,
)

router = APIRouter(prefix="/machtigen/api/v1", tags=["machtigingen"])
StatusWire = Literal[
    "aangevraagd",
    "actief",
    "gepauzeerd",
    "betwist",
    "geweigerd",
    "ingetrokken",
    "opgezegd",
    "verlopen",
    "beeindigd",
]
RolWire = Literal["vertegenwoordigde", "vertegenwoordiger"]
Cursor = Annotated[str | None, Query(max_length=1000)]
Amount = Annotated[int, Query(ge=1, le=100)]


def _aanvraag(body: AanvraagWire) -> Aanvraag:
    """A day as a start is its midnight; as an end it is the last day that counts."""
    start, end = body.geldig_van, body.geldig_tot
    return Aanvraag(
        diensten=tuple(body.diensten),
        handelingen=frozenset(Handeling(value) for value in body.handelingen),
        geldig_van=moment(start, start_of) if start is not None else None,
        geldig_tot=moment(end, end_of),
        zaak=body.zaak,
        label=body.label,
        organisatie=body.organisatie is not None,
        doelen=None if body.doelen is None else frozenset(body.doelen),
        min_niveau=body.min_niveau and Niveau(body.min_niveau),
        max_gebruik=body.max_gebruik,
        doormachtigen=body.doormachtigen,
    )


def moment(value: date | datetime, of_day: Callable[[date], datetime]) -> datetime:
    """A moment, or that of a day."""
    return value if isinstance(value, datetime) else of_day(value)


def changed(
    app: Services, repeat: Repeatable | None, reader: PartijId, do: Callable[[Perform], Machtiging]
) -> JSONResponse:
    """The answer to an act that changes a machtiging."""
    now = app.now()
    given = app.herhalingen.once(
        repeat, now, do, lambda done: answer(200, machtiging_wire(done, reader, now))
    )
    return JSONResponse(dict(given.body), given.status)


def issued(
    app: Services,
    repeat: Repeatable | None,
    reader: PartijId,
    do: Callable[[Perform], Uitgegeven],
    status: int = 201,
) -> JSONResponse:
    """The answer to an act that makes a request with a code."""
    now = app.now()
    given = app.herhalingen.once(repeat, now, do, lambda new: answer(status, issued_wire(new, reader, now)))
    return JSONResponse(dict(given.body), given.status, headers={"Cache-Control": "no-store"})


@router.post("/machtigingen", status_code=201, response_model=UitgegevenWire)
def grant(app: Present, person: Writer, repeat: Repeat, body: AanvraagWire) -> JSONResponse:
    """Give someone a power: the answer holds the code to give them, this once."""
    asked = _aanvraag(body)
    return issued(
        app,
        repeat,
        person.partij,
        lambda perform: app.machtigingen.grant(asked, person.partij, person.niveau, app.now(), perform),
    )


@router.post("/verzoeken", status_code=201, response_model=UitgegevenWire)
def ask(app: Present, person: Writer, repeat: Repeat, body: AanvraagWire) -> JSONResponse:
    """Ask someone for a power: the answer holds the code with which they may confirm it."""
    asked = _aanvraag(body)
    return issued(
        app,
        repeat,
        person.partij,
        lambda perform: app.machtigingen.ask(asked, person.partij, person.niveau, app.now(), perform),
    )


@router.post("/codes/inzien")
def view_code(app: Present, person: Writer, body: CodeWire) -> MachtigingWire:
    """What I would accept with this code."""
    now = app.now()
    found = app.machtigingen.view(body.code, person.partij, now)
    return machtiging_wire(found, person.partij, now)


@router.post("/codes/bevestigen", response_model=MachtigingWire)
def confirm(app: Present, person: Writer, repeat: Repeat, body: CodeWire) -> JSONResponse:
    """Accept."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.confirm(body.code, person.partij, person.niveau, app.now(), perform)

    return changed(app, repeat, person.partij, do)


@router.post("/codes/weigeren", response_model=MachtigingWire)
def decline(app: Present, person: Writer, repeat: Repeat, body: CodeWire) -> JSONResponse:
    """Decline."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.decline(body.code, person.partij, app.now(), perform)

    return changed(app, repeat, person.partij, do)


@router.get("/machtigingen")
def list_all(
    app: Present,
    person: Person,
    rol: RolWire | None = None,
    status: Annotated[list[StatusWire] | None, Query()] = None,
    na: Cursor = None,
    aantal: Amount = 50,
    verloopt_binnen: Annotated[int | None, Query(ge=1, le=3660)] = None,
) -> MachtigingenWire:
    """Machtigingen to which I am a party, newest first. `verloopt_binnen`: only those that stand and end
    within so many days."""
    now = app.now()
    ends_by = None if verloopt_binnen is None else now + timedelta(days=verloopt_binnen)
    wanted: frozenset[str] = frozenset(status or ())
    page = app.machtigingen.list_for(
        person.partij, now, rol=rol_of(rol), statuses=wanted, na=na, limit=aantal, ends_by=ends_by
    )
    shown = [machtiging_wire(found, person.partij, now) for found in page.resultaten]
    return MachtigingenWire(resultaten=shown, volgende=page.volgende)


@router.get("/vertegenwoordigden")
def list_representable(
    app: Present, person: Person, dienst: Annotated[str, Query(max_length=100)]
) -> MachtigingenWire:
    """For whom I may act at this service, now, at the level I am logged in."""
    now = app.now()
    found = app.machtigingen.list_representable(person.partij, DienstId(dienst.replace("\x00", "")), now)
    known = app.diensten.find(dienst.replace("\x00", ""))
    needed = known.min_niveau if known else Niveau.LAAG
    together = [(keten, keten.effectief) for keten in found]
    usable = [
        keten
        for keten, one in together
        if Niveau.weakest(person.niveau, one.niveau).reaches(needed) and person.niveau.reaches(one.min_niveau)
    ]
    return MachtigingenWire(resultaten=[keten_wire(one, now) for one in usable], volgende=None)


@router.get("/machtigingen/{identifier}")
def show(app: Present, person: Person, identifier: str) -> MachtigingWire:
    """One machtiging to which I am a party."""
    found, _ = app.machtigingen.require(identifier.replace("\x00", ""), person.partij)
    return machtiging_wire(found, person.partij, app.now())


@router.get("/machtigingen/{identifier}/geschiedenis")
def history(app: Present, person: Person, identifier: str) -> GeschiedenisWire:
    """Its history, oldest first."""
    lines = app.machtigingen.history(identifier.replace("\x00", ""), person.partij, app.now())
    return GeschiedenisWire(
        resultaten=[
            RegelWire(op=line.op, gebeurtenis=line.gebeurtenis.value, door=line.door, reden=line.reden)
            for line in lines
        ]
    )


@router.post("/machtigingen/{identifier}/intrekken", response_model=MachtigingWire)
def revoke(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """End it, as the represented person; or withdraw my own open request."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.revoke(identifier.replace("\x00", ""), person.partij, app.now(), perform)

    return changed(app, repeat, person.partij, do)


@router.post("/machtigingen/{identifier}/opzeggen", response_model=MachtigingWire)
def renounce(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """Give it up, as the representative."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.renounce(identifier.replace("\x00", ""), person.partij, app.now(), perform)

    return changed(app, repeat, person.partij, do)
