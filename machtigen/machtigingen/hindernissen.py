"""Hindernissen (obstacles): why a power that someone holds does not count at a service. Pure.

For the person who holds it, in words, and for nobody else: a service learns only that there is no choice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from machtigen.diensten.model import Dienst, Handeling, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import ENDED, Actief, Machtiging

OTHER_SERVICE = "service-outside"


def obstacles(
    keten: Keten,
    dienst: Dienst,
    niveau: Niveau,
    now: datetime,
    *,
    needed: Niveau | None = None,
    handelingen: Iterable[Handeling] | None = None,
    zaak: str | None = None,
) -> tuple[str, ...]:
    """Every reason why not (English slugs), the service's own first; empty: it counts.

    `niveau`: of the login. `needed`: what the request asks, when more than the service. `zaak`: the case
    that is asked for, None when none is.
    """
    together = keten.effectief
    asked = dienst.handelingen if handelingen is None else dienst.handelingen & frozenset(handelingen)
    floor = max(needed or dienst.min_niveau, dienst.min_niveau, key=lambda one: one.rank)
    found = [] if dienst.machtigbaar else ["not-delegable"]
    if keten.grond not in dienst.gronden:
        found.append("ground-not-accepted")
    if not together.covers(dienst.id):
        found.append(OTHER_SERVICE)
    found += [reason for link in keten.schakels for reason in _of_link(link, now)]
    if not together.niveau.reaches(floor):
        found.append("registered-too-low")
    if not (niveau.reaches(floor) and niveau.reaches(together.min_niveau)):
        found.append("level-too-low")
    if together.zaak not in {None, zaak}:
        found.append("case-outside")
    if not together.handelingen & asked:
        found.append("action-outside")
    return tuple(dict.fromkeys(found))


def has_ended(keten: Keten, now: datetime) -> bool:
    """Whether some link is over: then there is nothing left to explain."""
    return any(isinstance(rules.status_at(link, now), ENDED) for link in keten.schakels)


def _of_link(link: Machtiging, now: datetime) -> Iterable[str]:
    status = rules.status_at(link, now)
    if not isinstance(status, Actief):
        yield f"status-{status.naam}"
    elif link.lease_tot is not None and now >= link.lease_tot:
        yield "lease-ended"
    if now < link.geldig_van:
        yield "not-yet-valid"
    if link.max_gebruik is not None and link.gebruikt >= link.max_gebruik:
        yield "used-up"
