"""Life events between real processes: every package a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from operating import Caller
from visitor import Visitor

from keys.kernel.jws import SigningKey
from tests.separation.house import House, running_house
from tests.separation.people import CANARIES

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
WITHIN_S = 20


def becomes(look: Callable[[], Any], expected: Any) -> None:
    """Wait until it is so."""
    until = time.monotonic() + WITHIN_S
    while (seen := look()) != expected:
        assert time.monotonic() < until, seen
        time.sleep(0.2)


def tell(house: House, soort: str, *persons: str) -> None:
    source = Caller("duo-bron", SigningKey.load(house.clients / "duo-bron/jwk.json"), house.http, house.clock)
    body: dict[str, Any] = {"soort": soort, "per": house.clock().isoformat(), "bron": "BRP"}
    body |= {rol: {"bsn": bsn} for rol, bsn in zip(("persoon", "partij"), persons, strict=False)}
    source.post(house.endpoints["identiteit"], "/api/v1/gebeurtenissen", body)


def test_a_power_comes_and_goes_between_processes(tmp_path: Path) -> None:
    with running_house(tmp_path, separate=True) as house:
        first, second = CANARIES[:2]
        house.admit(first, second)
        dienst = house.dienst("terugbetalen")["id"]
        visitor = Visitor(house.endpoints, second.demo_id, "hoog")
        visitor.log_in("machtigen")

        def grounds() -> list[str]:
            path = f"/api/v1/vertegenwoordigden?dienst={dienst}"
            return [one["kind"] for one in visitor.expect(200, "GET", "machtigen", path)["resultaten"]]

        assert grounds() == []
        tell(house, "bewind", first.bsn, second.bsn)
        becomes(grounds, ["bewind"])
        tell(house, "overlijden", first.bsn)
        becomes(grounds, [])
        shown = visitor.expect(200, "GET", "machtigen", "/api/v1/machtigingen?rol=vertegenwoordiger")
        assert [one["status"] for one in shown["resultaten"]] == ["beeindigd"]
        visitor.close()
