"""Requests that should not be: at every operation of every package, with a canary in every place.

The operations come from the OpenAPI documents, so a new one is probed by itself; pages and protocol
endpoints, which have none, are listed here. Everything goes through a proxy of its own: of these
exchanges only the answers are searched, since the requests hold the canary on purpose.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2
from visitor import Visitor

from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey
from tests.separation.canary import Canary
from tests.separation.house import House
from tests.separation.recording import Exchange

PACKAGES = ("identiteit", "machtigen", "rechten", "keys")
METHODS = ("get", "post", "put", "delete", "patch")
# Endpoints outside the documents. `state` is not among the fields: to send it back is what it is for.
PROTOCOL = {
    "identiteit": ("authorize", "token", "inloggen", "uitloggen", "weergave", "jwks"),
    "machtigen": (
        "login/authorize", "login/token", "login/par", "login/userinfo", "token", "introspect", "revoke",
        "inloggen/terug", "uitloggen/achterkanaal", "code", "nieuw", "verzoek", "status/1",
    ),
    "rechten": ("inloggen/terug", "uitloggen/achterkanaal", "inzage"),
    "keys": ("t1/v1/vergunningen", "t1/v1/sleutelaanvragen", "t2/v1/transcrypties"),
}  # fmt: skip
FIELDS = ("code", "client_id", "client_secret", "redirect_uri", "request_uri", "scope", "nonce",
          "response_type", "grant_type", "token", "ticket", "error", "error_description", "logout_token",
          "code_verifier", "persoon", "niveau", "terug", "id_token_hint", "client_assertion", "bsn",
          "naam")  # fmt: skip


@dataclass(frozen=True)
class Probe:
    """One request. `headers` come on top of those of whoever sends it."""

    method: str
    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


# A page sends who must log in first on a way round, and offers itself in another language: to the person
# who asked, their own address comes back as an address. In a problem, or as text, it never does.
_OWN_ADDRESS = re.compile(rb'(?i)(?:href|action)="[^"]*"')
WAYS_BACK = ("/machtigen/nieuw", "/machtigen/verzoek", "/machtigen/code", "/machtigen/login/authorize",
             "/machtigen/inloggen", "/rechten/inzage", "/machtigen/machtigingen")  # fmt: skip


def answer_of(exchange: Exchange) -> bytes:
    """What of an answer may hold nothing of the request."""
    headers, body = exchange.response_headers, exchange.response
    if exchange.path.startswith(WAYS_BACK) and exchange.status == 303:
        headers = re.sub(r"(?im)^location: /.*$", "", headers)
    if exchange.path.startswith(WAYS_BACK) and exchange.status == 200:
        body = _OWN_ADDRESS.sub(b"", body)
    return headers.encode() + b"\n" + body


def send(house: House, canary: Canary, proxy: str) -> list[int]:
    """Send every probe as a stranger, a person, the operator and a source; gives the statuses.

    Raises AssertionError for an answer with a status of 500.
    """
    statuses = []
    person = Visitor(house.endpoints, canary.demo_id, "hoog")
    person.browser = httpx2.Client(proxy=proxy, timeout=60, trust_env=False)
    person.log_in("machtigen")
    person.log_in("rechten")
    with httpx2.Client(proxy=proxy, timeout=60, trust_env=False) as stranger:
        for package in PACKAGES:
            who = list(_callers(house, person, stranger, package))
            for probe in _probes(house, canary, package):
                for client, headers in who:
                    headers = {**headers, **probe.headers}
                    answer = client.request(probe.method, probe.url, content=probe.body, headers=headers)
                    assert answer.status_code != 500, f"{probe.method} {answer.request.url.path} gives 500"
                    statuses.append(answer.status_code)
    person.close()
    return statuses


def _callers(
    house: House, person: Visitor, stranger: httpx2.Client, package: str
) -> Iterator[tuple[httpx2.Client, dict[str, str]]]:
    yield stranger, {}
    if package in person._csrf:
        yield person.browser, {"X-CSRF-Token": person._csrf[package]}
    known = {"beheer": "beheer.jwk", "duo-bron": "demo-clients/duo-bron/jwk.json"}
    for client, file in known.items():
        if client == "duo-bron" and package not in {"identiteit", "rechten"}:
            continue
        key = SigningKey.load(house.data / file)
        token = assertion(client, key, house.endpoints[package], house.clock())
        yield stranger, {"Authorization": f"Bearer {token}"}


def _probes(house: House, canary: Canary, package: str) -> Iterator[Probe]:
    base = house.endpoints[package]
    document = house.http.get(f"{base}/openapi.json").json()
    origin = base.removesuffix(f"/{package}")
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                yield from _at(method.upper(), origin + path, operations[method], canary)
    for path in PROTOCOL[package]:
        yield from _protocol(f"{base}/{path}", canary)


def _at(method: str, url: str, operation: Mapping[str, Any], canary: Canary) -> Iterator[Probe]:
    filled = re.sub(r"\{[^}]+\}", quote(canary.bsn), url)
    named = {one["name"]: canary.bsn for one in operation.get("parameters", ()) if one["in"] == "query"}
    query = str(httpx2.QueryParams({**named, "bsn": canary.bsn, "naam": canary.achternaam}))
    yield Probe(method, f"{filled}?{query}")
    yield Probe(method, filled, None, {"Authorization": f"Bearer {_token(canary)}"})
    if method in {"POST", "PUT", "PATCH"}:
        for body, kind in _bodies(canary):
            yield Probe(method, filled, body, {"Content-Type": kind, "Idempotency-Key": canary.bsn})


def _bodies(canary: Canary) -> Iterator[tuple[bytes, str]]:
    naam, bsn = canary.achternaam, canary.bsn
    whole = {"bsn": bsn, "voornaam": canary.voornaam, "achternaam": naam, "adres": canary.straat, bsn: naam,
             "geboortedatum": canary.geboren.isoformat(), "code": {"bsn": bsn}, "personen": [{"bsn": [bsn]}],
             "id": [bsn], "aanmelding": _token(canary), "diensten": [bsn], "label": [naam]}  # fmt: skip
    yield json.dumps(whole).encode(), "application/json"
    yield json.dumps([bsn, naam]).encode(), "application/json"
    yield (
        f'{{"bsn": {canary.bsn}, "naam": "{canary.achternaam}'.encode("latin-1") + b"\xff",
        "application/json",
    )
    yield f"bsn={canary.bsn}&naam={quote(canary.achternaam)}".encode(), "application/x-www-form-urlencoded"


def _protocol(url: str, canary: Canary) -> Iterator[Probe]:
    for value in (f"{canary.bsn} {canary.achternaam}", _token(canary)):
        form = str(httpx2.QueryParams(dict.fromkeys(FIELDS, value)))
        yield Probe("GET", f"{url}?{form}")
        yield Probe("POST", url, form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
    yield Probe("GET", f"{url}/{quote(canary.bsn)}")
    yield Probe("GET", url, None, {"Authorization": f"Bearer {_token(canary)}", "X-Persoon": canary.bsn})


def _token(canary: Canary) -> str:
    """A token that nobody signed, about the canary."""
    parts = ({"alg": "ES256", "kid": canary.bsn}, {"sub": canary.bsn, "name": canary.achternaam}, canary.bsn)
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )
