"""A ledger of powers, written from the design and not from the code: what each person may do, and why not.

The tests of whole lives play every act here and on the real thing, and then compare what may be done,
what is said about it, and what stands in its history.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product

from machtigen import errors
from machtigen.diensten.model import Handeling, Niveau
from machtigen.machtigingen.model import Aanvraag, Inperking
from tests.machtigen.world import AANVULLENDE_BEURS, ARRANGE, ONLY_GEZAG, PAY, READ, REISPRODUCT

OFFERED = {
    AANVULLENDE_BEURS: frozenset({READ, ARRANGE}),
    REISPRODUCT: frozenset({READ, ARRANGE, PAY}),
    ONLY_GEZAG: frozenset({READ, ARRANGE}),
}
BY_LAW = {AANVULLENDE_BEURS: False, REISPRODUCT: False, ONLY_GEZAG: True}
PURPOSE = "studiefinanciering"  # of every service
CASES = (None, "c1", "c2")
LEVELS = (Niveau.SUBSTANTIEEL, Niveau.HOOG)
STANDING = ("actief", "gepauzeerd", "betwist")
GIVER, HOLDER = "vertegenwoordigde", "vertegenwoordiger"
SYSTEM = "stelsel"
CODE_VALID_FOR = timedelta(days=14)
Refusal = type[errors.MachtigenError] | None
Line = tuple[str, str, str | None]
Act = tuple[str, tuple[str, ...], str, Handeling, str | None, str, Niveau]


@dataclass
class Power:
    """One machtiging. `services` None: bound to none, by law."""

    id: str
    van: str | None
    aan: str | None
    starter: str
    services: frozenset[str] | None
    actions: frozenset[Handeling]
    start: datetime
    end: datetime
    state: str
    case: str | None = None
    purposes: frozenset[str] | None = None
    level: Niveau = Niveau.SUBSTANTIEEL
    uses: int | None = None
    depth: int = 0
    label: str | None = None
    parent: str | None = None
    lease: datetime | None = None
    used: int = 0
    code_end: datetime | None = None
    by: str | None = None
    was: tuple[str, str | None] | None = None
    proposal: tuple[datetime, str, datetime] | None = None
    lines: list[Line] = field(default_factory=list)

    @property
    def law(self) -> bool:
        return self.services is None

    def role(self, who: str) -> str | None:
        return GIVER if who == self.van else HOLDER if who == self.aan else None

    def over(self, now: datetime) -> datetime | None:
        """When time ended it, if it did."""
        if self.state in STANDING and now >= self.end:
            return self.end
        if self.state == "aangevraagd" and self.code_end is not None and now >= self.code_end:
            return self.code_end
        return None

    def at(self, now: datetime) -> str:
        return "verlopen" if self.over(now) else self.state

    def open(self, now: datetime) -> bool:
        return self.at(now) in (*STANDING, "aangevraagd")


def asked(wish: Aanvraag, now: datetime, **more: object) -> Power:
    """What a wish comes to."""
    start = max(wish.geldig_van or now, now)
    facts: dict[str, object] = {
        "id": "",
        "van": None,
        "aan": None,
        "state": "aangevraagd",
        "services": frozenset(wish.diensten),
        "actions": wish.handelingen,
        "start": start,
        "end": wish.geldig_tot,
        "case": wish.zaak,
        "purposes": wish.doelen,
        "level": Niveau.HOOG if wish.min_niveau is Niveau.HOOG else Niveau.SUBSTANTIEEL,
        "uses": wish.max_gebruik,
        "depth": wish.doormachtigen,
        "label": wish.label,
        "code_end": min(now + CODE_VALID_FOR, wish.geldig_tot),
        "lines": [],
        **more,
    }
    return Power(**facts)  # type: ignore[arg-type]  # by name


class Ledger:
    """All powers, and what each act does to them. Each act answers its refusal, or None and is done."""

    def __init__(self) -> None:
        self.powers: dict[str, Power] = {}

    # -- who may do what -------------------------------------------------------------------------

    def chain(self, power: Power) -> list[Power]:
        """The power and those above it, nearest first."""
        found = [power]
        while found[-1].parent is not None:
            found.append(self.powers[found[-1].parent])
        return found

    def may(self, now: datetime) -> set[Act]:
        """Everything that anybody may do at this moment."""
        return {one for power in self.powers.values() for one in self._acts(power, now)}

    def _acts(self, power: Power, now: datetime) -> Iterator[Act]:
        links = self.chain(power)
        top = links[-1]
        alive = all(
            one.state == "actief"
            and one.start <= now < one.end
            and (one.lease is None or now < one.lease)
            and (one.uses is None or one.used < one.uses)
            and (one.purposes is None or PURPOSE in one.purposes)
            for one in links
        )
        if not alive:
            return
        for service, action, case, level in product(OFFERED, Handeling, CASES, LEVELS):
            here = BY_LAW[service] is top.law and action in OFFERED[service]
            given = all(
                (one.services is None or service in one.services)
                and action in one.actions
                and one.case in {None, case}
                and level.reaches(one.level)
                for one in links
            )
            if here and given:
                ids = tuple(one.id for one in links)
                yield (str(power.aan), ids, service, action, case, PURPOSE, level)

    # -- asking and answering --------------------------------------------------------------------

    def refuses_request(self, new: Power, now: datetime) -> Refusal:
        def wording(one: Power) -> tuple[object, ...]:
            who = (one.van, one.aan, one.starter, one.parent, one.label)
            period = (max(one.start, now), one.end)
            return (
                *who,
                *period,
                one.services,
                one.actions,
                one.case,
                one.purposes,
                one.level,
                one.uses,
                one.depth,
            )

        waiting = (one for one in self.powers.values() if one.at(now) == "aangevraagd")
        same = any(wording(one) == wording(new) for one in waiting)
        return errors.AlreadyRequested if same else None

    def add(self, new: Power, identifier: str) -> None:
        new.id = identifier
        first = ("vastgelegd", SYSTEM, None) if new.law else ("aangevraagd", new.starter, None)
        new.lines.append(first)
        self.powers[identifier] = new

    def refuses_answer(self, power: Power, who: str, now: datetime) -> Refusal:
        starter = power.van if power.starter == GIVER else power.aan
        return errors.CodeUnknown if power.at(now) != "aangevraagd" or who == starter else None

    def confirm(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self.refuses_answer(power, who, now)
        if refusal:
            return refusal
        new = replace(power, **{"aan" if power.starter == GIVER else "van": who})  # type: ignore[arg-type]  # a name
        if self._covered(new, now):
            return errors.AlreadyAuthorised
        if new.parent is not None:
            above = self.chain(self.powers[new.parent])
            if new.aan in {party for one in above for party in (one.van, one.aan)}:
                return errors.CircularChain
            refusal = self._refuses_below(new, above, now)
            if refusal:
                return refusal
        power.van, power.aan, power.state = new.van, new.aan, "actief"
        self._say(power, "bevestigd", GIVER if power.starter == HOLDER else HOLDER)
        return None

    def _covered(self, new: Power, now: datetime) -> bool:
        def gives(old: Power, service: str) -> bool:
            left = None if old.uses is None else old.uses - old.used
            return (
                old.at(now) in STANDING
                and (old.van, old.aan, old.parent) == (new.van, new.aan, new.parent)
                and old.services is not None  # a power by law stands beside one that is given
                and service in old.services
                and new.actions <= old.actions
                and old.case in {None, new.case}
                and (old.purposes is None or (new.purposes is not None and new.purposes <= old.purposes))
                and (left is None or (new.uses is not None and new.uses <= left))
                and new.level.reaches(old.level)
                and new.depth <= old.depth
                and old.start < new.end
                and new.start < (old.end if old.lease is None else min(old.end, old.lease))
            )

        assert new.services is not None
        return all(any(gives(old, one) for old in self.powers.values()) for one in new.services)

    def _refuses_below(self, new: Power, above: list[Power], now: datetime) -> Refusal:
        if not all(one.at(now) == "actief" and (one.lease is None or now < one.lease) for one in above):
            return errors.NotActive
        fits = all(
            (one.services is None or (new.services is not None and new.services <= one.services))
            and new.actions <= one.actions
            and new.end <= one.end
            and one.case in {None, new.case}
            and (one.purposes is None or (new.purposes is not None and new.purposes <= one.purposes))
            and new.level.reaches(one.level)
            for one in above
        )
        return None if fits else errors.WiderThanParent

    def decline(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self.refuses_answer(power, who, now)
        if refusal is None:
            role = GIVER if power.starter == HOLDER else HOLDER
            power.van, power.aan = (who, power.aan) if role == GIVER else (power.van, who)
            power.state = "geweigerd"
            self._say(power, "geweigerd", role)
        return refusal

    def refuses_delegate(self, new: Power, identifier: str, who: str, now: datetime) -> Refusal:
        above = self.powers[identifier]
        refusal = self._refuses_party(above, who, now)
        if refusal:
            return refusal
        if above.role(who) != HOLDER:
            return errors.WrongRole
        links = self.chain(above)
        if len(links) > 1 or above.depth < 1:
            return errors.ChainTooLong
        assert new.services is not None
        if any(BY_LAW[one] is not links[-1].law for one in new.services):
            return errors.GroundNotAccepted
        return self._refuses_below(new, links, now) or self.refuses_request(new, now)

    # -- changing --------------------------------------------------------------------------------

    def _refuses_party(self, power: Power, who: str, now: datetime) -> Refusal:
        if power.role(who) is None:
            return errors.NotFound
        return None if power.open(now) else errors.AlreadyEnded

    def _refuses_change(self, power: Power, who: str, now: datetime) -> Refusal:
        return self._refuses_party(power, who, now) or (errors.SetByLaw if power.law else None)

    def revoke(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_change(power, who, now)
        if refusal is None and power.state in STANDING and power.role(who) != GIVER:
            refusal = errors.WrongRole
        if refusal is None:
            self._end(power, "ingetrokken", (("ingetrokken", str(power.role(who)), None)), now)
        return refusal

    def renounce(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_change(power, who, now)
        if refusal is None and power.role(who) != HOLDER:
            refusal = errors.WrongRole
        if refusal is None and power.state == "aangevraagd":
            refusal = errors.NotYetAccepted
        if refusal is None:
            self._end(power, "opgezegd", ("opgezegd", HOLDER, None), now)
        return refusal

    def narrow(self, identifier: str, left: Inperking, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_change(power, who, now)
        if refusal is None and power.state == "aangevraagd":
            refusal = errors.NotYetAccepted
        if refusal is not None:
            return refusal
        after = replace(
            power,
            services=power.services if left.diensten is None else frozenset(left.diensten),
            actions=power.actions if left.handelingen is None else left.handelingen,
            end=left.geldig_tot or power.end,
            case=left.zaak or power.case,
            purposes=left.doelen or power.purposes,
            level=left.min_niveau or power.level,
            uses=left.max_gebruik or power.uses,
        )
        if not self._is_less(after, power):
            return errors.NotNarrower
        if after.end <= max(now, power.start):
            return errors.EndInThePast if after.end <= now else errors.EndBeforeStart
        if after == power:
            return errors.NotNarrower
        after.proposal = None
        self.powers[identifier] = after
        self._say(after, "beperkt", str(power.role(who)))
        return None

    @staticmethod
    def _is_less(after: Power, before: Power) -> bool:
        assert after.services is not None
        assert before.services is not None
        return (
            after.services <= before.services
            and after.actions <= before.actions
            and after.end <= before.end
            and before.case in {None, after.case}
            and (before.purposes is None or (after.purposes or frozenset()) <= before.purposes)
            and after.level.reaches(before.level)
            and (before.uses is None or (after.uses or 0) <= before.uses)
        )

    def extend(self, identifier: str, until: datetime, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_change(power, who, now)
        if refusal is None and power.state != "actief":
            refusal = errors.NotActive
        if refusal is None and until <= power.end:
            refusal = errors.NotLater
        if refusal is None and power.parent is not None:
            above = self.chain(self.powers[power.parent])
            refusal = self._refuses_below(replace(power, end=until), above, now)
        if refusal is not None:
            return refusal
        role, open_one = str(power.role(who)), self._proposal(power, now)
        if open_one is not None and open_one[:1] == (until,) and open_one[1] != role:
            power.end, power.proposal = until, None
            self._say(power, "verlengd", role)
        else:
            power.proposal = (until, role, now)
            self._say(power, "verlenging_gevraagd", role)
        return None

    @staticmethod
    def _proposal(power: Power, now: datetime) -> tuple[datetime, str, datetime] | None:
        found = power.proposal
        return found if found is not None and now < found[2] + timedelta(days=14) else None

    def refuse_extension(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_party(power, who, now)
        if refusal is None and self._proposal(power, now) is None:
            refusal = errors.NothingProposed
        if refusal is None:
            power.proposal = None
            self._say(power, "verlenging_afgewezen", str(power.role(who)))
        return refusal

    def pause(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_change(power, who, now)
        if refusal is None and power.state != "actief":
            refusal = errors.NotActive
        if refusal is None:
            power.state, power.by = "gepauzeerd", power.role(who)
            self._say(power, "gepauzeerd", str(power.by))
        return refusal

    def resume(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_party(power, who, now)
        if refusal is None and power.state != "gepauzeerd":
            refusal = errors.NotPaused
        if refusal is None and power.by != power.role(who):
            refusal = errors.WrongRole
        if refusal is None:
            power.state, power.by = "actief", None
            self._say(power, "hervat", str(power.role(who)))
        return refusal

    def contest(self, identifier: str, who: str, now: datetime) -> Refusal:
        power = self.powers[identifier]
        refusal = self._refuses_party(power, who, now)
        if refusal is None and power.state not in {"actief", "gepauzeerd"}:
            refusal = errors.NotActive
        if refusal is None:
            power.was, power.state = (power.state, power.by), "betwist"
            self._say(power, "betwist", str(power.role(who)))
        return refusal

    def settle(self, identifier: str, stands: bool, now: datetime) -> Refusal:
        power = self.powers[identifier]
        if not power.open(now):
            return errors.AlreadyEnded
        if power.state != "betwist" or power.was is None:
            return errors.NotContested
        if stands:
            power.state, power.by = power.was
            self._say(power, "betwisting_afgewezen", SYSTEM)
        else:
            self._end(power, "beeindigd", ("beeindigd", SYSTEM, "contested"), now)
        return None

    # -- what nobody does ------------------------------------------------------------------------

    def use(self, ids: tuple[str, ...]) -> None:
        for one in ids:
            self.powers[one].used += 1

    def by_law(self, van: str, aan: str) -> Power | None:
        found = (one for one in self.powers.values() if one.law and (one.van, one.aan) == (van, aan))
        return next((one for one in found if one.state in STANDING), None)

    def by_itself(self, power: Power, reason: str, now: datetime) -> None:
        """It ends for this reason, unless time had ended it before."""
        over = power.over(now)
        if over is not None:
            self._end(power, "verlopen", ("verlopen", SYSTEM, None), over)
        else:
            self._end(power, "beeindigd", ("beeindigd", SYSTEM, reason), now)

    def die(self, who: str, now: datetime) -> None:
        """Everything this person stands in ends, from the top down."""
        mine = [one for one in self.powers.values() if who in {one.van, one.aan} and one.state in OPEN]
        for power in sorted(mine, key=lambda one: one.parent is not None):
            if power.state in OPEN:
                self.by_itself(power, "overlijden", now)

    def write_down(self, now: datetime) -> None:
        """What time ended, in the order in which it did."""
        while overdue := [one for one in self.powers.values() if one.state in OPEN and one.over(now)]:
            self.by_itself(min(overdue, key=lambda one: (one.over(now), one.id)), "", now)

    def _end(self, power: Power, state: str, line: Line, now: datetime) -> None:
        power.state = state
        power.lines.append(line)
        for below in [one for one in self.powers.values() if one.parent == power.id and one.state in OPEN]:
            self.by_itself(below, "parent-ended", now)

    @staticmethod
    def _say(power: Power, kind: str, by: str) -> None:
        power.lines.append((kind, by, None))

    def history(self, power: Power, now: datetime) -> list[Line]:
        """As shown: an end by time is told before it is written down."""
        return [*power.lines, ("verlopen", SYSTEM, None)] if power.over(now) else power.lines


OPEN = (*STANDING, "aangevraagd")
