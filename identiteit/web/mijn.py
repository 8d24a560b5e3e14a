"""One's own page, and a name in a frame."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from identiteit import events
from identiteit.deps import Present, find_session
from identiteit.errors import TicketRefused
from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.pep import PepError

router = APIRouter(prefix="/identiteit", include_in_schema=False)


@router.get("/")
def own_page(request: Request, app: Present) -> Response:
    """What identiteit knows of the person who is logged in; for others, what this is."""
    sessie = find_session(request)
    persoon = app.personen.find(sessie.persoon_id) if sessie else None
    if sessie is None or persoon is None:
        return app.pages.render(request, "welkom.html", {"inloggen": f"{app.settings.issuer}/inloggen"})
    values = {
        "gegevens": persoon.gegevens,
        "sessie": sessie,
        "uitloggen": f"{app.settings.issuer}/uitloggen",
    }
    return app.pages.render(request, "mijn.html", values, csrf=sessie.csrf)


@router.get("/weergave")
def show_name(
    request: Request, app: Present, ticket: Annotated[str, Query(max_length=8192)] = ""
) -> Response:
    """A name, for the person who may see it; otherwise one neutral line, whatever is wrong."""
    sessie = find_session(request)
    try:
        name = app.weergave.name(ticket, sessie.persoon_id if sessie else None, app.now())
    except (TicketRefused, PepError) as error:
        app.log.emit(events.NAME_REFUSED, reason=type(error).__name__)
        return app.pages.render(request, "naam.html", {"naam": None}, status=404)
    except (PeerUnavailable, TranslationRefused) as error:
        app.log.emit(events.NAME_REFUSED, reason=type(error).__name__)
        return app.pages.render(request, "naam.html", {"naam": None}, status=503)
    return app.pages.render(request, "naam.html", {"naam": name})
