"""Names on the pages of rechten: a ticket for the two parties of a machtiging that a token named."""

from __future__ import annotations

from fastapi import APIRouter

from machtigen.deps import Present, Rechten
from machtigen.errors import NotFound
from machtigen.machtigingen.model import Rol
from machtigen.wire.machtiging import WeergaveAanvraag, WeergaveTicket

router = APIRouter(prefix="/machtigen/api/v1", tags=["weergave"])


@router.post("/weergavetickets")
def make_ticket(app: Present, _caller: Rechten, body: WeergaveAanvraag) -> WeergaveTicket:
    """Viewer: the represented person; shown: the representative. identiteit checks who looks."""
    identifier = app.find_by_identifier(body.identifier, body.audience)
    machtiging = app.machtigingen.find(identifier) if identifier else None
    viewer = machtiging.party(Rol.VERTEGENWOORDIGDE) if machtiging else None
    shown = machtiging.party(Rol.VERTEGENWOORDIGER) if machtiging else None
    if viewer is None or shown is None:
        raise NotFound
    ticket = app.weergave.tickets(viewer, [shown], app.now())[0]
    return WeergaveTicket(ticket=ticket, url=f"{app.identiteit_url}/weergave?ticket={ticket}")
