"""What an auditor needs at hand to judge a party's copies, opened from files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from keys.doelen.service import Doelen
from keys.kernel.database import Database
from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.log import Log
from keys.kernel.pep.direction import Commitment
from keys.kernel.pep.encoding import from_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import SUITE, Context
from keys.kernel.pep.sealing import OpeningKey
from keys.preparation import AUDITOR_KEY
from keys.pseudonyms.auditing import Known, judge, open_copy
from keys.pseudonyms.store import PartijStore
from keys.wire.hopbewijs import Committed, HopChecker
from keys.wire.verklaringen import PARTIES, InvalidStatement, read_certificates, read_commitments

Copy = tuple[str, str, int, bytes]


class AuditFailed(Exception):
    """The audit cannot be done; the text is one sentence."""


@dataclass
class Auditor:
    """Judges the copies of one party. `items` counts what was judged."""

    party: str
    key: OpeningKey
    store: PartijStore
    known: Known
    checker: HopChecker
    items: int = 0

    @classmethod
    def open(cls, folder: Path, party: str, database: str, registry: str, partijen: Path) -> Auditor:
        """From the auditor's folder, both databases (files or URLs) and the parties' public keys.

        Raises AuditFailed with one sentence.
        """
        if party not in PARTIES:
            raise AuditFailed(f"{party} is no party")
        try:
            document = json.loads((folder / AUDITOR_KEY).read_text("utf-8"))
            if document.get("suite") != SUITE:
                raise ValueError("another suite")
            key = OpeningKey(from_base64url(document["geheim"]))
        except (OSError, ValueError, KeyError, TypeError, PepError) as error:
            raise AuditFailed(f"{folder / AUDITOR_KEY} does not hold the auditor's key") from error
        try:
            given = json.loads(partijen.read_text("utf-8"))
            parties = {name: Jwks.parse(jwks) for name, jwks in given.items()}
        except (OSError, ValueError, AttributeError, UnusableKey) as error:
            raise AuditFailed(f"{partijen} does not hold the parties' public keys") from error
        doelen = Doelen(Database(_url(registry)), Log("keys", None))
        store = PartijStore(Database(_url(database)))
        return cls(party, key, store, _known(doelen, parties), HopChecker())

    def copies(self) -> list[Copy]:
        """All that the party kept for the auditor, oldest first."""
        return self.store.list_audits()

    def judge(self, copy: Copy) -> dict[str, str | int] | None:
        """None for an honest batch; else what is wrong with it."""
        actor, request_id, step, sealed = copy
        try:
            opened = open_copy(self.key, self.party, actor, request_id, sealed)
            self.items += len(opened["items"])
            code = judge(opened, self.party, self.known, self.checker)
        except (PepError, ValueError, KeyError, TypeError):
            code = "copy-does-not-open"
        if code is None:
            return None
        return {"actor": actor, "aanvraag": request_id, "stap": step, "code": code}


def _known(doelen: Doelen, parties: dict[str, Jwks]) -> Known:
    def public_key(context: Context) -> bytes:
        for key in doelen.list_keys(context.domain):
            if key.context == context:
                try:
                    return read_certificates(key.certificates, parties, context)
                except InvalidStatement as error:
                    raise PepError("key-not-certified") from error
        raise PepError("key-not-certified")

    def commitments(context: Context, generation: int) -> dict[str, Commitment]:
        stated = doelen.list_commitments(context, generation).values()
        try:
            return read_commitments(stated, parties, context, generation)
        except InvalidStatement as error:
            raise PepError("key-not-committed") from error

    def committed(van: Context, naar: Context, generation: int) -> Committed:
        return Committed(commitments(van, generation), commitments(naar, generation))

    return Known(doelen.find_jwks, parties, public_key, committed)


def _url(place: str) -> str:
    """A SQLAlchemy URL, or the path of an SQLite file that exists. Raises AuditFailed."""
    if "://" in place:
        return place
    if not Path(place).is_file():
        raise AuditFailed(f"there is no database {place}")
    return f"sqlite:///{Path(place).resolve()}"
