"""The claims of both tokens, from an award. Pure: no clock, no chance, no key.

Representation token: RFC 9068 with NL GOV OAuth 1.1.0 (`azp`), `represents` as NL GOV OIDC 1.0.1,
`authorization_details` as RFC 9396, `status` as Token Status List. ID token: OIDC Core section 2 with
the same `sub` and `represents`. Neither has `amr` (NL GOV) nor, in this issuer, `act`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from keys.kernel.jws import timestamp
from machtigen.bevoegdheidsverklaringen import rar
from machtigen.bevoegdheidsverklaringen.model import Entry, Toekenning
from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from machtigen.diensten.model import Client, Dienst, Handeling
from machtigen.machtigingen.keten import Keten
from machtigen.partijen.model import PartijId

PSEUDONYM = "urn:nl-eid-gdi:1.0:id:Pseudonym"
LIFETIME = timedelta(seconds=300)
BEHEER = "machtigingen"  # the scope with which a client acts here, as the person


@dataclass(frozen=True)
class House:
    """The two issuers and who makes pairwise names. `token_issuer` is `…/machtigen`."""

    token_issuer: str
    login_issuer: str
    pairwise: Pairwise


def identities(house: House, toekenning: Toekenning, client: Client) -> dict[str, Any]:
    """`sub`, `sub_id_type`, `alt_sub` and, when someone is represented, `represents`: nested, with the
    represented party deepest and those in between around it (NL GOV OIDC 1.0.1)."""
    claims = _party(house, client, toekenning.partij, toekenning.alt_sub)
    if toekenning.vertegenwoordigde is None:
        return claims
    inner = _party(house, client, toekenning.vertegenwoordigde, toekenning.alt_sub_vertegenwoordigde)
    between = list(zip(toekenning.tussenpersonen, toekenning.alt_sub_tussen, strict=True))
    for partij, entries in reversed(between):
        outer = _party(house, client, partij, entries)
        inner = {**outer, "represents": {"iss": house.login_issuer, **inner}}
    claims["represents"] = {"iss": house.login_issuer, **inner}
    return claims


def _party(house: House, client: Client, partij: PartijId, alt_sub: tuple[Entry, ...]) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "sub": house.pairwise.subject(client.actor, partij),
        "sub_id_type": PSEUDONYM,
    }
    if alt_sub:
        claims["alt_sub"] = list(alt_sub)
    return claims


def subjects(house: House, client: Client, partijen: Iterable[PartijId]) -> list[str]:
    """The pairwise names of these parties, in an order that says nothing."""
    return sorted(house.pairwise.subject(client.actor, partij) for partij in partijen)


def agreed(keten: Keten | None) -> tuple[PartijId, ...]:
    """Who agreed with the links of a chain, as joint holders, besides who gave them."""
    links = keten.schakels if keten else ()
    given = [who for link in links if link.bevestiging for who, _ in link.bevestiging.gegeven]
    return tuple(dict.fromkeys(who for who in given if keten and who not in keten.partijen))


def detail(
    house: House,
    toekenning: Toekenning,
    client: Client,
    dienst: Dienst,
    actions: tuple[Handeling, ...],
    doelen: tuple[str, ...],
    geldig_tot: datetime | None,
    now: datetime,
    grond: str,
    schakels: tuple[str, ...] = (),
) -> dict[str, Any]:
    """The granted `authorization_details` entry. `schakels`: the links of the chain, outermost first."""
    power = None
    if toekenning.machtiging is not None and geldig_tot is not None:
        identifier = house.pairwise.machtiging(client.actor, toekenning.machtiging)
        power = {
            "identifier": identifier,
            "grond": grond,
            "geldig_tot": rar.coarse_end(geldig_tot, now).isoformat(timespec="seconds"),
            "schakels": [
                house.pairwise.machtiging(client.actor, one) for one in schakels or (toekenning.machtiging,)
            ],
        }
    return rar.write_detail(dienst, client, house.token_issuer, toekenning.inperking, actions, doelen, power)


def representation_token(
    house: House,
    toekenning: Toekenning,
    client: Client,
    granted: Mapping[str, Any],
    *,
    jti: str,
    status: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """Claims of the representation token; it never outlives the machtiging.

    With scope `machtigingen` it is for us alone: a register that sees it could otherwise act here with it.
    """
    return {
        "iss": house.login_issuer,
        "aud": [house.token_issuer if BEHEER in toekenning.scope.split() else client.audience],
        "client_id": client.client_id,
        "azp": client.client_id,
        "iat": timestamp(now),
        "nbf": timestamp(now),
        "exp": timestamp(expiry(granted, now)),
        "jti": jti,
        "auth_time": timestamp(toekenning.auth_op),
        "acr": toekenning.niveau.acr,
        "scope": toekenning.scope,
        **identities(house, toekenning, client),
        "authorization_details": [dict(granted)],
        "status": {"status_list": dict(status)},
    }


def id_token(
    house: House, toekenning: Toekenning, client: Client, *, access_token: str, jti: str, now: datetime
) -> dict[str, Any]:
    """Claims of the ID token for the client itself."""
    return {
        "iss": house.login_issuer,
        "aud": client.client_id,
        "azp": client.client_id,
        "iat": timestamp(now),
        "nbf": timestamp(now),
        "exp": timestamp(now + LIFETIME),
        "jti": jti,
        "nonce": toekenning.nonce,
        "at_hash": at_hash(access_token),
        "auth_time": timestamp(toekenning.auth_op),
        "acr": toekenning.niveau.acr,
        **identities(house, toekenning, client),
    }


def client_token(house: House, client: Client, scope: str, *, jti: str, now: datetime) -> dict[str, Any]:
    """Claims of a token for software (RFC 9068 section 2.2: `sub` is the client)."""
    return {
        "iss": house.token_issuer,
        "aud": [house.token_issuer],
        "sub": client.client_id,
        "client_id": client.client_id,
        "azp": client.client_id,
        "iat": timestamp(now),
        "nbf": timestamp(now),
        "exp": timestamp(now + LIFETIME),
        "jti": jti,
        "scope": scope,
    }


def at_hash(access_token: str) -> str:
    """Left half of SHA-256, base64url (OIDC Core section 3.1.3.6; all our algorithms use SHA-256)."""
    digest = hashlib.sha256(access_token.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def expiry(granted: Mapping[str, Any], now: datetime) -> datetime:
    """Five minutes, or the end of the machtiging when that comes first."""
    until = granted.get("geldig_tot")
    end = now + LIFETIME
    return end if until is None else min(end, datetime.fromisoformat(until))
