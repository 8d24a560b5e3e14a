"""Refusals on the wire: problem documents (RFC 9457) with a stable `code` and no input in them.

Each package keeps one table from its errors to HTTP statuses; what is not in it becomes 500
`internal`, with an event id that stands in the log and nothing else.
"""

from __future__ import annotations

import secrets
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keys.kernel.caller import CallerRejected, PeerUnavailable
from keys.kernel.log import UNEXPECTED, Log

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "https://machtigen.example.nl/problemen/"
BODY_LIMIT = 1_048_576  # bytes

PageRenderer = Callable[[Request, int, str, str], Response]


class DomainError(Exception):
    """A refusal by a package: `code` is an English slug, `title` a Dutch sentence without input."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "Dit kan niet."

    @property
    def members(self) -> Mapping[str, int]:
        """Extra members of the problem document: numbers only, such as a place in a list."""
        return {}


STANDARD: Mapping[int, tuple[str, str]] = {
    400: ("malformed-body", "De aanvraag is niet goed opgemaakt."),
    401: ("not-logged-in", "U bent niet ingelogd."),
    403: ("forbidden", "Dit mag niet."),
    404: ("not-found", "Dit bestaat niet, of is niet van u."),
    405: ("method-not-allowed", "Deze handeling bestaat hier niet."),
    413: ("body-too-large", "De aanvraag is te groot."),
    415: ("unsupported-media-type", "Deze soort inhoud wordt hier niet gelezen."),
    422: ("invalid-input", "Een of meer velden zijn niet goed ingevuld."),
    500: ("internal", "Er ging iets mis. De fout is vastgelegd."),
    503: ("unavailable", "Dit antwoordt nu niet. Probeer het straks opnieuw."),
}

SHARED: Mapping[type[Exception], int] = {CallerRejected: 401, PeerUnavailable: 503}


def problem(
    status: int,
    code: str,
    title: str,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    **extra: Any,
) -> JSONResponse:
    """A problem document. `detail` and `extra` must hold no personal data and no input value."""
    body: dict[str, Any] = {
        "type": TYPE_BASE + code,
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        **extra,
    }
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def _wants_page(request: Request, package: str) -> bool:
    if request.url.path.startswith(f"/{package}/api"):
        return False
    return "text/html" in request.headers.get("accept", "")


class _Handlers:
    def __init__(
        self, package: str, table: Mapping[type[Exception], int], page: PageRenderer | None, log: Log | None
    ) -> None:
        self.package = package
        self.table = {**SHARED, **table}
        self.page = page
        self.log = log

    def answer(
        self,
        request: Request,
        status: int,
        code: str,
        title: str,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> Response:
        if self.page is not None and _wants_page(request, self.package):
            return self.page(request, status, code, title)
        return problem(status, code, title, headers=headers, **extra)

    def domain(self, request: Request, error: Exception) -> Response:
        status = next(self.table[kind] for kind in type(error).__mro__ if kind in self.table)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        if status == 503:
            headers = {"Retry-After": "5"}
        code = str(getattr(error, "code", STANDARD[500][0]))
        title = str(getattr(error, "title", STANDARD[500][1]))
        return self.answer(request, status, code, title, headers, **getattr(error, "members", {}))

    def validation(self, request: Request, error: Exception) -> Response:
        """422 with the places that are wrong, never the values; 400 when the body is no JSON at all."""
        errors = error.errors() if isinstance(error, RequestValidationError) else []
        if any(entry.get("type") in {"json_invalid", "bytes_invalid_utf8"} for entry in errors):
            code, title = STANDARD[400]
            return self.answer(request, 400, code, title)
        places = [
            {
                "veld": ".".join(str(part) for part in entry["loc"] if isinstance(part, str | int))[:120],
                "soort": str(entry["type"]),
            }
            for entry in errors[:20]
            if not any(isinstance(part, str) and len(part) > 60 for part in entry["loc"])
        ]
        known = [place for place in places if "extra_forbidden" not in place["soort"]]
        code, title = STANDARD[422]
        return self.answer(request, 422, code, title, fouten=known)

    def http(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, StarletteHTTPException) else 500
        code, title = STANDARD.get(status, ("refused", "Dit kan niet."))
        headers = error.headers if isinstance(error, StarletteHTTPException) else None
        return self.answer(request, status, code, title, headers)

    def unexpected(self, request: Request, error: Exception) -> Response:
        event_id = secrets.token_hex(8)
        if self.log is not None:
            route = request.scope.get("route")
            frames = traceback.extract_tb(error.__traceback__)
            place = f"{frames[-1].filename.rsplit('/', 2)[-1]}:{frames[-1].lineno}" if frames else ""
            self.log.emit(
                UNEXPECTED,
                event_id=event_id,
                error=type(error).__name__,
                path_template=str(getattr(route, "path", "")),
                place=place,
            )
        code, title = STANDARD[500]
        return self.answer(request, 500, code, title, gebeurtenis=event_id)


class BodyLimit:
    """Refuses a body over `limit` bytes with 413, declared or not, before anything reads it whole.

    Bodies up to the limit are read here and replayed, so that the refusal is always a clean answer.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self.app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.limit:
            await self._refuse(scope, receive, send)
            return
        messages: list[Message] = []
        size = 0
        while True:
            message = await receive()
            messages.append(message)
            size += len(message.get("body", b""))
            if size > self.limit:
                await self._refuse(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body", False):
                break

        async def replay() -> Message:
            return messages.pop(0) if messages else await receive()

        await self.app(scope, replay, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        code, title = STANDARD[413]
        await problem(413, code, title, headers={"Connection": "close"})(scope, receive, send)


class _Catch:
    """Turns what no handler caught into the 500 document, so that no traceback reaches the server."""

    def __init__(self, app: ASGIApp, handlers: _Handlers) -> None:
        self.app = app
        self.handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if started:
                raise
            answer = self.handlers.unexpected(Request(scope), error)
            await answer(scope, receive, send)


def _schema(codes: list[str]) -> dict[str, Any]:
    text = {"type": "string"}
    known = {"enum": codes}
    # A refusal by a rule or by another party carries that one's code, so the list is not closed.
    code = {**text, "anyOf": [known, {"pattern": "^[a-z]+(-[a-z]+)*$"}]}
    properties = {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": code}
    return {"type": "object", "required": list(properties), "properties": properties}


def _describe(app: FastAPI, kinds: Iterable[type[Exception]]) -> None:
    """Put the problem document with the codes of `kinds` into the app's OpenAPI document, at every call."""
    codes = {str(kind.code) for kind in kinds if hasattr(kind, "code")} | {c for c, _ in STANDARD.values()}
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document = plain()
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = _schema(sorted(codes))
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        components["responses"] = {"Problem": {"description": "Refused (RFC 9457).", "content": content}}
        for call in (call for path in document.get("paths", {}).values() for call in path.values()):
            call["responses"].pop("422", None)  # FastAPI's own form, which this app never answers
            call["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def install(
    app: FastAPI,
    *,
    package: str,
    table: Mapping[type[Exception], int],
    page: PageRenderer | None = None,
    log: Log | None = None,
    limit: int = BODY_LIMIT,
) -> None:
    """Give an app its refusals: `table` maps the package's errors to statuses, `page` renders HTML.

    `page(request, status, code, title)` is used for browsers outside `/<package>/api`.
    """
    app.router.redirect_slashes = False  # Starlette would make that address from the Host header
    handlers = _Handlers(package, table, page, log)
    _describe(app, handlers.table)
    for kind in handlers.table:
        app.add_exception_handler(kind, handlers.domain)
    app.add_exception_handler(RequestValidationError, handlers.validation)
    app.add_exception_handler(StarletteHTTPException, handlers.http)
    app.add_exception_handler(
        UnicodeDecodeError, lambda request, _: handlers.http(request, StarletteHTTPException(400))
    )
    app.add_middleware(_Catch, handlers=handlers)
    app.add_middleware(BodyLimit, limit=limit)
