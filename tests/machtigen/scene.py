"""People at their own interface and services at theirs, in one house, on one clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from machtigen.api import berichten, diensten, machtigingen, toetsen, wijzigingen
from machtigen.diensten.model import Niveau
from tests.machtigen.token_flow import Flow, choices_of, claims_of
from tests.machtigen.token_house import Service, TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS

API = "/machtigen/api/v1"
ROUTERS = (diensten, machtigingen, wijzigingen, toetsen, berichten)


@dataclass
class Visitor:
    """Somebody who is logged in, with the token of their pages."""

    browser: httpx2.Client
    csrf: str

    def get(self, path: str) -> Any:
        return self.browser.get(API + path)

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.post(API + path, json=body, headers={"X-CSRF-Token": self.csrf, **sent})

    def read(self, path: str) -> Any:
        """The document at a path that must answer."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def do(self, path: str, body: object = None, status: int = 200) -> Any:
        """An act that must succeed."""
        answer = self.post(path, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def refused(self, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """An act that must be refused: status and code."""
        answer = self.post(path, body, **headers)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["code"]


class Scene:
    """The house with both interfaces."""

    def __init__(self, house: TokenHouse, flow: Flow) -> None:
        self.house, self.flow = house, flow
        for module in ROUTERS:
            house.app.include_router(module.router)

    def visitor(self, name: str, niveau: Niveau = Niveau.SUBSTANTIEEL) -> Visitor:
        """A person, logged in at this level now."""
        browser = self.house.log_in(name, niveau)
        session = self.house.sessies.find(str(browser.cookies["machtigen_sessie"]), self.house.now)
        assert session is not None
        return Visitor(browser, session.csrf_token)

    def body(self, *services: str, days: int = 200, **more: Any) -> dict[str, Any]:
        """What is asked, for so many days from now."""
        until = self.house.now.replace(microsecond=0)
        return {"diensten": list(services) or [AANVULLENDE_BEURS], "handelingen": ["informatie_opvragen"],
                "geldig_tot": (until + timedelta(days=days)).isoformat(), **more}  # fmt: skip

    def given(self, van: Visitor, aan: Visitor, *services: str, **more: Any) -> str:
        """A machtiging that was given and accepted; its id."""
        issued = van.do("/machtigingen", self.body(*services, **more), 201)
        return str(aan.do("/codes/bevestigen", {"code": issued["code"]})["id"])

    def offered(self, who: Visitor, service: Service | None = None, **extra: Any) -> list[str]:
        """For whom a service's login lets this person act: ids of machtigingen."""
        page = self.flow.open(who.browser, self.flow.begin(service, **extra).url)
        return [one for one in choices_of(page) if one != "zelf"]

    def token(self, who: Visitor, namens: str, **extra: Any) -> str:
        """A representation token."""
        return str(self.flow.tokens(who.browser, namens, **extra)["access_token"])

    def claims(self, who: Visitor, namens: str, **extra: Any) -> dict[str, Any]:
        return claims_of(self.token(who, namens, **extra))

    def lives(self, token: str) -> bool:
        """Whether the token is good at this moment, as a service asks it."""
        return bool(self.flow.post("/introspect", self.house.duo, token=token).json()["active"])

    def history(self, who: Visitor, machtiging: str) -> list[str]:
        lines = who.read(f"/machtigingen/{machtiging}/geschiedenis")["resultaten"]
        return [f"{line['gebeurtenis']} door {line['door']}" for line in lines]

    def notices(self, who: Visitor) -> list[str]:
        """Kinds of notices in the inbox, newest first, after a round of upkeep."""
        room = self.house.app.state.services
        room.machtigingen.remind(self.house.now)
        room.machtigingen.settle_expired(self.house.now)
        room.machtigingen.deliver_notices({"bericht": room.berichten.receive}, self.house.now)
        return [one["soort"] for one in who.read("/berichten")["resultaten"]]
