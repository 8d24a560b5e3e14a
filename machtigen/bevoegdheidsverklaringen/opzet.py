"""Opzet (set-up): the services of this room put together. Called by `app.py` only."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from keys.kernel.caller import ReplayGuard
from keys.kernel.database import Database
from keys.kernel.jws import SigningKey
from keys.kernel.oidc.server import Issuer
from keys.kernel.pep import ActorKey
from machtigen.bevoegdheidsverklaringen.autorisatie import Autorisatie
from machtigen.bevoegdheidsverklaringen.claims import House
from machtigen.bevoegdheidsverklaringen.clientauth import ClientAuthentication
from machtigen.bevoegdheidsverklaringen.introspectie import Introspectie
from machtigen.bevoegdheidsverklaringen.metadata import decision_endpoints, endpoints
from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from machtigen.bevoegdheidsverklaringen.service import Verklaringen
from machtigen.bevoegdheidsverklaringen.softwaretokens import Softwaretokens
from machtigen.bevoegdheidsverklaringen.statuslijsten import Statuslijsten
from machtigen.bevoegdheidsverklaringen.uitgever import Uitgever
from machtigen.bevoegdheidsverklaringen.vertalen import Vertaler
from machtigen.bevoegdheidsverklaringen.verzoeken import Verzoeken
from machtigen.diensten.service import Diensten
from machtigen.gebruik.service import Gebruiken
from machtigen.instemming.service import Instemmingen
from machtigen.machtigingen.service import Machtigingen
from machtigen.partijen.model import PartijId
from machtigen.partijen.service import Partijen
from machtigen.translation import Translator
from machtigen.zaken.service import Zaken


@dataclass(frozen=True)
class Verklaringsdienst:
    """Verklaringsdienst (token service): everything its endpoints use; kept at `app.state.verklaringen`."""

    own_url: str
    now: Callable[[], datetime]
    algorithm: str
    diensten: Diensten
    gebruiken: Gebruiken
    autorisatie: Autorisatie
    issuer: Issuer
    clients: ClientAuthentication
    verzoeken: Verzoeken
    verklaringen: Verklaringen
    introspectie: Introspectie
    softwaretokens: Softwaretokens
    lijsten: Statuslijsten

    @property
    def login_issuer(self) -> str:
        """The issuer of what leaves after a login."""
        return f"{self.own_url}/login"

    def upkeep(self) -> None:
        """One round; quick when there is nothing to do."""
        self.verklaringen.upkeep(self.now())

    def find_machtiging(self, identifier: str, audience: str) -> str | None:
        """The machtiging that a token named so, for the register or service behind `audience`."""
        gebruik = self.gebruiken.find_by_identifier(identifier)
        if gebruik is None or gebruik.machtiging is None:
            return None
        client = self.diensten.find_client(gebruik.client_id)
        return gebruik.machtiging if client is not None and client.audience == audience else None

    def find_party(self, actor: str, sub: str) -> PartijId | None:
        """Whose `sub` this is at this actor; None for one that no token of it ever had."""
        subject = self.verklaringen.house.pairwise.subject
        known = self.gebruiken.list_parties(actor)
        return next((one for one in known if hmac.compare_digest(subject(actor, one), sub)), None)


def audiences(house: House) -> set[str]:
    """What a client may name as `aud` when it proves who it is: an issuer, or an endpoint of ours."""
    places = endpoints(house.token_issuer)
    proven_at = (
        "token_endpoint",
        "pushed_authorization_request_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
    )
    endpoints_of_ours = {places[name] for name in proven_at}
    issuers = {house.token_issuer, house.login_issuer, f"{house.token_issuer}/token"}
    return issuers | endpoints_of_ours | set(decision_endpoints(house.token_issuer).values())


def assemble(
    *,
    own_url: str,
    database: Database,
    token_key: SigningKey,
    pairwise: Pairwise,
    diensten: Diensten,
    partijen: Partijen,
    machtigingen: Machtigingen,
    translator: Translator,
    own_key: Callable[[], ActorKey],
    now: Callable[[], datetime],
    instemmingen: Instemmingen,
    zaken: Zaken,
) -> Verklaringsdienst:
    """Put the room together and register its hook on the end of a machtiging. `own_url`: `…/machtigen`."""
    house = House(own_url, f"{own_url}/login", pairwise)
    gebruiken = Gebruiken(database)
    verzoeken = Verzoeken(database)
    lijsten = Statuslijsten(database, f"{own_url}/status", house.login_issuer, token_key)
    verklaringen = Verklaringen(
        database=database,
        house=house,
        key=token_key,
        diensten=diensten,
        partijen=partijen,
        machtigingen=machtigingen,
        gebruiken=gebruiken,
        lijsten=lijsten,
        verzoeken=verzoeken,
        vertaler=Vertaler(translator, own_key),
        instemmingen=instemmingen,
        zaken=zaken,
    )
    remember = ReplayGuard(now).remember
    return Verklaringsdienst(
        own_url=own_url,
        now=now,
        algorithm=token_key.alg,
        diensten=diensten,
        gebruiken=gebruiken,
        autorisatie=Autorisatie(diensten, own_url),
        issuer=_issuer(house, diensten, verklaringen, now, remember),
        clients=ClientAuthentication(diensten, audiences(house), remember),
        verzoeken=verzoeken,
        verklaringen=verklaringen,
        introspectie=Introspectie(verklaringen, token_key),
        softwaretokens=Softwaretokens(database, house, token_key),
        lijsten=lijsten,
    )


def _issuer(
    house: House,
    diensten: Diensten,
    verklaringen: Verklaringen,
    now: Callable[[], datetime],
    remember: Callable[[str, datetime], bool],
) -> Issuer:
    """The OpenID Connect server, on our clients and tokens."""
    uitgever = Uitgever(
        issuer=house.login_issuer,
        token_endpoint=endpoints(house.token_issuer)["token_endpoint"],
        diensten=diensten,
        verklaringen=verklaringen,
        now=now,
        remember=remember,
    )
    return Issuer(uitgever)
