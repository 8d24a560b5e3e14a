"""Every translation is logged by machtigen, under a trace id that `keys` is given too."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from keys.kernel.caller import PeerUnavailable
from keys.kernel.pep import Domain, Pseudonym, group
from machtigen.bevoegdheidsverklaringen.vertalen import Vertaler
from machtigen.partijen.model import PartijId
from tests.machtigen.house import House
from tests.machtigen.world import NOW


def translations(site: House) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in site.log_file.read_text().splitlines()]
    return [line for line in lines if line["event"] == "translated"]


def someone(site: House) -> Pseudonym:
    return Pseudonym(Domain.parse(site.settings.domain), group().mul_base(group().random_scalar()))


def party(site: House) -> PartijId:
    return site.services.partijen.admit(someone(site), NOW)


def test_tickets_for_names_are_logged_each_time_under_a_trace_of_their_own(site: House) -> None:
    noor, anja = party(site), party(site)
    for _ in range(2):
        assert site.services.weergave.tickets(noor, [anja], NOW)
    first, second = translations(site)
    assert (first["naar"], first["doel"], first["aantal"]) == (
        site.settings.display_domain,
        "naam-tonen",
        2,
    )
    assert re.fullmatch("[0-9a-f]{32}", first["trace_id"])
    assert site.keys.traces == [first["trace_id"], second["trace_id"]]
    assert first["trace_id"] != second["trace_id"]


def test_pseudonyms_for_a_service_are_logged(site: House) -> None:
    target = site.keys.target.domain
    vertaler = Vertaler(site.services.translator, lambda: site.keys.source)
    assert len(vertaler.translate([someone(site), someone(site)], target, "aanvullende-beurs")) == 2
    logged = translations(site)
    assert [(one["naar"], one["doel"], one["aantal"]) for one in logged] == [
        (str(target), "aanvullende-beurs", 2)
    ]
    assert site.keys.traces == [logged[0]["trace_id"]]


def test_what_was_not_translated_is_not_logged_as_translated(site: House) -> None:
    site.keys.down = True
    with pytest.raises(PeerUnavailable):
        site.services.weergave.tickets(party(site), [party(site)], NOW)
    assert translations(site) == []
