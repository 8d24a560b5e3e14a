"""Looking at machtigingen: one, lists, history, and for whom someone may act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen import errors
from machtigen.diensten.model import DienstId
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import changes, geschiedenisstore, paging, rules, toetsstore
from machtigen.machtigingen import keten as keten_rules
from machtigen.machtigingen.geschiedenis import GeketendeRegel
from machtigen.machtigingen.inzichtstore import Inzichtstore
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import (
    ENDED,
    STANDING,
    Aangevraagd,
    Actief,
    Gebeurtenis,
    Lijst,
    Machtiging,
    Regel,
    Rol,
)
from machtigen.machtigingen.samenstore import Samenstore
from machtigen.machtigingen.store import MachtigingStore
from machtigen.machtigingen.zoekstore import Zoekstore
from machtigen.partijen.model import PartijId, is_organisation

PAGE = 50
MAXIMUM_PAGE = 100
SYSTEM = "stelsel"  # who, in the history, when nobody did it: time or law


class Inzicht:
    """Inzicht (insight): the reading half of `Machtigingen`."""

    def __init__(self, database: Database, diensten: Diensten, rows: MachtigingStore) -> None:
        self._database = database
        self._diensten = diensten
        self._store = rows
        self._zoek = Zoekstore(rows)
        self._inzicht = Inzichtstore(rows)
        self._samen = Samenstore(rows)
        self.maximum_links = keten_rules.MAXIMUM_LINKS

    def find(self, identifier: str) -> Machtiging | None:
        """The machtiging with this id, whoever asks: for other rooms, never for a page."""
        return self._database.read(lambda session: self._store.find(session, identifier))

    def find_in(self, session: Session, identifier: str) -> Machtiging | None:
        """The same, inside a transaction of another room."""
        return self._store.find(session, identifier)

    def require(self, identifier: str, partij: PartijId) -> tuple[Machtiging, Rol]:
        """The machtiging to which this person is a party, and their role. Raises NotFound.

        Who decides on it jointly with the represented side sees it from that side.
        """
        found = self.find(identifier)
        rol = found.role_of(partij) if found is not None else None
        if rol is None and self._database.read(
            lambda session: self._samen.is_concerned(session, identifier, partij)
        ):
            rol = Rol.VERTEGENWOORDIGDE
        if found is None or rol is None:
            raise errors.NotFound
        return found, rol

    def require_chain(self, identifier: str, partij: PartijId) -> tuple[Keten, Rol]:
        """The chain from this link up, and the role of this person in it. Raises NotFound."""
        found, rol = self.require(identifier, partij)
        above = self._database.read(lambda session: self._zoek.parents(session, found.boven))
        return Keten((found, *above)), rol

    def history(self, identifier: str, partij: PartijId, now: datetime) -> list[Regel]:
        """The history, oldest first, an end by time included. Raises NotFound."""
        machtiging, _ = self.require(identifier, partij)
        lines = [line.regel for line in self._lines(identifier)]
        ended = rules.status_at(machtiging, now)
        if isinstance(ended, ENDED) and not isinstance(machtiging.status, ENDED):
            lines.append(Regel(ended.op, Gebeurtenis.VERLOPEN, SYSTEM))
        return lines

    def chained(self, identifier: str, partij: PartijId) -> list[GeketendeRegel]:
        """The lines as they are kept, oldest first, each with its hash. Raises NotFound."""
        self.require(identifier, partij)
        return self._lines(identifier)

    def _lines(self, identifier: str) -> list[GeketendeRegel]:
        return self._database.read(lambda session: geschiedenisstore.list_lines(session, identifier))

    def list_for(
        self,
        partij: PartijId,
        now: datetime,
        *,
        rol: Rol | None = None,
        statuses: frozenset[str] = frozenset(),
        vrijwillig: bool | None = None,
        na: str | None = None,
        limit: int = PAGE,
        ends_by: datetime | None = None,
    ) -> Lijst:
        """Machtigingen of this person, newest first. `na` is a `volgende`. Raises InvalidCursor.

        `ends_by`: only those that stand and end by then.
        `vrijwillig`: only what people gave (True), or only what the law or a court did (False).
        """
        after = paging.decode(na) if na else None
        limit = max(1, min(limit, MAXIMUM_PAGE))
        found = self._database.read(
            lambda session: self._store.list_for(
                session,
                partij,
                rol=rol,
                statuses=statuses,
                after=after,
                limit=limit + 1,
                now=now,
                ends_by=ends_by,
                vrijwillig=vrijwillig,
            )
        )
        page = found[:limit]
        cursor = paging.encode(page[-1][0], page[-1][1].id) if len(found) > limit else None
        return Lijst(tuple(machtiging for _, machtiging in page), cursor)

    def list_representable(self, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime) -> list[Keten]:
        """What this party could act on at this service at `now`, newest first."""
        known = self._diensten.find(dienst)
        if known is None:
            return []
        found = self._database.read(
            lambda session: self._zoek.ketens(session, vertegenwoordiger, dienst, now, self.maximum_links)
        )
        return [keten for keten in found if keten_rules.usable(keten, known, now)]

    def list_ketens_for(self, vertegenwoordigde: PartijId) -> tuple[Keten, ...]:
        """Every standing chain by which somebody might act for this party; the rules say which count."""
        return self._database.look(
            lambda lookup: toetsstore.list_ketens_for(lookup, vertegenwoordigde, self.maximum_links)
        )

    def find_usable(
        self, identifier: str, vertegenwoordiger: PartijId, dienst: DienstId, now: datetime
    ) -> Keten | None:
        """The chain with this id, when this representative may act on it at this service at `now`."""
        found = self.list_representable(vertegenwoordiger, dienst, now)
        return next((keten for keten in found if keten.id == identifier), None)

    def is_active(self, identifier: str, now: datetime, others: Sequence[str] = ()) -> bool:
        """Whether it, every link above it, and every one of `others` may be used at `now`."""

        def act(session: Session) -> bool:
            links = [link for one in (identifier, *others) for link in self._zoek.parents(session, one)]
            return bool(links) and all(
                isinstance(rules.status_at(link, now), Actief) and link.geldig_van <= now < link.geldig_tot
                for link in links
            )

        return self._database.read(act)

    # -- for pages -------------------------------------------------------------------------------

    def chain(self, identifier: str, partij: PartijId) -> tuple[list[Machtiging], list[Machtiging]]:
        """The links above the one with this id, nearest first, and those directly below that have not
        ended. Raises NotFound for who is no party to it."""
        found, _ = self.require(identifier, partij)

        def act(session: Session) -> tuple[list[Machtiging], list[Machtiging]]:
            above = self._zoek.parents(session, found.boven)
            return above, self._inzicht.list_below(session, [identifier])

        return self._database.read(act)

    def list_waiting(self, partij: PartijId, now: datetime, limit: int = PAGE) -> list[Machtiging]:
        """What waits for this party's answer: proposals of the other side, and joint confirmations.

        A request that waits for a code is never among them: nobody is named in it.
        """

        def act(session: Session) -> list[Machtiging]:
            proposed = self._inzicht.list_proposed(session, partij, MAXIMUM_PAGE)
            joint = self._inzicht.list_joint(session, partij, MAXIMUM_PAGE)
            return [one for one in joint if _waits_for(one, partij, now)] + [
                one for one in proposed if _is_answerable(one, partij, now)
            ]

        return self._database.read(act)[:limit]

    def list_standing(
        self, partij: PartijId, rol: Rol, now: datetime, na: str | None = None, limit: int = PAGE
    ) -> list[Machtiging]:
        """What this party stands in, in this role, and has not ended at `now`; by id, after the id `na`."""
        found = self._database.read(
            lambda session: self._inzicht.list_standing(session, partij, rol, na, limit)
        )
        return [one for one in found if not isinstance(rules.status_at(one, now), ENDED)]

    def list_held(self, partij: PartijId, now: datetime, limit: int = PAGE) -> list[Keten]:
        """Every chain of which this person holds the last link, usable or not; not for organisations."""
        held = self.list_standing(partij, Rol.VERTEGENWOORDIGER, now, limit=limit)

        def act(session: Session) -> list[Keten]:
            return [Keten((link, *self._zoek.parents(session, link.boven))) for link in held]

        return [one for one in self._database.read(act) if not is_organisation(one.vertegenwoordigde)]

    def list_acting(self, partij: PartijId, now: datetime, limit: int = MAXIMUM_PAGE) -> list[Keten]:
        """Every chain along which somebody may act for this party, paused and contested ones included."""
        given = self.list_standing(partij, Rol.VERTEGENWOORDIGDE, now, limit=limit)
        above = {link.id: link for link in given}
        below = self._database.read(lambda session: self._inzicht.list_below(session, list(above)))
        passed_on = [
            Keten((link, above[link.boven]))
            for link in below
            if link.boven is not None and isinstance(rules.status_at(link, now), STANDING)
        ]
        return [*(Keten((link,)) for link in given), *passed_on]


def _waits_for(machtiging: Machtiging, partij: PartijId, now: datetime) -> bool:
    joint, status = machtiging.bevestiging, rules.status_at(machtiging, now)
    return isinstance(status, Aangevraagd) and joint is not None and joint.waits_for(partij)


def _is_answerable(machtiging: Machtiging, partij: PartijId, now: datetime) -> bool:
    proposed = changes.open_proposal(machtiging, now)
    return proposed is not None and proposed.door is not machtiging.role_of(partij)
