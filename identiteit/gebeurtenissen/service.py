"""Take life events in, work out what they change, and put that in line for the receivers.

One transaction: the event is kept, its effect on what stands is written down, and so is one delivery for
each receiver. What changes nothing for receivers is not told. An event whose moment is to come, or that
names a person who is not known yet, waits, and has its effect in upkeep.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from identiteit.gebeurtenissen import leeftijd, leverstore, rules, store
from identiteit.gebeurtenissen.model import (
    BEGINS,
    ENDS,
    Feit,
    Gebeurtenis,
    Gemeld,
    Grond,
    Soort,
    Stand,
    Toestand,
    Verhouding,
    Wijziging,
)
from identiteit.personen import store as personen
from keys.kernel.database import Database

CHUNK = 50  # changes in one delivery: at most 100 persons
ROUND = 200
BY_AGE, RENEWAL = "leeftijd", "verlenging"


class Gebeurtenissen:
    """The room's verbs. `ontvangers`: the packages that must know."""

    def __init__(self, database: Database, ontvangers: Sequence[str] = ("machtigen",)) -> None:
        self._database = database
        self._ontvangers = tuple(ontvangers)

    def take(self, gebeurtenis: Gebeurtenis, caller: str, now: datetime, kenmerk: str | None = None) -> bool:
        """Keep an event durably; False when this source told it before under this `kenmerk`.

        Raises InvalidEvent.
        """
        rules.check(gebeurtenis)

        def act(session: Session) -> bool:
            self._lock(session)
            number = store.add(session, gebeurtenis, caller, kenmerk, now)
            if number is None:
                return False
            if gebeurtenis.per > now and gebeurtenis.soort is not Soort.GEBOORTEDATUM:
                store.let_wait(session, number, gebeurtenis.per)
            elif not self._apply(session, gebeurtenis, caller, now):
                store.let_wait(session, number, gebeurtenis.per)
            return True

        return self._database.write(act)

    def count_by_kind(self) -> dict[str, int]:
        """For the operator."""
        return self._database.read(store.count_by_kind)

    # -- upkeep ----------------------------------------------------------------------------------

    def apply_due(self, now: datetime, limit: int = ROUND) -> int:
        """Events that waited and have their effect now; gives how many."""
        known = personen.known_bsns()
        if not self._database.read(lambda session: store.due(session, now, known, 1)):
            return 0

        def act(session: Session) -> int:
            self._lock(session)
            numbers = store.due(session, now, known, limit)
            for number in numbers:
                gebeurtenis, caller = store.find(session, number)
                store.stop_waiting(session, number)
                self._apply(session, gebeurtenis, caller, now)
            return len(numbers)

        return self._database.write(act)

    def follow_age(self, now: datetime, limit: int = ROUND) -> int:
        """Tell who is a minor; a day ahead, when that ends; and that it ended. Gives of how many."""
        minor = Feit.MINDERJARIG.value
        young = personen.born_after(leeftijd.born_by(now))
        soon = personen.born_by(leeftijd.born_by(now + rules.ANNOUNCED))

        def waiting(session: Session, number: int) -> list[str]:
            over = store.over(session, now, number)
            new = store.not_told_as(session, minor, young, number)
            ending = store.told_without_end(session, minor, soon, number)
            return list(dict.fromkeys((*over, *ending, *new)))[:number]

        if not self._database.read(lambda session: waiting(session, 1)):
            return 0

        def act(session: Session) -> int:
            self._lock(session)
            found = waiting(session, limit)
            children = [one for who in found for one in store.represented_by(session, who)]
            self._tell(session, dict.fromkeys((*found, *children)), BY_AGE, now, now)
            return len(found)

        return self._database.write(act)

    def renew_leases(self, now: datetime, limit: int = ROUND) -> int:
        """Say again which powers stand, before their leases end. Gives how many."""
        before = now - rules.RENEWED_AFTER
        if not self._database.read(lambda session: store.to_renew(session, before, 1)):
            return 0

        def act(session: Session) -> int:
            self._lock(session)
            found = store.to_renew(session, before, limit)
            self._send(session, RENEWAL, now, [Wijziging(one, geldt=True) for one in found], now)
            store.renewed(session, found, now)
            return len(found)

        return self._database.write(act)

    # -- deliveries ------------------------------------------------------------------------------

    def state(self) -> list[Stand]:
        """How the deliveries to each receiver stand."""
        return self._database.read(
            lambda session: [leverstore.state_of(session, ontvanger) for ontvanger in self._ontvangers]
        )

    def deliver_again(self, ontvanger: str, van: int, tot: int, now: datetime) -> int:
        """Put deliveries of one receiver back in line; gives how many."""
        return self._database.write(
            lambda session: leverstore.deliver_again(session, ontvanger, van, tot, now)
        )

    # -- inside a transaction --------------------------------------------------------------------

    def _lock(self, session: Session) -> None:
        """One event at a time: what it changes depends on what stands."""
        for ontvanger in self._ontvangers:
            leverstore.lock_stream(session, ontvanger)

    def _apply(self, session: Session, gebeurtenis: Gebeurtenis, caller: str, now: datetime) -> bool:
        """The effect of an event; False when a person in it is not known."""
        persoon = personen.find_by_bsn(session, gebeurtenis.persoon)
        partij = personen.find_by_bsn(session, gebeurtenis.partij) if gebeurtenis.partij else None
        if persoon is None or (gebeurtenis.partij is not None and partij is None):
            return False
        if gebeurtenis.soort is Soort.OVERLIJDEN:
            personen.note_death(session, persoon.id, gebeurtenis.per)
        elif gebeurtenis.soort is Soort.GEBOORTEDATUM:
            personen.correct_birth(session, persoon.id, leeftijd.day_of(gebeurtenis.per))
        elif partij is not None:
            _relate(session, gebeurtenis, persoon.id, partij.id, caller)
        affected = [persoon.id, *store.represented_by(session, persoon.id)]
        self._tell(session, dict.fromkeys(affected), gebeurtenis.soort.value, gebeurtenis.per, now)
        return True

    def _tell(
        self, session: Session, persons: Iterable[str], soort: str, per: datetime, now: datetime
    ) -> None:
        """Put in line what differs, for these persons, between what holds and what receivers were told."""
        known: dict[str, Toestand] = {}

        def toestand_van(identifier: str) -> Toestand:
            if identifier not in known:
                known[identifier] = _toestand(session, identifier, now)
            return known[identifier]

        found: list[Wijziging] = []
        for persoon in persons:
            told = {one.key: one for one in store.told_about(session, persoon)}
            wanted = rules.facts(persoon, toestand_van(persoon), now)
            wanted += rules.powers(persoon, store.relations_for(session, persoon), toestand_van, now)
            found += rules.changes(told, wanted, toestand_van)
        for change in found:
            if change.geldt:
                store.note_told(session, change.gemeld, now)
            else:
                store.note_ended(session, change.gemeld)
        self._send(session, soort, per, found, now)

    def _send(
        self, session: Session, soort: str, per: datetime, found: Sequence[Wijziging], now: datetime
    ) -> None:
        for start in range(0, len(found), CHUNK):
            written = [_written(one, now) for one in found[start : start + CHUNK]]
            for ontvanger in self._ontvangers:
                leverstore.add(session, ontvanger, soort, per, written, now)


