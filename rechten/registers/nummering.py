"""Persons under two versions of a register's domain, while they are moved from the older to the newer.

    number    n: the version that persons are stored under from now on (in the register's own database)
    stored    every person stands under one version only, at most n; moved by translation old -> n

Whoever comes with an older pseudonym is looked for under it, then translated to n. Whoever comes with one
of n and is not there may still be stored under an older one: `keys` never translates back, so persons are
moved first. What cannot be decided in a transaction raises `Unplaced`; it is done outside, and the
transaction is tried again. Gives: nobody is stored twice, and nobody is taken for unknown who is known.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.pep import Domain, Pseudonym, Vault
from rechten.registers import nummerstore
from rechten.registers.nummerstore import Opgeslagen
from rechten.registers.zaden import Zaadkluis

Translate = Callable[[Sequence[Pseudonym], Domain], list[Pseudonym]]
BATCH = 500
REMEMBERED = 10_000


class Unplaced(Exception):
    """It cannot be said yet whether this person is known. `act`: what must be done first."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__("unplaced")
        self.act = act


class Nummering:
    """The numbering of one register. Thread-safe. `translate` goes to a newer version of the domain."""

    def __init__(
        self, domein: Domain, database: Database, vault: Vault, zaden: Zaadkluis, translate: Translate
    ) -> None:
        self._domein = domein  # in any version
        self._database = database
        self._vault = vault
        self._zaden = zaden
        self._translate = translate
        self._newer: OrderedDict[str, Pseudonym] = OrderedDict()
        self._lock = threading.Lock()

    def forms(self, pseudonym: Pseudonym) -> list[Pseudonym]:
        """The pseudonyms under which this person may be stored, as far as known here."""
        with self._lock:
            newer = self._newer.get(self._vault.pid(pseudonym))
        return [pseudonym] if newer is None else [pseudonym, newer]

    def newest_form(self, session: Session, pseudonym: Pseudonym) -> Pseudonym:
        """The pseudonym to store a new person under, who was looked for in vain. Raises Unplaced when it
        was not looked for everywhere."""
        number = nummerstore.number(session)
        found = self.forms(pseudonym)[-1]
        if found.domain.versie < number:
            raise Unplaced(lambda: self._translated(pseudonym, number))
        if nummerstore.has_older(session, number) and pseudonym.domain.versie >= number:
            raise Unplaced(lambda: self.move(number, BATCH))
        return found

    def move(self, number: int, limit: int) -> int:
        """Move a batch of persons to version `number`, in one transaction; how many it was about.

        Raises PeerUnavailable, TranslationRefused.
        """
        older = self._database.read(lambda session: nummerstore.list_older(session, number, limit))
        if not older:
            return 0
        moved = self._moved(older, number)

        def act(session: Session) -> None:
            for before, after in zip(older, moved, strict=True):
                nummerstore.move(session, before, after)

        self._database.write(act)
        return len(older)

    def _moved(self, older: Sequence[Opgeslagen], number: int) -> list[Opgeslagen]:
        van = replace(self._domein, versie=older[0].versie)
        known = [self._vault.unwrap(one.zoekpid, one.verpakt, van) for one in older]
        found = self._translate(known, replace(self._domein, versie=number))
        moved = []
        for one, pseudonym in zip(older, found, strict=True):
            zoekpid = self._vault.pid(pseudonym)
            zaad = self._zaden.wrap(zoekpid, self._zaden.unwrap(one.zoekpid, one.zaad))
            moved.append(Opgeslagen(one.pid, zoekpid, number, self._vault.wrap(pseudonym), zaad))
        return moved

    def _translated(self, pseudonym: Pseudonym, number: int) -> None:
        newer = self._translate([pseudonym], replace(pseudonym.domain, versie=number))[0]
        with self._lock:
            self._newer[self._vault.pid(pseudonym)] = newer
            while len(self._newer) > REMEMBERED:
                self._newer.popitem(last=False)
