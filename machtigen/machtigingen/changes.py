"""Pure changes to a machtiging that stands: narrow, extend, pause, contest.

Narrowing takes effect at once and needs nobody else, for it only takes away (GDI MV01: either side may).
Whatever gives more, or again, needs the other side as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from machtigen import errors
from machtigen.diensten.model import DienstId, Niveau
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenDoelen,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    MaxGebruik,
    MinNiveau,
    Periode,
)
from machtigen.machtigingen.model import (
    Actief,
    Betwist,
    Gepauzeerd,
    Inperking,
    Machtiging,
    Rol,
    Verlengingsvoorstel,
)
from machtigen.machtigingen.rules import (
    MAXIMUM_YEARS,
    check_niveau,
    end,
    last_moment,
    require_open,
    require_voluntary,
    status_at,
    years_later,
)
from machtigen.machtigingen.toestanden import ENDED, STANDING
from machtigen.partijen.model import PartijId

PROPOSAL_VALID_FOR = timedelta(days=14)


def narrow(machtiging: Machtiging, inperking: Inperking, door: PartijId, now: datetime) -> Machtiging:
    """Less than before, in every dimension that is named. Either side may.

    Raises NotFound, AlreadyEnded, NotYetAccepted, SetByLaw, NotNarrower, NothingChosen, EndInThePast.
    """
    require_open(machtiging, door, now)
    require_voluntary(machtiging)
    if not isinstance(machtiging.status, STANDING):
        raise errors.NotYetAccepted
    added = [part for make in _NARROWINGS if (part := make(machtiging, inperking, now)) is not None]
    if not added:
        raise errors.NotNarrower
    return replace(machtiging, beperkingen=(*machtiging.beperkingen, *added), voorstel=None)


def _services(machtiging: Machtiging, inperking: Inperking, _now: datetime) -> Beperking | None:
    if inperking.diensten is None:
        return None
    left = tuple(DienstId(value) for value in dict.fromkeys(inperking.diensten))
    if not left:
        raise errors.NothingChosen
    if not all(machtiging.covers(dienst) for dienst in left):
        raise errors.NotNarrower
    return AlleenDiensten(left) if set(left) != set(machtiging.diensten) else None


def _actions(machtiging: Machtiging, inperking: Inperking, _now: datetime) -> Beperking | None:
    left = inperking.handelingen
    if left is None:
        return None
    if not left:
        raise errors.NothingChosen
    if not left <= machtiging.handelingen:
        raise errors.NotNarrower
    return AlleenHandelingen(left) if left != machtiging.handelingen else None


def _period(machtiging: Machtiging, inperking: Inperking, now: datetime) -> Beperking | None:
    until = inperking.geldig_tot
    if until is None or until == last_moment(machtiging):
        return None
    if until > last_moment(machtiging):
        raise errors.NotNarrower
    if until <= now:
        raise errors.EndInThePast
    if until <= machtiging.geldig_van:
        raise errors.EndBeforeStart
    return Periode(machtiging.geldig_van, until)


def _case(machtiging: Machtiging, inperking: Inperking, _now: datetime) -> Beperking | None:
    if inperking.zaak is None or inperking.zaak == machtiging.zaak:
        return None
    if machtiging.zaak is not None:
        raise errors.NotNarrower
    return AlleenZaak(inperking.zaak)


def _purposes(machtiging: Machtiging, inperking: Inperking, _now: datetime) -> Beperking | None:
    left, before = inperking.doelen, machtiging.doelen
    if left is None or left == before:
        return None
    if not left:
        raise errors.NothingChosen
    if before is not None and not left <= before:
        raise errors.NotNarrower
    return AlleenDoelen(left)


def _level(machtiging: Machtiging, inperking: Inperking, _now: datetime) -> Beperking | None:
    wanted = inperking.min_niveau
    if wanted is None or wanted is machtiging.min_niveau:
        return None
    if not wanted.reaches(machtiging.min_niveau):
        raise errors.NotNarrower
    return MinNiveau(wanted)


def _uses(machtiging: Machtiging, inperking: Inperking, _now: datetime) -> Beperking | None:
    limit, before = inperking.max_gebruik, machtiging.max_gebruik
    if limit is None or limit == before:
        return None
    if before is not None and limit > before:
        raise errors.NotNarrower
    return MaxGebruik(limit)


_NARROWINGS: tuple[Callable[[Machtiging, Inperking, datetime], Beperking | None], ...] = (
    _services, _actions, _period, _case, _purposes, _level, _uses,
)  # fmt: skip


def extend(
    machtiging: Machtiging, geldig_tot: datetime, door: PartijId, niveau: Niveau, now: datetime
) -> Machtiging:
    """Propose a later end, or agree to the one that the other side proposed: then it holds.

    Who gives it does so at the level at which it was registered: a longer power is the same power.

    Raises NotFound, AlreadyEnded, NotActive, SetByLaw, NotLater, PeriodTooLong, LevelTooLow.
    """
    rol = require_open(machtiging, door, now)
    require_voluntary(machtiging)
    if not isinstance(machtiging.status, Actief):
        raise errors.NotActive
    if geldig_tot <= last_moment(machtiging):
        raise errors.NotLater
    if geldig_tot > years_later(now, MAXIMUM_YEARS):
        raise errors.PeriodTooLong
    if rol is Rol.VERTEGENWOORDIGDE:
        check_niveau(niveau, machtiging.min_niveau)
        check_niveau(niveau, machtiging.niveau)
    proposed = open_proposal(machtiging, now)
    if proposed is None or proposed.door is rol or proposed.geldig_tot != geldig_tot:
        return replace(machtiging, voorstel=Verlengingsvoorstel(geldig_tot, rol, now))
    return lasting_until(machtiging, geldig_tot)


def lasting_until(machtiging: Machtiging, geldig_tot: datetime) -> Machtiging:
    """What it is once both sides agreed to this end: nothing else in it changes."""
    others = tuple(part for part in machtiging.beperkingen if not isinstance(part, Periode))
    periode = Periode(machtiging.geldig_van, geldig_tot)
    return replace(machtiging, beperkingen=(*others, periode), voorstel=None)


def open_proposal(machtiging: Machtiging, now: datetime) -> Verlengingsvoorstel | None:
    """The proposal to extend that still waits for an answer."""
    proposed = machtiging.voorstel
    if proposed is None or now >= proposed.op + PROPOSAL_VALID_FOR:
        return None
    return proposed if isinstance(status_at(machtiging, now), STANDING) else None


def refuse_extension(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """Turn a proposal down, or take one's own back. Raises NotFound, AlreadyEnded, NothingProposed."""
    require_open(machtiging, door, now)
    if open_proposal(machtiging, now) is None:
        raise errors.NothingProposed
    return replace(machtiging, voorstel=None)


