"""The catalogue: find and search services, register services and clients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database, Lookup
from machtigen.base import Perform
from machtigen.diensten import rules, store
from machtigen.diensten.errors import InvalidRegistration, RegistrationDiffers
from machtigen.diensten.model import Bladzijde, Client, Dienst, DienstId, Grond

PAGE = 50
MAXIMUM_PAGE = 100


class Diensten:
    """The service catalogue and its clients."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, identifier: str) -> Dienst | None:
        """The service with this id, or None."""
        return self._database.read(lambda session: store.find_dienst(session, identifier))

    def find_in(self, session: Session, identifier: str) -> Dienst | None:
        """The same, inside a transaction of another room."""
        return store.find_dienst(session, identifier)

    def find_many(self, identifiers: Iterable[str]) -> dict[DienstId, Dienst]:
        """The services with these ids, those that exist."""
        wanted = set(identifiers)
        return self._database.read(lambda session: self.find_many_in(session, wanted))

    def find_many_in(self, session: Session, identifiers: Iterable[str]) -> dict[DienstId, Dienst]:
        """The same, inside a transaction of another room."""
        found = (store.find_dienst(session, identifier) for identifier in set(identifiers))
        return {dienst.id: dienst for dienst in found if dienst}

    def list(self, zoek: str = "", na: str | None = None, limit: int = PAGE) -> Bladzijde:
        """Services whose name or description holds every word of `zoek`, whatever case and accents.

        `na` is the `volgende` of an earlier page. Raises InvalidCursor.
        """
        after = rules.decode_cursor(na) if na else None
        words = rules.fold(zoek).split()[:10]
        limit = max(1, min(limit, MAXIMUM_PAGE))
        found = self._database.read(lambda session: store.list_diensten(session, words, after, limit + 1))
        page = found[:limit]
        more = len(found) > limit
        last = page[-1] if page else None
        cursor = rules.encode_cursor(rules.fold(last.naam), last.id) if more and last else None
        return Bladzijde(tuple(page), cursor)

    def list_joint(self, grond: Grond) -> Sequence[Dienst]:
        """The services where several holders of a power on this ground must agree with its use."""
        found = self._database.read(store.list_with_quorum)
        return [one for one in found if one.machtigbaar and one.quorum.get(grond, 1) > 1]

    def find_client(self, client_id: str) -> Client | None:
        """The OAuth client with this id, or None."""
        return self._database.read(lambda session: store.find_client(session, client_id))

    @staticmethod
    def look(lookup: Lookup, identifier: str) -> Dienst | None:
        """The service with this id, for hot paths."""
        return store.look_dienst(lookup, identifier)

    @staticmethod
    def look_client(lookup: Lookup, client_id: str) -> Client | None:
        """The client with this id, for hot paths."""
        return store.look_client(lookup, client_id)

    def list_clients(self) -> tuple[Client, ...]:
        """All OAuth clients."""
        return tuple(self._database.read(store.list_clients))

    def register(self, dienst: Dienst, now: datetime, perform: Perform | None = None) -> bool:
        """Register a service. True: new; False: it was there, exactly so. Raises RegistrationDiffers."""
        rules.check_dienst(dienst)

        def act(session: Session) -> bool:
            known = store.find_dienst(session, dienst.id)
            if known is None:
                store.add_dienst(session, dienst, now)
                return True
            if store.dienst_content(known) != store.dienst_content(dienst):
                raise RegistrationDiffers
            return False

        return (perform or self._database.write)(act)

    def register_client(self, client: Client, now: datetime, perform: Perform | None = None) -> bool:
        """Register a client of registered services. As `register`."""
        rules.check_client(client)

        def act(session: Session) -> bool:
            known = store.find_client(session, client.client_id)
            if known is None:
                if any(store.find_dienst(session, dienst) is None for dienst in client.diensten):
                    raise InvalidRegistration
                store.add_client(session, client, now)
                return True
            if store.client_content(known) != store.client_content(client):
                raise RegistrationDiffers
            return False

        return (perform or self._database.write)(act)

    def replace_client(self, client: Client, now: datetime, perform: Perform | None = None) -> bool:
        """Register a client, or replace what is registered of it: addresses, services, keys. True: new.

        Whose client it is stays (another actor is another client), and so does the domain that its key
        opens, save for a newer version of it.
        Raises RegistrationDiffers for these, InvalidRegistration.
        """
        rules.check_client(client)

        def act(session: Session) -> bool:
            known = store.find_client(session, client.client_id)
            if any(store.find_dienst(session, dienst) is None for dienst in client.diensten):
                raise InvalidRegistration
            if known is None:
                store.add_client(session, client, now)
                return True
            if known.actor != client.actor or not rules.may_follow(known.domein, client.domein):
                raise RegistrationDiffers
            store.replace_client(session, client)
            return False

        return (perform or self._database.write)(act)
