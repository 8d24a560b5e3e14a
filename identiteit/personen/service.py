"""What can be done with persons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from identiteit.errors import PersonDiffers
from identiteit.personen import store
from identiteit.personen.model import Bsn, Persoon, Persoonsgegevens
from keys.kernel.database import Database
from keys.kernel.pep import Pseudonym, Vault


class Personen:
    """Persons, and their origin seeds, which never leave this package."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def register(self, gegevens: Persoonsgegevens, now: datetime) -> str:
        """Register a person; the same data again gives the same id. Raises PersonDiffers."""

        def act(session: Session) -> str:
            known = store.find_by_bsn(session, gegevens.bsn)
            if known is None:
                return store.add(session, gegevens, now)
            if known.gegevens != gegevens:
                raise PersonDiffers
            return known.id

        return self._database.write(act)

    def find(self, identifier: str) -> Persoon | None:
        """By id."""
        return self._database.read(lambda session: store.find(session, identifier))

    def find_all_by_bsn(self, numbers: Sequence[Bsn]) -> list[Persoon | None]:
        """In the order asked; None for who is unknown."""
        return self._database.read(lambda session: [store.find_by_bsn(session, bsn) for bsn in numbers])

    def find_by_demo_id(self, demo_id: str) -> Persoon | None:
        """By the id that the simulated login provider knows."""
        return self._database.read(lambda session: store.find_by_demo_id(session, demo_id))

    def find_shown(self, pseudonym: Pseudonym) -> Persoon | None:
        """By pseudonym in the domain of names."""
        pid = self._vault.pid(pseudonym)
        return self._database.read(lambda session: store.find_by_display_pid(session, pid))

    def list_demo(self) -> list[Persoon]:
        """Those whom the simulated login provider knows."""
        return self._database.read(store.list_demo)

    def seeds(self, identifiers: Sequence[str]) -> list[bytes]:
        """Origin seeds in the order asked. Raises KeyError for an unknown person."""
        found = self._database.read(lambda session: store.seeds(session, identifiers))
        return [found[identifier] for identifier in identifiers]

    def without_display(self, limit: int = 100) -> list[str]:
        """Ids of persons who are not yet enrolled in the domain of names."""
        return self._database.read(lambda session: store.without_display(session, limit))

    def enrol_display(self, enrolled: Sequence[tuple[str, Pseudonym]]) -> None:
        """Keep the pseudonyms in the domain of names, wrapped."""
        rows = [(who, self._vault.pid(pseudonym), self._vault.wrap(pseudonym)) for who, pseudonym in enrolled]

        def act(session: Session) -> None:
            for who, pid, wrapped in rows:
                store.enrol_display(session, who, pid, wrapped)

        self._database.write(act)