def pause(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """Nothing can be done with it for a while. Raises NotFound, AlreadyEnded, NotActive, SetByLaw."""
    rol = require_open(machtiging, door, now)
    require_voluntary(machtiging)
    if not isinstance(machtiging.status, Actief):
        raise errors.NotActive
    return replace(machtiging, status=Gepauzeerd(op=now, door=rol))


def resume(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """Only the side that paused it lets it go on. Raises NotFound, AlreadyEnded, NotPaused, WrongRole."""
    rol = require_open(machtiging, door, now)
    if not isinstance(machtiging.status, Gepauzeerd):
        raise errors.NotPaused
    if machtiging.status.door is not rol:
        raise errors.WrongRole
    return replace(machtiging, status=Actief(sinds=now))


def contest(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """Freeze it until somebody has judged it; a power by law too. Raises NotFound,
    AlreadyEnded, NotActive."""
    rol = require_open(machtiging, door, now)
    if not isinstance(machtiging.status, Actief | Gepauzeerd):
        raise errors.NotActive
    return replace(machtiging, status=Betwist(op=now, door=rol, was=machtiging.status))


def settle_contest(machtiging: Machtiging, *, stands: bool, now: datetime) -> Machtiging:
    """The judgement: it goes on as it was, or it ends. Raises AlreadyEnded, NotContested."""
    if isinstance(status_at(machtiging, now), ENDED):
        raise errors.AlreadyEnded
    if not isinstance(machtiging.status, Betwist):
        raise errors.NotContested
    if not stands:
        return end(machtiging, "contested", now)
    return replace(machtiging, status=machtiging.status.was)
