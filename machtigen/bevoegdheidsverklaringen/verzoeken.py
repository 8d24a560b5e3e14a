"""Requests to log in that wait, and the codes that end them. Single use, short-lived, kept hashed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.bevoegdheidsverklaringen import store
from machtigen.bevoegdheidsverklaringen.errors import InvalidGrant, InvalidRequestUri
from machtigen.bevoegdheidsverklaringen.model import Inlogverzoek, Toekenning
from machtigen.bevoegdheidsverklaringen.serialised import (
    toekenning_from,
    toekenning_to,
    verzoek_from,
    verzoek_to,
)

PUSHED_LIVES = timedelta(seconds=90)
CHOICE_LIVES = timedelta(minutes=30)
CODE_LIVES = timedelta(seconds=60)
REQUEST_URI = "urn:ietf:params:oauth:request_uri:"
SECRET_BYTES = 32


def digest(secret: str) -> str:
    """SHA-256 in hex. The secrets are 256 random bits, so no key and no salt are needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class CodeReused(InvalidGrant):
    """A code came a second time; `jti` is the token it gave the first time."""

    def __init__(self, jti: str | None) -> None:
        super().__init__("the code is not valid")
        self.jti = jti


@dataclass(frozen=True)
class Wachtend:
    """Wachtend (waiting): a request that waits for a choice, and since when."""

    verzoek: Inlogverzoek
    sinds: datetime


class Verzoeken:
    """Pushed requests (RFC 9126), requests that wait for a choice, and authorization codes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def push(self, verzoek: Inlogverzoek, now: datetime) -> str:
        """Keep a pushed request; its `request_uri`."""
        return REQUEST_URI + self._keep("par", verzoek, now + PUSHED_LIVES)

    def take_pushed(self, request_uri: str, client_id: str, now: datetime) -> Inlogverzoek:
        """The pushed request, once, for the client that pushed it. Raises InvalidRequestUri."""
        id_hash = digest(request_uri.removeprefix(REQUEST_URI))

        def act(session: Session) -> Inlogverzoek:
            kept = store.find_verzoek(session, id_hash, "par", now)
            if kept is None or kept[0]["client_id"] != client_id:
                raise InvalidRequestUri("the request_uri is not valid")
            if not store.spend_verzoek(session, id_hash, now):
                raise InvalidRequestUri("the request_uri is not valid")
            return verzoek_from(kept[0])

        return self._database.write(act)

    def wait(self, verzoek: Inlogverzoek, now: datetime) -> str:
        """Keep a request while the person logs in and chooses; the id for the choice page."""
        return self._keep("keuze", verzoek, now + CHOICE_LIVES)

    def find_waiting(self, identifier: str, now: datetime) -> Wachtend | None:
        """The request behind a choice page; None when it was answered or is too old."""
        id_hash = digest(identifier)
        kept = self._database.read(lambda session: store.find_verzoek(session, id_hash, "keuze", now))
        return Wachtend(verzoek_from(kept[0]), kept[1] - CHOICE_LIVES) if kept else None

    def answer(self, identifier: str, toekenning: Toekenning, now: datetime) -> str | None:
        """Close the request with an award; the authorization code, or None when it was closed already."""
        code = secrets.token_urlsafe(SECRET_BYTES)

        def act(session: Session) -> str | None:
            if not store.spend_verzoek(session, digest(identifier), now):
                return None
            ends = now + CODE_LIVES
            store.add_code(session, digest(code), toekenning.client_id, toekenning_to(toekenning), ends)
            return code

        return self._database.write(act)

    def close(self, identifier: str, now: datetime) -> bool:
        """Close the request without an award; False when it was closed already."""
        return self._database.write(lambda session: store.spend_verzoek(session, digest(identifier), now))

    def find_code(self, code: str, client_id: str, now: datetime) -> Toekenning:
        """What a code stands for, for its own client. Raises InvalidGrant, CodeReused."""
        row = self._database.read(lambda session: store.find_code(session, digest(code)))
        if row is None or row.client_id != client_id:
            raise InvalidGrant("the code is not valid")
        if row.gebruikt_op is not None:
            raise CodeReused(row.jti)
        if row.verloopt_op <= now:
            raise InvalidGrant("the code is not valid")
        return toekenning_from(row.inhoud)

    def spend_code(self, session: Session, code: str, jti: str, now: datetime) -> None:
        """Use it up, in the transaction that issues the token. Raises InvalidGrant when another was first."""
        if not store.spend_code(session, digest(code), jti, now):
            raise InvalidGrant("the code is not valid")

    def sweep(self, now: datetime) -> None:
        """Forget what is long over."""
        self._database.write(lambda session: store.sweep(session, now))

    def _keep(self, soort: str, verzoek: Inlogverzoek, verloopt_op: datetime) -> str:
        identifier = secrets.token_urlsafe(SECRET_BYTES)
        inhoud = verzoek_to(verzoek)

        def act(session: Session) -> None:
            store.add_verzoek(session, digest(identifier), soort, verzoek.client_id, inhoud, verloopt_op)

        self._database.write(act)
        return identifier
