"""Cookies of a package (decisions: `__Host-` with https, a path per package on loopback http)."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True)
class Cookies:
    """The cookies of one package; `secure` when its public address is https."""

    package: str
    secure: bool

    def name(self, purpose: str = "sessie") -> str:
        """`__Host-machtigen` and `__Host-machtigen-poging` with https; `machtigen_sessie` without."""
        if self.secure:
            return f"__Host-{self.package}" + ("" if purpose == "sessie" else f"-{purpose}")
        return f"{self.package}_{purpose}"

    def read(self, request: Request, purpose: str = "sessie") -> str | None:
        """The secret in the cookie, if there is one of a credible length."""
        value = request.cookies.get(self.name(purpose))
        return value if value is not None and 20 <= len(value) <= 200 else None

    def set(
        self, response: Response, secret: str, purpose: str = "sessie", max_age_s: int | None = None
    ) -> None:
        """Give the browser a secret: HttpOnly, SameSite=Lax, for this package only."""
        response.set_cookie(
            self.name(purpose),
            secret,
            max_age=max_age_s,
            path="/" if self.secure else f"/{self.package}",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response, purpose: str = "sessie") -> None:
        """Take the secret back."""
        response.delete_cookie(
            self.name(purpose),
            path="/" if self.secure else f"/{self.package}",
            secure=self.secure,
            httponly=True,
            samesite="lax",
        )


def new_secret() -> str:
    """A session secret for a cookie: 256 bits, base64url."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is stored of a secret: SHA-256 in hex. 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
