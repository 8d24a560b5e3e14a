"""My organisations, and one of them: its people by function, what it received, and who used that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from machtigen.deps import Services, find_person, services
from machtigen.machtigingen.model import ENDED, Machtiging, Rol
from machtigen.machtigingen.rules import status_at
from machtigen.organisaties import rules
from machtigen.organisaties.model import Lid, Organisatie
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
from machtigen.web.gedaan import GEDAAN
from machtigen.web.namens import NAMENS
from machtigen.web.pagina import Frames, describe, name_frames, show
from machtigen.web.sessie import login_redirect
from machtigen.web.teksten import NIVEAUS, ROLLEN, ZONDER_FUNCTIE

router = APIRouter(include_in_schema=False)
LIST = "/machtigen/organisaties"
PEOPLE = 40  # on one page: each name is a frame with a ticket of its own
POWERS = 100
LAST_PLACE = 100_000
Done = Annotated[str, Query(max_length=40)]


def place_of(organisatie: Organisatie) -> str:
    """The address of the page of an organisation."""
    return f"{LIST}/{organisatie.slug}"


def clean(naam: str) -> str:
    """A name in an address, as it can be looked up."""
    return naam.replace("\x00", "")


@router.get(LIST)
def list_mine(request: Request, gedaan: Done = "") -> Response:
    """The organisations where I am, and as what."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    found = services(request).organisaties.memberships(person.partij)
    values = {"mijn": [shown_membership(*one) for one in found], "gedaan": GEDAAN.get(gedaan)}
    return show(request, person, "organisaties.html", values)


def shown_membership(organisatie: Organisatie, lid: Lid) -> dict[str, Any]:
    """An organisation where somebody is, and what they are there."""
    acts = rules.may_act(lid)
    return {
        "organisatie": organisatie,
        "rol": ROLLEN[lid.rol],
        "functie": lid.functie,
        "sinds": lid.sinds,
        "adres": place_of(organisatie),
        "namens": f"{NAMENS}/{organisatie.slug}/" if acts else None,
    }


@router.get(LIST + "/{naam}")
def detail(
    request: Request,
    naam: str,
    gedaan: Done = "",
    vanaf: Annotated[int, Query(ge=0, le=LAST_PLACE)] = 0,
) -> Response:
    """One organisation where I am; who acts for it sees its people and what it received."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    own = app.organisaties.require_member(clean(naam), person.partij)
    organisatie = app.organisaties.require(own.organisatie)
    mine = [one for found, one in app.organisaties.memberships(person.partij) if found.id == organisatie.id]
    values = {
        "organisatie": organisatie,
        "mijn": [shown_membership(organisatie, one) for one in mine],
        "adres": place_of(organisatie),
        "leden_van_mij": [_me(one) for one in mine],
        "groepen": None,
        "gedaan": GEDAAN.get(gedaan),
    }
    if rules.may_act(own):
        values |= _inside(app, person, own, vanaf)
    return show(request, person, "organisatie.html", values)


def _me(lid: Lid) -> dict[str, Any]:
    return {"id": lid.id, "rol": ROLLEN[lid.rol], "functie": lid.functie}


def _inside(app: Services, person: Sessie, own: Lid, vanaf: int) -> dict[str, Any]:
    """What a director or administrator sees."""
    members = app.organisaties.list_members(own.organisatie)
    page = sorted(members, key=lambda one: (one.functie is None, one.functie or "", one.sinds))
    page = page[vanaf : vanaf + PEOPLE]
    received = _standing(app, own.organisatie, Rol.VERTEGENWOORDIGER)
    links = _standing(app, own.organisatie, Rol.VERTEGENWOORDIGDE, vrijwillig=True)
    links = [one for one in links if one.functie]
    frames = name_frames(app, person, _names(page, received, links))
    shown = describe(app, person, [*received, *links], frames=frames, reader=own.organisatie)
    more = vanaf + PEOPLE < len(members)
    return {
        "groepen": _by_function(page, own, frames),
        "handelen": f"{NAMENS}/{app.organisaties.require(own.organisatie).slug}",
        "ontvangen": [
            one | {"per_functie": app.gebruiken.by_functie(one["id"])} for one in shown[: len(received)]
        ],
        "functies": shown[len(received) :],
        "meer_mensen": vanaf + PEOPLE if more else None,
        "mag_uitnodigen": bool(rules.INVITES.get(own.rol)),
    }


def _standing(
    app: Services, organisatie: PartijId, rol: Rol, *, vrijwillig: bool | None = None
) -> list[Machtiging]:
    now = app.now()
    page = app.machtigingen.list_for(organisatie, now, rol=rol, vrijwillig=vrijwillig, limit=POWERS)
    return [one for one in page.resultaten if not isinstance(status_at(one, now), ENDED)]


def _names(
    members: Iterable[Lid], received: Iterable[Machtiging], links: Iterable[Machtiging]
) -> list[PartijId | None]:
    """Whose names the page shows."""
    return [
        *(one.partij for one in members),
        *(one.party(Rol.VERTEGENWOORDIGDE) for one in received),
        *(one.party(Rol.VERTEGENWOORDIGER) for one in links),
    ]


def _by_function(members: Iterable[Lid], own: Lid, frames: Frames) -> list[tuple[str, list[dict[str, Any]]]]:
    """People under what they do there."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in members:
        ik = one.partij == own.partij
        shown = {
            "id": one.id,
            "naam": frames.take(one.partij),
            "ik": ik,
            "rol": ROLLEN[one.rol],
            "handelt": rules.may_act(one),
            "niveau": NIVEAUS[one.niveau],
            "sinds": one.sinds,
            "weg": ik or one.rol in rules.REMOVES.get(own.rol, frozenset()),
        }
        groups.setdefault(one.functie or ZONDER_FUNCTIE, []).append(shown)
    return list(groups.items())
