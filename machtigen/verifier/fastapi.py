"""One dependency for a FastAPI service: `Vertegenwoordiging` in, refusals as problem documents out.

    require = representation(verifier)
    install(app)

    @app.get("/aanvragen")
    def list_aanvragen(wie: Annotated[Vertegenwoordiging, Depends(require)]) -> …:
        if not wie.allows("informatie_opvragen", DIENST, DOEL): …

Imported only by those who use FastAPI; it is no part of the base install.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from machtigen.verifier.errors import CouldNotCheck, InvalidEvidence
from machtigen.verifier.model import Vertegenwoordiging
from machtigen.verifier.verify import Verifier

PROBLEM = "application/problem+json"


def representation(verifier: Verifier) -> Callable[[Request], Vertegenwoordiging]:
    """A dependency that reads `Authorization: Bearer`, checks the token and hands over the result."""

    def require(request: Request) -> Vertegenwoordiging:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise InvalidEvidence("no-token")
        return verifier.verify(token.strip())

    return require


def install(app: FastAPI) -> None:
    """Answer InvalidEvidence with 401 `invalid_token` and CouldNotCheck with 503 (RFC 6750, RFC 9457)."""
    app.add_exception_handler(InvalidEvidence, _refused)
    app.add_exception_handler(CouldNotCheck, _not_checked)


def _refused(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the signature is FastAPI's
    bare = isinstance(error, InvalidEvidence) and error.code == "no-token"
    challenge = "Bearer" if bare else 'Bearer error="invalid_token"'
    return _problem(401, "invalid-evidence", InvalidEvidence.title, {"WWW-Authenticate": challenge})


def _not_checked(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the signature is FastAPI's
    return _problem(503, "could-not-check", CouldNotCheck.title, {"Retry-After": "5"})


def _problem(status: int, code: str, title: str, headers: dict[str, str]) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "code": code}
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)
