"""Sessions and login attempts: the cookie holds a secret, the database its hash and sealed contents.

sealed = nonce (12) ‖ AES-256-GCM(sessie.key, nonce, JSON; AAD = kind, id hash)
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.kernel.database import Database
from keys.kernel.pep.encoding import length_prefixed
from rechten.sessies import store
from rechten.sessies.model import ATTEMPT_LIFETIME, LIFETIME, Inlogpoging, Sessie

NONCE_BYTES = 12
ATTEMPT = "poging"
SESSION = "sessie"


class Sessies:
    """Thread-safe. `key`: 32 secret bytes."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._aead = AESGCM(key)

    def begin(self, attempt: Inlogpoging, now: datetime) -> str:
        """Keep a login attempt; gives the secret for the browser's cookie."""
        return self._keep(ATTEMPT, asdict(attempt), None, now, ATTEMPT_LIFETIME)

    def resume(self, secret: str, now: datetime) -> Inlogpoging | None:
        """The attempt that this browser began; once."""
        hashed = _hash(secret)
        sealed = self._database.write(lambda session: store.take(session, hashed, now))
        content = self._open(ATTEMPT, hashed, sealed)
        return Inlogpoging(**content) if content is not None else None

    def open(self, sessie: Sessie, sid: str | None, now: datetime) -> str:
        """Open a session; gives the secret for the cookie. `sid`: the session at `identiteit`."""
        return self._keep(SESSION, asdict(sessie), sid, now, LIFETIME)

    def find(self, secret: str | None, now: datetime) -> Sessie | None:
        """The session of a cookie."""
        if not secret:
            return None
        hashed = _hash(secret)
        sealed = self._database.read(lambda session: store.find(session, hashed, now))
        content = self._open(SESSION, hashed, sealed)
        return Sessie(**content) if content is not None else None

    def close(self, secret: str, now: datetime) -> Sessie | None:
        """End the session of a cookie; gives what it was."""
        hashed = _hash(secret)
        sealed = self._database.write(lambda session: store.take(session, hashed, now))
        content = self._open(SESSION, hashed, sealed)
        return Sessie(**content) if content is not None else None

    def end_by_sid(self, sid: str) -> int:
        """End every session of one login at `identiteit` (OpenID Connect back-channel logout)."""
        return self._database.write(lambda session: store.end_by_sid(session, sid))

    def forget_expired(self, now: datetime) -> None:
        """Delete what has expired."""
        self._database.write(lambda session: store.forget(session, now))

    def _keep(
        self, kind: str, content: dict[str, Any], sid: str | None, now: datetime, life: timedelta
    ) -> str:
        secret = secrets.token_urlsafe(32)
        hashed = _hash(secret)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._aead.encrypt(nonce, json.dumps(content).encode(), _associated(kind, hashed))
        self._database.write(lambda session: store.add(session, hashed, sid, sealed, now, now + life))
        return secret

    def _open(self, kind: str, hashed: str, sealed: bytes | None) -> dict[str, Any] | None:
        if sealed is None:
            return None
        try:
            plain = self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _associated(kind, hashed))
        except InvalidTag:
            return None
        content: dict[str, Any] = json.loads(plain)
        return content


def safe_return(path: str | None, home: str = "/rechten/inzage") -> str:
    """Where to go after login: a path of this package, never another site."""
    if path is None or len(path) > 2000 or not path.startswith("/rechten/"):
        return home
    if "\\" in path or "//" in path or any(ord(sign) < 33 for sign in path):
        return home
    return path


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _associated(kind: str, hashed: str) -> bytes:
    return length_prefixed(kind.encode(), hashed.encode())
