"""Counting: bulk directions block, log-in directions raise an alarm."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from keys.client import TranslationRefused
from keys.kernel.pep import Domain
from tests.keys.conftest import OORSPRONG, World


def test_a_bulk_direction_blocks_above_its_volume(world: World, new_register: Callable[[], Domain]) -> None:
    register = new_register()
    world.allow(OORSPRONG, register, "aanmelding", max_per_dag=8)  # three parties: each allows half
    client = world.client(OORSPRONG.actor)
    batch = [world.encrypted(world.person()) for _ in range(3)]
    assert len(client.transcrypt(batch, naar=register, doel="aanmelding")) == 3
    with pytest.raises(TranslationRefused) as refused:
        client.transcrypt(batch, naar=register, doel="aanmelding")
    assert refused.value.code == "volume-exceeded"
    assert len(client.transcrypt(batch[:1], naar=register, doel="aanmelding")) == 1
    with pytest.raises(TranslationRefused):
        client.transcrypt(batch[:1], naar=register, doel="aanmelding")


def test_a_login_direction_goes_on_and_raises_an_alarm(
    world: World, new_register: Callable[[], Domain]
) -> None:
    register = new_register()
    ground = world.allow(OORSPRONG, register, "inloggen", max_per_dag=2, bij_overschrijding="alarm")
    client = world.client(OORSPRONG.actor)
    for _ in range(3):
        assert client.transcrypt([world.encrypted(world.person())], naar=register, doel="inloggen")
    lines = [json.loads(line) for line in (world.folder / "keys.jsonl").read_text().splitlines()]
    alarms = [line for line in lines if line["event"] == "volume-alarm" and line["gebruiksgrond"] == ground]
    assert {line["aantal"] for line in alarms} == {2, 3}
