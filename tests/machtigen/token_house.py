"""machtigen as services meet it: the real rooms and routes; only `keys` and `identiteit` are stand-ins."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from fastapi import FastAPI

from keys.kernel.caller import PeerUnavailable, ReplayGuard
from keys.kernel.database import Database, migrate
from keys.kernel.inprocess import InProcessTransport
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.log import Log
from keys.kernel.pages import Pages
from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, Vault, decrypt, encrypt, group
from keys.kernel.problem import install
from machtigen.api import (
    authzen,
    instemming,
    machtigingen,
    oauth,
    oauth_metadata,
    organisaties,
    sleutels,
    status,
    toetsen,
    uitvoer,
    verklaringen,
    wijzigingen,
    zaken,
)
from machtigen.api.authzen_kort import Kort
from machtigen.balie.service import Balie
from machtigen.berichten.service import Berichten
from machtigen.beslissingen import opzet as beslissingen
from machtigen.bevoegdheidsverklaringen.opzet import Verklaringsdienst, assemble
from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from machtigen.deps import Services
from machtigen.diensten.model import Client, DienstId, Niveau
from machtigen.diensten.service import Diensten
from machtigen.feiten.service import Feiten
from machtigen.gebruik.service import Gebruiken
from machtigen.herhalingen.service import Herhalingen
from machtigen.instemming.service import Instemmingen
from machtigen.machtigingen.service import Machtigingen
from machtigen.machtigingen.zegels import Zegels
from machtigen.organisaties.service import Organisaties
from machtigen.partijen.model import PartijId
from machtigen.partijen.service import Partijen
from machtigen.problems import STATUS
from machtigen.sealing import Seal
from machtigen.sessies.model import Ingelogd
from machtigen.sessies.service import Sessies
from machtigen.verifier import Verifier
from machtigen.web import keuze
from machtigen.zaken.service import Zaken
from tests.machtigen.sender import Sender
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ACTOR,
    ARRANGE,
    CATALOGUE,
    DAY,
    NOW,
    READ,
    REISPRODUCT,
    aanvraag,
)

ORIGIN = "http://machtigen.example.nl"
OWN = f"{ORIGIN}/machtigen"
ISSUER = f"{OWN}/login"
REDIRECT = "https://portaal.duo.example.nl/terug"
AUDIENCE = "https://api.duo.example.nl"
MACHTIGEN = Domain.parse("oin:00000099000000001000:machtigen|doel:machtigen|v1")
DUO = Domain.parse(f"{ACTOR}|doel:studiefinanciering|v1")
OTHER_ACTOR = "oin:00000001003214345000:terugbetalen"
OTHER = Domain.parse(f"{OTHER_ACTOR}|doel:terugbetalen|v1")
OWN_KEY = ActorKey(MACHTIGEN, 1, (5).to_bytes(32, "little"))
DUO_KEY = ActorKey(DUO, 1, (6).to_bytes(32, "little"))
OTHER_KEY = ActorKey(OTHER, 1, (7).to_bytes(32, "little"))
TEMPLATES = Path(keuze.__file__).parent / "templates"
TRANSLATIONS = Path(keuze.__file__).parent / "vertalingen" / "en.po"
RSA = SigningKey.generate("PS256")
SIGNING = SigningKey.generate("ES256")
PAIRWISE = Pairwise(b"p" * 32)


def point(*parts: str | bytes) -> bytes:
    data = b"|".join(part.encode() if isinstance(part, str) else part for part in parts)
    return group().from_hash(hashlib.sha512(data).digest())


def pseudonym_at(name: str, domain: Domain) -> Pseudonym:
    """What `keys` would make of this person in another domain."""
    return Pseudonym(domain, point(point(name, "machtigen"), str(domain)))


@dataclass
class Keys:
    """Stand-in for both hops of `keys`: opens, maps to the other domain, encrypts."""

    broken: bool = False
    asked: list[tuple[int, str, str]] = field(default_factory=list)
    traces: list[str | None] = field(default_factory=list)

    def transcrypt(
        self, items: Sequence[Ciphertext], *, naar: Domain, doel: str, trace_id: str | None = None
    ) -> list[Ciphertext]:
        self.asked.append((len(items), str(naar), doel))
        self.traces.append(trace_id)
        if self.broken:
            raise PeerUnavailable("keys")
        target = {str(DUO): DUO_KEY, str(OTHER): OTHER_KEY}[str(naar)]
        pseudonyms = [Pseudonym(naar, point(decrypt(item, OWN_KEY).point, str(naar))) for item in items]
        return [encrypt(pseudonym, target.public, 1) for pseudonym in pseudonyms]


class Names:
    """Stand-in for names: a ticket that says nothing."""

    def tickets(self, viewer: PartijId, shown: Sequence[PartijId], now: datetime) -> list[str]:
        return [f"ticket-{viewer[:4]}-{partij[:4]}-{now:%H%M}" for partij in shown]


@dataclass
class Service:
    """A registered client with its key."""

    client: Client
    key: SigningKey


class TokenHouse:
    """The app, its clock, people who are logged in, and services that ask."""

    def __init__(self, database_url: str) -> None:
        self.now = NOW
        migrate(database_url, "machtigen")
        self.database = Database(database_url)
        self.keys = Keys()
        self.diensten = Diensten(self.database)
        for dienst in CATALOGUE:
            self.diensten.register(dienst, NOW)
        self.machtigingen = Machtigingen(
            self.database, self.diensten, codes_key=b"c" * 32, seal=Seal(b"l" * 32)
        )
        self.organisaties = Organisaties(self.database, self.machtigingen, b"c" * 32)
        self.instemmingen = Instemmingen(self.database, self.diensten, self.machtigingen)
        self.zaken = Zaken(self.database, self.diensten, self.machtigingen, self.organisaties.professions_of)
        self.partijen = Partijen(self.database, Vault(b"v" * 32), MACHTIGEN)
        self.sessies = Sessies(self.database, Seal(b"s" * 32))
        self.feiten = Feiten(self.database, Seal(b"f" * 32))
        self.machtigingen.may_grant, self.machtigingen.silent = self.feiten.may_grant, self.feiten.is_dead
        self.sender = Sender(OWN_KEY, points=lambda name: point(name, "machtigen"))
        self.log = Log("machtigen", None)
        self.ontvangst = self.sender.reception(
            self.database, self.partijen, self.feiten, self.machtigingen, self.log
        )
        self.tokens = self._tokens()
        self.beslissingen = beslissingen.assemble(
            database=self.database,
            tokens=self.tokens,
            token_key=RSA,
            pairwise=PAIRWISE,
            machtigingen=self.machtigingen,
        )
        self.app = self._app()
        self.transport = InProcessTransport(ORIGIN, {"machtigen": self.app, ".well-known": self.app})
        self.transport.start()
        self.http = httpx2.Client(transport=self.transport, base_url=ORIGIN)
        self.duo = self.register("duo-portaal")

    def close(self) -> None:
        self.transport.close()
        self.database.close()

    def clock(self) -> datetime:
        return self.now

    def passes(self, **period: float) -> None:
        self.now += timedelta(**period)

    def _tokens(self) -> Verklaringsdienst:
        tokens = assemble(
            own_url=OWN,
            database=self.database,
            token_key=RSA,
            pairwise=PAIRWISE,
            diensten=self.diensten,
            partijen=self.partijen,
            machtigingen=self.machtigingen,
            translator=self.keys,
            own_key=lambda: OWN_KEY,
            now=self.clock,
            instemmingen=self.instemmingen,
            zaken=self.zaken,
        )
        tokens.verklaringen.own_actions = self.feiten.own_actions
        return tokens

    def _app(self) -> FastAPI:
        app = FastAPI()
        pages = Pages(package="machtigen", templates=TEMPLATES, translations=TRANSLATIONS)
        install(app, package="machtigen", table=STATUS, page=pages.error_page)
        pages.install(app)
        app.state.pages = pages
        app.state.verklaringen = self.tokens
        app.state.beslissingen = self.beslissingen
        app.state.services = Services(
            own_url=OWN,
            identiteit_url=f"{ORIGIN}/identiteit",
            now=self.clock,
            diensten=self.diensten,
            partijen=self.partijen,
            sessies=self.sessies,
            machtigingen=self.machtigingen,
            zegels=Zegels(self.database, SIGNING, OWN),
            balie=Balie(self.database, self.machtigingen, self.diensten, None, codes_key=b"c" * 32),  # type: ignore[arg-type]  # no tickets here
            feiten=self.feiten,
            ontvangst=self.ontvangst,
            berichten=Berichten(self.database),
            gebruiken=Gebruiken(self.database),
            organisaties=self.organisaties,
            instemmingen=self.instemmingen,
            zaken=self.zaken,
            herhalingen=Herhalingen(self.database, b"h" * 32),
            weergave=Names(),  # type: ignore[arg-type]  # a simulator
            domain_key=None,  # type: ignore[arg-type]  # not used here
            translator=self.keys,
            caller_keys=lambda _client: None,
            replays=ReplayGuard(self.clock),
            log=self.log,
        )
        for routes in (authzen.ROUTES, oauth.ROUTES, oauth_metadata.ROUTES, status.ROUTES):
            app.router.routes.extend(routes)
        app.state.jwks = Jwks.of(RSA, SIGNING)
        app.include_router(sleutels.router)
        app.include_router(keuze.router)
        app.include_router(uitvoer.router)
        for room in (
            verklaringen,
            machtigingen,
            wijzigingen,
            toetsen,
            organisaties,
            instemming,
            zaken,
        ):
            app.include_router(room.router)
        app.add_middleware(Kort, beslissingen=self.beslissingen)
        return app

    # -- people and services ---------------------------------------------------------------------

    def register(self, client_id: str, **changes: Any) -> Service:
        key = SigningKey.generate("ES256")
        settings: dict[str, Any] = {
            "client_id": client_id,
            "naam": "DUO Studiefinanciering",
            "actor": ACTOR,
            "domein": str(DUO),
            "redirect_uris": (REDIRECT,),
            "diensten": (AANVULLENDE_BEURS, REISPRODUCT),
            "jwks": Jwks.of(key).as_dict(),
            "audience": AUDIENCE,
        }
        client = Client(**{**settings, **changes})
        self.diensten.register_client(client, self.now)
        return Service(client, key)

    def person(self, name: str) -> PartijId:
        return self.partijen.admit(Pseudonym(MACHTIGEN, point(name, "machtigen")), self.now)

    def log_in(self, name: str, niveau: Niveau = Niveau.SUBSTANTIEEL) -> httpx2.Client:
        """A browser in which this person is logged in."""
        secret = self.sessies.open(
            Ingelogd(self.person(name), niveau, self.now, f"sid-{name}", "id-token"), self.now
        )
        return httpx2.Client(transport=self.transport, base_url=ORIGIN, cookies={"machtigen_sessie": secret})

    def grant(self, van: str = "noor", aan: str = "anja", **changes: Any) -> str:
        """A machtiging that was granted and accepted; its id."""
        settings: dict[str, Any] = {"handelingen": frozenset({READ, ARRANGE}), "end": self.now + 200 * DAY}
        asked = aanvraag(*changes.pop("diensten", ()), **{**settings, **changes})
        issued = self.machtigingen.grant(asked, self.person(van), Niveau.SUBSTANTIEEL, self.now)
        accepted = self.machtigingen.confirm(issued.code, self.person(aan), Niveau.SUBSTANTIEEL, self.now)
        return accepted.id

    def verifier(self, audience: str = AUDIENCE) -> Verifier:
        return Verifier(issuer=ISSUER, audience=audience, http=self.http, clock=self.clock)


def fields_of(location: str) -> dict[str, str]:
    """The query of an address."""
    return dict(parse_qsl(urlsplit(location).query))


def scope_of(dienst: DienstId = AANVULLENDE_BEURS) -> str:
    return f"openid {dienst}"
