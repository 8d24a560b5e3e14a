"""Headers that every page carries, and the language cookie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.kernel.pages.language import COOKIE, LANGUAGES


def content_security_policy(frame_sources: Sequence[str], frame_ancestors: Sequence[str]) -> str:
    """The policy. No `form-action`: it also governs where a posted form is redirected to, and a log-in
    form must be able to end at the redirect URI of any registered service; those are checked exactly
    by the issuer instead."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "script-src 'self'",
            "connect-src 'self'",
            f"frame-src {' '.join(frame_sources) or chr(39) + 'none' + chr(39)}",
            f"frame-ancestors {' '.join(frame_ancestors) or chr(39) + 'none' + chr(39)}",
            "base-uri 'none'",
        )
    )


_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
_SAFE_OVER_TLS = {**_SAFE, "Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def on_every_answer(scope: Scope) -> Mapping[str, str]:
    """The security headers of an answer to this request, whatever it holds."""
    return _SAFE_OVER_TLS if scope.get("scheme") == "https" else _SAFE


class PageHeaders:
    """Adds the security headers to every answer of the app, and keeps the language that was chosen."""

    def __init__(self, app: ASGIApp, policy: str, package: str) -> None:
        self.app = app
        self.policy = policy
        self.package = package

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on (ASGI)."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        chosen = request.query_params.get("taal")

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope, chosen)
            await send(message)

        await self.app(scope, receive, add)

    def _add(self, headers: MutableHeaders, scope: Scope, chosen: str | None) -> None:
        headers.update(on_every_answer(scope))
        if headers.get("content-type", "").startswith("text/html"):
            headers.setdefault("Content-Security-Policy", self.policy)
            headers.setdefault("Cache-Control", "no-store")
        if chosen in LANGUAGES:
            path = "/" if self.package == "start" else f"/{self.package}"
            flags = "; Secure" if scope.get("scheme") == "https" else ""
            headers.append(
                "Set-Cookie",
                f"{COOKIE}={chosen}; Path={path}; Max-Age=31536000; HttpOnly; SameSite=Lax{flags}",
            )
