"""Generations of the shares, in the registry: which one is in use, and the change to the next.

begun       no new domains, no new keys: the list of names to carry over is fixed
names       for each: commitments in both generations, and the proof that nothing changed; the caller
            of `record` has verified them
in use      when every name is there; parties and actors go over to it by themselves
given up    at any moment before that; the old one goes on. A number is never used again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from keys import events
from keys.doelen import generatiestore, store
from keys.doelen.errors import (
    GenerationOutOfOrder,
    NamesNotCarried,
    ShareGenerationUnknown,
    SharesBeingRefreshed,
    UnknownGeneration,
)
from keys.doelen.model import Generatie, GeneratieStand, Overdracht
from keys.kernel.database import Database
from keys.kernel.log import Log
from keys.kernel.pep.names import Context


@dataclass(frozen=True)
class Carried:
    """What is recorded of one name: commitments by party in both generations, and the proof."""

    context: Context
    before: Mapping[str, str]
    after: Mapping[str, str]
    proof: str


class Generaties:
    """Generations, over the registry's database."""

    def __init__(self, database: Database, log: Log) -> None:
        self._database = database
        self._log = log

    def begin(self, nummer: int, now: datetime) -> tuple[Generatie, bool]:
        """Prepare a generation; whether it is new. Raises GenerationOutOfOrder, SharesBeingRefreshed."""

        def act(session: Session) -> tuple[Generatie, bool]:
            known = generatiestore.list_generations(session)
            preparing = generatiestore.begun(session)
            if preparing is not None and preparing.nummer == nummer:
                return preparing, False
            if preparing is not None:
                raise SharesBeingRefreshed
            if nummer != 1 + max((one.nummer for one in known), default=generatiestore.FIRST):
                raise GenerationOutOfOrder
            made = Generatie(nummer, generatiestore.in_use(session), GeneratieStand.BEGONNEN)
            generatiestore.add_generation(session, made, now)
            return made, True

        begun, is_new = self._database.write(act)
        if is_new:
            self._log.emit(events.REFRESH_BEGUN, generatie=nummer)
        return begun, is_new

    def record(self, nummer: int, carried: list[Carried], now: datetime) -> None:
        """Keep names that the caller of this method has verified; the same again changes nothing.

        Raises UnknownGeneration, GenerationOutOfOrder when it is not being prepared, NamesNotCarried for a
        name that has no key.
        """

        def act(session: Session) -> None:
            generation = _require_begun(session, nummer)
            for one in carried:
                if store.find_key(session, one.context) is None:
                    raise NamesNotCarried
                sides = {generation.vorige: one.before, nummer: one.after}
                for number, stated in sides.items():
                    known = store.list_commitments(session, one.context, number)
                    for party in stated.keys() - known.keys():
                        store.add_commitment(session, one.context, number, party, stated[party], now)
                if not generatiestore.has_carried(session, one.context, nummer):
                    generatiestore.add_carried(session, one.context, nummer, one.proof, now)

        self._database.write(act)
        self._log.emit(events.NAMES_CARRIED, generatie=nummer, aantal=len(carried))

    def enter(self, nummer: int, now: datetime) -> Generatie:
        """From now on it is in use; twice is once. Raises UnknownGeneration, GenerationOutOfOrder,
        NamesNotCarried when a name lacks its proof."""

        def act(session: Session) -> Generatie:
            known = _find(session, nummer)
            if known.stand is GeneratieStand.INGEGAAN:
                return known
            generation = _require_begun(session, nummer)
            if any(one.proof is None for one in generatiestore.list_carried(session, generation)):
                raise NamesNotCarried
            generatiestore.end_preparation(session, nummer, GeneratieStand.INGEGAAN, now)
            return _find(session, nummer)

        entered = self._database.write(act)
        self._log.emit(events.GENERATION_IN_USE, generatie=nummer)
        return entered

    def give_up(self, nummer: int, now: datetime) -> Generatie:
        """Stop preparing it; twice is once. Raises UnknownGeneration, GenerationOutOfOrder when in use."""

        def act(session: Session) -> Generatie:
            if _find(session, nummer).stand is not GeneratieStand.AFGEBROKEN:
                _require_begun(session, nummer)
                generatiestore.end_preparation(session, nummer, GeneratieStand.AFGEBROKEN, now)
            return _find(session, nummer)

        given_up = self._database.write(act)
        self._log.emit(events.REFRESH_GIVEN_UP, generatie=nummer)
        return given_up

    def find(self, nummer: int) -> tuple[Generatie, list[Overdracht]]:
        """A generation with its names. Raises UnknownGeneration."""

        def ask(session: Session) -> tuple[Generatie, list[Overdracht]]:
            generation = _find(session, nummer)
            return generation, generatiestore.list_carried(session, generation)

        return self._database.read(ask)

    def list_all(self) -> list[Generatie]:
        """All that were begun after the first."""
        return self._database.read(generatiestore.list_generations)

    def in_use(self) -> int:
        """The newest generation that is in use."""
        return self._database.read(generatiestore.in_use)

    def was_in_use(self, nummer: int) -> bool:
        """Whether a generation is in use, or was."""
        return nummer == generatiestore.FIRST or any(
            one.nummer == nummer and one.stand is GeneratieStand.INGEGAAN for one in self.list_all()
        )

    def require_issuable(self, context: Context, generation: int) -> None:
        """Raise unless parties may issue key material of a context in a generation: a key that nobody
        recorded yet is made in the generation in use only (ShareGenerationUnknown), and not at all while
        the shares are being refreshed (SharesBeingRefreshed)."""

        def ask(session: Session) -> None:
            if store.find_key(session, context) is None:
                require_new_names(session, generation)

        self._database.read(ask)


def require_new_names(session: Session, generation: int | None = None) -> None:
    """Raise SharesBeingRefreshed while no name may be added; ShareGenerationUnknown for a key that was made
    in a generation that is not in use."""
    if generatiestore.begun(session) is not None:
        raise SharesBeingRefreshed
    if generation is not None and generation != generatiestore.in_use(session):
        raise ShareGenerationUnknown


def _find(session: Session, nummer: int) -> Generatie:
    for one in generatiestore.list_generations(session):
        if one.nummer == nummer:
            return one
    raise UnknownGeneration


def _require_begun(session: Session, nummer: int) -> Generatie:
    found = _find(session, nummer)
    if found.stand is not GeneratieStand.BEGONNEN:
        raise GenerationOutOfOrder
    return found
