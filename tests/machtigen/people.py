"""People at their own browser and an organisation they work at, against the whole app without a network."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import httpx2

from machtigen.diensten.model import Niveau
from machtigen.organisaties.model import Lidrol, Organisatie
from machtigen.partijen.model import PartijId
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS

DE_BRUG = "de-brug"


@dataclass
class Someone:
    """A logged-in person, as programs see them: cookie, and the token of their pages."""

    house: TokenHouse
    name: str
    browser: httpx2.Client
    csrf: str

    @property
    def partij(self) -> PartijId:
        return self.house.person(self.name)

    def post(self, path: str, body: object = None, **headers: str) -> httpx2.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.post(
            f"/machtigen/api/v1{path}", json=body or {}, headers={"X-CSRF-Token": self.csrf, **given}
        )

    def get(self, path: str) -> dict[str, Any]:
        answer = self.browser.get(f"/machtigen/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def does(self, path: str, body: object = None) -> dict[str, Any]:
        """A request that succeeds."""
        answer = self.post(path, body)
        assert answer.status_code in {200, 201}, answer.text
        return dict(answer.json())

    def fails(self, path: str, body: object = None) -> tuple[int, str]:
        """(status, code) of a request that is refused."""
        answer = self.post(path, body)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["code"]


def someone(house: TokenHouse, name: str, niveau: Niveau = Niveau.SUBSTANTIEEL) -> Someone:
    browser = house.log_in(name, niveau)
    session = house.sessies.find(browser.cookies["machtigen_sessie"], house.now)
    assert session is not None
    return Someone(house, name, browser, session.csrf_token)


def organisation(house: TokenHouse, slug: str = DE_BRUG, vereist_aantal: int = 1) -> Organisatie:
    """A registered organisation."""
    wanted = Organisatie(
        PartijId(""), slug, {"nl": "Stichting De Brug", "en": "De Brug foundation"}, "90000001",
        "handelsregister", vereist_aantal,
    )  # fmt: skip
    return house.organisaties.register(wanted, house.now)[0]


def director(house: TokenHouse, name: str = "vera", slug: str = DE_BRUG) -> Someone:
    """A director whom the source named, who came with the code at their own login."""
    invited = house.organisaties.invite_by_source(slug, Lidrol.BESTUURDER, "directeur", house.now)
    person = someone(house, name)
    person.does("/uitnodigingen/bevestigen", {"code": invited.code})
    return person


def employee(by: Someone, name: str, functie: str, slug: str = DE_BRUG, rol: str = "medewerker") -> Someone:
    """Somebody whom a director or administrator let in."""
    invited = by.does(f"/organisaties/{slug}/uitnodigingen", {"rol": rol, "functie": functie})
    person = someone(by.house, name)
    person.does("/uitnodigingen/bevestigen", {"code": invited["code"]})
    return person


def wish(house: TokenHouse, **more: object) -> dict[str, object]:
    """The body of a request: reading and arranging the supplementary grant for half a year."""
    until = house.now.replace(year=house.now.year + 1).isoformat()
    asked = {"diensten": [AANVULLENDE_BEURS], "handelingen": ["informatie_opvragen"], "geldig_tot": until}
    return {**asked, **more}


def client_of(house: TokenHouse, van: Someone, door: Someone, slug: str = DE_BRUG, **more: object) -> str:
    """A citizen grants to the organisation, which accepts by one of its people; the id."""
    issued = van.does("/machtigingen", wish(house, organisatie=slug, **more))
    accepted = door.does("/codes/bevestigen", {"code": issued["code"], "organisatie": slug})
    assert accepted["status"] == "actief"
    return str(accepted["id"])


def member_id(by: Someone, person: Someone, slug: str = DE_BRUG) -> str:
    """The id of somebody in the organisation."""
    found = [lid for _, lid in by.house.organisaties.memberships(person.partij)]
    members = by.get(f"/organisaties/{slug}/leden")["resultaten"]
    known = {one["id"] for one in members}
    return next(lid.id for lid in found if lid.id in known)


def plain(text: str) -> str:
    """Text of a page without tags."""
    return re.sub(r"<[^>]+>", " ", text)
