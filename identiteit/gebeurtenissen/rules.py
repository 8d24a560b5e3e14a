"""Which life events make sense, and what stands because of them. Pure.

Sources: BW 1:246, 1:253 (authority; see `gezag`), 1:378 and 1:381 (curatele), 1:449 and 1:462 (bewind
and mentorschap end when curatele begins), 4:144 (executor), Fw 284 (debt rescheduling).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from identiteit.errors import InvalidEvent
from identiteit.gebeurtenissen.gezag import gezag_over
from identiteit.gebeurtenissen.model import (
    MEASURES,
    NEEDS_PARTY,
    Feit,
    Gebeurtenis,
    Gemeld,
    Grond,
    Hoedanigheid,
    Soort,
    Toestand,
    Verhouding,
    Wijziging,
)

ANNOUNCED = timedelta(hours=24)  # how long before it majority is told: no birth date leaves earlier
LEASE = timedelta(hours=24)
RENEWED_AFTER = timedelta(hours=8)  # two rounds may fail before a lease ends
OF_CHILDREN = (Grond.GEZAG, Grond.VOOGDIJ)
REPLACED_BY_CURATELE = (Grond.BEWIND, Grond.MENTORSCHAP)
STELSEL = "identiteit"  # the source of what follows from a birth date

ToestandVan = Callable[[str], Toestand]


def check(gebeurtenis: Gebeurtenis) -> None:
    """Raise InvalidEvent when a party is missing, superfluous, or the person itself; or a mark is."""
    needed = gebeurtenis.soort in NEEDS_PARTY
    if needed != (gebeurtenis.partij is not None) or gebeurtenis.partij == gebeurtenis.persoon:
        raise InvalidEvent
    third = gebeurtenis.hoedanigheid is Hoedanigheid.DERDE
    ends = gebeurtenis.maatregel is not None
    if (third and gebeurtenis.soort is not Soort.GEZAG) or (
        ends and (gebeurtenis.soort is not Soort.MAATREGEL_EINDE or gebeurtenis.maatregel not in MEASURES)
    ):
        raise InvalidEvent


def ended_by(
    gronden: Iterable[Grond], maatregel: Grond | None, per: datetime, standing: Iterable[Verhouding]
) -> list[Verhouding]:
    """What an event of ending ends: what began earlier. A measure of the same day that takes the place of
    another stays."""
    wanted = {maatregel} if maatregel else set(gronden)
    named = maatregel is not None
    return [one for one in standing if one.grond in wanted and (one.sinds < per or named)]


def facts(persoon: str, toestand: Toestand, now: datetime) -> list[Gemeld]:
    """What receivers must know about what this person can do."""
    held = {
        Feit.OVERLEDEN: toestand.overleden,
        Feit.ONDER_CURATELE: toestand.onder_curatele and not toestand.overleden,
        Feit.MINDERJARIG: toestand.minderjarig and not toestand.overleden,
    }
    until = {Feit.MINDERJARIG: announced_end(toestand, now)}
    return [
        Gemeld(feit.value, persoon, None, now, STELSEL, tot=until.get(feit))
        for feit, holds in held.items()
        if holds
    ]


def announced_end(toestand: Toestand, now: datetime) -> datetime | None:
    """When this minor is of age, once that is near enough to be told."""
    end = toestand.meerderjarig_op
    return end if end is not None and end - now <= ANNOUNCED else None


def powers(
    persoon: str, verhoudingen: Iterable[Verhouding], toestand_van: ToestandVan, now: datetime
) -> list[Gemeld]:
    """The powers for this person that hold: what sources say, as far as the law lets it work."""
    known = list(verhoudingen)
    toestand = toestand_van(persoon)
    children = [one for one in known if one.grond in OF_CHILDREN]
    found = [_power(one, grond) for one, grond in gezag_over(toestand, children, toestand_van).houders]
    others = [one for one in known if one.grond not in OF_CHILDREN]
    found += [_power(one, one.grond) for one in others if why_not(one, toestand, toestand_van) is None]
    end = announced_end(toestand, now)
    return [replace(one, tot=end) if one.soort in OF_CHILDREN else one for one in found]


def why_not(verhouding: Verhouding, persoon: Toestand, toestand_van: ToestandVan) -> str | None:
    """Why this relation gives no power, or None. Not for authority over children."""
    if toestand_van(verhouding.partij).overleden:
        return "overleden"
    if verhouding.grond is Grond.EXECUTEUR:
        return None if persoon.overleden else "niet-overleden"
    if persoon.overleden:
        return "overleden"
    if persoon.onder_curatele and verhouding.grond in REPLACED_BY_CURATELE:
        return "curatele"
    return None


def _power(verhouding: Verhouding, grond: Grond) -> Gemeld:
    return Gemeld(
        grond.value,
        verhouding.persoon,
        verhouding.partij,
        verhouding.sinds,
        verhouding.bron,
        verhouding.in_onderzoek,
    )


def reason_of_end(gemeld: Gemeld, toestand_van: ToestandVan) -> str:
    """Why a power that was told no longer holds: a term of law, or that its source ended it."""
    persoon = toestand_van(gemeld.persoon)
    partij = toestand_van(gemeld.partij) if gemeld.partij else Toestand()
    if partij.overleden or (persoon.overleden and gemeld.soort != Grond.EXECUTEUR):
        return "overleden"
    if gemeld.soort in OF_CHILDREN:
        if not persoon.minderjarig:
            return "meerderjarig"
        return "onder-curatele" if partij.onder_curatele else "bron"
    if persoon.onder_curatele and gemeld.soort in REPLACED_BY_CURATELE:
        return "curatele"
    return "bron"


def changes(
    told: Mapping[tuple[str, str, str | None], Gemeld], wanted: Iterable[Gemeld], toestand_van: ToestandVan
) -> list[Wijziging]:
    """What receivers must be told: facts first, ends before beginnings."""
    new = {one.key: one for one in wanted}
    gone = [one for key, one in told.items() if key not in new]
    ended = [
        Wijziging(one, geldt=False, reden=reason_of_end(one, toestand_van) if one.partij else None)
        for one in gone
    ]
    begun = [
        Wijziging(one, geldt=True)
        for key, one in new.items()
        if key not in told or _says_other(told[key], one)
    ]
    return sorted((*ended, *begun), key=lambda one: (one.gemeld.partij is not None, one.geldt))


def _says_other(told: Gemeld, new: Gemeld) -> bool:
    return told.in_onderzoek != new.in_onderzoek or told.tot != new.tot


def lease_until(gemeld: Gemeld, now: datetime) -> datetime:
    """Until when a power may be relied on without another word."""
    end = now.replace(microsecond=0) + LEASE
    return end if gemeld.tot is None else min(end, gemeld.tot)
