"""Why a power does not count at a service: every reason, and none where it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from machtigen.diensten.model import Dienst, Grond, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.beperkingen import AlleenZaak, MaxGebruik, MinNiveau
from machtigen.machtigingen.hindernissen import has_ended, obstacles
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Betwist, Gepauzeerd, Ingetrokken, Machtiging, Rol
from machtigen.web.teksten import WAAROM_NIET
from tests.machtigen.test_machtigingen_rules import granted
from tests.machtigen.world import AANVULLENDE_BEURS, DAY, KNOWN, NOW, ONLY_GEZAG, PAY, READ, REISPRODUCT

HERE, MIDDLE = KNOWN[AANVULLENDE_BEURS], Niveau.SUBSTANTIEEL


def power(**changes: object) -> Machtiging:
    return replace(granted(), **changes)  # type: ignore[arg-type]  # fields of a machtiging


def with_limits(*parts: object) -> Machtiging:
    return power(beperkingen=(*granted().beperkingen, *parts))


def reasons(link: Machtiging, dienst: Dienst = HERE, **asked: object) -> tuple[str, ...]:
    niveau = asked.pop("niveau", MIDDLE)
    return obstacles(Keten((link,)), dienst, niveau, NOW, **asked)  # type: ignore[arg-type]  # as asked


def test_a_power_that_counts_has_no_obstacle() -> None:
    assert reasons(power()) == ()


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (power(status=Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE)), "status-gepauzeerd"),
        (power(status=Betwist(NOW, Rol.VERTEGENWOORDIGER, granted().status)), "status-betwist"),  # type: ignore[arg-type]
        (with_limits(AlleenZaak("Z-1")), "case-outside"),
        (with_limits(MaxGebruik(0)), "used-up"),
        (with_limits(MinNiveau(Niveau.HOOG)), "level-too-low"),
        (power(niveau=Niveau.LAAG), "registered-too-low"),
        (power(grond=Grond.GEZAG, lease_tot=NOW + DAY), "ground-not-accepted"),
        (power(lease_tot=NOW), "lease-ended"),
    ],
)
def test_each_obstacle_is_named_and_has_words(link: Machtiging, reason: str) -> None:
    assert reasons(link) == (reason,)
    assert reason in WAAROM_NIET


def test_the_obstacles_of_the_service_itself_come_first() -> None:
    closed = replace(HERE, machtigbaar=False)
    paused = power(status=Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE))
    assert reasons(paused, closed) == ("not-delegable", "status-gepauzeerd")
    assert reasons(power(), KNOWN[REISPRODUCT]) == ("service-outside",)
    assert reasons(power(), KNOWN[ONLY_GEZAG]) == ("ground-not-accepted", "service-outside")


def test_what_is_asked_counts() -> None:
    assert reasons(power(), handelingen=[PAY]) == ("action-outside",)
    assert reasons(power(), handelingen=[READ]) == ()
    assert reasons(power(), needed=Niveau.HOOG) == ("level-too-low",)
    assert reasons(power(), niveau=Niveau.LAAG) == ("level-too-low",)
    assert reasons(with_limits(AlleenZaak("Z-1")), zaak="Z-1") == ()


def test_a_link_above_is_an_obstacle_too_and_is_named_once() -> None:
    above = power(status=Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE))
    both = Keten((replace(above, id="below"), above))
    assert obstacles(both, HERE, MIDDLE, NOW) == ("status-gepauzeerd",)


def test_it_does_not_count_before_it_begins_nor_after_it_ended() -> None:
    soon = Keten((power(),))
    assert obstacles(soon, HERE, MIDDLE, NOW - timedelta(seconds=1)) == ("not-yet-valid",)
    assert not has_ended(soon, NOW)
    assert has_ended(soon, rules.last_moment(power()))
    assert has_ended(Keten((power(status=Ingetrokken(NOW, Rol.VERTEGENWOORDIGDE)),)), NOW)


@pytest.mark.parametrize("reason", ["not-delegable", "service-outside", "not-yet-valid", "action-outside"])
def test_every_other_reason_has_words_too(reason: str) -> None:
    assert reason in WAAROM_NIET
