"""Every translation is logged by identiteit, under a trace id that the transcryptors log too."""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any

from tests.identiteit.house import MACHTIGEN, House


def translations(house: House) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in house.log_text().splitlines()]
    return [line for line in lines if line["event"] == "translated"]


def traces_at(house: House, party: str) -> list[str]:
    with sqlite3.connect(house.folder / "keys" / f"keys-{party}.db") as database:
        return [str(row[0]) for row in database.execute("SELECT trace_id FROM transcrypties")]


def test_a_login_is_one_translation_with_a_trace_of_its_own(house: House) -> None:
    before = len(translations(house))
    house.log_in_at(house.machtigen)
    house.log_in_at(house.machtigen)
    first, second = translations(house)[before:]
    assert (first["naar"], first["doel"], first["aantal"]) == (str(MACHTIGEN), "inloggen", 1)
    assert re.fullmatch("[0-9a-f]{32}", first["trace_id"])
    assert first["trace_id"] != second["trace_id"]
    for party in ("t1", "t2"):
        assert traces_at(house, party).count(first["trace_id"]) == 1


def test_the_trace_of_a_browser_is_not_taken_over(house: House) -> None:
    before = len(translations(house))
    seen = "4bf92f3577b34da6a3ce929d0e0e4736"
    browser = house.browser()
    browser.client.headers["traceparent"] = f"00-{seen}-00f067aa0ba902b7-01"
    house.log_in_at(house.machtigen, browser=browser)
    made = translations(house)[before:]
    assert len(made) == 1
    assert made[0]["trace_id"] != seen
