"""One machtiging: what it gives, its chain, its use, its history, and ending it.

Registered last: `/machtigen/{id}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from machtigen.api.render import functions_of
from machtigen.deps import Services, services
from machtigen.errors import AlreadyEnded
from machtigen.gebruik.model import Gebruik
from machtigen.machtigingen import rules, samen
from machtigen.machtigingen.model import ENDED, Actief, Gebeurtenis, Machtiging, Regel, Rol
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT, other_party, show_purpose
from machtigen.web.gedaan import GEDAAN
from machtigen.web.instemming import shown
from machtigen.web.namens import find_person, here, require_person
from machtigen.web.pagina import Frames, describe, name_frames, show
from machtigen.web.sessie import check_form, login_redirect
from machtigen.web.teksten import DOOR, GEBEURTENISSEN, HANDELINGEN, STATUSSEN, reason_text
from machtigen.web.velden import Csrf, Identifier

router = APIRouter(include_in_schema=False)
USES = 20
TEXTS = ("u", "iemand aan wie dit is doorgegeven")


def einde_of(request: Request) -> str:
    """How it ends: the last part of the address."""
    return request.url.path.rsplit("/", 1)[1]


Einde = Annotated[str, Depends(einde_of)]


@router.get("/machtigen/{identifier}")
def detail(
    request: Request,
    identifier: Identifier,
    gedaan: str = "",
    gebruik_na: Annotated[str | None, Query(max_length=40)] = None,
) -> Response:
    """Everything about one machtiging to which I am a party."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found, rol = app.machtigingen.require(identifier, person.partij)
    above, below = app.machtigingen.chain(identifier, person.partij)
    frames = name_frames(
        app,
        person,
        [
            other_party(found, person.partij),
            *(link.vertegenwoordigde for link in above[-1:] if rol is Rol.VERTEGENWOORDIGER),
            *(link.party(Rol.VERTEGENWOORDIGER) for link in below),
        ],
    )
    lines = app.machtigingen.history(identifier, person.partij, app.now())
    acted = functions_of(app.organisaties.acts_on(identifier))
    values = {
        "machtiging": describe(app, person, [found], frames=frames)[0],
        "boven": _above(app, above, rol, frames),
        "onder": [_below(app, link, person, frames) for link in below],
        "geschiedenis": [_line(line, acted) for line in lines],
        "beoordeeld": _judged(lines),
        "samen": samen.acties(found, person.mens, app.now()),
        "bevestiging": found.bevestiging,
        "gedaan": GEDAAN.get(gedaan),
        "gezamenlijk": _together(app, person, found),
        **_uses(app, person, found, gebruik_na),
    }
    return show(request, person, "machtiging.html", values)


def _together(app: Services, person: Sessie, found: Machtiging) -> dict[str, Any] | None:
    """Of a power by law: requests to use it together, and whether one may ask; None where nobody has to."""
    if found.is_vrijwillig or person.optreden is not None:
        return None
    now, about = app.now(), found.party(Rol.VERTEGENWOORDIGDE)
    asked = [
        one
        for one in app.instemmingen.list_for(person.partij, now)
        if (one.instemming.vertegenwoordigde, one.instemming.grond) == (about, found.grond)
    ]
    live = isinstance(rules.status_at(found, now), Actief)
    may_ask = live and bool(app.instemmingen.list_joint(found.id, person.partij, now))
    if not asked and not may_ask:
        return None
    shown_now = [shown(app, one, person.partij, Frames()) for one in asked]
    return {"vragen": shown_now, "mag_vragen": may_ask}


def _above(app: Services, above: Sequence[Machtiging], rol: Rol, frames: Frames) -> dict[str, Any] | None:
    """Of a link: for whom one acts in the end."""
    if not above:
        return None
    top = above[-1]
    name = frames.take(top.vertegenwoordigde) if rol is Rol.VERTEGENWOORDIGER else None
    status = rules.status_at(above[0], app.now())
    own = rol is Rol.VERTEGENWOORDIGDE  # who passed it on is a party to the link above as well
    return {
        "id": above[0].id if own else None,
        "naam": name,
        "organisatie": frames.organisation(top.vertegenwoordigde),
        "status": status.naam,
        "status_tekst": STATUSSEN[status.naam],
    }


