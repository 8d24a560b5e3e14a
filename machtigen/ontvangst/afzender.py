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


NOBODY = Afzender("", _no_keys, _no_answer)


def over_http(issuer: str, key: SigningKey, http: httpx2.Client, now: Callable[[], datetime]) -> Afzender:
    """identiteit at its address, which is its issuer. `key`: ours, which it knows."""
    published = RemoteJwks(f"{issuer}/jwks", http, now)

    def ask(van: int, tot: int) -> None:
        proof = assertion(CLIENT_ID, key, issuer, now())
        try:
            answer = http.post(
                f"{issuer}/api/v1/leveringen/herleveren",
                json={"van": van, "tot": tot},
                headers={"Authorization": f"Bearer {proof}"},
            )
        except httpx2.HTTPError as error:
            raise PeerUnavailable("identiteit") from error
        if not answer.is_success:
            raise PeerUnavailable("identiteit")

    return Afzender(issuer, published.get, ask)
