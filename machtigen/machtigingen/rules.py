"""Pure decisions about machtigingen: (facts, now) to a new state, an error or a decision.

Sources: Awb 2:1 (anyone may be represented), BW 3:72 (how a power ends), eToegang (at most five
years; registered at most at one's own level), GDI MV01 (either side may start, the other confirms).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from machtigen import errors
from machtigen.diensten.model import Dienst, DienstId, Grond, Niveau
from machtigen.machtigingen.asking import (
    DEFAULT_PERIOD,
    MAXIMUM_YEARS,
    asked_functie,
    asked_niveau,
    check_diensten,
    check_niveau,
    check_period,
    needed_niveau,
    restrictions_of,
    years_earlier,
    years_later,
)
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.codes import VALID_FOR
from machtigen.machtigingen.errors import JointConfirmationPending
from machtigen.machtigingen.model import (
    ENDED,
    STANDING,
    Aangevraagd,
    Aanvraag,
    Actief,
    Beeindigd,
    Besluit,
    Gepauzeerd,
    Geweigerd,
    Ingetrokken,
    Machtiging,
    Medebevestiging,
    Opgezegd,
    Rol,
)
from machtigen.machtigingen.overlap import covered, is_over, last_moment, require_new, status_at
from machtigen.partijen.model import PartijId

__all__ = [  # what is asked is part of the rules, in a module of its own
    "DEFAULT_PERIOD", "MAXIMUM_YEARS", "acties", "check_diensten", "check_niveau", "check_period", "confirm",
    "covered", "decide", "decline", "end", "expire", "is_over", "last_moment", "may_answer", "needed_niveau",
    "renounce", "request", "require_new", "require_open", "require_voluntary", "revoke", "status_at",
    "usable", "years_earlier", "years_later",
]  # fmt: skip


def request(
    aanvraag: Aanvraag,
    known: Mapping[DienstId, Dienst],
    *,
    identifier: str,
    door: PartijId,
    rol: Rol,
    niveau: Niveau,
    code_hash: bytes,
    now: datetime,
    grond: Grond = Grond.MACHTIGING,
) -> Machtiging:
    """A request by either side, waiting for the other. Nobody is named: whoever holds the code answers.

    When the represented person asks, the level is theirs; otherwise it is set when they confirm, and
    until then it is what the services need. `grond`: that of the power itself, when this passes one on.
    """
    diensten = check_diensten(aanvraag, known, grond)
    functie, gericht_functie = asked_functie(aanvraag, door, rol)
    periode = check_period(aanvraag, now)
    needed = asked_niveau(aanvraag, (known[dienst] for dienst in diensten))
    granted = check_niveau(niveau, needed) if rol is Rol.VERTEGENWOORDIGDE else needed
    code_end = min(now + VALID_FOR, periode.geldig_tot)
    return Machtiging(
        id=identifier,
        initiatief=rol,
        aanvrager=door,
        wederpartij=None,
        beperkingen=restrictions_of(aanvraag, diensten, periode, needed),
        niveau=granted,
        status=Aangevraagd(op=now, code_hash=code_hash, code_geldig_tot=code_end),
        label=aanvraag.label,
        functie=functie,
        gericht_aan=aanvraag.organisatie,
        gericht_functie=gericht_functie,
    )


def may_answer(machtiging: Machtiging, door: PartijId, now: datetime) -> bool:
    """Whether this party may answer with a correct code: it is open, for them, and not their own request."""
    is_open = isinstance(status_at(machtiging, now), Aangevraagd) and machtiging.wederpartij is None
    return is_open and machtiging.aanvrager != door and machtiging.gericht_aan in {None, door}


def confirm(
    machtiging: Machtiging,
    door: PartijId,
    niveau: Niveau,
    existing: Sequence[Machtiging],
    now: datetime,
    joint: Medebevestiging | None = None,
) -> Machtiging:
    """The other side confirms: a machtiging. `existing`: what already stands between these two.

    When the representative asked, it is the represented person who confirms, at their level. `joint`: who
    must agree with that besides; until they did, it stays open.
    """
    if not may_answer(machtiging, door, now):
        raise errors.CodeUnknown
    if machtiging.bevestiging is not None and not machtiging.bevestiging.is_compleet:
        raise JointConfirmationPending
    answered = replace(machtiging, wederpartij=door, bevestiging=joint or machtiging.bevestiging)
    if joint is None or joint.is_compleet:
        answered = replace(answered, status=Actief(sinds=now))
    if answered.initiatief is Rol.VERTEGENWOORDIGER:
        answered = replace(answered, niveau=check_niveau(niveau, answered.min_niveau))
    if covered(answered, existing, now):
        raise errors.AlreadyAuthorised
    return answered


def decline(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """The other side declines. Reasons are never asked."""
    if not may_answer(machtiging, door, now):
        raise errors.CodeUnknown
    return replace(machtiging, wederpartij=door, status=Geweigerd(op=now))


def revoke(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """The represented person ends it at once (BW 3:72); before an answer, who asked withdraws it."""
    rol = require_open(machtiging, door, now)
    require_voluntary(machtiging)
    if isinstance(machtiging.status, STANDING) and rol is not Rol.VERTEGENWOORDIGDE:
        raise errors.WrongRole
    return replace(machtiging, status=Ingetrokken(op=now, door=rol))


def renounce(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """The representative gives it up (BW 3:72)."""
    rol = require_open(machtiging, door, now)
    require_voluntary(machtiging)
    if rol is not Rol.VERTEGENWOORDIGER:
        raise errors.WrongRole
    if isinstance(machtiging.status, Aangevraagd):
        raise errors.NotYetAccepted
    return replace(machtiging, status=Opgezegd(op=now))


def end(machtiging: Machtiging, reden: str, now: datetime) -> Machtiging:
    """Ended by law or by an event, by neither side."""
    if isinstance(status_at(machtiging, now), ENDED):
        raise errors.AlreadyEnded
    return replace(machtiging, status=Beeindigd(op=now, reden=reden))


def expire(machtiging: Machtiging, now: datetime) -> Machtiging:
    """Write down that time ended it; unchanged when it did not."""
    return replace(machtiging, status=status_at(machtiging, now))


def require_voluntary(machtiging: Machtiging) -> None:
    """A power that the law or a court gave is changed at its source. Raises SetByLaw."""
    if not machtiging.is_vrijwillig:
        raise errors.SetByLaw


def require_open(machtiging: Machtiging, door: PartijId, now: datetime) -> Rol:
    """The role of who acts, in a machtiging that has not ended. Raises NotFound, AlreadyEnded."""
    rol = machtiging.role_of(door)
    if rol is None:
        raise errors.NotFound
    if isinstance(status_at(machtiging, now), ENDED):
        raise errors.AlreadyEnded
    return rol


def acties(machtiging: Machtiging, rol: Rol, now: datetime) -> tuple[str, ...]:
    """What a party in this role may do now; only acts that work."""
    status = status_at(machtiging, now)
    if isinstance(status, Aangevraagd):
        return ("intrekken",) if rol is machtiging.initiatief else ()
    if not isinstance(status, STANDING):
        return ()
    acts = []
    if machtiging.is_vrijwillig:
        acts += ["intrekken"] if rol is Rol.VERTEGENWOORDIGDE else ["opzeggen"]
        acts.append("beperken")
        if isinstance(status, Actief):
            acts += ["verlengen", "pauzeren"]
        if isinstance(status, Gepauzeerd) and status.door is rol:
            acts.append("hervatten")
    if isinstance(status, Actief) and rol is Rol.VERTEGENWOORDIGER and machtiging.max_diepte > 0:
        acts.append("doormachtigen")
    return (*acts, "betwisten") if isinstance(status, Actief | Gepauzeerd) else tuple(acts)


def decide(machtiging: Machtiging, vraag: Vraag) -> Besluit:
    """Whether the representative may do this now: active, and no restriction refuses. All reasons."""
    reasons: list[str] = []
    status = status_at(machtiging, vraag.now)
    if not isinstance(status, Actief):
        reasons.append(f"status-{status.naam}")
    elif machtiging.lease_tot is not None and vraag.now >= machtiging.lease_tot:
        reasons.append("lease-ended")
    reasons += [reason for part in machtiging.beperkingen if (reason := part.refuses(vraag))]
    return Besluit(allowed=not reasons, reasons=tuple(reasons))


def usable(machtiging: Machtiging, dienst: Dienst, now: datetime) -> bool:
    """Whether a representative could rely on it at this service at `now`, at the service's present rules.

    Case and login level are judged by who knows them; the registered level must suffice. Of a chain this
    is one link; `keten.usable` judges all.
    """
    if not isinstance(status_at(machtiging, now), Actief) or now < machtiging.geldig_van:
        return False
    if now >= machtiging.geldig_tot:  # a lease that was not renewed
        return False
    limit = machtiging.max_gebruik
    accepted = dienst.machtigbaar and machtiging.grond in dienst.gronden
    return (
        accepted
        and machtiging.covers(dienst.id)
        and bool(machtiging.handelingen & dienst.handelingen)
        and machtiging.niveau.reaches(dienst.min_niveau)
        and (limit is None or machtiging.gebruikt < limit)
    )