def _below(app: Services, link: Machtiging, person: Sessie, frames: Frames) -> dict[str, Any]:
    """Of a power that was passed on: to whom, since when, and whether they answered."""
    status = rules.status_at(link, app.now())
    return {
        "naam": frames.take(link.party(Rol.VERTEGENWOORDIGER)),
        "organisatie": frames.organisation(link.party(Rol.VERTEGENWOORDIGER)),
        "heeft_ander": link.party(Rol.VERTEGENWOORDIGER) is not None,
        "functie": link.functie,
        "status": status.naam,
        "status_tekst": STATUSSEN[status.naam],
        "handelingen": [HANDELINGEN[one] for one in HANDELINGEN if one in link.handelingen],
        "laatste_dag": rules.last_moment(link) - A_MOMENT,
        "id": link.id if link.role_of(person.partij) else None,
    }


def _line(line: Regel, acted: Mapping[tuple[datetime, str], str]) -> dict[str, Any]:
    return {
        "op": line.op,
        "tekst": GEBEURTENISSEN[line.gebeurtenis],
        "door": DOOR.get(line.door, DOOR["stelsel"]),
        "functie": line.functie or acted.get((line.op, line.door)),
        "reden": reason_text(line.reden),
    }


def _judged(lines: Sequence[Regel]) -> Regel | None:
    """The judgement that it stays, when that is the last thing that happened."""
    return lines[-1] if lines and lines[-1].gebeurtenis is Gebeurtenis.BETWISTING_AFGEWEZEN else None


def _uses(app: Services, person: Sessie, found: Machtiging, na: str | None) -> dict[str, Any]:
    page = app.gebruiken.list_of(found.id, na, USES)
    known = app.diensten.find_many(one.dienst for one in page.resultaten)
    uses = [
        {
            "op": one.op,
            "wie": _who(one, person, found),
            "functie": one.functie,
            "dienst": known[one.dienst].naam if one.dienst in known else one.dienst,
            "doelen": [show_purpose(doel) for doel in one.doelen],
            "handelingen": [HANDELINGEN[action] for action in one.handelingen],
        }
        for one in page.resultaten
    ]
    return {"gebruik": uses, "gebruik_volgende": page.volgende, "gebruik_verder": na is not None}


def _who(use: Gebruik, person: Sessie, found: Machtiging) -> str:
    """Who did it, by role: the names stand above."""
    if use.persoon == person.partij:
        return TEXTS[0]
    if use.persoon == found.party(Rol.VERTEGENWOORDIGER):
        return DOOR["vertegenwoordiger"]
    return TEXTS[1]


@router.get("/machtigen/{identifier}/intrekken")
@router.get("/machtigen/{identifier}/opzeggen")
def ask_to_end(request: Request, identifier: Identifier, einde: Einde) -> Response:
    """Sure? What ending it means."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    found, rol = app.machtigingen.require(identifier, person.partij)
    if einde not in rules.acties(found, rol, app.now()):
        if isinstance(rules.status_at(found, app.now()), ENDED):
            raise AlreadyEnded
        return RedirectResponse(f"{here(request)}/{identifier}", 303)
    _, below = app.machtigingen.chain(identifier, person.partij)
    values = {
        "machtiging": describe(app, person, [found])[0],
        "einde": einde,
        "eindigt_mee": len(below),
    }
    return show(request, person, "beeindigen.html", values)


@router.post("/machtigen/{identifier}/intrekken")
@router.post("/machtigen/{identifier}/opzeggen")
def end(request: Request, identifier: Identifier, einde: Einde, csrf_token: Csrf = None) -> Response:
    """End it, at once."""
    person = require_person(request)
    check_form(person, csrf_token)
    app = services(request)
    perform = app.organisaties.noting(person.optreden, app.now())
    if einde == "intrekken":
        app.machtigingen.revoke(identifier, person.partij, app.now(), perform)
        return RedirectResponse(f"{here(request)}/{identifier}?gedaan=ingetrokken", 303)
    app.machtigingen.renounce(identifier, person.partij, app.now(), perform)
    return RedirectResponse(f"{here(request)}/{identifier}?gedaan=opgezegd", 303)
