"""An issuer in memory: signs tokens and status lists, serves them over a transport, can break down."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from keys.kernel.jws import Jwks, SigningKey, sign
from machtigen.verifier import Policy, Verifier
from machtigen.verifier.statuslijst import pack

HOUSE = "https://machtigen.example.nl"
ISSUER = f"{HOUSE}/machtigen/login"
AUDIENCE = "https://api.dienst-a.example.nl"
DIENST = "urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba"
DOEL = "toeslag-vaststellen"
LIST_URI = f"{HOUSE}/machtigen/status/5"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PSEUDONYM = "urn:nl-eid-gdi:1.0:id:Pseudonym"


class Issuer:
    """`broken` names the parts that do not answer: metadata, keys, status."""

    def __init__(self) -> None:
        self.now = START
        self.key = SigningKey.generate("ES256")
        self.published = [self.key]
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self.revoked: set[int] = set()
        self.list_ttl: int | None = 30
        self.list_lives = timedelta(minutes=5)
        self.answer_status: Callable[[], httpx2.Response] | None = None
        self.http = httpx2.Client(transport=httpx2.MockTransport(self._serve))

    def clock(self) -> datetime:
        return self.now

    def verifier(self, **changes: Any) -> Verifier:
        settings: dict[str, Any] = {
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "http": self.http,
            "clock": self.clock,
            "policy": Policy(),
        }
        return Verifier(**{**settings, **changes})

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Claims of a token for Anja on behalf of Noor; None removes a claim."""
        now = int(self.now.timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": [AUDIENCE],
            "client_id": "portaal-dienst-a",
            "azp": "portaal-dienst-a",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            "jti": "V4xq0cJ0p2oW9fJmYtQm3A",
            "auth_time": now - 60,
            "acr": "http://eidas.europa.eu/LoA/substantial",
            "scope": f"openid {DIENST}",
            "sub": "lAYmcjm-fkUxk3_ACOQ0RU",
            "sub_id_type": PSEUDONYM,
            "represents": {"iss": ISSUER, "sub": "4Yg8u72NxRkP0s3vJ1hLdQ", "sub_id_type": PSEUDONYM},
            "authorization_details": [self.detail()],
            "status": {"status_list": {"idx": 7318, "uri": LIST_URI}},
        }
        claims.update(changes)
        return {name: value for name, value in claims.items() if value is not None}

    def detail(self, **changes: Any) -> dict[str, Any]:
        detail: dict[str, Any] = {
            "type": f"{HOUSE}/machtigen/rar/machtiging/v1",
            "identifier": "mp_7Qd2nR9sKf0",
            "locations": [AUDIENCE],
            "dienst": DIENST,
            "actions": ["informatie_opvragen", "zaken_regelen"],
            "doelen": [DOEL],
            "grond": "machtiging",
            "geldig_tot": "2027-03-01T00:00:00+01:00",
            "min_acr": "http://eidas.europa.eu/LoA/substantial",
            "schakels": ["mp_c0XwB1"],
        }
        detail.update(changes)
        return {name: value for name, value in detail.items() if value is not None}

    def for_oneself(self, **changes: Any) -> dict[str, Any]:
        """Claims of a token for someone who represents nobody."""
        detail = self.detail(
            type=f"{HOUSE}/machtigen/rar/dienst/v1",
            identifier=None,
            grond=None,
            geldig_tot=None,
            schakels=None,
        )
        return self.claims(represents=None, authorization_details=[detail], **changes)

    def token(
        self, claims: dict[str, Any] | None = None, *, key: SigningKey | None = None, typ: str = "at+jwt"
    ) -> str:
        return sign(self.claims() if claims is None else claims, key or self.key, typ=typ)

    def status_token(
        self, *, key: SigningKey | None = None, typ: str = "statuslist+jwt", **changes: Any
    ) -> str:
        now = int(self.now.timestamp())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": LIST_URI,
            "iat": now,
            "exp": now + int(self.list_lives.total_seconds()),
            "ttl": self.list_ttl,
            "status_list": {"bits": 1, "lst": pack(65_536, self.revoked).encode()},
        }
        claims.update(copy.deepcopy(changes))
        return sign(
            {name: value for name, value in claims.items() if value is not None}, key or self.key, typ=typ
        )

    def serve_status(self, token: str, media_type: str = "application/statuslist+jwt") -> None:
        """From now on the status list is this text."""
        self.answer_status = lambda: httpx2.Response(200, text=token, headers={"content-type": media_type})

    def passes(self, **period: float) -> None:
        self.now += timedelta(**period)

    def _serve(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        part = {
            "/machtigen/login/.well-known/openid-configuration": "metadata",
            "/machtigen/sleutels": "keys",
        }.get(path, "status")
        self.asked.append(part)
        if part in self.broken:
            raise httpx2.ConnectError("no answer", request=request)
        if part == "metadata":
            return httpx2.Response(200, json={"issuer": ISSUER, "jwks_uri": f"{HOUSE}/machtigen/sleutels"})
        if part == "keys":
            return httpx2.Response(200, text=json.dumps(Jwks.of(*self.published).as_dict()))
        if self.answer_status is not None:
            return self.answer_status()
        return httpx2.Response(
            200, text=self.status_token(), headers={"content-type": "application/statuslist+jwt"}
        )
