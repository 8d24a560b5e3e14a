"""The pages: home, and "Waar zijn mijn gegevens gebruikt?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rechten.deps import Present, Services, find_person
from rechten.errors import InvalidPeriod, NotLoggedIn
from rechten.events import NAME_UNAVAILABLE, UNREACHABLE
from rechten.inzage.model import Overzicht, Periode, RegisterAntwoord
from rechten.registers.model import Register
from rechten.sessies.model import Sessie
from rechten.web.inloggen import login_address
from rechten.web.teksten import (
    DOOR,
    INGETROKKEN,
    INVORDERING,
    REDENEN,
    ROLLEN,
    STATUSSEN,
    STORINGSTANDEN,
    VOORSTELSTANDEN,
)

router = APIRouter(prefix="/rechten")

MAXIMUM_NAMES = 12  # frames on one page; each costs a translation of two pseudonyms
INZAGE = "/rechten/inzage"
GEDAAN = frozenset({"storing", "voorstel", "intrekken"})


@router.get("/")
def home(request: Request, app: Present) -> Response:
    """What one can see here; for everybody."""
    sessie = find_person(request)
    registers = [register.naam for register in app.registers.list_all()]
    return _render(request, "start.html", {"registers": registers}, sessie)


@router.get("/inzage")
def show_overview(request: Request, app: Present, van: str = "", tot: str = "", gedaan: str = "") -> Response:
    """Time line of uses and my records, over all registers. Composed for this page, stored nowhere."""
    sessie = find_person(request)
    here = f"{INZAGE}?{request.url.query}" if request.url.query else INZAGE
    if sessie is None:
        return RedirectResponse(login_address(here), status_code=303)
    periode, wrong = _period(van, tot, app.now().astimezone(UTC).date())
    registers = app.registers.list_all()
    try:
        overzicht = app.samenstelling.compose(sessie.access_token, registers, periode)
    except NotLoggedIn:  # the session at identiteit is over, so there is nothing left to show
        return RedirectResponse(login_address(here), status_code=303)
    for register, _ in overzicht.onbereikbaar:
        app.log.emit(UNREACHABLE, register=register)
    values = {
        "periode": periode,
        "periode_fout": wrong,
        "gebruik": _uses(app, registers, overzicht),
        "registers": [_records(answer) for answer in overzicht.antwoorden],
        "onbereikbaar": [naam for _, naam in overzicht.onbereikbaar],
        "namen": MAXIMUM_NAMES,
        "storingen": [
            _storing(answer, one)
            for answer in overzicht.antwoorden
            for one in answer.antwoord.get("storingen", [])
        ],
        "gedaan": gedaan if gedaan in GEDAAN else "",
        "teksten": {
            "rol": ROLLEN,
            "door": DOOR,
            "reden": {**REDENEN, **INGETROKKEN},
            "status": STATUSSEN,
            "storing": STORINGSTANDEN,
            "voorstel": VOORSTELSTANDEN,
            "invordering": INVORDERING,
        },
    }
    return _render(request, "inzage.html", values, sessie)


def _render(request: Request, template: str, values: Mapping[str, Any], sessie: Sessie | None) -> Response:
    wie = {"niveau": sessie.niveau, "uitloggen": "/rechten/uitloggen"} if sessie else None
    answer: Response = request.app.state.pages.render(
        request,
        template,
        {**values, "wie": wie},
        csrf=sessie.csrf_token if sessie else None,
        headers={"Cache-Control": "no-store"},
    )
    return answer


def _period(van: str, tot: str, today: date) -> tuple[Periode, bool]:
    """The asked period; the usual one, and True, when the dates make no period."""
    try:
        first = date.fromisoformat(van) if van else None
        last = date.fromisoformat(tot) if tot else None
        return Periode.choose(first, last, today), False
    except (ValueError, OverflowError, InvalidPeriod):
        return Periode.choose(None, None, today), True


def _records(answer: RegisterAntwoord) -> dict[str, Any]:
    records = [
        {**record, **{moment: _moment(record[moment]) for moment in ("geldig_van", "geldig_tot")}}
        for record in answer.antwoord["gegevens"]
    ]
    proposals = [
        {**one, **{name: _moment(one.get(name)) for name in ("ingediend_op", "sinds", "vervalt_op")}}
        for one in answer.antwoord.get("voorstellen", [])
    ]
    return {"id": answer.register, "naam": answer.naam, "gegevens": records, "voorstellen": proposals}


def _storing(answer: RegisterAntwoord, storing: Mapping[str, Any]) -> dict[str, Any]:
    """A storing with its moments, and the register that it is in."""
    state = storing["toestand"]
    return {
        **storing,
        "register": answer.register,
        "geopend_op": _moment(storing["geopend_op"]),
        "toestand": {**state, "sinds": _moment(state["sinds"]), "sluit_op": _moment(state.get("sluit_op"))},
        "voorvallen": [{**one, "op": _moment(one["op"])} for one in storing["voorvallen"]],
    }


def _uses(app: Services, registers: Sequence[Register], overzicht: Overzicht) -> list[dict[str, Any]]:
    """The uses of all registers in one time line, newest first, with names of categories and people."""
    names = {
        register.id: {categorie.id: categorie.naam for categorie in register.categorieen}
        for register in registers
    }
    uses = [
        {
            **use,
            "register": answer.naam,
            "tijd": _moment(use["tijd"]),
            "categorie_namen": names.get(answer.register, {}),
            "naam_url": None,
            "naam_gevraagd": False,
        }
        for answer in overzicht.antwoorden
        for use in answer.antwoord["gebruik"]
    ]
    uses.sort(key=lambda use: (use["tijd"], use["span_id"]), reverse=True)
    _add_names(app, uses)
    return uses


def _add_names(app: Services, uses: Sequence[dict[str, Any]]) -> None:
    """Frames with the representative's name, for the newest uses; each ticket is good for one frame."""
    named = [use for use in uses if use["door"]["machtiging"]][:MAXIMUM_NAMES]
    frames = app.name_frames([(use["door"]["machtiging"], use["door"]["audience"]) for use in named])
    for use, frame in zip(named, frames, strict=True):
        use["naam_url"], use["naam_gevraagd"] = frame, True
        if frame is None:
            app.log.emit(NAME_UNAVAILABLE, reason="no-ticket")


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
