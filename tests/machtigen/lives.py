"""Whole lives of machtigingen: random acts of four people, played on the ledger and on the real thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from machtigen import errors
from machtigen.diensten.model import DienstId, Handeling, Niveau
from machtigen.machtigingen import keten, rules
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Aanvraag, Inperking, Machtiging, Regel, Uitgegeven
from machtigen.partijen.model import PartijId
from tests.machtigen.ledger import (
    CASES,
    GIVER,
    HOLDER,
    LEVELS,
    OFFERED,
    PURPOSE,
    STANDING,
    Act,
    Ledger,
    Power,
    Refusal,
    asked,
)
from tests.machtigen.links import EVA, TOM
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ANJA,
    ARRANGE,
    DAY,
    NOOR,
    NOW,
    ONLY_GEZAG,
    PAY,
    READ,
    REISPRODUCT,
)

PEOPLE = (NOOR, ANJA, EVA, TOM)
LEVEL = Niveau.HOOG
ATTEMPTS_AN_HOUR = 10
person = st.sampled_from(PEOPLE)
pick = st.integers(0, 99)  # from the newest back; nine in ten of what stands
side = st.sampled_from([GIVER, HOLDER, GIVER, HOLDER, GIVER, HOLDER, None])  # None: a stranger, mostly


class Registry(Protocol):
    """The verbs of machtigingen, in memory or on a database."""

    counts_guesses: bool

    def grant(self, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven: ...
    def ask(self, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven: ...
    def delegate(self, one: str, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven: ...
    def confirm(self, code: str, who: PartijId, now: datetime) -> Machtiging: ...
    def decline(self, code: str, who: PartijId, now: datetime) -> Machtiging: ...
    def revoke(self, one: str, who: PartijId, now: datetime) -> Machtiging: ...
    def renounce(self, one: str, who: PartijId, now: datetime) -> Machtiging: ...
    def narrow(self, one: str, left: Inperking, who: PartijId, now: datetime) -> Machtiging: ...
    def extend(self, one: str, until: datetime, who: PartijId, now: datetime) -> Machtiging: ...
    def refuse_extension(self, one: str, who: PartijId, now: datetime) -> Machtiging: ...
    def pause(self, one: str, who: PartijId, now: datetime) -> Machtiging: ...
    def resume(self, one: str, who: PartijId, now: datetime) -> Machtiging: ...
    def contest(self, one: str, who: PartijId, now: datetime) -> Machtiging: ...
    def settle(self, one: str, stands: bool, now: datetime) -> Machtiging: ...
    def mirror(self, van: PartijId, aan: PartijId, now: datetime) -> Machtiging: ...
    def end_by_law(self, van: PartijId, aan: PartijId, now: datetime) -> bool: ...
    def die(self, who: PartijId, now: datetime) -> None: ...
    def use(self, chain: Keten, now: datetime, /) -> None: ...
    def upkeep(self, now: datetime) -> None: ...
    def find(self, one: str) -> Machtiging | None: ...
    def history(self, one: str, who: PartijId, /, now: datetime) -> list[Regel]: ...
    def list_representable(self, who: PartijId, dienst: DienstId, now: datetime) -> list[Keten]: ...
    def close(self) -> None: ...


@st.composite
def wishes(draw: st.DrawFn, *, by_law: bool = False) -> dict[str, Any]:
    """What someone may ask for; moments as days from now."""
    services = (
        st.just((ONLY_GEZAG,))
        if by_law
        else st.sampled_from([(AANVULLENDE_BEURS,), (REISPRODUCT,), (AANVULLENDE_BEURS, REISPRODUCT)])
    )
    return {
        "diensten": draw(services),
        "handelingen": frozenset(draw(st.sampled_from([(READ,), (ARRANGE,), (READ, ARRANGE)]))),
        "start": draw(st.sampled_from([0, 0, 0, 3])),
        "end": draw(st.sampled_from([5, 40, 300])),
        "zaak": draw(st.sampled_from([None, None, None, "c1", "c2"])),
        "doelen": draw(st.sampled_from([None, None, frozenset({PURPOSE}), frozenset({"reizen"})])),
        "min_niveau": draw(st.sampled_from([None, None, Niveau.HOOG])),
        "max_gebruik": draw(st.sampled_from([None, None, 1, 3])),
        "doormachtigen": 0 if by_law else draw(st.sampled_from([0, 1, 1])),
    }


narrowings = st.one_of(
    st.sampled_from([(AANVULLENDE_BEURS,), (REISPRODUCT,), (AANVULLENDE_BEURS, REISPRODUCT)]).map(
        lambda one: Inperking(diensten=one)
    ),
    st.sampled_from([(READ,), (ARRANGE,), (READ, ARRANGE), (PAY,)]).map(
        lambda one: Inperking(handelingen=frozenset(one))
    ),
    st.sampled_from(["c1", "c2"]).map(lambda one: Inperking(zaak=one)),
    st.sampled_from([(PURPOSE,), ("reizen",), (PURPOSE, "reizen")]).map(
        lambda one: Inperking(doelen=frozenset(one))
    ),
    st.sampled_from(LEVELS).map(lambda one: Inperking(min_niveau=one)),
    st.sampled_from([1, 2, 5]).map(lambda one: Inperking(max_gebruik=one)),
)


class Lives(RuleBasedStateMachine):
    """Every act is tried by anybody on anything; the ledger says what must come of it."""

    def registry(self) -> Registry:
        """The real thing, empty."""
        raise NotImplementedError

    @initialize()
    def begin(self) -> None:
        self.real = self.registry()
        self.ledger = Ledger()
        self.now = NOW
        self.codes: dict[str, str] = {}
        self.guesses: list[tuple[str, datetime]] = []
        self.proposed: dict[str, datetime] = {}
        self.touched: set[str] = set()
        self.seen: dict[str, str] = {}

    def teardown(self) -> None:
        if hasattr(self, "real"):
            self.touched = set(self.ledger.powers)
            try:
                self.history_is_complete_and_in_order()
            finally:
                self.real.close()

    def _play(self, refusal: Refusal, act: Callable[[], Any]) -> Any:
        if refusal is None:
            return act()
        with pytest.raises(errors.MachtigenError) as refused:
            act()
        assert refused.type is refusal
        return None

    def _some(self, number: int, of: list[str] | None = None) -> str:
        """One power; mostly one that stands, the newest first."""
        powers = self.ledger.powers.values()
        standing = [one.id for one in powers if one.at(self.now) in STANDING and (not one.law or number > 70)]
        every = list(self.ledger.powers)
        ids = of or (standing if standing and number % 10 else every)
        chosen = ids[-1 - (number // 10) % len(ids)]
        self.touched.add(chosen)
        return chosen

    def _who(self, one: str, rol: str | None) -> PartijId:
        power = self.ledger.powers[one]
        party = power.van if rol == GIVER else power.aan if rol == HOLDER else None
        return PartijId(party or TOM)

    def _wish(self, chosen: dict[str, Any]) -> Aanvraag:
        kept = {name: value for name, value in chosen.items() if name not in {"start", "end"}}
        start = self.now + chosen["start"] * DAY if chosen["start"] else None
        return Aanvraag(geldig_van=start, geldig_tot=self.now + chosen["end"] * DAY, **kept)

    def _add(self, new: Power, refusal: Refusal, act: Callable[[], Uitgegeven]) -> None:
        issued = self._play(refusal, act)
        if issued is not None:
            self.ledger.add(new, issued.machtiging.id)
            self.codes[issued.machtiging.id] = issued.code
            self.touched.add(issued.machtiging.id)

    # -- acts ------------------------------------------------------------------------------------

    @rule(chosen=wishes(), who=person)
    def grant(self, chosen: dict[str, Any], who: PartijId) -> None:
        new = asked(self._wish(chosen), self.now, van=who, starter=GIVER)
        refusal = self.ledger.refuses_request(new, self.now)
        self._add(new, refusal, lambda: self.real.grant(self._wish(chosen), who, self.now))

    @rule(chosen=wishes(), who=person)
    def ask(self, chosen: dict[str, Any], who: PartijId) -> None:
        new = asked(self._wish(chosen), self.now, aan=who, starter=HOLDER)
        refusal = self.ledger.refuses_request(new, self.now)
        self._add(new, refusal, lambda: self.real.ask(self._wish(chosen), who, self.now))

    @precondition(lambda self: bool(self.ledger.powers))
    @rule(number=pick, chosen=wishes(), rol=side)
    def delegate(self, number: int, chosen: dict[str, Any], rol: str | None) -> None:
        above = self._some(number)
        self._delegate(above, chosen, self._who(above, rol))

    @precondition(lambda self: any(one.law for one in self.ledger.powers.values()))
    @rule(number=pick, chosen=wishes(by_law=True))
    def delegate_by_law(self, number: int, chosen: dict[str, Any]) -> None:
        above = self._some(number, [one.id for one in self.ledger.powers.values() if one.law])
        self._delegate(above, chosen, PartijId(str(self.ledger.powers[above].aan)))

    @rule(chosen=wishes(), van=person, aan=person)
    def give(self, chosen: dict[str, Any], van: PartijId, aan: PartijId) -> None:
        """Grant, and acceptance at once."""
        before = len(self.ledger.powers)
        self.grant(chosen, van)
        if len(self.ledger.powers) > before:
            self._answer(list(self.ledger.powers)[-1], aan, True)

    @precondition(lambda self: bool(self._passable()))
    @rule(number=pick, aan=person, doelen=st.booleans(), uses=st.sampled_from([None, 1]))
    def pass_on(self, number: int, aan: PartijId, doelen: bool, uses: int | None) -> None:
        """What fits below one that may be passed on, and acceptance at once."""
        above = self.ledger.powers[self._some(number, self._passable())]
        chosen = {
            "diensten": tuple(sorted(above.services or {ONLY_GEZAG})),
            "handelingen": above.actions & {READ, ARRANGE},
            "zaak": above.case,
            "doelen": above.purposes or (frozenset({PURPOSE}) if doelen else None),
            "min_niveau": above.level,
            "max_gebruik": uses,
            "start": 0,
            "end": 5,
            "doormachtigen": 0,
        }
        before = len(self.ledger.powers)
        self._delegate(above.id, chosen, PartijId(str(above.aan)))
        if len(self.ledger.powers) > before:
            self._answer(list(self.ledger.powers)[-1], aan, True)

    def _passable(self) -> list[str]:
        return [
            one.id
            for one in self.ledger.powers.values()
            if one.depth and one.at(self.now) == "actief" and one.actions & {READ, ARRANGE}
        ]

    def _delegate(self, above: str, chosen: dict[str, Any], who: PartijId) -> None:
        wish = self._wish(chosen)
        new = asked(wish, self.now, van=who, starter=GIVER, parent=above)
        refusal = self.ledger.refuses_delegate(new, above, who, self.now)
        self._add(new, refusal, lambda: self.real.delegate(above, wish, who, self.now))
        if refusal is None:
            self.ledger.powers[above].lines.append(("doorgemachtigd", HOLDER, None))

    @precondition(lambda self: bool(self.codes))
    @rule(number=pick, who=person, accepts=st.sampled_from([True, True, True, False]))
    def answer(self, number: int, who: PartijId, accepts: bool) -> None:
        one = self._some(number, list(self.codes))
        self._answer(one, who, accepts)

    @precondition(lambda self: bool(self._waiting()))
    @rule(number=pick, who=person)
    def accept_what_waits(self, number: int, who: PartijId) -> None:
        self._answer(self._some(number, self._waiting()), who, True)

    def _waiting(self) -> list[str]:
        return [one.id for one in self.ledger.powers.values() if one.at(self.now) == "aangevraagd"]

    def _answer(self, one: str, who: PartijId, accepts: bool) -> None:
        recent = sum(guess[0] == who and guess[1] > self.now - timedelta(hours=1) for guess in self.guesses)
        if self.real.counts_guesses and recent >= ATTEMPTS_AN_HOUR:
            refusal: Refusal = errors.TooManyAttempts
        else:
            act = self.ledger.confirm if accepts else self.ledger.decline
            refusal = act(one, who, self.now)
        if refusal is errors.CodeUnknown:
            self.guesses.append((who, self.now))
        real = self.real.confirm if accepts else self.real.decline
        self._play(refusal, lambda: real(self.codes[one], who, self.now))

    @precondition(lambda self: bool(self.ledger.powers))
    @rule(number=pick, rol=side, verb=st.sampled_from(["revoke", "renounce"]))
    def end(self, number: int, rol: str | None, verb: str) -> None:
        self._act(verb, self._some(number), rol)

    @precondition(lambda self: bool(self.ledger.powers))
    @rule(number=pick, rol=side, verb=st.sampled_from(["pause", "resume", "contest", "refuse_extension"]))
    def change(self, number: int, rol: str | None, verb: str) -> None:
        self._act(verb, self._some(number), rol)

    @precondition(lambda self: any(one.state == "gepauzeerd" for one in self.ledger.powers.values()))
    @rule(number=pick, rol=side)
    def resume_what_is_paused(self, number: int, rol: str | None) -> None:
        paused = [one.id for one in self.ledger.powers.values() if one.state == "gepauzeerd"]
        self._act("resume", self._some(number, paused), rol)

    def _act(self, verb: str, one: str, rol: str | None) -> None:
        who = self._who(one, rol)
        refusal = getattr(self.ledger, verb)(one, who, self.now)
        self._play(refusal, lambda: getattr(self.real, verb)(one, who, self.now))

    @precondition(lambda self: bool(self.ledger.powers))
    @rule(number=pick, rol=side, left=narrowings)
    def narrow(self, number: int, rol: str | None, left: Inperking) -> None:
        self._narrow(self._some(number), rol, left)

    @precondition(lambda self: bool(self.ledger.powers))
    @rule(number=pick, rol=side, days=st.sampled_from([1, 10]))
    def shorten(self, number: int, rol: str | None, days: int) -> None:
        self._narrow(self._some(number), rol, Inperking(geldig_tot=self.now + days * DAY))

    def _narrow(self, one: str, rol: str | None, left: Inperking) -> None:
        who = self._who(one, rol)
        refusal = self.ledger.narrow(one, left, who, self.now)
        self._play(refusal, lambda: self.real.narrow(one, left, who, self.now))

    @precondition(lambda self: bool(self.ledger.powers))
    @rule(number=pick, rol=side, days=st.sampled_from([2, 100, 400]))
    def extend(self, number: int, rol: str | None, days: int) -> None:
        self._extend(self._some(number), rol, self.now + days * DAY)

    @precondition(lambda self: bool(self.proposed))
    @rule(number=pick, rol=side)
    def agree(self, number: int, rol: str | None) -> None:
        """To what was proposed last, whether or not it still stands."""
        one = self._some(number, list(self.proposed))
        self._extend(one, rol, self.proposed[one])

    def _extend(self, one: str, rol: str | None, until: datetime) -> None:
        who = self._who(one, rol)
        refusal = self.ledger.extend(one, until, who, self.now)
        if refusal is None:
            self.proposed[one] = until
        self._play(refusal, lambda: self.real.extend(one, until, who, self.now))

    @precondition(lambda self: bool(self.ledger.powers))
    @rule(number=pick, stands=st.booleans())
    def settle(self, number: int, stands: bool) -> None:
        contested = [one.id for one in self.ledger.powers.values() if one.state == "betwist"]
        one = self._some(number, contested or None)
        refusal = self.ledger.settle(one, stands, self.now)
        self._play(refusal, lambda: self.real.settle(one, stands, self.now))

    @rule(van=st.sampled_from([NOOR, EVA]), aan=st.sampled_from([ANJA, TOM]))
    def mirror(self, van: PartijId, aan: PartijId) -> None:
        made, known = self.real.mirror(van, aan, self.now), self.ledger.by_law(van, aan)
        if known is None:
            known = Power(
                id="", van=van, aan=aan, starter=GIVER, services=None, actions=frozenset(Handeling),
                start=self.now, end=made.beperkingen[-1].geldig_tot, state="actief",  # type: ignore[union-attr]  # a period
                level=Niveau.LAAG, depth=1,
            )  # fmt: skip
            self.ledger.add(known, made.id)
        assert made.id == known.id
        known.lease = self.now + DAY
        self.touched.add(made.id)

    @rule(van=person, aan=person)
    def end_by_law(self, van: PartijId, aan: PartijId) -> None:
        known = self.ledger.by_law(van, aan)
        assert self.real.end_by_law(van, aan, self.now) is (known is not None)
        if known is not None:
            self.ledger.by_itself(known, "einde", self.now)

    @rule(who=st.sampled_from([TOM, EVA]), really=st.integers(0, 7))
    def die(self, who: PartijId, really: int) -> None:
        if really == 7:
            self.real.die(who, self.now)
            self.ledger.die(who, self.now)

    @rule(number=pick)
    def use(self, number: int) -> None:
        """A service relies on it: exactly what may be done is counted, on every link."""
        allowed = sorted({(one[0], one[1], one[2]) for one in self.ledger.may(self.now)})
        if not allowed:
            return
        who, ids, service = allowed[number % len(allowed)]
        chains = self.real.list_representable(PartijId(who), DienstId(service), self.now)
        (chain,) = [one for one in chains if one.ids == ids]
        self.real.use(chain, self.now)
        self.ledger.use(ids)

    @rule(
        hours=st.sampled_from([1, 23, 25, 24 * 4, 24 * 15, 24 * 60]),
        writes=st.sampled_from([True, True, False]),
    )
    def time_passes(self, hours: int, writes: bool) -> None:
        self.now += timedelta(hours=hours)
        if writes:
            self.real.upkeep(self.now)
            self.ledger.write_down(self.now)

    # -- what always holds -----------------------------------------------------------------------

    @invariant()
    def nobody_can_do_what_a_living_chain_does_not_give_and_all_of_that(self) -> None:
        if not hasattr(self, "real"):
            return
        found: set[Act] = set()
        for who in PEOPLE:
            for service in OFFERED:
                for chain in self.real.list_representable(who, DienstId(service), self.now):
                    found |= self._acts(who, service, chain)
        assert found == self.ledger.may(self.now)

    def _acts(self, who: PartijId, service: str, chain: Keten) -> set[Act]:
        assert chain.schakel.vertegenwoordiger == who
        combinations = (
            (handeling, zaak, niveau)
            for handeling in OFFERED[DienstId(service)]
            for zaak in CASES
            for niveau in LEVELS
        )
        found = {
            (who, chain.ids, service, handeling, zaak, PURPOSE, niveau)
            for handeling, zaak, niveau in combinations
            if keten.decide(
                chain,
                Vraag(DienstId(service), niveau, self.now, handeling=handeling, zaak=zaak, doel=PURPOSE),
            ).allowed
        }
        assert found, "listed, and nothing can be done with it"
        return found

    @invariant()
    def history_is_complete_and_in_order(self) -> None:
        if not hasattr(self, "real"):
            return
        for one in self.touched:
            power = self.ledger.powers[one]
            reader = PartijId(str(power.van or power.aan))
            lines = self.real.history(one, reader, self.now)
            told = [(line.gebeurtenis.value, line.door, line.reden) for line in lines]
            assert told == self.ledger.history(power, self.now)
            moments = [line.op for line in lines]
            assert moments == sorted(moments)
            found = self.real.find(one)
            assert found is not None
            assert rules.status_at(found, self.now).naam == power.at(self.now)
            assert found.gebruikt == power.used
            self._ended_stays_ended(one, power)
        self.touched = set()

    def _ended_stays_ended(self, one: str, power: Power) -> None:
        before, state = self.seen.get(one), power.at(self.now)
        assert before is None or before == state
        if not power.open(self.now):
            self.seen[one] = state
