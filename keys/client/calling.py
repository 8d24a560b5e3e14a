"""One signed request to the registry or to a party, and what its answer means to the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx2

from keys.kernel.caller import PeerUnavailable, assertion
from keys.kernel.jws import SigningKey
from keys.wire.certificaat import MEMBER, thumbprint

__all__ = ["Calling", "PeerUnavailable", "RegistryRefused", "TranslationRefused"]


class RegistryRefused(Exception):
    """The registry refused what was asked. `code`: the stable code of its problem document."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TranslationRefused(Exception):
    """A party refused to translate or to give keys, or answered what does not hold. `code` is stable.

    `item`: which item of a batch (from 0) the refusal is about, when it is about one: the others can be
    sent again without it.
    """

    code = "translation-refused"
    title = "Een onderdeel dat nodig is weigert dit nu. Probeer het straks opnieuw."

    def __init__(self, code: str, item: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.item = item


class Calling:
    """Signs requests as one client and reads answers. 5xx and silence are PeerUnavailable."""

    def __init__(
        self,
        client_id: str,
        key: SigningKey,
        http: httpx2.Client,
        clock: Callable[[], datetime],
        refusal: type[RegistryRefused] | type[TranslationRefused],
        certificate: bytes | None = None,
    ) -> None:
        self.client_id = client_id
        self.key = key
        self.http = http
        self.clock = clock
        self._refusal = refusal
        # Bound to the client certificate (DER) of this actor's connections, where it has one.
        self._claims = None if certificate is None else {"cnf": {MEMBER: thumbprint(certificate)}}

    def send(self, method: str, audience: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """A signed request to `audience + path`; the JSON object of the answer."""
        token = assertion(self.client_id, self.key, audience, self.clock(), claims=self._claims)
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = self.http.request(method, audience + path, json=dict(body), headers=headers)
        except httpx2.HTTPError as error:
            raise PeerUnavailable("keys") from error
        return self._read(answer)

    def find(self, url: str, query: Mapping[str, str] | None = None) -> dict[str, Any] | None:
        """What everybody may read; None when it does not exist."""
        try:
            answer = self.http.get(url, params=dict(query or {}))
        except httpx2.HTTPError as error:
            raise PeerUnavailable("keys") from error
        return None if answer.status_code == 404 else self._read(answer)

    def _read(self, answer: httpx2.Response) -> dict[str, Any]:
        try:
            document = answer.json()
        except ValueError as error:
            raise PeerUnavailable("keys") from error
        if answer.status_code >= 500 or answer.is_redirect or not isinstance(document, dict):
            raise PeerUnavailable("keys")
        if answer.is_success:
            return document
        code, item = document.get("code"), document.get("item")
        refusal = self._refusal(code if isinstance(code, str) else "refused")
        if isinstance(refusal, TranslationRefused) and type(item) is int:
            refusal.item = item
        raise refusal
