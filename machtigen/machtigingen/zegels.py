"""Seals on the history of the house: now and then one signature over all lines so far.

    zegel  = JWS, typ geschiedeniszegel+jwt
    claims = iss, iat, nummer, aantal (lines), wortel (Merkle root, base64url), vorige (SHA-256 of the seal
             before it, base64url; absent in the first)

A line that is changed, removed or slipped in afterwards, by whoever owns the database, no longer fits the
seals. Seals are public and travel in every export: whoever keeps one is a witness. Not claimed: that it is
noticed by itself; the operator's command `geschiedenis controleren` reads everything and says what differs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.jws import InvalidJws, Jwks, SigningKey, sign, timestamp, verify
from machtigen.machtigingen import geschiedenisstore as store
from machtigen.machtigingen.geschiedenis import Zegel, broken
from machtigen.machtigingen.merkle import Boom
from machtigen.verifier.geschiedenis import TYP as EXPORT_TYP
from machtigen.verifier.geschiedenis import digest, to_text

TYP = "geschiedeniszegel+jwt"
EVERY = timedelta(hours=1)
PAGE = 100


class Zegels:
    """Makes, gives and checks seals. `key` signs, `issuer` is our address."""

    def __init__(self, database: Database, key: SigningKey, issuer: str) -> None:
        self._database = database
        self._key = key
        self._issuer = issuer

    def upkeep(self, now: datetime) -> None:
        """Seal, when the last seal is an hour old and there are lines after it."""
        last = self._database.read(store.last_seal)
        if last is not None and now - last.op < EVERY:
            return
        after = last.tot if last else 0
        if self._database.read(lambda session: store.any_line_after(session, after)):
            self.seal(now)

    def seal(self, now: datetime) -> Zegel:
        """Sign the root over all lines there are now. When another process was first, its seal is given."""
        until = self._database.write(store.last_number)

        def act(session: Session) -> Zegel:
            last = store.last_seal(session)
            if last is not None and last.tot >= until:
                return last
            tree = store.tree_of(last).plus(store.hashes(session, last.tot if last else 0, until))
            made = self._signed(last, tree, until, now)
            store.add_seal(session, made)
            return made

        try:
            return self._database.write(act)
        except IntegrityError:
            first = self._database.read(store.last_seal)
            if first is None:
                raise
            return first

    def _signed(self, last: Zegel | None, tree: Boom, until: int, now: datetime) -> Zegel:
        nummer = last.nummer + 1 if last else 1
        claims: dict[str, object] = {
            "iss": self._issuer,
            "iat": timestamp(now),
            "nummer": nummer,
            "aantal": tree.aantal,
            "wortel": to_text(tree.wortel),
        }
        if last is not None:
            claims["vorige"] = fingerprint(last)
        return Zegel(nummer, now, until, tree.aantal, tree.toppen, sign(claims, self._key, typ=TYP))

    def last(self) -> Zegel | None:
        """The newest seal."""
        return self._database.read(store.last_seal)

    def list_after(self, nummer: int, limit: int = PAGE) -> list[Zegel]:
        """Seals in their order, after a number."""
        return self._database.read(lambda session: store.list_seals(session, nummer, limit))

    def export(self, soort: str, inhoud: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """`inhoud` as a document that can be checked offline; the newest seal travels along.

        Its part `geschiedenis` lists chains: `{"machtiging": id, "regels": [as exported]}`.
        """
        last = self.last()
        content = {**inhoud, "zegel": last.jws if last else None}
        claims = {
            "iss": self._issuer,
            "iat": timestamp(now),
            "soort": soort,
            "delen": {part: digest(value) for part, value in content.items()},
            "ketens": {
                chain["machtiging"]: [line["hash"] for line in chain["regels"]]
                for chain in content["geschiedenis"]
            },
        }
        return {"inhoud": content, "handtekening": sign(claims, self._key, typ=EXPORT_TYP)}

    def check(self, keys: Jwks) -> list[str]:
        """Read the whole history and say, in sentences, what is not as it was. Nothing: an empty list."""

        def act(session: Session) -> list[str]:
            return [*_chains(session), *_seals(session, keys)]

        return self._database.read(act)


def fingerprint(zegel: Zegel) -> str:
    """What the next seal says of this one."""
    return to_text(hashlib.sha256(zegel.jws.encode()).digest())


def _chains(session: Session) -> Iterator[str]:
    for machtiging, lines in store.chains(session):
        for number in broken(machtiging, lines):
            yield f"Machtiging {machtiging}: line {number} was changed, or does not follow the one before it."
    for machtiging in store.without_history(session):
        yield f"Machtiging {machtiging}: its history is missing."


def _seals(session: Session, keys: Jwks) -> Iterator[str]:
    before: Zegel | None = None
    for zegel in store.list_seals(session):
        after = before.tot if before else 0
        tree = store.tree_of(before).plus(store.hashes(session, after, zegel.tot))
        wanted = {
            "nummer": before.nummer + 1 if before else 1,
            "aantal": tree.aantal,
            "wortel": to_text(tree.wortel),
            "vorige": fingerprint(before) if before else None,
        }
        before = zegel
        try:
            claims = verify(zegel.jws, keys, typ=TYP)
        except InvalidJws:
            yield f"Seal {zegel.nummer}: the signature does not hold under our keys."
            continue
        if {name: claims.get(name) for name in wanted} != wanted or tree.toppen != zegel.toppen:
            yield f"Seal {zegel.nummer}: the lines {after + 1} to {zegel.tot} are not those that were sealed."
