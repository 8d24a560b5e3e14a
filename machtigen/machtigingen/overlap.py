"""Pure: the state at a moment, and whether a machtiging adds anything to what there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from machtigen import errors
from machtigen.diensten.model import DienstId
from machtigen.machtigingen.beperkingen import AlleenDiensten, Periode
from machtigen.machtigingen.model import ENDED, STANDING, Aangevraagd, Machtiging, Status, Verlopen


def status_at(machtiging: Machtiging, now: datetime) -> Status:
    """The state at `now`: time ends a machtiging whether or not anything wrote that down."""
    status = machtiging.status
    if isinstance(status, STANDING):
        end = last_moment(machtiging)
        if now >= end:
            return Verlopen(op=end)
    if isinstance(status, Aangevraagd) and now >= status.code_geldig_tot:
        return Verlopen(op=status.code_geldig_tot)
    return status


def is_over(machtiging: Machtiging, now: datetime) -> bool:
    """Whether it has ended at `now`."""
    return isinstance(status_at(machtiging, now), ENDED)


def last_moment(machtiging: Machtiging) -> datetime:
    """When its period ends. A lease that is not renewed ends use, not the power itself."""
    return min(part.geldig_tot for part in machtiging.beperkingen if isinstance(part, Periode))


def require_new(new: Machtiging, waiting: Sequence[Machtiging], now: datetime) -> None:
    """No identical request of the same person waits for an answer. Raises AlreadyRequested.

    No person is named in a request: one for somebody else is told apart by its label.
    """

    def wording(asked: Machtiging) -> tuple[object, ...]:
        others = {part for part in asked.beperkingen if not isinstance(part, Periode | AlleenDiensten)}
        ends = (last_moment(asked), max(asked.geldig_van, now))
        what = (frozenset(asked.diensten), frozenset(others), ends)
        whom = (asked.gericht_aan, asked.gericht_functie, asked.functie, asked.label)
        return (asked.aanvrager, asked.initiatief, asked.boven, whom, what)

    still = (one for one in waiting if isinstance(status_at(one, now), Aangevraagd) and one.id != new.id)
    if any(wording(one) == wording(new) for one in still):
        raise errors.AlreadyRequested


def covered(new: Machtiging, existing: Sequence[Machtiging], now: datetime) -> bool:
    """Whether what is active between the same two already gives every action at every service of `new`.

    One that ends before the new one starts does not count: that is how a power is continued.
    """

    def gives(other: Machtiging, dienst: DienstId) -> bool:
        return (
            isinstance(status_at(other, now), STANDING)
            and other.id != new.id
            and other.boven == new.boven
            and other.grond is new.grond  # a service may accept the one and not the other
            and (other.vertegenwoordigde, other.vertegenwoordiger)
            == (new.vertegenwoordigde, new.vertegenwoordiger)
            and other.covers(dienst)
            and new.handelingen <= other.handelingen
            and other.zaak in {None, new.zaak}
            and _reaches_as_far(other, new)
            and other.geldig_van < new.geldig_tot
            and new.geldig_van < other.geldig_tot
        )

    return all(any(gives(other, dienst) for other in existing) for dienst in new.diensten)


def _reaches_as_far(other: Machtiging, new: Machtiging) -> bool:
    """In purposes, uses that are left, the level to log in at, and passing on."""
    uses = None if other.max_gebruik is None else other.max_gebruik - other.gebruikt
    return (
        (other.doelen is None or (new.doelen is not None and new.doelen <= other.doelen))
        and (uses is None or (new.max_gebruik is not None and new.max_gebruik <= uses))
        and new.min_niveau.reaches(other.min_niveau)
        and new.max_diepte <= other.max_diepte
    )
