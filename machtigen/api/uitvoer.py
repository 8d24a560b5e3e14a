"""What a person takes away: one machtiging with its history, or everything of theirs; signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from machtigen.api.balie import registratie_wire
from machtigen.api.oauth_form import verklaringsdienst
from machtigen.api.render import machtiging_wire, postvak_wire
from machtigen.api.verklaringen import gebruik_wire
from machtigen.bevoegdheidsverklaringen.opzet import Verklaringsdienst
from machtigen.deps import Person, Present, Services
from machtigen.gebruik.model import Bladzijde
from machtigen.machtigingen.model import Machtiging
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
from machtigen.wire.machtiging import UitvoerWire, ZegelsWire

router = APIRouter(tags=["uitvoer"])
PAGE = 100


def _machtigingen(app: Services, partij: PartijId) -> Iterator[Machtiging]:
    cursor = None
    while True:
        page = app.machtigingen.list_for(partij, app.now(), na=cursor, limit=PAGE)
        yield from page.resultaten
        cursor = page.volgende
        if cursor is None:
            return


def _uses(
    dienst: Verklaringsdienst, machtiging: str | None, list_page: Callable[[str | None], Bladzijde]
) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = list_page(cursor)
        for gebruik in page.resultaten:
            yield {"machtiging": machtiging, **gebruik_wire(dienst, gebruik).model_dump(mode="json")}
        cursor = page.volgende
        if cursor is None:
            return


def _notices(app: Services, partij: PartijId) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        page = app.berichten.list_for(partij, cursor, PAGE)
        yield from (one.model_dump(mode="json") for one in postvak_wire(page, 0).resultaten)
        cursor = page.volgende
        if cursor is None:
            return


def _content(
    app: Services, dienst: Verklaringsdienst, person: Sessie, found: list[Machtiging]
) -> dict[str, Any]:
    now, partij = app.now(), person.partij

    def uses_of(machtiging: str) -> Iterator[dict[str, Any]]:
        return _uses(dienst, machtiging, lambda na: dienst.gebruiken.list_of(machtiging, na, PAGE))

    return {
        "machtigingen": [machtiging_wire(one, person, now).model_dump(mode="json") for one in found],
        "geschiedenis": [
            {
                "machtiging": one.id,
                "regels": [line.exported() for line in app.machtigingen.chained(one.id, partij)],
            }
            for one in found
        ],
        "gebruik": [line for one in found for line in uses_of(one.id)],
    }


def _file(name: str, document: dict[str, Any]) -> JSONResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"', "Cache-Control": "no-store"}
    return JSONResponse(document, headers=headers)


@router.get("/machtigen/api/v1/machtigingen/{identifier}/geschiedenis/uitvoer", response_model=UitvoerWire)
def export_one(request: Request, app: Present, person: Person, identifier: str) -> JSONResponse:
    """One machtiging to which I am a party: what it gives, its history and its use, signed."""
    found, _ = app.machtigingen.require(identifier.replace("\x00", ""), person.partij)
    content = _content(app, verklaringsdienst(request), person, [found])
    return _file("machtiging", app.zegels.export("machtiging", content, app.now()))


@router.get("/machtigen/api/v1/uitvoer", response_model=UitvoerWire)
def export_all(request: Request, app: Present, person: Person) -> JSONResponse:
    """Everything of mine: machtigingen, history, every use of them and by myself, notices, papers; signed."""
    dienst = verklaringsdienst(request)
    content = _content(app, dienst, person, list(_machtigingen(app, person.partij)))
    own = _uses(dienst, None, lambda na: dienst.gebruiken.list_own(person.partij, na, PAGE))
    content["gebruik"] += own
    content["berichten"] = list(_notices(app, person.partij))
    papers = [registratie_wire(app, one, person.partij) for one in app.balie.list_of(person.partij)]
    content["balie"] = [one.model_dump(mode="json", exclude={"eigen"}) for one in papers]
    return _file("machtigingen", app.zegels.export("alles", content, app.now()))


@router.get("/machtigen/api/v1/geschiedenis/zegels")
def seals(app: Present, na: Annotated[int, Query(ge=0, lt=2**31)] = 0) -> ZegelsWire:
    """Seals on the history of the house, oldest first: for whoever wants to be a witness."""
    found = app.zegels.list_after(na)
    return ZegelsWire(
        zegels=[zegel.jws for zegel in found], volgende=found[-1].nummer if len(found) == PAGE else None
    )
