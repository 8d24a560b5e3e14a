"""Pure rules of agreement: what may be asked, what state it is in, and whether it counts for a use.

Source: BW 1:253i (parents with joint authority act together), BW 2:240 (joint directors).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from machtigen import errors
from machtigen.diensten.model import Dienst, Handeling
from machtigen.instemming.model import Gezamenlijk, Instemming
from machtigen.machtigingen import rules, samen
from machtigen.machtigingen.errors import AgreementTooLong, NothingToConfirm
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Actief, Machtiging
from machtigen.partijen.model import PartijId

AT_MOST = timedelta(days=14)
REFUSED, WITHDRAWN = "geweigerd", "ingetrokken"
NOBODY_LEFT = samen.NOBODY_LEFT


def needed(keten: Keten, dienst: Dienst, holders: int) -> int:
    """How many holders must be for a use of this chain; 1: nobody else, as when they agreed to the link."""
    if any(link.bevestiging is not None and link.bevestiging.is_compleet for link in keten.schakels):
        return 1
    return samen.needed(keten.grond, [dienst], holders)


def able(held: Iterable[Machtiging], now: datetime) -> dict[PartijId, str]:
    """Who of the holders can decide now, and by which link: not who is paused, contested or out of lease."""
    return {
        one.vertegenwoordiger: one.id
        for one in held
        if isinstance(rules.status_at(one, now), Actief) and one.geldig_van <= now < one.geldig_tot
    }


def check_period(wanted: datetime | None, now: datetime) -> datetime:
    """Until when: at most fourteen days. Raises EndInThePast, AgreementTooLong."""
    until = wanted or now + AT_MOST
    if until <= now:
        raise errors.EndInThePast
    if until > now + AT_MOST:
        raise AgreementTooLong
    return until


def status_at(instemming: Instemming, now: datetime) -> str:
    """open, verleend (given), geweigerd, ingetrokken, verbruikt (used up) or verlopen."""
    if instemming.einde is not None:
        return instemming.einde
    if instemming.gebruikt >= instemming.aantal:
        return "verbruikt"
    if now >= instemming.geldig_tot:
        return "verlopen"
    return "verleend" if len(instemming.voorstemmers) >= instemming.nodig else "open"


def acties(
    instemming: Instemming, lezer: PartijId, holders: Iterable[PartijId], now: datetime
) -> tuple[str, ...]:
    """What this person may do now."""
    if status_at(instemming, now) not in {"open", "verleend"}:
        return ()
    if lezer == instemming.verzoeker:
        return ("intrekken",)
    if lezer not in set(holders):
        return ()
    return ("weigeren",) if lezer in instemming.voorstemmers else ("instemmen", "weigeren")


def agree(instemming: Instemming, door: PartijId, holders: Iterable[PartijId], now: datetime) -> Instemming:
    """One more is for it. Raises NothingToConfirm."""
    if "instemmen" not in acties(instemming, door, holders, now):
        raise NothingToConfirm
    return replace(instemming, stemmen=(*instemming.stemmen, (door, now)))


def end(instemming: Instemming, door: PartijId, holders: Iterable[PartijId], now: datetime) -> Instemming:
    """Another holder refuses, even who was for it; or the asker withdraws. Raises NothingToConfirm."""
    allowed = acties(instemming, door, holders, now)
    if not {"weigeren", "intrekken"} & set(allowed):
        raise NothingToConfirm
    return replace(instemming, geeindigd_op=now, einde=WITHDRAWN if "intrekken" in allowed else REFUSED)


def counts(
    instemming: Instemming,
    keten: Keten,
    dienst: Dienst,
    zaak: str | None,
    able_now: Mapping[PartijId, str],
    nodig: int,
    now: datetime,
) -> Gezamenlijk | None:
    """What it gives for this use: None unless it is for it, not used up, and enough of those who were for it
    still hold the power."""
    fits = (
        instemming.machtiging == keten.id
        and instemming.dienst == dienst.id
        and instemming.zaak in {None, zaak}
        and status_at(instemming, now) == "verleend"
    )
    joined = sorted(who for who in instemming.voorstemmers if who in able_now)
    if not fits or len(joined) < nodig:
        return None
    others = tuple(who for who in joined if who != instemming.verzoeker)
    return Gezamenlijk(
        instemming=instemming.id,
        handelingen=instemming.handelingen,
        geldig_tot=instemming.geldig_tot,
        medebevoegden=others,
        schakels=tuple(able_now[who] for who in others),
    )


def check_actions(wanted: frozenset[Handeling], keten: Keten, dienst: Dienst) -> frozenset[Handeling]:
    """The actions asked for. Raises NothingChosen, ActionNotOffered."""
    if not wanted:
        raise errors.NothingChosen
    if not wanted <= keten.effectief.handelingen & dienst.handelingen:
        raise errors.ActionNotOffered
    return wanted
