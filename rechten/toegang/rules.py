"""The decision about a read: (question, facts, now) → Decision. Pure; refuses unless all rules allow.

1. The purpose is registered (AVG 5(1)(b)).
2. The purpose holds now: begun and not ended.
3. The token, when a person asks, names this purpose.
4. The token covers the action: `informatie_opvragen` to read, `zaken_regelen` to file a proposal.
5. The machtiging behind the token has not ended.
6. A ground of use of this register for this consumer and purpose holds now.
7. Released is the intersection of what is asked, what the register keeps, what the purpose names, what
   the ground grants, and what the machtiging is limited to. Each other asked category is refused by
   the first rule that excludes it.

Rules 1 to 6 are judged together: the answer names every rule that refuses.
"""

from __future__ import annotations

from datetime import datetime

from rechten.doelen.model import Doel
from rechten.logboek.model import Weigering
from rechten.registers.model import Gebruiksgrond
from rechten.toegang.model import Decision, Feiten, Vraag

PURPOSE_NOT_REGISTERED = "purpose-not-registered"
PURPOSE_NOT_CURRENT = "purpose-not-current"
PURPOSE_NOT_IN_TOKEN = "purpose-not-in-token"
ACTION_NOT_ALLOWED = "action-not-allowed"
MACHTIGING_ENDED = "machtiging-ended"
NO_GROUND = "no-ground-for-use"
CATEGORY_UNKNOWN = "category-unknown"
CATEGORY_NOT_IN_PURPOSE = "category-not-in-purpose"
CATEGORY_NOT_GRANTED = "category-not-granted"
CATEGORY_NOT_IN_MACHTIGING = "category-not-in-machtiging"

REASONS = (
    PURPOSE_NOT_REGISTERED,
    PURPOSE_NOT_CURRENT,
    PURPOSE_NOT_IN_TOKEN,
    ACTION_NOT_ALLOWED,
    MACHTIGING_ENDED,
    NO_GROUND,
)
CATEGORY_REASONS = (
    CATEGORY_UNKNOWN,
    CATEGORY_NOT_IN_PURPOSE,
    CATEGORY_NOT_GRANTED,
    CATEGORY_NOT_IN_MACHTIGING,
)


def decide(vraag: Vraag, feiten: Feiten, now: datetime) -> Decision:
    """May these categories be released to this consumer for this purpose, at `now`?"""
    grond = _ground(vraag, feiten, now)
    reasons = (
        _purpose_reasons(feiten.doel, now)  # 1, 2
        + _token_reasons(vraag, now)  # 3, 4, 5
        + (() if grond else (NO_GROUND,))  # 6
    )
    if reasons or feiten.doel is None or grond is None:
        return Decision(allowed=False, reasons=reasons, refused=_all_refused(vraag, reasons))
    asked = vraag.categorieen
    if asked is None:
        asked = feiten.doel.categorieen & vraag.register.categorie_ids()
    excluded = {categorie: _excluded(categorie, vraag, feiten.doel, grond) for categorie in asked}  # 7
    refused = tuple(
        Weigering(categorie, reason) for categorie, reason in sorted(excluded.items()) if reason is not None
    )
    given = frozenset(categorie for categorie, reason in excluded.items() if reason is None)
    return Decision(allowed=True, reasons=(), categories=given, refused=refused, gebruiksgrond=grond)


def _purpose_reasons(doel: Doel | None, now: datetime) -> tuple[str, ...]:
    if doel is None:
        return (PURPOSE_NOT_REGISTERED,)
    if now < doel.geldig_van or (doel.geldig_tot is not None and doel.geldig_tot <= now):
        return (PURPOSE_NOT_CURRENT,)
    return ()


def _token_reasons(vraag: Vraag, now: datetime) -> tuple[str, ...]:
    bevoegdheid = vraag.bevoegdheid
    if bevoegdheid is None:
        return ()
    reasons: list[str] = []
    if vraag.doel not in bevoegdheid.doelen:
        reasons.append(PURPOSE_NOT_IN_TOKEN)
    if vraag.handeling not in bevoegdheid.actions:
        reasons.append(ACTION_NOT_ALLOWED)
    if bevoegdheid.geldig_tot is not None and bevoegdheid.geldig_tot <= now:
        reasons.append(MACHTIGING_ENDED)
    return tuple(reasons)


def _ground(vraag: Vraag, feiten: Feiten, now: datetime) -> Gebruiksgrond | None:
    """The ground that holds now; of several the one that grants most, then the newest."""
    holding = [
        grond
        for grond in feiten.gronden
        if grond.afnemer == vraag.afnemer and grond.doel == vraag.doel and grond.holds_at(now)
    ]
    return max(holding, key=lambda grond: (len(grond.categorieen), grond.geldig_van), default=None)


def _excluded(categorie: str, vraag: Vraag, doel: Doel, grond: Gebruiksgrond) -> str | None:
    if categorie not in vraag.register.categorie_ids():
        return CATEGORY_UNKNOWN
    if categorie not in doel.categorieen:
        return CATEGORY_NOT_IN_PURPOSE
    if categorie not in grond.categorieen:
        return CATEGORY_NOT_GRANTED
    limits = vraag.bevoegdheid.datatypes if vraag.bevoegdheid else frozenset()
    if limits and categorie not in limits:
        return CATEGORY_NOT_IN_MACHTIGING
    return None


def _all_refused(vraag: Vraag, reasons: tuple[str, ...]) -> tuple[Weigering, ...]:
    asked = (vraag.categorieen or frozenset()) & vraag.register.categorie_ids()
    return tuple(Weigering(categorie, reasons[0]) for categorie in sorted(asked))
