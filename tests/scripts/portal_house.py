"""The demo portal between the real machtigen and a simulated register, with browsers that visit both."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from demo_portaal import create_portaal
from fastapi.testclient import TestClient

from machtigen.diensten.model import DienstId
from machtigen.verifier import InvalidEvidence
from machtigen.verifier.pseudonyms import Opener
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import AUDIENCE, DUO, DUO_KEY, ISSUER, OWN, TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, NOT_DELEGABLE, REISPRODUCT

CLIENT = "duo-studiefinanciering"
PORTAL = "http://127.0.0.1:8006"
RECHTEN = "http://rechten.test/rechten"
TERUG = f"{PORTAL}/portaal/inloggen/terug"
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01")
NOT_OFFERED = NOT_DELEGABLE
NAMES = {AANVULLENDE_BEURS: "Aanvullende beurs", REISPRODUCT: "Studentenreisproduct"}


@dataclass
class Register:
    """A simulator of the register studiefinanciering: checks the token as the real one does.

    `answer`: given instead, when set. `read_for`: the pseudonym of each person whose record was read.
    """

    house: TokenHouse
    answer: Callable[[], httpx2.Response] | None = None
    asked: list[httpx2.Request] = field(default_factory=list)
    read_for: list[bytes] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if self.answer is not None:
            return self.answer()
        if request.url.path != "/rechten/api/v1/registers/studiefinanciering/gegevens":
            return httpx2.Response(404, json={"code": "not-found"})
        assert TRACEPARENT.fullmatch(request.headers["traceparent"])
        scheme, _, token = request.headers["authorization"].partition(" ")
        try:
            wie = self.house.verifier().verify(token)
        except InvalidEvidence:
            return refusal(401, "invalid-token")
        if scheme != "Bearer" or not wie.allows(
            "informatie_opvragen", AANVULLENDE_BEURS, request.url.params["doel"]
        ):
            return refusal(403, "action-not-allowed")
        self.read_for.append(Opener(DUO_KEY).open(wie).vertegenwoordigde.pseudonym.point)
        record = {
            "waarde": {"bedrag_per_maand": 419, "uitwonend": True, "jaren": [2025, 2026]},
            "bron": "DUO <b>register</b>",
            "geldig_van": "2026-01-01T00:00:00+01:00",
            "geldig_tot": None,
            "vastgelegd_op": "2026-01-01T00:00:00+01:00",
            "status": "geldig",
        }
        refused = [{"categorie": "inkomen-ouders", "reden": "category-not-granted"}]
        return httpx2.Response(200, json={"categorieen": {"toekenning": [record]}, "geweigerd": refused})


def refusal(status: int, code: str) -> httpx2.Response:
    return httpx2.Response(status, json={"code": code, "status": status, "title": "Nee."})


class Neighbours(httpx2.BaseTransport):
    """Calls of the portal: to machtigen, to the register, or to nobody when `broken`."""

    def __init__(self, house: TokenHouse, register: Register) -> None:
        self.house = house
        self.register = register
        self.broken = False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.broken:
            raise httpx2.ConnectError("no answer", request=request)
        if request.url.path.startswith("/rechten/"):
            return self.register(request)
        return self.house.transport.handle_request(request)


class PortalHouse:
    """One portal, one issuer, one register, on one clock."""

    def __init__(self, folder: Path, *, filled: bool = True) -> None:
        self.folder = folder / "demo-clients" / CLIENT
        self.house = TokenHouse(f"sqlite:///{folder}/machtigen.db")
        self.flow = Flow(self.house)
        self.register = Register(self.house)
        self.neighbours = Neighbours(self.house, self.register)
        diensten = (AANVULLENDE_BEURS, REISPRODUCT)
        self.service = self.house.register(CLIENT, redirect_uris=(TERUG,), diensten=diensten)
        self.app = create_portaal(self.folder, OWN, RECHTEN, PORTAL, self.neighbours, clock=self.house.clock)
        if filled:
            self.fill()

    def close(self) -> None:
        self.house.close()

    def fill(self, **changes: Any) -> None:
        """What the loader of the demo world writes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        document = {
            "client_id": CLIENT,
            "naam": "DUO Studiefinanciering",
            "redirect_uris": [TERUG],
            "diensten": [AANVULLENDE_BEURS, REISPRODUCT],
            "namen": NAMES,
            "issuer": ISSUER,
            "token_endpoint_auth_method": "private_key_jwt",
            "domein": str(DUO),
            "audience": AUDIENCE,
            "doelen": {AANVULLENDE_BEURS: ["studiefinanciering"], REISPRODUCT: ["studiefinanciering"]},
            "register": "studiefinanciering",
        }
        (self.folder / "client.json").write_text(json.dumps({**document, **changes}))
        self.service.key.save(self.folder / "jwk.json")
        (self.folder / "domein.json").write_text(json.dumps(DUO_KEY.to_json()))

    def visitor(self) -> TestClient:
        """A browser at the portal: asks for pages, keeps cookies, follows nothing by itself."""
        return TestClient(self.app, base_url=PORTAL, headers={"accept": "text/html"}, follow_redirects=False)

    def begin(self, visitor: TestClient, dienst: DienstId = AANVULLENDE_BEURS) -> str:
        """Press the button; the address at the issuer."""
        answer = visitor.get("/portaal/inloggen", params={"dienst": dienst})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def choose(self, url: str, name: str, namens: str) -> str:
        """Log in as this person and choose; the address at the portal that the issuer sends back to."""
        location = self.flow.choose(self.house.log_in(name), url, namens)
        assert location.startswith(TERUG)
        return location

    def log_in(self, visitor: TestClient, name: str, namens: str) -> httpx2.Response:
        """All of it; the answer of the portal to the way back."""
        return visitor.get(path_of(self.choose(self.begin(visitor), name, namens)))

    def dossier(self, visitor: TestClient) -> httpx2.Response:
        return visitor.get("/portaal/dossier")


def path_of(location: str) -> str:
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}"
