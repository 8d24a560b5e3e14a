"""Every command of a refresh is killed at every write, and then done again: the end is the same."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from keys.pseudonyms.places import Place, lock_of
from keys.pseudonyms.shares import PARTIES
from keys.pseudonyms.token import Token
from keys.pseudonyms.tokenstore import destroy, every_label
from tests.keys.refresh_house import STEPS, House, Through, house_in, written

pytestmark = pytest.mark.slow
WRITES = ("fsync", "link", "replace", "unlink", "pwrite")


class Killed(BaseException):
    """The process is gone: nothing that it would still have done is done."""


class Death:
    """Kills at one of the calls that change a disk; whatever is tried after that is not done either."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.calls = 0
        self.came = False

    def wrap(self, call: Any) -> Any:
        def one(*arguments: Any, **named: Any) -> Any:
            if self.calls >= self.at:
                self.came = True
                raise Killed
            self.calls += 1
            return call(*arguments, **named)

        return one


@contextmanager
def death(at: int) -> Iterator[Death]:
    with pytest.MonkeyPatch.context() as patch:
        one = Death(at)
        for name in WRITES:
            patch.setattr(os, name, one.wrap(getattr(os, name)))
        yield one


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with house_in(tmp_path, monkeypatch) as made:
        yield made


def end_state(house: House, party: str) -> dict[str, object]:
    """What a party's folder holds: names of files, and what is in those of the refresh, opened."""
    folder = house.ceremony.of(party)
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    found: dict[str, object] = {"names": names}
    if "generaties.json" in names:
        found["standing"] = written(folder / "generaties.json")
    place = Place(folder, party, lock_of(None, house.ceremony.key_file(party)), None)
    for name in names:
        if name.startswith("gedragen-"):
            share = place.open(int(name[9:-5])).held()["23"]
            found[name] = (dict(share.carried.s), dict(share.carried.k))
    return found


def killed_everywhere(house: House, party: str, words: tuple[object, ...]) -> int:
    """Kill a command at each write and do it again, each time from the same beginning; gives how often."""
    folder, kept = house.ceremony.of(party), house.ceremony.folder / "kept"
    shutil.copytree(folder, kept)
    ends: list[dict[str, object]] = []
    for at in range(200):
        with death(at) as one:
            try:
                house.done(*words)
            except Killed:
                assert one.came
        if not one.came:
            assert at > 0
            ends.append(end_state(house, party))
            break
        house.done(*words)
        ends.append(end_state(house, party))
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
    shutil.rmtree(kept)
    for end in ends:
        assert end == ends[0]
    return len(ends) - 1


def test_each_step_of_a_party_killed_at_every_write_ends_the_same(house: House) -> None:
    expected = house.by_all()
    house.new_shares(2)
    house.begin(2)
    kills = {}
    for verb, party in (("vraag", "t2"), ("vraag", "t3"), ("correctie", "t1"), ("overneem", "t2"),
                        ("overneem", "t3")):  # fmt: skip
        kills[verb] = killed_everywhere(house, party, house.step(verb, party, 2))
        house.say(verb, party, 2)  # what it printed is said once more
        assert house.by_all() == expected
    for party in PARTIES:
        house.say("toezeg", party, 2)
    house.done(*house.enter(2))
    for party in PARTIES:
        kills["afronden"] = killed_everywhere(house, party, house.end(party, 2))
        assert house.by_all() == expected
        hidden = [path.name for path in house.ceremony.of(party).iterdir() if path.name.startswith(".delen")]
        assert hidden == []
    assert all(count >= 3 for count in kills.values()), kills


def test_a_refresh_that_was_given_up_is_erased_whatever_kills_that(house: House) -> None:
    expected = house.by_all()
    house.prepared(2)
    house.done("afbreken", 2, *house.registry())
    for party in PARTIES:
        assert killed_everywhere(house, party, house.end(party, 2)) >= 3
        assert not list(house.ceremony.of(party).glob("*-2.json*"))
    assert house.by_all() == expected


class CutOff(Through):
    """Reaches the registry for so many requests, and then no more."""

    def __init__(self, house: House, requests: int) -> None:
        super().__init__(house.world)
        self.left = requests

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return super().handle_request(request)


def test_the_operators_steps_killed_between_any_two_requests_are_done_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = house.by_all()
    monkeypatch.setattr("keys.client.beheer.NAMES_AT_A_TIME", 1)
    whole = httpx2.Client

    def cut_off(act: Any) -> int:
        for requests in range(20):
            transport = CutOff(house, requests)
            monkeypatch.setattr(
                "httpx2.Client",
                partial(whole.func, transport=transport),  # type: ignore[attr-defined]
            )
            try:
                act()
            except Killed:
                continue
            finally:
                monkeypatch.setattr("httpx2.Client", whole)
            return requests
        raise AssertionError

    house.new_shares(2)
    assert cut_off(lambda: house.begin(2)) >= 2
    before = json.loads(house.opening(2).read_text())
    house.begin(2)
    assert json.loads(house.opening(2).read_text())["namen"][0]["domein"] == before["namen"][0]["domein"]
    for verb, party in STEPS:
        house.say(verb, party, 2)
    assert cut_off(lambda: house.done(*house.enter(2))) >= 4
    house.done(*house.enter(2))
    assert house.by_all() == expected


@pytest.mark.hsm
def test_keys_in_a_token_that_were_destroyed_half_are_destroyed_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.keys.softhsm import SoftHsm

    hsm = SoftHsm(tmp_path / "hsm", monkeypatch)
    place = hsm.token("t1")
    token = Token(place)
    labels = sorted(every_label("t1", 2))
    token.put({label: os.urandom(64) for label in labels})
    for label in labels[:5]:
        token.remove({label})
    destroy(place, "t1", 2)
    assert token.labels() == set()
    destroy(place, "t1", 2)
    token.close()
