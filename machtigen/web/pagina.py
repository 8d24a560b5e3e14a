"""What every page shows: who is logged in, how many notices wait, and names in frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.pages import Pages
from machtigen.deps import Services, services
from machtigen.diensten.model import Dienst
from machtigen.events import NAME_UNAVAILABLE
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import ENDED, Machtiging, Rol
from machtigen.organisaties.model import Organisatie
from machtigen.partijen.model import PartijId, is_organisation
from machtigen.sessies.model import Sessie
from machtigen.web.teksten import HANDELINGEN, STATUSSEN

A_MOMENT = timedelta(microseconds=1)


def show(
    request: Request,
    person: Sessie | None,
    template: str,
    values: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """A page for this person, or for someone who is not logged in."""
    pages: Pages = request.app.state.pages
    own: dict[str, Any] = {"ongelezen": 0, "persoon": person}
    if person is not None:
        own["ongelezen"] = services(request).berichten.count_unread(person.partij)
        own["wie"] = {"niveau": person.niveau.value, "uitloggen": "/machtigen/uitloggen"}
    return pages.render(
        request,
        template,
        {**own, **(values or {})},
        status=status,
        csrf=person.csrf_token if person else None,
        headers={"Cache-Control": "no-store"},
    )


def other_party(machtiging: Machtiging, reader: PartijId) -> PartijId | None:
    """The other side: of a party, or of who may answer the request."""
    rol = machtiging.role_of(reader)
    return machtiging.party(rol.other) if rol is not None else machtiging.aanvrager


def name_frames(app: Services, person: Sessie, shown: Iterable[Machtiging]) -> dict[str, str]:
    """Addresses of frames with the other side's name, by machtiging. Empty when names cannot be had now.

    An organisation has no name at identiteit: its own is public.
    """
    sides = {one.id: other_party(one, person.partij) for one in shown}
    others = {one: other for one, other in sides.items() if other is not None and not is_organisation(other)}
    try:
        tickets = app.weergave.tickets(person.partij, list(others.values()), app.now())
    except (PeerUnavailable, TranslationRefused) as error:
        app.log.emit(NAME_UNAVAILABLE, reason=type(error).__name__)
        return {}
    return {
        identifier: f"{app.identiteit_url}/weergave?ticket={quote(ticket, safe='')}"
        for identifier, ticket in zip(others, tickets, strict=True)
    }


def describe(
    app: Services, person: Sessie, found: Iterable[Machtiging], *, names: bool = True
) -> list[dict[str, Any]]:
    """Machtigingen as templates show them."""
    machtigingen = list(found)
    frames = name_frames(app, person, machtigingen) if names else {}
    known = app.diensten.find_many(dienst for one in machtigingen for dienst in one.diensten)
    return [_described(app, person, one, known, frames.get(one.id)) for one in machtigingen]


def _described(
    app: Services, person: Sessie, one: Machtiging, known: Mapping[Any, Dienst], frame: str | None
) -> dict[str, Any]:
    now = app.now()
    rol = one.role_of(person.partij) or one.initiatief.other
    status = rules.status_at(one, now)
    return {
        "id": one.id,
        "rol": rol.value,
        "ik_word_vertegenwoordigd": rol is Rol.VERTEGENWOORDIGDE,
        "zelf_gevraagd": person.partij == one.aanvrager,
        "status": status.naam,
        "status_tekst": STATUSSEN[status.naam],
        "geeindigd": isinstance(status, ENDED),
        "diensten": [known[dienst] for dienst in one.diensten if dienst in known],
        "handelingen": [HANDELINGEN[handeling] for handeling in HANDELINGEN if handeling in one.handelingen],
        "geldig_van": one.geldig_van,
        "laatste_dag": one.geldig_tot - A_MOMENT,
        "nog_niet_begonnen": now < one.geldig_van,
        "zaak": one.zaak,
        "label": one.label if person.partij == one.aanvrager else None,
        "niveau": one.niveau.value,
        "min_niveau": one.min_niveau.value,
        "code_tot": getattr(status, "code_geldig_tot", None),
        "acties": rules.acties(one, rol, now) if one.role_of(person.partij) else (),
        "naam": frame,
        "heeft_ander": other_party(one, person.partij) is not None,
        "organisatie": _organisation(app, other_party(one, person.partij)),
    }


def _organisation(app: Services, partij: PartijId | None) -> Organisatie | None:
    return app.organisaties.find(partij) if partij is not None and is_organisation(partij) else None
