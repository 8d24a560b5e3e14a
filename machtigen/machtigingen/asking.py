"""Pure checks of what is asked, before it is a machtiging: services, actions, period, level.

Sources: Awb 2:1 (anyone may be represented), eToegang (at most five years; registered at most at one's
own level).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from machtigen import errors
from machtigen.diensten.model import Dienst, DienstId, Grond, Niveau
from machtigen.machtigingen import gronden
from machtigen.machtigingen.beperkingen import (
    AlleenDiensten,
    AlleenDoelen,
    AlleenHandelingen,
    AlleenZaak,
    Beperking,
    MaxDiepte,
    MaxGebruik,
    MinNiveau,
    Periode,
)
from machtigen.machtigingen.dagen import day_of
from machtigen.machtigingen.errors import FunctionNeedsOrganisation, NotCompetent
from machtigen.machtigingen.model import Aanvraag, Rol
from machtigen.partijen.model import PartijId, is_organisation

MAXIMUM_YEARS = 5
DEFAULT_PERIOD = timedelta(days=365)


def years_later(moment: datetime, years: int) -> datetime:
    """The same day and time `years` later; 29 February becomes 1 March."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)


def years_earlier(moment: datetime, years: int) -> datetime:
    """The same day and time `years` before; 29 February becomes 28 February: what began on 1 March has not
    lasted so long yet."""
    try:
        return moment.replace(year=moment.year - years)
    except ValueError:
        return moment.replace(year=moment.year - years, day=28)


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


def check_diensten(
    aanvraag: Aanvraag, known: Mapping[DienstId, Dienst], grond: Grond = Grond.MACHTIGING
) -> tuple[DienstId, ...]:
    """The services asked for: each exists, accepts the ground of the power, and offers every action."""
    chosen = tuple(dict.fromkeys(DienstId(value) for value in aanvraag.diensten))
    if not chosen or not aanvraag.handelingen:
        raise errors.NothingChosen
    for identifier in chosen:
        dienst = known.get(identifier)
        if dienst is None:
            raise errors.ServiceUnknown
        if not dienst.machtigbaar:
            raise errors.ServiceNotDelegable
        if gronden.refuses(grond, dienst.aard) is not None:
            raise NotCompetent
        if grond not in dienst.gronden:
            raise errors.GroundNotAccepted
        if not aanvraag.handelingen <= dienst.handelingen:
            raise errors.ActionNotOffered
    return chosen


def asked_functie(aanvraag: Aanvraag, door: PartijId, rol: Rol) -> tuple[str | None, str | None]:
    """(function in which the other acts for the organisation that gives it, function within the
    organisation that gets it) of what is asked. Raises FunctionNeedsOrganisation."""
    functie = aanvraag.functie
    if functie is None:
        return None, None
    giving = rol is Rol.VERTEGENWOORDIGDE
    holder = aanvraag.organisatie if giving else door
    if holder is not None and is_organisation(holder):
        return None, functie
    if giving and is_organisation(door):
        return functie, None
    raise FunctionNeedsOrganisation


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


def asked_niveau(aanvraag: Aanvraag, diensten: Iterable[Dienst]) -> Niveau:
    """The level to log in at: what the services ask, or more when that is wanted."""
    needed = needed_niveau(diensten)
    wanted = aanvraag.min_niveau or needed
    return max(needed, wanted, key=lambda niveau: niveau.rank)


def restrictions_of(
    aanvraag: Aanvraag, diensten: tuple[DienstId, ...], periode: Periode, needed: Niveau
) -> tuple[Beperking, ...]:
    """What was asked, as restrictions."""
    beperkingen: list[Beperking] = [
        AlleenDiensten(diensten),
        AlleenHandelingen(aanvraag.handelingen),
        periode,
        MinNiveau(needed),
    ]
    if aanvraag.zaak is not None:
        beperkingen.append(AlleenZaak(aanvraag.zaak))
    if aanvraag.doormachtigen:
        beperkingen.append(MaxDiepte(aanvraag.doormachtigen))
    if aanvraag.doelen is not None:
        beperkingen.append(AlleenDoelen(aanvraag.doelen))
    if aanvraag.max_gebruik is not None:
        beperkingen.append(MaxGebruik(aanvraag.max_gebruik))
    return tuple(beperkingen)