def _relate(session: Session, gebeurtenis: Gebeurtenis, persoon: str, partij: str, caller: str) -> None:
    grond = BEGINS.get(gebeurtenis.soort)
    if grond is not None:
        relation = Verhouding(
            grond=grond,
            persoon=persoon,
            partij=partij,
            sinds=gebeurtenis.per,
            bron=caller,
            in_onderzoek=gebeurtenis.in_onderzoek,
            hoedanigheid=gebeurtenis.hoedanigheid,
        )
        store.keep_relation(session, relation)
        return
    between = [one for one in store.relations_for(session, persoon) if one.partij == partij]
    gronden = ENDS[gebeurtenis.soort]
    for ended in rules.ended_by(gronden, gebeurtenis.maatregel, gebeurtenis.per, between):
        store.end_relation(session, ended)


def _toestand(session: Session, identifier: str, now: datetime) -> Toestand:
    born, died = personen.life_of(session, identifier)
    of_age_at = leeftijd.of_age_at(born)
    relations = store.relations_for(session, identifier)
    return Toestand(
        overleden=died is not None and died <= now,
        onder_curatele=any(one.grond is Grond.CURATELE for one in relations),
        minderjarig=now < of_age_at,
        meerderjarig_op=of_age_at if now < of_age_at else None,
    )


def _written(change: Wijziging, now: datetime) -> dict[str, Any]:
    """A change as it is kept for delivery; what is empty is left out."""
    gemeld: Gemeld = change.gemeld
    leased = change.geldt and gemeld.partij is not None
    fields = {
        "wat": gemeld.soort,
        "persoon": gemeld.persoon,
        "partij": gemeld.partij,
        "geldt": change.geldt,
        "reden": change.reden,
        "sinds": _second(gemeld.sinds) if change.geldt and gemeld.partij else None,
        "bron": gemeld.bron if gemeld.partij else None,
        "inOnderzoek": gemeld.in_onderzoek or None,
        "lease_tot": _second(rules.lease_until(gemeld, now)) if leased else None,
        "eindigt_op": _second(gemeld.tot) if change.geldt and gemeld.tot else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _second(moment: datetime) -> str:
    """RFC 3339 in whole seconds: to the microsecond, a moment in two databases would be a number in both."""
    return moment.isoformat(timespec="seconds")
