"""The peers that a connection speaks to: where they are, and machtigen's interface for operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx2

from keys.kernel.caller import PeerUnavailable, assertion
from keys.kernel.jws import SigningKey
from machtigen.aansluiting.errors import Refused, WrongInput
from machtigen.aansluiting.plan import check_address
from machtigen.deps import OPERATOR

NAMES = ("machtigen", "keys", "t1", "t2")


def find_addresses(
    http: httpx2.Client, endpoints: str | None, given: Mapping[str, str], names: Sequence[str] = NAMES
) -> dict[str, str]:
    """The address of each of `names`: as given, and otherwise as `/endpoints.json` says.

    Raises WrongInput with one sentence.
    """
    found = dict(given)
    if endpoints is not None:
        url = check_address("--endpoints", endpoints)
        url = url if url.endswith(".json") else f"{url}/endpoints.json"
        found = {**_read_endpoints(http, url), **given}
    missing = [name for name in names if name not in found]
    if missing:
        options = ", ".join(f"--{name}-url" for name in missing)
        raise WrongInput(f"The address of {', '.join(missing)} is not known: give {options} or --endpoints.")
    return {name: check_address(f"--{name}-url", found[name]) for name in names}


def _read_endpoints(http: httpx2.Client, url: str) -> dict[str, str]:
    try:
        answer = http.get(url)
        document = answer.json() if answer.is_success else None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
        document = None
    if not isinstance(document, dict):
        raise WrongInput(f"No addresses are to be had at {url}: is the server up?")
    return {name: value for name, value in document.items() if name in NAMES and isinstance(value, str)}


class Beheer:
    """What an operator does at machtigen. Raises Refused, PeerUnavailable."""

    def __init__(self, url: str, key: SigningKey, http: httpx2.Client, clock: Callable[[], datetime]) -> None:
        self._url = url
        self._key = key
        self._http = http
        self._clock = clock

    def register(self, what: str, body: Mapping[str, Any]) -> bool:
        """`what`: `diensten` or `clients`. True: new; False: it stood there, exactly so."""
        status, _ = self.call("POST", what, body)
        return status == 201

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """The status and the document of a call below `/api/v1/beheer/`."""
        token = assertion(OPERATOR, self._key, self._url, self._clock())
        url = f"{self._url}/api/v1/beheer/{path}"
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = self._http.request(
                method, url, json=None if body is None else dict(body), headers=headers
            )
            document = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise PeerUnavailable("machtigen") from error
        if answer.status_code >= 500 or answer.is_redirect or not isinstance(document, dict):
            raise PeerUnavailable("machtigen")
        if not answer.is_success:
            raise Refused(str(document.get("code", "refused")))
        return answer.status_code, document
