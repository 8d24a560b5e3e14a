"""Brief questions take a shorter way: their answers, refusals and records are those of the long way."""

from __future__ import annotations

import asyncio
import json

import httpx2
import pytest

from tests.machtigen.decision_point import BASE, DecisionPoint, anja_for_noor, records
from tests.machtigen.token_house import ORIGIN, TokenHouse


@pytest.fixture
def point(house: TokenHouse) -> DecisionPoint:
    return anja_for_noor(house)


def test_a_question_in_pieces_or_of_unusual_size_is_answered_alike(
    house: TokenHouse, point: DecisionPoint
) -> None:
    question = point.question("anja", "noor")
    text = json.dumps(question).encode()
    headers = {"Authorization": f"Bearer {point.token}", "Content-Type": "application/json"}
    pieces = house.http.post(f"{BASE}/evaluation", content=iter([text[:20], text[20:]]), headers=headers)
    large = point.post("evaluation", {**question, "extra": "x" * 70_000})
    brief = point.post("evaluation", question)
    assert pieces.json() == large.json() == brief.json()
    assert brief.json()["decision"] is True
    safe = ("x-content-type-options", "referrer-policy", "permissions-policy", "cache-control")
    assert [brief.headers[name] for name in safe] == [large.headers[name] for name in safe]
    assert len(records(house)) == 3


def test_a_refusal_is_judged_once(house: TokenHouse, point: DecisionPoint) -> None:
    assert point.post("evaluation", b"{").status_code == 400
    assert [one["status"] for one in records(house)] == ["Error"]


def test_many_at_once_each_get_their_own_answer(house: TokenHouse, point: DecisionPoint) -> None:
    async def ask() -> list[bool]:
        transport = httpx2.ASGITransport(app=house.app)
        headers = {"Authorization": f"Bearer {point.token}"}
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as http:
            pairs = [("anja", "noor") if number % 3 else ("noor", "anja") for number in range(60)]
            asked = [http.post(f"{BASE}/evaluation", json=point.question(*pair)) for pair in pairs]
            return [answer.json()["decision"] for answer in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [number % 3 != 0 for number in range(60)]
    assert len(records(house)) == 60


def test_whoever_waits_hears_that_recording_went_wrong(
    house: TokenHouse, point: DecisionPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_records: object) -> None:
        raise TypeError

    monkeypatch.setattr(house.beslissingen.logboek, "begin", broken)
    answer = point.post("evaluation", point.question("anja", "noor"))
    assert answer.status_code == 500
    assert "decision" not in answer.json()
    monkeypatch.undo()
    assert point.decides(point.question("anja", "noor")) is True
