"""Our status lists: a random unused index for every token, decoys, signed and served.

Each token gets an index of its own in one of several lists, drawn at random and given back after the
token has expired; some indices are INVALID for no token at all and change with time, so that a list
tells neither how many tokens there are nor how many were revoked. Two services find nothing in it
that links the same machtiging.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.jws import SigningKey, sign, timestamp
from machtigen.bevoegdheidsverklaringen import statusstore
from machtigen.bevoegdheidsverklaringen.model import Plaats
from machtigen.verifier.statuslijst import pack

SIZE = 65_536
LISTS = 2
DECOYS = 200
ATTEMPTS = 12
TTL_S = 15
LIVES = timedelta(minutes=5)
RESIGN = timedelta(seconds=60)
MARGIN = timedelta(minutes=2)
TYP = "statuslist+jwt"


class ListsFull(Exception):
    """No unused index was found; the next round of upkeep opens another list."""

    code = "unavailable"
    title = "Er kan nu geen verklaring worden gegeven. Probeer het straks opnieuw."


@dataclass(frozen=True)
class _Built:
    versie: int
    at: datetime
    token: str


class Statuslijsten:
    """All status lists of this house. `base` is their address without the number: `…/machtigen/status`."""

    def __init__(self, database: Database, base: str, issuer: str, key: SigningKey) -> None:
        self._database = database
        self._base = base
        self._issuer = issuer
        self._key = key
        self._built: dict[int, _Built] = {}
        self._lock = threading.Lock()

    def uri(self, nummer: int) -> str:
        """The address of a list, as it stands in tokens."""
        return f"{self._base}/{nummer}"

    def allocate(self, session: Session, verloopt_op: datetime, now: datetime) -> Plaats:
        """A random unused index, VALID, in the transaction that issues the token. Raises ListsFull."""
        lijsten = statusstore.list_lijsten(session) or self._open_first(session, now)
        numbers = list(lijsten)
        for _ in range(ATTEMPTS):
            nummer = secrets.choice(numbers)
            plaats = Plaats(nummer, secrets.randbelow(lijsten[nummer]))
            if statusstore.take(session, plaats, verloopt_op):
                return plaats
        raise ListsFull

    def end(self, session: Session, plaatsen: list[Plaats]) -> None:
        """Make these places INVALID, in the transaction of the act that ends them."""
        statusstore.flip(session, plaatsen)

    def serve(self, nummer: int, now: datetime) -> str | None:
        """The signed list: new when something changed, else signed again every minute. None: no such list."""
        found = self._database.read(lambda session: statusstore.find_lijst(session, nummer))
        if found is None:
            return None
        grootte, versie = found
        built = self._built.get(nummer)
        if built and built.versie == versie and timedelta(0) <= now - built.at < RESIGN:
            return built.token
        with self._lock:
            return self._build(nummer, grootte, now)

    def _build(self, nummer: int, grootte: int, now: datetime) -> str:
        def act(session: Session) -> tuple[int, frozenset[int]]:
            found = statusstore.find_lijst(session, nummer)
            return (found[1] if found else 0), statusstore.list_invalid(session, nummer)

        versie, invalid = self._database.read(act)
        built = self._built.get(nummer)
        if built and built.versie == versie and timedelta(0) <= now - built.at < RESIGN:
            return built.token
        claims = {
            "iss": self._issuer,
            "sub": self.uri(nummer),
            "iat": timestamp(now),
            "exp": timestamp(now + LIVES),
            "ttl": TTL_S,
            "status_list": {"bits": 1, "lst": pack(grootte, invalid).encode()},
        }
        token = sign(claims, self._key, typ=TYP)
        self._built[nummer] = _Built(versie, now, token)
        return token

    def tidy(self, now: datetime) -> None:
        """Free expired indices, renew decoys, open a list when half is used."""
        self._database.write(lambda session: self._tidy(session, now))

    def _tidy(self, session: Session, now: datetime) -> None:
        statusstore.free_expired(session, now - MARGIN)
        lijsten = statusstore.list_lijsten(session) or self._open_first(session, now)
        for nummer, grootte in lijsten.items():
            used, decoys = statusstore.count_used(session, nummer)
            self._add_decoys(session, nummer, grootte, DECOYS - decoys, now)
            if used > grootte // 2 and nummer == max(lijsten):
                statusstore.add_lijst(session, nummer + 1, SIZE, now)

    def _open_first(self, session: Session, now: datetime) -> dict[int, int]:
        for nummer in range(1, LISTS + 1):
            statusstore.add_lijst(session, nummer, SIZE, now)
            self._add_decoys(session, nummer, SIZE, DECOYS, now)
        return dict.fromkeys(range(1, LISTS + 1), SIZE)

    def _add_decoys(self, session: Session, nummer: int, grootte: int, missing: int, now: datetime) -> None:
        if missing <= DECOYS // 10:
            return
        for _ in range(secrets.randbelow(missing) + 1):
            ends = now + timedelta(seconds=60 + secrets.randbelow(3_600))
            statusstore.take(session, Plaats(nummer, secrets.randbelow(grootte)), ends, afleiding=True)
        statusstore.mark_changed(session, {nummer})
