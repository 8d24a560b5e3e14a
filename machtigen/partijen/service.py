"""Admit a party at login; take out its pseudonym when a service or a name asks for a translation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from keys.kernel.database import Database
from keys.kernel.pep import Domain, Pseudonym, Vault
from machtigen.errors import NotFound
from machtigen.partijen import store
from machtigen.partijen.model import PartijId


class Partijen:
    """Everyone who ever logged in here, by pseudonym of the domain of machtigen."""

    def __init__(self, database: Database, vault: Vault, domain: Domain) -> None:
        self._database = database
        self._vault = vault
        self._domain = domain

    def admit(self, pseudonym: Pseudonym, now: datetime) -> PartijId:
        """The party with this pseudonym; a new one when it comes for the first time."""
        if pseudonym.domain != self._domain:
            raise ValueError("a party is known by its pseudonym in the domain of machtigen only")
        pid = self._vault.pid(pseudonym)
        known = self._database.read(lambda session: store.find_by_pid(session, pid))
        if known:
            return known
        wrapped = self._vault.wrap(pseudonym)
        try:
            return self._database.write(
                lambda session: store.find_by_pid(session, pid) or store.add(session, pid, wrapped, now)
            )
        except IntegrityError:  # two logins of one newcomer at the same moment: the other was first
            found = self._database.read(lambda session: store.find_by_pid(session, pid))
            if found is None:
                raise
            return found

    def pseudonym_of(self, partij: PartijId) -> Pseudonym:
        """The pseudonym of a party, taken out of its wrapping. Raises NotFound."""
        kept = self._database.read(lambda session: store.find_wrapped(session, partij))
        if kept is None:
            raise NotFound
        pid, wrapped = kept
        return self._vault.unwrap(pid, wrapped, self._domain)
