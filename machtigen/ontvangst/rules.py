"""Reading what an event says, and the gaps in a stream. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from machtigen.diensten.model import Grond
from machtigen.feiten.model import Feit
from machtigen.feiten.rules import Einde
from machtigen.ontvangst.model import Gat, Wijziging
from machtigen.partijen.model import PartijId

MAXIMUM_CHANGES = 200
FROM_SOURCES = frozenset(
    {
        Grond.GEZAG,
        Grond.VOOGDIJ,
        Grond.CURATELE,
        Grond.BEWIND,
        Grond.MENTORSCHAP,
        Grond.WSNP,
        Grond.EXECUTEUR,
    }
)


def read_changes(body: Mapping[str, Any], parties: Sequence[PartijId]) -> tuple[Wijziging, ...]:
    """The changes of an event whose subjects are `parties`, in the order in which they have effect: facts,
    ends, beginnings. Raises ValueError, TypeError, KeyError, IndexError for what is no change."""
    changes = body["wijzigingen"]
    if not isinstance(changes, list) or not 0 < len(changes) <= MAXIMUM_CHANGES:
        raise ValueError("no list of changes")
    found = [_change(one, parties) for one in changes]
    return tuple(sorted(found, key=lambda one: (isinstance(one.wat, Grond), one.geldt)))


def _change(one: Any, parties: Sequence[PartijId]) -> Wijziging:
    if not isinstance(one, Mapping) or not isinstance(one["geldt"], bool):
        raise ValueError("no change")
    persoon = _party(one["persoon"], parties)
    if one["wat"] in set(Feit):
        end = _moment(one.get("eindigt_op"))
        return Wijziging(Feit(one["wat"]), persoon, one["geldt"], eindigt_op=end)
    grond = Grond(one["wat"])
    if grond not in FROM_SOURCES:
        raise ValueError("not a power that a source gives")
    partij = _party(one["partij"], parties)
    if partij == persoon:
        raise ValueError("nobody represents themself")
    return Wijziging(
        wat=grond,
        persoon=persoon,
        geldt=one["geldt"],
        partij=partij,
        reden=_slug(one.get("reden")),
        sinds=_moment(one.get("sinds")),
        bron=_slug(one.get("bron")) or "",
        in_onderzoek=one.get("inOnderzoek") is True,
        lease_tot=_moment(one.get("lease_tot")),
        eindigt_op=_moment(one.get("eindigt_op")),
    )


def _party(place: Any, parties: Sequence[PartijId]) -> PartijId:
    if type(place) is not int or place < 0:
        raise ValueError("no place among the subjects")
    return parties[place]


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset")
    return moment


def _slug(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= 64 or not value.replace("-", "").isalnum():
        raise ValueError("no slug")
    return value


def ends_of_the_past(einden: Iterable[Einde]) -> tuple[Einde, ...]:
    """What a fact ended that is heard of after it has passed: nothing that a source gives, for the numbers of
    those powers tell by themselves which of them a later event gave anew."""
    return tuple(replace(einde, gronden=einde.gronden - FROM_SOURCES) for einde in einden)


def missing(highest: int, arrived: int, limit: int) -> list[int]:
    """The numbers between what came and what came before, newest `limit` of them."""
    return list(range(max(highest + 1, arrived - limit), arrived))


def stretches(numbers: Iterable[int]) -> list[Gat]:
    """Consecutive numbers as one gap each."""
    found: list[Gat] = []
    for number in sorted(numbers):
        if found and found[-1].tot == number - 1:
            found[-1] = Gat(found[-1].van, number)
        else:
            found.append(Gat(number, number))
    return found
