"""Two questions: for whom may I act (at a service), and who may act for me."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from machtigen.deps import Services, services
from machtigen.diensten.model import Dienst, Grond, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.hindernissen import OTHER_SERVICE, obstacles
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Actief
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT
from machtigen.web.keuzes import Text
from machtigen.web.namens import find_person
from machtigen.web.pagina import Frames, by_provider, name_frames, show
from machtigen.web.sessie import login_redirect
from machtigen.web.teksten import GRONDEN, HANDELINGEN, SOORTEN, STATUSSEN, WAAROM_NIET

router = APIRouter(include_in_schema=False)
Identifier = Annotated[str, Query(max_length=100)]


def shown_keten(
    keten: Keten, dienst: Dienst | None, frames: Frames, reader: PartijId, now: datetime
) -> dict[str, Any]:
    """A chain as templates show it: who is represented, who stands in between, what may be done."""
    one = keten.effectief
    top, status = keten.schakels[-1], status_of(keten, now)
    actions = one.handelingen if dienst is None else one.handelingen & dienst.handelingen
    mine = next((link.id for link in keten.schakels if reader in {link.aanvrager, link.wederpartij}), None)
    return {
        "id": mine,
        "naam": frames.take(keten.vertegenwoordigde),
        "organisatie": frames.organisation(keten.vertegenwoordigde),
        "via": [frames.take(partij) for partij in keten.tussenpersonen],
        "soort_tekst": SOORTEN[top.kind if top.boven is None else keten.schakel.kind],
        "handelingen": [HANDELINGEN[action] for action in HANDELINGEN if action in actions],
        "laatste_dag": rules.last_moment(one) - A_MOMENT,
        "wettelijk": not one.is_vrijwillig,
        "status": status,
        "status_tekst": STATUSSEN[status],
        "zaak": one.zaak,
    }


def status_of(keten: Keten, now: datetime) -> str:
    """The state of a chain: that of the first link, from who acts, that is not simply active."""
    names = [rules.status_at(link, now).naam for link in keten.schakels]
    return next((name for name in names if name != Actief.naam), Actief.naam)


def parties_of(ketens: Sequence[Keten]) -> list[PartijId]:
    """Whose names `shown_keten` shows."""
    return [partij for one in ketens for partij in (one.vertegenwoordigde, *one.tussenpersonen)]


def grounds_in_words(dienst: Dienst) -> list[str]:
    """Who may act for somebody else at this service."""
    return [GRONDEN[grond] for grond in Grond if dienst.machtigbaar and grond in dienst.gronden]


def explained(
    found: Sequence[tuple[Keten, tuple[str, ...]]], frames: Frames, reader: PartijId, now: datetime
) -> list[dict[str, Any]]:
    """Powers that do not count here, each with why, in words."""
    return [
        shown_keten(keten, None, frames, reader, now)
        | {"redenen": [WAAROM_NIET[one] for one in reasons if one in WAAROM_NIET]}
        for keten, reasons in found
    ]


@router.get("/machtigen/voor-wie")
def for_whom(request: Request, dienst: Identifier = "", zoek: Text = "", na: Text = "") -> Response:
    """For whom may I act at this service, and if not, why not. First one chooses the service."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    chosen = app.diensten.find(dienst.replace("\x00", "")) if dienst else None
    if chosen is not None:
        return show(request, person, "voor_wie_dienst.html", _at_service(app, person, chosen))
    page = app.diensten.list(zoek, na or None, 20)
    held = app.machtigingen.list_held(person.partij, app.now())
    known = app.diensten.find_many(one for keten in held for one in keten.effectief.diensten)
    values = {
        "mijn_diensten": by_provider(app, known.values()),
        "wettelijk": any(not keten.effectief.is_vrijwillig for keten in held),
        "gevonden": by_provider(app, page.resultaten),
        "volgende": page.volgende,
        "zoek": zoek,
    }
    return show(request, person, "voor_wie.html", values)


def _at_service(app: Services, person: Sessie, dienst: Dienst) -> dict[str, Any]:
    now = app.now()
    judged = [
        (keten, obstacles(keten, dienst, person.niveau, now, zaak=keten.effectief.zaak))
        for keten in app.machtigingen.list_held(person.partij, now)
    ]
    can = [keten for keten, reasons in judged if not reasons]
    cannot = [(keten, reasons) for keten, reasons in judged if reasons and OTHER_SERVICE not in reasons]
    frames = name_frames(app, person, parties_of([*can, *(keten for keten, _ in cannot)]))
    return {
        "dienst": dienst,
        "kan": [shown_keten(keten, dienst, frames, person.partij, now) for keten in can],
        "kan_niet": explained(cannot, frames, person.partij, now),
        "gronden": grounds_in_words(dienst),
        "niveau_nodig": dienst.min_niveau.value if dienst.min_niveau is not Niveau.LAAG else None,
    }


@router.get("/machtigen/wie-voor-mij")
def who_for_me(request: Request) -> Response:
    """Who may act for me, service by service; and by law."""
    person = find_person(request)
    if person is None:
        return login_redirect(request)
    app = services(request)
    ketens = app.machtigingen.list_acting(person.partij, app.now())
    by_law = [one for one in ketens if not one.effectief.is_vrijwillig]
    given = [one for one in ketens if one.effectief.is_vrijwillig]
    known = app.diensten.find_many(dienst for one in given for dienst in one.effectief.diensten)
    rows = [(dienst, one) for dienst in known.values() for one in given if one.effectief.covers(dienst.id)]
    shown = [*(one for _, one in rows), *by_law]
    frames = name_frames(
        app,
        person,
        [partij for one in shown for partij in (one.schakel.vertegenwoordiger, *one.tussenpersonen)],
    )

    def of(dienst: Dienst) -> list[dict[str, Any]]:
        return [_acting(one, dienst, frames, app.now()) for at, one in rows if at == dienst]

    groups = by_provider(app, known.values())
    values = {
        "diensten": [(provider, [(dienst, of(dienst)) for dienst in group]) for provider, group in groups],
        "wettelijk": [_acting(one, None, frames, app.now()) for one in by_law],
    }
    return show(request, person, "wie_voor_mij.html", values)


def _acting(keten: Keten, dienst: Dienst | None, frames: Frames, now: datetime) -> dict[str, Any]:
    one, link, top = keten.effectief, keten.schakel, keten.schakels[-1]
    actions = one.handelingen if dienst is None else one.handelingen & dienst.handelingen
    return {
        "id": top.id,
        "naam": frames.take(link.vertegenwoordiger),
        "organisatie": frames.organisation(link.vertegenwoordiger),
        "functie": link.functie,
        "via": [frames.take(partij) for partij in keten.tussenpersonen],
        "soort_tekst": SOORTEN[top.kind],
        "handelingen": [HANDELINGEN[action] for action in HANDELINGEN if action in actions],
        "laatste_dag": rules.last_moment(one) - A_MOMENT,
        "status": status_of(keten, now),
        "status_tekst": STATUSSEN[status_of(keten, now)],
        "te_stoppen": dienst is not None and len(top.diensten) > 1 and top is link,
    }
