"""The feed of a source from a file: counted, refused by line, twice the same as once; on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from identiteit.gebeurtenissen.invoer import Telling, bring, read_lines
from identiteit.gebeurtenissen.service import Gebeurtenissen
from keys.kernel.database import Database

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CHILD, PARENT = "999990020", "999990032"
HEADER = "soort,persoon,partij,per,bron,inOnderzoek,hoedanigheid,maatregel"


def line(**changes: Any) -> str:
    body = {
        "soort": "gezag", "persoon": {"bsn": CHILD}, "partij": {"bsn": PARENT},
        "per": "2020-01-01T00:00:00+01:00", "bron": "BRP", **changes,
    }  # fmt: skip
    return json.dumps({name: value for name, value in body.items() if value is not None})


@pytest.fixture
def room(database: Database) -> Gebeurtenissen:
    return Gebeurtenissen(database)


def bring_in(room: Gebeurtenissen, text: str, *, as_csv: bool = False) -> Telling:
    lines = read_lines(text.splitlines(), as_csv=as_csv)
    return bring(lines, lambda event, kenmerk: room.take(event, "brp", NOW, kenmerk))


def test_the_counts_balance_and_a_second_time_brings_nothing(room: Gebeurtenissen) -> None:
    feed = "\n".join([line(), "", line(inOnderzoek=True), line(), "{", line(soort="verhuizing")])
    first = bring_in(room, feed)
    assert (first.gelezen, first.nieuw, first.dubbel) == (5, 2, 1)
    assert [one.regel for one in first.weigeringen] == [5, 6]
    again = bring_in(room, feed)
    assert (again.gelezen, again.nieuw, again.dubbel, len(again.weigeringen)) == (5, 0, 3, 2)
    assert room.count_by_kind() == {"gezag": 2}


def test_csv_says_the_same_as_json_lines(room: Gebeurtenissen) -> None:
    rows = [
        HEADER,
        f"gezag,{CHILD},{PARENT},2020-01-01T00:00:00+01:00,BRP,,,",
        f"gezag,{CHILD},{PARENT},2020-01-01T00:00:00+01:00,BRP,ja,,",
        f"overlijden,{CHILD},,2026-01-01T00:00:00+01:00,BRP,,,",
        f"overlijden,{CHILD}",
    ]
    told = bring_in(room, "\n".join(rows), as_csv=True)
    assert (told.gelezen, told.nieuw, [one.regel for one in told.weigeringen]) == (4, 3, [5])
    assert bring_in(room, line()).dubbel == 1


@pytest.mark.parametrize(
    "wrong",
    [
        line(persoon={"bsn": "123456789"}),
        line(partij={"bsn": CHILD}),
        line(per="gisteren"),
        "[]",
        '"x"',
        "\x00",
    ],
)
def test_a_refusal_names_line_and_reason_and_nothing_of_its_content(room: Gebeurtenissen, wrong: str) -> None:
    told = bring_in(room, "\n".join([line(), wrong]))
    (refused,) = told.weigeringen
    assert refused.regel == 2
    assert not any(secret in refused.reden for secret in ("123456789", CHILD, PARENT, "gisteren"))
