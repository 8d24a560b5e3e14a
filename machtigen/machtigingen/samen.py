"""Pure rules of deciding jointly: how many must agree, and what one agreement changes.

Sources: BW 1:253a and 1:253i (parents decide together; without the other one may act alone where the
source says that one has authority alone), BW 2:240 (joint directors, by the articles of association).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from machtigen.diensten.model import Dienst, Grond, Niveau
from machtigen.machtigingen.errors import NobodyLeftToDecide, NothingToConfirm
from machtigen.machtigingen.model import (
    STANDING,
    Aangevraagd,
    Actief,
    Beeindigd,
    Geweigerd,
    Machtiging,
    Medebevestiging,
)
from machtigen.machtigingen.rules import check_niveau, status_at
from machtigen.partijen.model import PartijId

AS_MANY_AS_THERE_ARE = frozenset({Grond.GEZAG, Grond.VOOGDIJ})  # the source says who has authority alone
WITHDRAWN = "joint-consent-withdrawn"
NOBODY_LEFT = "nobody-left-to-decide"


def needed(grond: Grond, diensten: Iterable[Dienst], holders: int) -> int:
    """How many holders of a power on this ground must agree at these services; 1: nobody else."""
    asked = max((dienst.quorum.get(grond, 1) for dienst in diensten), default=1)
    return min(asked, max(holders, 1)) if grond in AS_MANY_AS_THERE_ARE else asked


def circle(
    nodig: int, holders: Collection[PartijId], door: PartijId, now: datetime
) -> Medebevestiging | None:
    """Who must agree with what `door` does: None when nobody else. Raises NobodyLeftToDecide."""
    if nodig <= 1:
        return None
    asked = Medebevestiging(nodig, tuple(sorted(holders)))
    if not asked.can_be_complete:
        raise NobodyLeftToDecide
    return asked.agree(door, now) if asked.waits_for(door) else asked


def acties(machtiging: Machtiging, mens: PartijId, now: datetime) -> tuple[str, ...]:
    """What this person may do as one of those who decide on it."""
    joint, status = machtiging.bevestiging, status_at(machtiging, now)
    if joint is None or mens not in joint.kring:
        return ()
    if isinstance(status, Aangevraagd) and joint.waits_for(mens):
        return ("medebevestigen", "medeweigeren")
    return ("medeweigeren",) if isinstance(status, (Aangevraagd, *STANDING)) else ()


def agree(
    machtiging: Machtiging, mens: PartijId, niveau: Niveau, holders: Collection[PartijId], now: datetime
) -> Machtiging:
    """One more agrees. Active when all who must did, and the other side had confirmed already.

    `holders`: who holds the joint power now; who left no longer counts. Raises NothingToConfirm,
    LevelTooLow, NobodyLeftToDecide.
    """
    joint = machtiging.bevestiging
    if joint is None or not isinstance(status_at(machtiging, now), Aangevraagd):
        raise NothingToConfirm
    left = joint.only(holders)
    if not left.waits_for(mens):
        raise NothingToConfirm
    if not left.can_be_complete:
        raise NobodyLeftToDecide
    check_niveau(niveau, machtiging.min_niveau)
    agreed = left.agree(mens, now)
    effective = agreed.is_compleet and machtiging.wederpartij is not None
    status = Actief(sinds=now) if effective else machtiging.status
    return replace(machtiging, bevestiging=agreed, status=status)


def refuse(
    machtiging: Machtiging, mens: PartijId, holders: Collection[PartijId], now: datetime
) -> Machtiging:
    """One of them refuses: it is declined; or, when it stands, it ends. Raises NothingToConfirm."""
    joint, status = machtiging.bevestiging, status_at(machtiging, now)
    if joint is None or mens not in joint.kring or mens not in holders:
        raise NothingToConfirm
    if isinstance(status, Aangevraagd):
        return replace(machtiging, status=Geweigerd(op=now))
    if isinstance(status, STANDING):
        return replace(machtiging, status=Beeindigd(op=now, reden=WITHDRAWN))
    raise NothingToConfirm


def nobody_left(machtiging: Machtiging, holders: Collection[PartijId], now: datetime) -> bool:
    """Whether it waits for agreement that can no longer come."""
    joint = machtiging.bevestiging
    waits = (
        isinstance(status_at(machtiging, now), Aangevraagd) and joint is not None and not joint.is_compleet
    )
    return waits and joint is not None and not joint.only(holders).can_be_complete
