"""Attempts, sessions, codes and tokens: one transaction for each verb."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from identiteit.errors import AttemptGone, NotLoggedIn
from identiteit.inloggen import store
from identiteit.inloggen.model import (
    ATTEMPT_LIVES,
    CODE_LIVES,
    SESSION_LIVES,
    Code,
    Inlogwens,
    Niveau,
    Poging,
    Sessie,
)
from keys.kernel.database import Database
from keys.kernel.gebeurtenis import deliver
from keys.kernel.oidc.browser import new_secret, secret_hash

Send = Callable[[str, str], None]


class Inloggen:
    """The room's verbs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_attempt(self, wens: Inlogwens | None, browser: str, now: datetime) -> Poging:
        """Open a login page for a browser (by the secret in its cookie)."""
        poging = Poging(secrets.token_urlsafe(16), new_secret(), wens)
        ends = now + ATTEMPT_LIVES
        self._database.write(lambda session: store.add_attempt(session, poging, secret_hash(browser), ends))
        return poging

    def require_attempt(self, identifier: str, browser: str | None, now: datetime) -> Poging:
        """The open login page. Raises AttemptGone when it is closed, old, or of another browser."""
        if not identifier.isprintable():  # PostgreSQL would not even look for a NUL
            raise AttemptGone
        found = self._database.read(
            lambda session: store.find_attempt(session, identifier, secret_hash(browser or ""), now)
        )
        if found is None:
            raise AttemptGone
        return found

    def log_in(
        self, poging: Poging, persoon_id: str, niveau: Niveau, previous: str | None, now: datetime
    ) -> tuple[str, Sessie]:
        """Close the page and open a session; (secret for the cookie, session). Raises AttemptGone.

        A session that this browser had before ends with it, everywhere.
        """
        secret = new_secret()
        sessie = Sessie(persoon_id, niveau, now, secrets.token_urlsafe(24), new_secret())

        def act(session: Session) -> None:
            if not store.close_attempt(session, poging.id):
                raise AttemptGone
            replaced = store.find_session(session, secret_hash(previous), now) if previous else None
            if replaced is not None:
                store.end_session(session, replaced.sid, now)
            store.add_session(session, secret_hash(secret), sessie, now + SESSION_LIVES)

        self._database.write(act)
        return secret, sessie

    def find(self, secret: str | None, now: datetime) -> Sessie | None:
        """The session behind a cookie."""
        if secret is None:
            return None
        return self._database.read(lambda session: store.find_session(session, secret_hash(secret), now))

    def find_by_sid(self, sid: str, now: datetime) -> Sessie | None:
        """The session that a package knows by `sid`."""
        return self._database.read(lambda session: store.find_session_by_sid(session, sid, now))

    def log_out(self, sid: str, now: datetime) -> int:
        """End a session; every package in it hears so through the outbox. Gives how many."""
        return self._database.write(lambda session: store.end_session(session, sid, now))

    def give_code(self, code: Code, now: datetime) -> str:
        """A fresh authorization code."""
        secret = new_secret()
        self._database.write(
            lambda session: store.add_code(session, secret_hash(secret), code, now + CODE_LIVES)
        )
        return secret

    def find_code(self, secret: str, client_id: str, now: datetime) -> Code | None:
        """What a code stands for, for its own client; None when it is unknown, old or used.

        A used one that comes again ends the access token of the first time.
        """
        id_hash = secret_hash(secret)
        found = self._database.read(lambda session: store.find_code(session, id_hash))
        if found is None or found[0].client_id != client_id:
            return None
        code, used, ends = found
        if used:
            self._database.write(lambda session: store.end_token_of(session, id_hash))
        return None if used or ends <= now else code

    def spend_code(self, secret: str, code: Code, with_token: bool, now: datetime) -> str | None:
        """Use a code up. Gives the access token (opaque, for the life of the session) when asked for.

        Raises NotLoggedIn when another request was first, or the session has ended.
        """
        token = new_secret()

        def act(session: Session) -> None:
            if store.find_session_by_sid(session, code.sid, now) is None:
                raise NotLoggedIn
            token_hash = secret_hash(token) if with_token else None
            if not store.spend_code(session, secret_hash(secret), token_hash, now):
                raise NotLoggedIn
            if token_hash is not None:
                store.add_token(session, token_hash, code.client_id, code.sid)

        self._database.write(act)
        return token if with_token else None

    def session_of_token(self, token: str, client_id: str, now: datetime) -> Sessie:
        """The live session of an access token of this client. Raises NotLoggedIn."""

        def act(session: Session) -> Sessie | None:
            found = store.find_token(session, secret_hash(token))
            if found is None or found[0] != client_id:
                return None
            return store.find_session_by_sid(session, found[1], now)

        sessie = self._database.read(act)
        if sessie is None:
            raise NotLoggedIn
        return sessie

    def send_messages(self, send: Send, now: datetime) -> int:
        """Deliver what is due: `send(client_id, sid)` raises when it did not arrive."""
        handlers = {"uitloggen": lambda _, payload: send(str(payload["client_id"]), str(payload["sid"]))}
        return deliver(self._database, store.OUTBOX, handlers, now)

    def sweep(self, now: datetime) -> None:
        """Forget what has expired."""
        self._database.write(lambda session: store.sweep(session, now))
