"""Machtigingen as the logged-in person: give, ask, answer by code, look, end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from machtigen.api.render import answer, functions_of, issued_wire, machtiging_wire, rol_of
from machtigen.deps import Person, Present, Repeat, Services, Writer, acting
from machtigen.diensten.model import Handeling, Niveau
from machtigen.herhalingen.model import Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.machtigingen.dagen import end_of, start_of
from machtigen.machtigingen.model import Aanvraag, Machtiging, Uitgegeven
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
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


def _aanvraag(app: Services, body: AanvraagWire) -> Aanvraag:
    """A day as a start is its midnight; as an end it is the last day that counts. Raises
    OrganisationUnknown."""
    start, end = body.geldig_van, body.geldig_tot
    return Aanvraag(
        diensten=tuple(body.diensten),
        handelingen=frozenset(Handeling(value) for value in body.handelingen),
        geldig_van=moment(start, start_of) if start is not None else None,
        geldig_tot=moment(end, end_of),
        zaak=body.zaak,
        label=body.label,
        organisatie=addressee(app, body.organisatie),
        doelen=None if body.doelen is None else frozenset(body.doelen),
        min_niveau=body.min_niveau and Niveau(body.min_niveau),
        max_gebruik=body.max_gebruik,
        doormachtigen=body.doormachtigen,
        functie=body.functie,
    )


def addressee(app: Services, organisatie: str | None) -> PartijId | None:
    """The organisation that alone may answer. Raises OrganisationUnknown."""
    return None if organisatie is None else app.organisaties.addressee(organisatie.replace("\x00", ""))


def moment(value: date | datetime, of_day: Callable[[date], datetime]) -> datetime:
    """A moment, or that of a day."""
    return value if isinstance(value, datetime) else of_day(value)


def changed(
    app: Services, repeat: Repeatable | None, person: Sessie, do: Callable[[Perform], Machtiging]
) -> JSONResponse:
    """The answer to an act that changes a machtiging."""
    now = app.now()
    given = app.herhalingen.once(
        repeat,
        now,
        lambda perform: do(app.organisaties.noting(person.optreden, now, perform)),
        lambda done: answer(200, machtiging_wire(done, person, now)),
    )
    return JSONResponse(dict(given.body), given.status)


def issued(
    app: Services,
    repeat: Repeatable | None,
    person: Sessie,
    do: Callable[[Perform], Uitgegeven],
    status: int = 201,
) -> JSONResponse:
    """The answer to an act that makes a request with a code."""
    now = app.now()
    given = app.herhalingen.once(
        repeat,
        now,
        lambda perform: do(app.organisaties.noting(person.optreden, now, perform)),
        lambda new: answer(status, issued_wire(new, person, now)),
    )
    return JSONResponse(dict(given.body), given.status, headers={"Cache-Control": "no-store"})


@router.post("/machtigingen", status_code=201, response_model=UitgegevenWire)
def grant(app: Present, person: Writer, repeat: Repeat, body: AanvraagWire) -> JSONResponse:
    """Give someone a power: the answer holds the code to give them, this once."""
    asked = _aanvraag(app, body)
    return issued(
        app,
        repeat,
        person,
        lambda perform: app.machtigingen.grant(
            asked, person.partij, person.niveau, app.now(), perform, person.mens
        ),
    )


@router.post("/verzoeken", status_code=201, response_model=UitgegevenWire)
def ask(app: Present, person: Writer, repeat: Repeat, body: AanvraagWire) -> JSONResponse:
    """Ask someone for a power: the answer holds the code with which they may confirm it."""
    asked = _aanvraag(app, body)
    return issued(
        app,
        repeat,
        person,
        lambda perform: app.machtigingen.ask(asked, person.partij, person.niveau, app.now(), perform),
    )


@router.post("/codes/inzien")
def view_code(app: Present, person: Writer, body: CodeWire) -> MachtigingWire:
    """What I would accept with this code."""
    person, now = acting(app, person, body.organisatie), app.now()
    found = app.machtigingen.view(body.code, person.partij, now)
    return machtiging_wire(found, person, now)


@router.post("/codes/bevestigen", response_model=MachtigingWire)
def confirm(app: Present, person: Writer, repeat: Repeat, body: CodeWire) -> JSONResponse:
    """Accept."""
    who = acting(app, person, body.organisatie)

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.confirm(body.code, who.partij, who.niveau, app.now(), perform, who.mens)

    return changed(app, repeat, who, do)


@router.post("/codes/weigeren", response_model=MachtigingWire)
def decline(app: Present, person: Writer, repeat: Repeat, body: CodeWire) -> JSONResponse:
    """Decline."""
    who = acting(app, person, body.organisatie)

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.decline(body.code, who.partij, app.now(), perform)

    return changed(app, repeat, who, do)


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
    shown = [machtiging_wire(found, person, now) for found in page.resultaten]
    return MachtigingenWire(resultaten=shown, volgende=page.volgende)


@router.get("/machtigingen/{identifier}")
def show(app: Present, person: Person, identifier: str) -> MachtigingWire:
    """One machtiging to which I am a party."""
    found, _ = app.machtigingen.require(identifier.replace("\x00", ""), person.partij)
    return machtiging_wire(found, person, app.now())


@router.get("/machtigingen/{identifier}/geschiedenis")
def history(app: Present, person: Person, identifier: str) -> GeschiedenisWire:
    """Its history, oldest first."""
    identifier = identifier.replace("\x00", "")
    lines = app.machtigingen.history(identifier, person.partij, app.now())
    functions = functions_of(app.organisaties.acts_on(identifier))
    return GeschiedenisWire(
        resultaten=[
            RegelWire(
                op=line.op,
                gebeurtenis=line.gebeurtenis.value,
                door=line.door,
                reden=line.reden,
                functie=line.functie or functions.get((line.op, line.door)),
                inhoud=None if line.inhoud is None else dict(line.inhoud),
            )
            for line in lines
        ]
    )


@router.post("/machtigingen/{identifier}/intrekken", response_model=MachtigingWire)
def revoke(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """End it, as the represented person; or withdraw my own open request."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.revoke(identifier.replace("\x00", ""), person.partij, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/machtigingen/{identifier}/opzeggen", response_model=MachtigingWire)
def renounce(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """Give it up, as the representative."""

    def do(perform: Perform) -> Machtiging:
        return app.machtigingen.renounce(identifier.replace("\x00", ""), person.partij, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/machtigingen/{identifier}/medebevestigen", response_model=MachtigingWire)
def agree(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """Agree, as one of those who decide on it jointly."""

    def do(perform: Perform) -> Machtiging:
        clean = identifier.replace("\x00", "")
        return app.machtigingen.agree(clean, person.mens, person.niveau, app.now(), perform)

    return changed(app, repeat, person, do)


@router.post("/machtigingen/{identifier}/medeweigeren", response_model=MachtigingWire)
def refuse_jointly(app: Present, person: Writer, repeat: Repeat, identifier: str) -> JSONResponse:
    """Refuse, or take my agreement back, as one of those who decide on it jointly: then it ends."""

    def do(perform: Perform) -> Machtiging:
        clean = identifier.replace("\x00", "")
        return app.machtigingen.refuse_jointly(clean, person.mens, app.now(), perform)

    return changed(app, repeat, person, do)
