"""Pure decisions of the registry: what may be registered, and whether a translation is allowed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import rfc8785

from keys.doelen.model import Actor, DirectionFacts, Doel, DoelInhoud, Gebruiksgrond
from keys.errors import (
    ActorEnded,
    DirectionNotRegistered,
    InvalidActor,
    InvalidDoel,
    InvalidDomein,
    InvalidGebruiksgrond,
    KeyRevoked,
    OriginIsNoTarget,
    PurposeEnded,
    PurposeNotRegistered,
    SameDomain,
)
from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep.names import Context, Domain, is_actor, is_slug

ORIGIN_SUB_ACTOR = "identiteit"
_DURATION = re.compile(r"P(?:[0-9]{1,4}[YMWD])+", re.ASCII)


def check_actor(actor: Actor) -> Actor:
    """An OIN of 20 digits, a sub-actor that is a slug, at least one public key. Raises InvalidActor."""
    if not is_actor(actor.id) or not actor.naam.strip() or not actor.jwks.get("keys"):
        raise InvalidActor
    return actor


def canonical(inhoud: DoelInhoud) -> bytes:
    """The content of a version in the canonical form of RFC 8785."""
    return rfc8785.dumps(content(inhoud))


def content(inhoud: DoelInhoud) -> dict[str, Any]:
    """The content as JSON members; times in UTC to the second."""
    return {
        **{name: getattr(inhoud, name) for name in ("id", "naam", "uitleg", "naam_en", "uitleg_en")},
        "wettelijke_grondslag": inhoud.wettelijke_grondslag,
        "avg_grondslag": inhoud.avg_grondslag,
        "categorieen": list(inhoud.categorieen),
        "bewaartermijn": inhoud.bewaartermijn,
        "geldig_van": _instant(inhoud.geldig_van),
        "geldig_tot": _instant(inhoud.geldig_tot),
        "goedgekeurd_door": list(inhoud.goedgekeurd_door),
    }


def digest(inhoud: DoelInhoud) -> str:
    """SHA-256 of the canonical form, in hex: what names this version beyond doubt."""
    return hashlib.sha256(canonical(inhoud)).hexdigest()


def check_doel(inhoud: DoelInhoud) -> DoelInhoud:
    """Two different approvers, a legal ground, a retention, a period that can be. Raises InvalidDoel."""
    approvers = {name.strip() for name in inhoud.goedgekeurd_door}
    sound = (
        is_slug(inhoud.id)
        and inhoud.naam.strip()
        and inhoud.wettelijke_grondslag.strip()
        and inhoud.avg_grondslag.strip()
        and _DURATION.fullmatch(inhoud.bewaartermijn)
        and len(approvers) >= 2
        and "" not in approvers
        and _is_period(inhoud.geldig_van, inhoud.geldig_tot)
    )
    if not sound:
        raise InvalidDoel
    return inhoud


def publish(inhoud: DoelInhoud, current: Doel | None) -> Doel:
    """The next version; the current one itself when it says the same."""
    check_doel(inhoud)
    if current is not None and current.digest == digest(inhoud):
        return current
    return Doel(inhoud, 1 if current is None else current.versie + 1, digest(inhoud))


def is_current(doel: Doel, now: datetime) -> bool:
    """Whether the version is valid now."""
    ends = [end for end in (doel.inhoud.geldig_tot, doel.beeindigd_per) if end is not None]
    return doel.inhoud.geldig_van <= now and all(now < end for end in ends)


def check_domein(domain: Domain, registered: Iterable[Domain]) -> Domain:
    """There is one origin actor, `…:identiteit`, and no other may claim factor 1. Raises InvalidDomein."""
    if not domain.is_origin:
        return domain
    claimed = {other.actor for other in registered if other.is_origin}
    if not domain.actor.endswith(f":{ORIGIN_SUB_ACTOR}") or not claimed <= {domain.actor}:
        raise InvalidDomein
    return domain


def check_gebruiksgrond(grond: Gebruiksgrond) -> Gebruiksgrond:
    """Never towards the origin; a period and a limit that can be. Raises InvalidGebruiksgrond."""
    limited = grond.max_per_dag is None or grond.max_per_dag >= 1
    if grond.naar.is_origin or not limited or not _is_period(grond.geldig_van, grond.geldig_tot):
        raise InvalidGebruiksgrond
    return grond


def in_force(grond: Gebruiksgrond, now: datetime) -> bool:
    """Whether a ground of use holds now."""
    ends = [end for end in (grond.geldig_tot, grond.ingetrokken_op) if end is not None]
    return grond.geldig_van <= now and all(now < end for end in ends)


def require_direction(van: Context, naar: Context, facts: DirectionFacts, now: datetime) -> Gebruiksgrond:
    """The ground of use that allows this translation now. In this order:

    1. nothing leads to the origin (OriginIsNoTarget);
    2. within a domain only to a newer version or epoch (SameDomain);
    3. neither actor was withdrawn (ActorEnded), neither key revoked (KeyRevoked);
    4. the purpose is registered (PurposeNotRegistered) and valid now (PurposeEnded);
    5. a gebruiksgrond for exactly this direction and purpose is in force (DirectionNotRegistered).
    """
    if naar.domain.is_origin:
        raise OriginIsNoTarget
    if _within_domain(van, naar) and not _is_newer(van, naar):
        raise SameDomain
    if facts.ended:
        raise ActorEnded
    if facts.revoked:
        raise KeyRevoked
    if facts.doel is None:
        raise PurposeNotRegistered
    if not is_current(facts.doel, now):
        raise PurposeEnded
    for grond in facts.gebruiksgronden:
        if (grond.van, grond.naar) == (van.domain, naar.domain) and in_force(grond, now):
            return grond
    raise DirectionNotRegistered


def _within_domain(van: Context, naar: Context) -> bool:
    return (van.domain.actor, van.domain.doel) == (naar.domain.actor, naar.domain.doel)


def _is_newer(van: Context, naar: Context) -> bool:
    if van.domain.versie == naar.domain.versie:
        return naar.epoch > van.epoch
    return naar.domain.versie > van.domain.versie


def _is_period(start: datetime, end: datetime | None) -> bool:
    return end is None or start < end


def _instant(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def public_keys(jwks: Mapping[str, Any]) -> dict[str, Any]:
    """The public halves of a key set, nothing else. Raises InvalidActor."""
    try:
        return Jwks.parse(jwks).as_dict()
    except UnusableKey as error:
        raise InvalidActor from error
