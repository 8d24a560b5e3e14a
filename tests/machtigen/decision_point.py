"""A service that asks for decisions, as a client of AuthZEN would."""

from __future__ import annotations

from typing import Any

import httpx2

from keys.kernel.caller import assertion
from machtigen.bevoegdheidsverklaringen import naamstore
from machtigen.diensten.model import DienstId, Handeling, Niveau
from machtigen.partijen.model import PartijId
from tests.machtigen.token_flow import assertion_fields
from tests.machtigen.token_house import OWN, PAIRWISE, Service, TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, ACTOR, READ

BASE = f"{OWN}/access/v1"
ACR = Niveau.SUBSTANTIEEL.acr


class DecisionPoint:
    """Asks as the software of one actor, with a token that it got for itself."""

    def __init__(self, house: TokenHouse, client_id: str = "duo-software", **client: Any) -> None:
        self.house = house
        self.service = house.register(client_id, redirect_uris=(), **client)
        self.token = self.obtain(self.service)

    def obtain(self, service: Service, **fields: str) -> str:
        """The access token of software, from the token endpoint."""
        proof = assertion_fields(self.house, service, f"{OWN}/token")
        answer = self.house.http.post(
            f"{OWN}/token", data={"grant_type": "client_credentials", **proof, **fields}
        )
        return str(answer.json()["access_token"])

    def proof(self) -> str:
        """A fresh assertion."""
        return assertion(self.service.client.client_id, self.service.key, OWN, self.house.now)

    def post(self, path: str, body: Any, **headers: str) -> httpx2.Response:
        """A question; a header that is empty is left out."""
        given = {
            "Authorization": f"Bearer {self.token}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        sent = {name: value for name, value in given.items() if value}
        if isinstance(body, bytes):
            return self.house.http.post(f"{BASE}/{path}", content=body, headers=sent)
        return self.house.http.post(f"{BASE}/{path}", json=body, headers=sent)

    def ask(self, path: str, body: Any) -> dict[str, Any]:
        """The answer to a question that is in order."""
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def decides(self, question: dict[str, Any]) -> bool:
        """The decision on one question."""
        decision = self.ask("evaluation", question)["decision"]
        assert isinstance(decision, bool)
        return decision

    def meet(self, *names: str | PartijId) -> None:
        """These people were named to this actor before, in a token."""
        sector = self.service.client.actor
        given = PAIRWISE.names(sector, [self.party(name) for name in names])
        self.house.database.write(lambda session: naamstore.add_names(session, sector, given))

    def party(self, name: str | PartijId) -> PartijId:
        return PartijId(name) if name.startswith("org:") else self.house.person(name)

    def sub(self, name: str | PartijId, sector: str = ACTOR) -> str:
        """How this actor knows somebody."""
        return PAIRWISE.subject(sector, self.party(name))

    def question(
        self,
        who: str,
        *represents: str,
        handeling: Handeling | str = READ,
        dienst: DienstId | str = AANVULLENDE_BEURS,
        acr: str | None = ACR,
        **context: Any,
    ) -> dict[str, Any]:
        """May `who` do this, for the last of `represents`?"""
        properties: dict[str, Any] = {"acr": acr} if acr else {}
        inner: dict[str, Any] | None = None
        for name in reversed(represents):
            inner = {"sub": self.sub(name), **({"represents": inner} if inner else {})}
        if inner:
            properties["represents"] = inner
        return {
            "subject": {"type": "pseudoniem", "id": self.sub(who), "properties": properties},
            "action": {"name": str(handeling)},
            "resource": {"type": "dienst", "id": str(dienst)},
            "context": context,
        }


def anja_for_noor(house: TokenHouse, **client: Any) -> DecisionPoint:
    """Anja may act for Noor, and this actor was told of both."""
    point = DecisionPoint(house, **client)
    house.grant("noor", "anja")
    point.meet("noor", "anja")
    return point


def records(house: TokenHouse) -> list[dict[str, Any]]:
    """The decision log, oldest first."""
    found: list[Any] = []
    house.beslissingen.logboek.export(found.append)
    return found
