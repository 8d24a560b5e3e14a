"""What every page shows: who is logged in, how many notices wait, and names in frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.pages import Pages
from keys.kernel.pages.rendering import Link
from machtigen.deps import Services, services
from machtigen.diensten.model import Dienst, Niveau
from machtigen.events import NAME_UNAVAILABLE
from machtigen.machtigingen.model import Machtiging
from machtigen.organisaties.model import Organisatie
from machtigen.partijen.model import PartijId, is_organisation
from machtigen.sessies.model import Sessie
from machtigen.web.beschrijving import A_MOMENT, described, other_party
from machtigen.web.namens import HOME, here

__all__ = [
    "A_MOMENT",
    "INVALID_FORM",
    "Frames",
    "by_provider",
    "describe",
    "login_higher",
    "name_frames",
    "show",
]

INVALID_FORM = 422
MENU = (
    ("/", "Machtigingen"),
    ("/nieuw", "Iemand machtigen"),
    ("/code", "Ik heb een code"),
    ("/berichten", "Berichten"),
)


def show(
    request: Request,
    person: Sessie | None,
    template: str,
    values: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """A page for this person, or for someone who is not logged in."""
    pages: Pages = request.app.state.pages
    own: dict[str, Any] = {"ongelezen": 0, "persoon": person, **_place(request, person)}
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


def _place(request: Request, person: Sessie | None) -> dict[str, Any]:
    """Where these pages stand (`hier`), and for which organisation somebody acts there (`namens`)."""
    if person is None or person.optreden is None:
        return {"hier": HOME, "als": "", "namens": None}
    hier, found = here(request), services(request).organisaties.require(person.partij)
    links = [Link(f"{hier}{path}", text) for path, text in MENU]
    return {"hier": hier, "als": f"?organisatie={found.slug}", "namens": found, "navigatie": links}


class Frames:
    """Addresses of frames with names. Each is good for one frame: identiteit takes a ticket once."""

    def __init__(
        self,
        urls: Iterable[tuple[PartijId, str]] = (),
        organisaties: Mapping[PartijId, Organisatie] | None = None,
    ) -> None:
        self._organisaties = dict(organisaties or {})
        self._urls: dict[PartijId, list[str]] = {}
        for partij, url in urls:
            self._urls.setdefault(partij, []).append(url)

    def take(self, partij: PartijId | None) -> str | None:
        """The address of one frame with this name; None when there is none (left)."""
        left = self._urls.get(partij, []) if partij is not None else []
        return left.pop() if left else None

    def organisation(self, partij: PartijId | None) -> Organisatie | None:
        """The organisation that this is, whose name is public; None for a person."""
        return self._organisaties.get(partij) if partij is not None else None


def name_frames(app: Services, person: Sessie, shown: Iterable[PartijId | None]) -> Frames:
    """A frame for each of `shown`, in one batch. Of people none when names cannot be had now.

    Organisations have no name at identiteit but their own, which is public; None is left out.
    """
    parties = [one for one in shown if one is not None]
    people = [one for one in parties if not is_organisation(one)]
    found = {one: app.organisaties.find(one) for one in set(parties) if is_organisation(one)}
    organisations = {partij: one for partij, one in found.items() if one is not None}
    try:
        tickets = app.weergave.tickets(person.mens, people, app.now())
    except (PeerUnavailable, TranslationRefused) as error:
        app.log.emit(NAME_UNAVAILABLE, reason=type(error).__name__)
        return Frames(organisaties=organisations)
    base = f"{app.identiteit_url}/weergave?ticket="
    urls = [(who, base + quote(ticket, safe="")) for who, ticket in zip(people, tickets, strict=True)]
    return Frames(urls, organisations)


def describe(
    app: Services,
    person: Sessie,
    found: Iterable[Machtiging],
    *,
    frames: Frames | None = None,
    reader: PartijId | None = None,
) -> list[dict[str, Any]]:
    """Machtigingen as templates show them. `frames`: names that the page has asked for already. `reader`:
    the party that sees them, when that is not who the page is for."""
    machtigingen, reader = list(found), reader or person.partij
    if frames is None:
        frames = name_frames(app, person, (other_party(one, reader) for one in machtigingen))
    known = app.diensten.find_many(dienst for one in machtigingen for dienst in one.diensten)
    return [
        {
            **described(one, reader, app.now(), known, frames.take(other_party(one, reader))),
            "organisatie": frames.organisation(other_party(one, reader)),
        }
        for one in machtigingen
    ]


def by_provider(app: Services, diensten: Iterable[Dienst]) -> list[tuple[str, list[Dienst]]]:
    """Services under the name of who offers them (that of its portal, or the last part of the actor)."""
    names = {one.actor: one.naam for one in app.diensten.list_clients() if not one.gegevensdienst}
    groups: dict[str, list[Dienst]] = {}
    for dienst in diensten:
        name = names.get(dienst.actor) or dienst.actor.rsplit(":", 1)[-1]
        groups.setdefault(name, []).append(dienst)
    return sorted(groups.items())


def login_higher(needed: Niveau, back: str) -> str:
    """The address to log in once more, at a level that suffices, and come back."""
    return "/machtigen/inloggen?" + urlencode({"terug": back, "acr": needed.acr, "opnieuw": "1"})
