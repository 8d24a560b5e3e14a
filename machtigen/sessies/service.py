"""Sessions: begin a login, open, find and end sessions."""

from __future__ import annotations

import json
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.diensten.model import Niveau
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal
from machtigen.sessies import store
from machtigen.sessies.model import (
    ATTEMPT_LIFETIME,
    LIFETIME,
    Ingelogd,
    Inlogpoging,
    Sessie,
    hash_secret,
    new_secret,
)


class Sessies:
    """Sessions on the server. The cookie holds a secret, the database its hash."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def begin(self, attempt: Inlogpoging, browser: str, now: datetime) -> None:
        """Keep what must fit when this browser comes back from the login. `browser`: its cookie."""
        identifier = hash_secret(browser, attempt.state)
        content = json.dumps([attempt.state, attempt.nonce, attempt.verifier, attempt.return_to])
        sealed = self._seal.seal(content, identifier)
        self._database.write(
            lambda session: store.add_attempt(session, identifier, sealed, now + ATTEMPT_LIFETIME)
        )

    def resume(self, state: str, browser: str, now: datetime) -> Inlogpoging | None:
        """The attempt that this browser began with this `state`; once."""
        identifier = hash_secret(browser, state)
        sealed = self._database.write(lambda session: store.take_attempt(session, identifier, now))
        return Inlogpoging(*json.loads(self._seal.open(sealed, identifier))) if sealed else None

    def open(self, person: Ingelogd, now: datetime, *, replaces: str | None = None) -> str:
        """Open a session and give its cookie's secret; the session of the cookie `replaces` ends."""
        secret = new_secret()
        identifier = hash_secret(secret)
        sealed = self._seal.seal(person.id_token, identifier)

        def act(session: Session) -> None:
            if replaces is not None:
                store.remove(session, hash_secret(replaces))
            store.add(session, identifier, person, new_secret(), sealed, now + LIFETIME)

        self._database.write(act)
        return secret

    def find(self, secret: str, now: datetime) -> Sessie | None:
        """The session of a cookie, while it lives."""
        identifier = hash_secret(secret)

        def act(session: Session) -> Sessie | None:
            row = store.find(session, identifier, now)
            if row is None:
                return None
            niveau = Niveau(row.niveau)
            return Sessie(
                id=row.id,
                partij=PartijId(row.partij),
                niveau=niveau,
                acr=niveau.acr,
                auth_time=row.auth_time,
                csrf_token=row.csrf_token,
                sid=row.sid,
            )

        return self._database.read(act)

    def close(self, secret: str, now: datetime) -> str | None:
        """End a session; gives the ID token it began with, to log out at identiteit."""
        identifier = hash_secret(secret)

        def act(session: Session) -> bytes | None:
            row = store.find(session, identifier, now)
            sealed = row.id_token if row else None
            store.remove(session, identifier)
            return sealed

        sealed = self._database.write(act)
        return self._seal.open(sealed, identifier) if sealed else None

    def close_by_sid(self, sid: str) -> int:
        """End the sessions that came from this session at identiteit; gives how many."""
        return self._database.write(lambda session: store.remove_by_sid(session, sid))

    def forget_expired(self, now: datetime) -> None:
        """Throw away what has expired."""
        if self._database.read(lambda session: store.any_expired(session, now)):
            self._database.write(lambda session: store.forget_expired(session, now))
