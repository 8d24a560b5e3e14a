"""Identiteit as the sender of life events, over HTTP: its keys, and asking it to deliver again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import httpx2

from keys.kernel.caller import PeerUnavailable, assertion
from keys.kernel.jws import Jwks, RemoteJwks, SigningKey
from machtigen.ontvangst.service import Afzender

CLIENT_ID = "machtigen"


def _no_keys(_kid: str | None) -> Jwks:
    raise PeerUnavailable("identiteit")


def _no_answer(_van: int, _tot: int) -> None:
    raise PeerUnavailable("identiteit")


def _no_last() -> int:
    raise PeerUnavailable("identiteit")


NOBODY = Afzender("", _no_keys, _no_answer, _no_last)


def over_http(issuer: str, key: SigningKey, http: httpx2.Client, now: Callable[[], datetime]) -> Afzender:
    """identiteit at its address, which is its issuer. `key`: ours, which it knows."""
    published = RemoteJwks(f"{issuer}/jwks", http, now)

    def call(method: str, path: str, body: object = None) -> object:
        proof = assertion(CLIENT_ID, key, issuer, now())
        headers = {"Authorization": f"Bearer {proof}"}
        try:
            answer = http.request(method, f"{issuer}/api/v1{path}", json=body, headers=headers)
            answer.raise_for_status()
            return answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise PeerUnavailable("identiteit") from error

    def ask(van: int, tot: int) -> None:
        call("POST", "/leveringen/herleveren", {"van": van, "tot": tot})

    def last() -> int:
        answer = call("GET", "/leveringen")
        try:
            number: int = answer["resultaten"][0]["afgehandeld"]  # type: ignore[index]  # else: no answer
        except (KeyError, IndexError, TypeError) as error:
            raise PeerUnavailable("identiteit") from error
        return number

    return Afzender(issuer, published.get, ask, last)
