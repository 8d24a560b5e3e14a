"""How a Security Event Token is brought to its receiver (RFC 8935): one request, one token, one answer."""

from __future__ import annotations

import httpx2

from identiteit.gebeurtenissen.bezorging import Refused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.gebeurtenis.token import ERRORS, MEDIA_TYPE


class EventPush:
    """Pushes tokens over HTTP."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def __call__(self, url: str, token: str) -> None:
        """Bring a token. Raises Refused (400 with a known `err`), PeerUnavailable (everything else)."""
        headers = {"Content-Type": MEDIA_TYPE, "Accept": "application/json"}
        try:
            answer = self._http.post(url, content=token.encode("ascii"), headers=headers)
        except httpx2.HTTPError as error:
            raise PeerUnavailable("machtigen") from error
        if answer.status_code == 202:
            return
        if answer.status_code == 400:
            raise Refused(_err_of(answer))
        raise PeerUnavailable("machtigen")


def _err_of(answer: httpx2.Response) -> str:
    try:
        err = answer.json()["err"]
    except (ValueError, KeyError, TypeError):
        return "invalid_request"
    return err if err in ERRORS else "invalid_request"
