"""machtigen without a database: the pure rules on machtigingen kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from machtigen import errors
from machtigen.diensten.model import DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen import changes, keten, rules
from machtigen.machtigingen.beperkingen import AlleenHandelingen, Periode
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import (  # fmt: skip
    ENDED,
    Aanvraag,
    Actief,
    Gebeurtenis,
    Inperking,
    Machtiging,
    Regel,
    Rol,
    Uitgegeven,
)
from machtigen.machtigingen.vastleggen import PARENT_ENDED, ended_by_itself
from machtigen.partijen.model import PartijId
from tests.machtigen.world import KNOWN

LEVEL = Niveau.HOOG
SYSTEM = "stelsel"
GIVER, HOLDER = Rol.VERTEGENWOORDIGDE, Rol.VERTEGENWOORDIGER


class PureRegistry:
    """Only the order of things is its own; every decision is a rule's."""

    counts_guesses = False

    def __init__(self) -> None:
        self.rows: dict[str, Machtiging] = {}
        self.lines: dict[str, list[Regel]] = {}

    def close(self) -> None:
        """Nothing to let go of."""

    def _write(self, new: Machtiging, line: Regel) -> Machtiging:
        self.rows[new.id] = new
        self.lines.setdefault(new.id, []).append(line)
        if isinstance(new.status, ENDED):
            for below in [one for one in self.rows.values() if one.boven == new.id]:
                if not isinstance(below.status, ENDED):
                    self._write(*ended_by_itself(below, PARENT_ENDED, line.op))
        return new

    def _parents(self, identifier: str | None) -> list[Machtiging]:
        found = []
        while identifier is not None:
            found.append(self.rows[identifier])
            identifier = found[-1].boven
        return found

    def _request(
        self, wish: Aanvraag, who: PartijId, rol: Rol, now: datetime, above: str | None = None
    ) -> Uitgegeven:
        parents = self._parents(above)
        made = rules.request(
            wish, KNOWN, identifier=f"m{len(self.rows)}", door=who, rol=rol, niveau=LEVEL, now=now,
            code_hash=b"h" * 32, grond=parents[-1].grond if parents else Grond.MACHTIGING,
        )  # fmt: skip
        made = replace(made, boven=above)
        if parents:
            keten.require_within(made, parents, now)
        rules.require_new(made, list(self.rows.values()), now)
        return Uitgegeven(self._write(made, Regel(now, Gebeurtenis.AANGEVRAAGD, rol.value)), made.id)

    def grant(self, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven:
        return self._request(wish, who, GIVER, now)

    def ask(self, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven:
        return self._request(wish, who, HOLDER, now)

    def delegate(self, one: str, wish: Aanvraag, who: PartijId, now: datetime) -> Uitgegeven:
        if rules.require_open(self.rows[one], who, now) is not HOLDER:
            raise errors.WrongRole
        keten.require_room(self._parents(one), keten.MAXIMUM_LINKS)
        issued = self._request(wish, who, GIVER, now, one)
        self.lines[one].append(Regel(now, Gebeurtenis.DOORGEMACHTIGD, HOLDER.value))
        return issued

    def confirm(self, code: str, who: PartijId, now: datetime) -> Machtiging:
        confirmed = rules.confirm(self.rows[code], who, LEVEL, list(self.rows.values()), now)
        parents = self._parents(confirmed.boven)
        if parents:
            keten.require_no_cycle(confirmed, parents)
            keten.require_within(confirmed, parents, now)
        return self._write(confirmed, Regel(now, Gebeurtenis.BEVESTIGD, confirmed.initiatief.other.value))

    def decline(self, code: str, who: PartijId, now: datetime) -> Machtiging:
        declined = rules.decline(self.rows[code], who, now)
        return self._write(declined, Regel(now, Gebeurtenis.GEWEIGERD, declined.initiatief.other.value))

    def _change(
        self,
        one: str,
        who: PartijId,
        kind: Gebeurtenis,
        do: Callable[[Machtiging], Machtiging],
        now: datetime,
    ) -> Machtiging:
        rol = self.rows[one].role_of(who)
        changed = do(self.rows[one])
        assert rol is not None
        return self._write(changed, Regel(now, kind, rol.value))

    def revoke(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self._change(one, who, Gebeurtenis.INGETROKKEN, lambda row: rules.revoke(row, who, now), now)

    def renounce(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self._change(one, who, Gebeurtenis.OPGEZEGD, lambda row: rules.renounce(row, who, now), now)

    def narrow(self, one: str, left: Inperking, who: PartijId, now: datetime) -> Machtiging:
        return self._change(
            one, who, Gebeurtenis.BEPERKT, lambda row: changes.narrow(row, left, who, now), now
        )

    def extend(self, one: str, until: datetime, who: PartijId, now: datetime) -> Machtiging:
        extended = changes.extend(self.rows[one], until, who, LEVEL, now)
        parents = self._parents(self.rows[one].boven)
        if parents:
            keten.require_within(changes.lasting_until(self.rows[one], until), parents, now)
        kind = Gebeurtenis.VERLENGING_GEVRAAGD if extended.voorstel else Gebeurtenis.VERLENGD
        return self._change(one, who, kind, lambda _row: extended, now)

    def refuse_extension(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        kind = Gebeurtenis.VERLENGING_AFGEWEZEN
        return self._change(one, who, kind, lambda row: changes.refuse_extension(row, who, now), now)

    def pause(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self._change(one, who, Gebeurtenis.GEPAUZEERD, lambda row: changes.pause(row, who, now), now)

    def resume(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self._change(one, who, Gebeurtenis.HERVAT, lambda row: changes.resume(row, who, now), now)

    def contest(self, one: str, who: PartijId, now: datetime) -> Machtiging:
        return self._change(one, who, Gebeurtenis.BETWIST, lambda row: changes.contest(row, who, now), now)

    def settle(self, one: str, stands: bool, now: datetime) -> Machtiging:
        judged = changes.settle_contest(self.rows[one], stands=stands, now=now)
        if stands:
            return self._write(judged, Regel(now, Gebeurtenis.BETWISTING_AFGEWEZEN, SYSTEM))
        return self._write(judged, Regel(now, Gebeurtenis.BEEINDIGD, SYSTEM, "contested"))

    def _by_law(self, van: PartijId, aan: PartijId) -> Machtiging | None:
        found = (
            one for one in self.rows.values() if not one.is_vrijwillig and not isinstance(one.status, ENDED)
        )
        return next(
            (one for one in found if (one.vertegenwoordigde, one.vertegenwoordiger) == (van, aan)), None
        )

    def mirror(self, van: PartijId, aan: PartijId, now: datetime) -> Machtiging:
        known, lease = self._by_law(van, aan), now + timedelta(days=1)
        if known is not None:
            self.rows[known.id] = replace(known, lease_tot=lease)
            return known
        made = Machtiging(
            id=f"m{len(self.rows)}", initiatief=GIVER, aanvrager=van, wederpartij=aan, niveau=Niveau.HOOG,
            beperkingen=(AlleenHandelingen(frozenset(Handeling)), Periode(now, rules.years_later(now, 100))),
            status=Actief(sinds=now), grond=Grond.GEZAG, bron="brp", lease_tot=lease,
        )  # fmt: skip
        return self._write(made, Regel(now, Gebeurtenis.VASTGELEGD, SYSTEM))

    def end_by_law(self, van: PartijId, aan: PartijId, now: datetime) -> bool:
        known = self._by_law(van, aan)
        if known is not None:
            self._write(*ended_by_itself(known, "einde", now))
        return known is not None

    def die(self, who: PartijId, now: datetime) -> None:
        mine = [one for one in self.rows.values() if one.role_of(who) is not None]
        for one in sorted(mine, key=lambda one: one.boven is not None):
            if not isinstance(self.rows[one.id].status, ENDED):
                self._write(*ended_by_itself(self.rows[one.id], "overlijden", now))

    def use(self, chain: Keten, _now: datetime) -> None:
        for one in chain.ids:
            self.rows[one] = replace(self.rows[one], gebruikt=self.rows[one].gebruikt + 1)

    def upkeep(self, now: datetime) -> None:
        def overdue() -> list[tuple[datetime, Machtiging]]:
            over = ((rules.expire(row, now), row) for row in self.rows.values())
            return [(new.status.op, new) for new, row in over if new != row and isinstance(new.status, ENDED)]

        while found := overdue():
            end, expired = min(found, key=lambda one: (one[0], one[1].id))
            self._write(expired, Regel(end, Gebeurtenis.VERLOPEN, SYSTEM))

    def find(self, one: str) -> Machtiging | None:
        return self.rows.get(one)

    def history(self, one: str, _who: PartijId, now: datetime) -> list[Regel]:
        over = rules.expire(self.rows[one], now)
        if over != self.rows[one] and isinstance(over.status, ENDED):
            return [*self.lines[one], Regel(over.status.op, Gebeurtenis.VERLOPEN, SYSTEM)]
        return self.lines[one]

    def list_representable(self, who: PartijId, dienst: DienstId, now: datetime) -> list[Keten]:
        held = (one for one in self.rows.values() if one.role_of(who) is HOLDER)
        chains = (Keten(tuple(self._parents(one.id))) for one in held if one.wederpartij is not None)
        return [chain for chain in chains if keten.usable(chain, KNOWN[dienst], now)]
