"""Pure decisions about machtigingen: (facts, now) to a new state, an error or a decision.

Sources: Awb 2:1 (anyone may be represented), BW 3:72 (how a power ends), eToegang (at most five
years; registered at most at one's own level), GDI MV01 (either side may start, the other confirms).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from machtigen import errors
from machtigen.diensten.model import Dienst, DienstId, Grond, Niveau
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    MinNiveau,
    Periode,
    Vraag,
)
from machtigen.machtigingen.codes import VALID_FOR
from machtigen.machtigingen.dagen import day_of
from machtigen.machtigingen.model import (
    ENDED,
    Aangevraagd,
    Aanvraag,
    Actief,
    Beeindigd,
    Besluit,
    Geweigerd,
    Ingetrokken,
    Machtiging,
    Opgezegd,
    Rol,
    Status,
    Verlopen,
)
from machtigen.partijen.model import PartijId

MAXIMUM_YEARS = 5
DEFAULT_PERIOD = timedelta(days=365)


def years_later(moment: datetime, years: int) -> datetime:
    """The same day and time `years` later; 29 February becomes 1 March."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)


def check_period(aanvraag: Aanvraag, now: datetime) -> Periode:
    """The period asked for. It may start earlier today, never before; it lasts at most five years."""
    start = aanvraag.geldig_van or now
    if start < now:
        if day_of(start) < day_of(now):
            raise errors.StartInThePast
        start = now
    if aanvraag.geldig_tot <= now:
        raise errors.EndInThePast
    if aanvraag.geldig_tot <= start:
        raise errors.EndBeforeStart
    if aanvraag.geldig_tot > years_later(start, MAXIMUM_YEARS):
        raise errors.PeriodTooLong
    return Periode(start, aanvraag.geldig_tot)


def check_diensten(aanvraag: Aanvraag, known: Mapping[DienstId, Dienst]) -> tuple[DienstId, ...]:
    """The services asked for: each exists, can be delegated by oneself, and offers every action."""
    chosen = tuple(dict.fromkeys(DienstId(value) for value in aanvraag.diensten))
    if not chosen or not aanvraag.handelingen:
        raise errors.NothingChosen
    for identifier in chosen:
        dienst = known.get(identifier)
        if dienst is None:
            raise errors.ServiceUnknown
        if not dienst.machtigbaar:
            raise errors.ServiceNotDelegable
        if Grond.MACHTIGING not in dienst.gronden:
            raise errors.GroundNotAccepted
        if not aanvraag.handelingen <= dienst.handelingen:
            raise errors.ActionNotOffered
    return chosen


def needed_niveau(diensten: Iterable[Dienst]) -> Niveau:
    """The highest level that any of these services asks."""
    return max(
        (dienst.min_niveau for dienst in diensten), key=lambda niveau: niveau.rank, default=Niveau.LAAG
    )


def check_niveau(niveau: Niveau, needed: Niveau) -> Niveau:
    """A power is registered at the level of the one who gives it; that must be enough for its services."""
    if not niveau.reaches(needed):
        raise errors.LevelTooLow
    return niveau


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
) -> Machtiging:
    """A request by either side, waiting for the other. Nobody is named: whoever holds the code answers.

    When the represented person asks, the level is theirs; otherwise it is set when they confirm, and
    until then it is what the services need.
    """
    if aanvraag.organisatie:
        raise errors.OrganisationNotSupported
    diensten = check_diensten(aanvraag, known)
    periode = check_period(aanvraag, now)
    needed = needed_niveau(known[dienst] for dienst in diensten)
    granted = check_niveau(niveau, needed) if rol is Rol.VERTEGENWOORDIGDE else needed
    beperkingen: tuple[Beperking, ...] = (
        AlleenDiensten(diensten),
        AlleenHandelingen(aanvraag.handelingen),
        periode,
        MinNiveau(needed),
    )
    if aanvraag.zaak is not None:
        beperkingen = (*beperkingen, AlleenZaak(aanvraag.zaak))
    code_end = min(now + VALID_FOR, periode.geldig_tot)
    return Machtiging(
        id=identifier,
        initiatief=rol,
        aanvrager=door,
        wederpartij=None,
        beperkingen=beperkingen,
        niveau=granted,
        status=Aangevraagd(op=now, code_hash=code_hash, code_geldig_tot=code_end),
        label=aanvraag.label,
    )


