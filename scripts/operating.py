"""What an operator says to the packages over their public interfaces, with the operator's own key.

Every call may be repeated: the same content once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from keys.client import KeysBeheer
from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey

TIMEOUT_S = 30
OPERATOR = "beheer"


class CallFailed(Exception):
    """A package refused or did not answer; the text names the call, never its content."""


class Caller:
    """One client with its own key; its calls carry an assertion for the package they go to."""

    def __init__(
        self, client_id: str, key: SigningKey, http: httpx2.Client, clock: Callable[[], datetime]
    ) -> None:
        self.client_id = client_id
        self._key = key
        self._http = http
        self._clock = clock

    def post(
        self, base: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """POST `base + path`, signed for `base`; gives the JSON object of the answer. Raises CallFailed."""
        document: dict[str, Any] = self._send("POST", base, path, body, headers)
        return document

    def put(self, base: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """PUT, as `post`."""
        document: dict[str, Any] = self._send("PUT", base, path, body, None)
        return document

    def get(self, base: str, path: str) -> Any:
        """GET, as `post`; gives the JSON of the answer."""
        return self._send("GET", base, path, None, None)

    def _send(
        self,
        method: str,
        base: str,
        path: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
    ) -> Any:
        token = assertion(self.client_id, self._key, base, self._clock())
        signed = {"Authorization": f"Bearer {token}", **(headers or {})}
        try:
            sent = None if body is None else dict(body)
            answer = self._http.request(method, base + path, json=sent, headers=signed)
        except httpx2.HTTPError as error:
            raise CallFailed(f"{path} did not answer") from error
        if not answer.is_success:
            raise CallFailed(f"{path} was refused ({answer.status_code} {_code(answer)})")
        return answer.json()


class Operator(Caller):
    """The operator of this installation. `endpoints` as `/endpoints.json` gives them."""

    def __init__(
        self,
        endpoints: Mapping[str, str],
        key_file: Path,
        http: httpx2.Client,
        clock: Callable[[], datetime],
    ) -> None:
        key = SigningKey.load(key_file)
        super().__init__(OPERATOR, key, http, clock)
        self.endpoints = dict(endpoints)
        self.keys = KeysBeheer(self.endpoints["keys"], key, http, clock)

    def tell(self, package: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST to a package. Raises CallFailed."""
        return self.post(self.endpoints[package], path, body)

    def published_keys(self, package: str, path: str) -> dict[str, Any]:
        """The public key set of a package. Raises CallFailed."""
        try:
            answer = self._http.get(self.endpoints[package] + path)
        except httpx2.HTTPError as error:
            raise CallFailed(f"{package} did not answer") from error
        if not answer.is_success:
            raise CallFailed(f"{package} gave no keys ({answer.status_code})")
        document: dict[str, Any] = answer.json()
        return document


def _code(answer: httpx2.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except (ValueError, AttributeError):
        return ""
