"""Registers, their purposes and directions, the services, and the clients that may offer them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from inrichting import MACHTIGEN_DOMAIN, OORSPRONG, START, purpose
from installation import PARTIES
from operating import Operator

from keys.client import KeysClient, load_or_obtain_key
from keys.kernel.jws import Jwks, SigningKey, load_or_generate
from keys.kernel.pep import Domain

MAX_PER_DAG = 100_000
REGISTER_PURPOSES = ("eigen-inzage", "aanmelding")


class Services:
    """What `demo.yaml` says about organisations. `folder`: `DATA/demo-clients`."""

    def __init__(self, world: Mapping[str, Any], operator: Operator, folder: Path) -> None:
        self._world = world
        self._operator = operator
        self._folder = folder
        self._domains: dict[str, Domain] | None = None

    def register(self) -> None:
        """Register everything; twice is the same as once."""
        for doel in self._world["doelen"]:
            self._operator.keys.publish_doel(_doel(doel))
        for register in self._world["registers"]:
            self._register(register)
        for verbinding in self._world["verbindingen"]:
            self._connect(verbinding)
        for dienst in self._world["diensten"]:
            self._operator.tell("machtigen", "/api/v1/beheer/diensten", self._dienst(dienst))
        self._source()

    def register_clients(self) -> None:
        """Register the clients, and again when the server is started at another address."""
        for register in self._world["registers"]:
            self._client(register)

    def obtain_keys(self, http: httpx2.Client, clock: Callable[[], datetime]) -> None:
        """The decryption key of every demo client, from two parties, into its folder."""
        parties = {name: self._operator.endpoints[name] for name in PARTIES}
        for register in self._world["registers"]:
            folder = self._folder / register["client"]
            client = KeysClient(
                actor=self.actor(register["id"]),
                signing_key=SigningKey.load(folder / "jwk.json"),
                keys_url=self._operator.endpoints["keys"],
                party_urls=parties,
                http=http,
                clock=clock,
            )
            load_or_obtain_key(folder / "domein.json", client, self.domain(register["id"]))

    def actor(self, register: str) -> str:
        """The actor that a register is."""
        return f"oin:{self._world['oin']}:{register}"

    def domain(self, register: str) -> Domain:
        """The domain in which a register keeps its people: of a known register the version it has now."""
        if self._domains is None:
            self._domains = known_domains(self._operator)
        return self._domains.get(register, Domain(self.actor(register), register))

    def audience(self, register: str) -> str:
        """What tokens for a register are meant for: a name that stays when the server moves."""
        return f"https://registers.duo.example.nl/{register}"

    def _register(self, register: Mapping[str, Any]) -> None:
        identifier = register["id"]
        body = {
            "id": identifier,
            "naam": register["naam"],
            "actor": self.actor(identifier),
            "domein": str(self.domain(identifier)),
            "categorieen": register["categorieen"],
            "audience": self.audience(identifier),
        }
        created = self._operator.tell("rechten", "/api/v1/beheer/registers", body)
        own = load_or_generate(self._folder / register["client"] / "jwk.json")
        # The register and the portal are one actor: both sign with a key of their own.
        jwks = {"keys": [*created["jwks"]["keys"], *Jwks.of(own).as_dict()["keys"]]}
        keys = self._operator.keys
        keys.register_actor(self._world["oin"], identifier, register["naam"]["nl"], "register", jwks)
        keys.register_domein(self.domain(identifier))
        for doel in REGISTER_PURPOSES:
            keys.grant(OORSPRONG, self.domain(identifier), doel, START, max_per_dag=MAX_PER_DAG)
        for doel in self._purposes_of(identifier):
            keys.grant(
                MACHTIGEN_DOMAIN,
                self.domain(identifier),
                doel,
                START,
                max_per_dag=MAX_PER_DAG,
                bij_overschrijding="alarm",
            )
            self._grant(identifier, identifier, register["naam"], doel, self._categories(doel, register))

    def _connect(self, verbinding: Mapping[str, Any]) -> None:
        van, naar, doel = verbinding["van"], verbinding["naar"], verbinding["doel"]
        names = {register["id"]: register["naam"] for register in self._world["registers"]}
        self._operator.keys.grant(self.domain(van), self.domain(naar), doel, START, max_per_dag=MAX_PER_DAG)
        self._grant(naar, van, names[van], doel, verbinding["categorieen"])

    def _grant(
        self, register: str, consumer: str, naam: Mapping[str, str], doel: str, categorieen: list[str]
    ) -> None:
        body = {
            "afnemer": self.actor(consumer),
            "afnemer_naam": naam,
            "doel": doel,
            "categorieen": categorieen,
            "geldig_van": START.isoformat(),
        }
        self._operator.tell("rechten", f"/api/v1/beheer/registers/{register}/gebruiksgronden", body)

    def _purposes_of(self, register: str) -> list[str]:
        found = [
            doel
            for dienst in self._world["diensten"]
            if dienst["register"] == register
            for doel in dienst["doelen"]
        ]
        return list(dict.fromkeys(found))

    def _categories(self, doel: str, register: Mapping[str, Any]) -> list[str]:
        named = next(entry["categorieen"] for entry in self._world["doelen"] if entry["id"] == doel)
        kept = {categorie["id"] for categorie in register["categorieen"]}
        return [categorie for categorie in named if categorie in kept]

    def _dienst(self, dienst: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": dienst["id"],
            "naam": dienst["naam"],
            "upl_naam": dienst["upl_naam"],
            "omschrijving": dienst["omschrijving"],
            "actor": self.actor(dienst["register"]),
            "handelingen": dienst["handelingen"],
            "gronden": dienst["gronden"],
            "doelen": dienst["doelen"],
            "min_niveau": dienst.get("min_niveau", "substantieel"),
            "machtigbaar": dienst.get("machtigbaar", True),
            "minderjarigen_zelf": dienst.get("minderjarigen_zelf", False),
            "wettelijke_grondslag": dienst["wet"],
            "audience": self.audience(dienst["register"]),
            **{name: dienst[name] for name in ("aard", "quorum", "beroepsmatig") if name in dienst},
        }

    def _client(self, register: Mapping[str, Any]) -> None:
        """The client of the portal, and one with credentials of its own for introspection (NL GOV OAuth)."""
        folder = self._folder / register["client"]
        offered = [dienst for dienst in self._world["diensten"] if dienst["register"] == register["id"]]
        common = {
            "actor": self.actor(register["id"]),
            "domein": str(self.domain(register["id"])),
            "diensten": [dienst["id"] for dienst in offered],
            "token_endpoint_auth_method": "private_key_jwt",
            "audience": self.audience(register["id"]),
        }
        portal = {
            **common,
            "client_id": register["client"],
            "naam": register["naam"]["nl"],
            "redirect_uris": self._redirect_uris(register),
        }
        resource = {
            **common,
            "client_id": f"{register['client']}-register",
            "naam": f"{register['naam']['nl']} (register)",
            "redirect_uris": [],
            "gegevensdienst": True,
        }
        for body, key_folder in ((portal, folder), (resource, self._folder / resource["client_id"])):
            document = {
                **body,
                "issuer": f"{self._operator.endpoints['machtigen']}/login",
                "doelen": {dienst["id"]: dienst["doelen"] for dienst in offered},
                "namen": {dienst["id"]: dienst["naam"] for dienst in offered},
                "register": register["id"],
            }
            if _stored(key_folder / "client.json") != document:
                jwks = Jwks.of(load_or_generate(key_folder / "jwk.json")).as_dict()
                path = f"/api/v1/beheer/clients/{body['client_id']}"
                self._operator.put(self._operator.endpoints["machtigen"], path, {**body, "jwks": jwks})
                (key_folder / "client.json").write_text(json.dumps(document, indent=1), "utf-8")

    def _redirect_uris(self, register: Mapping[str, Any]) -> list[str]:
        """The demo portal, and a loopback address at which any OpenID client can play the client."""
        local = f"http://127.0.0.1/{register['client']}/terug"
        portal = self._operator.endpoints.get("portaal")
        if portal is None or register["client"] != "duo-studiefinanciering":
            return [local]
        return [f"{portal}/inloggen/terug", local]

    def _source(self) -> None:
        """The source that delivers records: one client of DUO, known at identiteit and at rechten."""
        key = load_or_generate(self._folder / "duo-bron" / "jwk.json")
        jwks = Jwks.of(key).as_dict()
        domains = [str(self.domain(register["id"])) for register in self._world["registers"]]
        source = {"client_id": "duo-bron", "jwks": jwks, "registers": domains}
        self._operator.tell("identiteit", "/api/v1/bronnen", source)
        body = {
            "client_id": "duo-bron",
            "naam": {"nl": self._world["naam"]},
            "registers": [register["id"] for register in self._world["registers"]],
            "jwks": jwks,
        }
        self._operator.tell("rechten", "/api/v1/beheer/bronnen", body)
        for registry in self._world.get("bronnen", []):  # they tell life events, and enrol nobody
            key = load_or_generate(self._folder / registry / "jwk.json")
            told = {"client_id": registry, "jwks": Jwks.of(key).as_dict(), "registers": []}
            self._operator.tell("identiteit", "/api/v1/bronnen", told)


def known_domains(operator: Operator) -> dict[str, Domain]:
    """By register the domain that it answers for: its version may be newer than the first."""
    known = operator.get(operator.endpoints["rechten"], "/api/v1/beheer/registers")
    return {entry["id"]: Domain.parse(entry["domein"]) for entry in known}


def _doel(doel: Mapping[str, Any]) -> dict[str, Any]:
    texts = (doel["naam"], doel["uitleg"], doel["naam_en"], doel["uitleg_en"], doel["grondslag"])
    return purpose(
        doel["id"],
        texts,
        categorieen=doel["categorieen"],
        bewaartermijn=doel.get("bewaartermijn", "P7Y"),
        goedgekeurd_door=["jurist van DUO", "producteigenaar van DUO"],
    )


def _stored(path: Path) -> object:
    """The document of an earlier start, if any."""
    return json.loads(path.read_text("utf-8")) if path.exists() else None