def status_at(machtiging: Machtiging, now: datetime) -> Status:
    """The state at `now`: time ends a machtiging whether or not anything wrote that down."""
    status = machtiging.status
    if isinstance(status, Actief) and now >= machtiging.geldig_tot:
        return Verlopen(op=machtiging.geldig_tot)
    if isinstance(status, Aangevraagd) and now >= status.code_geldig_tot:
        return Verlopen(op=status.code_geldig_tot)
    return status


def may_answer(machtiging: Machtiging, door: PartijId, now: datetime) -> bool:
    """Whether this person may answer with a correct code: it is open, and not their own request."""
    return isinstance(status_at(machtiging, now), Aangevraagd) and machtiging.aanvrager != door


def confirm(
    machtiging: Machtiging,
    door: PartijId,
    niveau: Niveau,
    existing: Sequence[Machtiging],
    now: datetime,
) -> Machtiging:
    """The other side confirms: a machtiging. `existing`: what already stands between these two.

    When the representative asked, it is the represented person who confirms, at their level.
    """
    if not may_answer(machtiging, door, now):
        raise errors.CodeUnknown
    answered = replace(machtiging, wederpartij=door, status=Actief(sinds=now))
    if answered.initiatief is Rol.VERTEGENWOORDIGER:
        answered = replace(answered, niveau=check_niveau(niveau, answered.min_niveau))
    if covered(answered, existing, now):
        raise errors.AlreadyAuthorised
    return answered


def covered(new: Machtiging, existing: Sequence[Machtiging], now: datetime) -> bool:
    """Whether what is active between the same two already gives every action at every service of `new`.

    One that ends before the new one starts does not count: that is how a power is continued.
    """

    def gives(other: Machtiging, dienst: DienstId) -> bool:
        return (
            isinstance(status_at(other, now), Actief)
            and other.id != new.id
            and (other.vertegenwoordigde, other.vertegenwoordiger)
            == (new.vertegenwoordigde, new.vertegenwoordiger)
            and dienst in other.diensten
            and new.handelingen <= other.handelingen
            and other.zaak in {None, new.zaak}
            and other.geldig_van < new.geldig_tot
            and new.geldig_van < other.geldig_tot
        )

    return all(any(gives(other, dienst) for other in existing) for dienst in new.diensten)


def decline(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """The other side declines. Reasons are never asked."""
    if not may_answer(machtiging, door, now):
        raise errors.CodeUnknown
    return replace(machtiging, wederpartij=door, status=Geweigerd(op=now))


def revoke(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """The represented person ends it at once (BW 3:72); before an answer, who asked withdraws it."""
    rol = _require_open(machtiging, door, now)
    if isinstance(machtiging.status, Actief) and rol is not Rol.VERTEGENWOORDIGDE:
        raise errors.WrongRole
    return replace(machtiging, status=Ingetrokken(op=now, door=rol))


def renounce(machtiging: Machtiging, door: PartijId, now: datetime) -> Machtiging:
    """The representative gives it up (BW 3:72)."""
    rol = _require_open(machtiging, door, now)
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


def _require_open(machtiging: Machtiging, door: PartijId, now: datetime) -> Rol:
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
    if isinstance(status, Actief):
        return ("intrekken",) if rol is Rol.VERTEGENWOORDIGDE else ("opzeggen",)
    return ()


def decide(machtiging: Machtiging, vraag: Vraag) -> Besluit:
    """Whether the representative may do this now: active, and no restriction refuses. All reasons."""
    reasons: list[str] = []
    status = status_at(machtiging, vraag.now)
    if not isinstance(status, Actief):
        reasons.append(f"status-{status.naam}")
    reasons += [reason for part in machtiging.beperkingen if (reason := part.refuses(vraag))]
    return Besluit(allowed=not reasons, reasons=tuple(reasons))


def usable(machtiging: Machtiging, dienst: Dienst, now: datetime) -> bool:
    """Whether a representative could rely on it at this service at `now`, at the service's present rules.

    Case and login level are judged by who knows them; the registered level must suffice.
    """
    if not isinstance(status_at(machtiging, now), Actief) or now < machtiging.geldig_van:
        return False
    accepted = dienst.machtigbaar and machtiging.grond in dienst.gronden
    return (
        accepted
        and dienst.id in machtiging.diensten
        and bool(machtiging.handelingen & dienst.handelingen)
        and machtiging.niveau.reaches(dienst.min_niveau)
    )
