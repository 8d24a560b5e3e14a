"""A death, an eighteenth birthday and a curatele: what must end by it, and what must stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from identiteit.gebeurtenissen.leeftijd import OF_AGE_YEARS, day_of, start_of
from tests.e2e.apart import becomes
from tests.e2e.citizens import Citizen, Citizens, Use

CHILD = "2014-06-06"
ENDED = "beeindigd"


@dataclass(frozen=True)
class Held:
    """A power, and who has it."""

    holder: Citizen
    power: str


@dataclass
class Story:
    """One life event about `persoon`. `kind`: what it is called on the road; `reden`: why powers end by it.

    `earlier` and `later`: other events about the same person, and the party that each gives a power; the
    first is of no effect any more after the life event, the second is not touched by it.
    """

    town: Citizens
    kind: str
    reden: str
    persoon: Citizen
    happens: Callable[[], None]
    ends: list[Held]
    stays: list[Held]
    earlier: tuple[str, Citizen]
    later: tuple[str, Citizen]
    uses: list[Use] = field(default_factory=list)

    def begin(self) -> None:
        """Every power is used once before it ends."""
        self.town.apart.settled()
        self.uses = [self.town.use(one.holder, one.power) for one in self.ends]
        assert [self.town.stands(use) for use in self.uses] == [(True, True)] * len(self.ends)

    def tell(self, event: tuple[str, Citizen]) -> None:
        """Another event about the same person."""
        soort, partij = event
        self.town.tell(soort, self.persoon, partij)

    def ends_as_it_must(self) -> None:
        """What must end has ended, once, and is of no use; the rest stands; nothing is left to deliver."""
        self.town.apart.settled()
        for one in self.ends:
            becomes(lambda one=one: self.town.powers(one.holder)[one.power][1:], (ENDED, self.reden))
            history = self.town.history(one.holder, one.power)
            assert [line for line in history if line[0] == ENDED] == history[-1:] == [(ENDED, self.reden)]
            assert one.power not in self.town.offered(one.holder)
        assert [self.town.stands(use) for use in self.uses] == [(False, False)] * len(self.uses)
        for one in self.stays:  # a lease may have to be renewed first
            becomes(lambda one=one: one.power in self.town.offered(one.holder), True)
            assert self.town.stands(self.town.use(one.holder, one.power)) == (True, True)
            assert ENDED not in dict(self.town.history(one.holder, one.power))


def death(town: Citizens) -> Story:
    """Noor, for whom Anja acts and who has authority over Sem together with Karim, dies."""
    noor, karim, anja, ben = (town.live(name) for name in ("noor", "karim", "anja", "ben"))
    sem = town.live("sem", CHILD)
    for parent in (noor, karim):
        town.tell("gezag", sem, parent)
    town.grant(noor, anja)
    town.grant(ben, anja)
    town.apart.settled()
    return Story(
        town, "overlijden", "overleden", noor,
        happens=lambda: town.tell("overlijden", noor),
        ends=[held(town, anja, noor), held(town, noor, sem)],
        stays=[held(town, anja, ben), held(town, karim, sem)],
        earlier=("bewind", town.live("smit")),
        later=("executeur", town.live("eva")),
    )  # fmt: skip


def curatele(town: Citizens) -> Story:
    """Willem, for whom Anja acts and who has Smit as administrator, comes under curatele."""
    willem, anja, ben = (town.live(name) for name in ("willem", "anja", "ben"))
    smit, curator = town.live("smit"), town.live("curator")
    for represented in (willem, ben):
        town.tell("bewind", represented, smit)
        town.grant(represented, anja)
    town.apart.settled()
    return Story(
        town, "curatele", "curatele", willem,
        happens=lambda: town.tell("curatele", willem, curator),
        ends=[held(town, anja, willem), held(town, smit, willem)],
        stays=[held(town, anja, ben), held(town, smit, ben)],
        earlier=("mentorschap", town.live("bakker")),
        later=("wsnp", town.live("zoe")),
    )  # fmt: skip


def birthday(town: Citizens) -> Story:
    """Sem, over whom Karim has authority, comes of age in the night; his sister Mila does not."""
    day = a_birthday(town.apart.now())
    karim, ben = town.live("karim"), town.live("ben")
    sem = town.live("sem", day.replace(year=day.year - OF_AGE_YEARS).isoformat())
    mila = town.live("mila", CHILD)
    for child in (sem, mila):
        town.tell("gezag", child, karim)
    town.grant(ben, karim)
    town.apart.settled()

    def the_night_passes() -> None:
        town.close()
        town.apart.move_clock_to(start_of(day) + timedelta(minutes=1))

    return Story(
        town, "leeftijd", "meerderjarig", sem,
        happens=the_night_passes,
        ends=[held(town, karim, sem)],
        stays=[held(town, karim, ben), held(town, karim, mila)],
        earlier=("gezag", town.live("anja")),
        later=("bewind", town.live("smit")),
    )  # fmt: skip


def held(town: Citizens, holder: Citizen, represented: Citizen) -> Held:
    """The power of one for another."""
    return Held(holder, town.between(holder, represented))


def a_birthday(now: datetime) -> date:
    """The next day on which somebody may come of age, unless it begins too soon to prepare for it."""
    day = day_of(now + timedelta(minutes=15)) + timedelta(days=1)
    return day if (day.month, day.day) != (2, 29) else day + timedelta(days=1)


STORIES = {story.__name__: story for story in (death, birthday, curatele)}
