"""The tutorial works as it stands: its blocks are run, in order, over real HTTP. Its tables are true."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from machtigen.verifier import Policy, errors, verify
from tests.machtigen.connected import connected_house
from tests.verifier.tutorial import README, blocks, follow

pytestmark = pytest.mark.slow


@dataclass
class Followed:
    """Where the tutorial was followed: the folder, the names its blocks left, and what they printed."""

    workplace: Path
    names: dict[str, Any]
    printed: list[str]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    workplace = tmp_path_factory.mktemp("werkplek")
    printed: list[str] = []
    with connected_house(tmp_path_factory.mktemp("huis")) as house, pytest.MonkeyPatch.context() as patch:
        follow(house, workplace)
        patch.chdir(workplace)
        names: dict[str, Any] = {
            "__name__": "tutorial",
            "print": lambda *values: printed.append(" ".join(map(str, values))),
        }
        for block in blocks("python"):
            code = "\n" * (block.line - 1) + block.text  # so that a failure names the line in the README
            exec(compile(code, str(README), "exec", dont_inherit=True), names)  # noqa: S102 - that is the test
        yield Followed(workplace, names, printed)


def test_the_first_token_is_verified(followed: Followed) -> None:
    sub = followed.names["verified"].persoon.sub
    assert len(sub) >= 20
    assert followed.printed[0] == f"{sub} acts for {sub}"


def test_an_act_outside_the_token_is_not_allowed(followed: Followed) -> None:
    assert followed.printed[1:3] == ["may look: True", "may pay: False"]


def test_the_three_outcomes_differ(followed: Followed) -> None:
    assert followed.printed[3:6] == ["200", "401", "503"]


def test_the_pseudonyms_open_to_keys_of_our_own_rows(followed: Followed) -> None:
    rows = [line.partition(": ")[2] for line in followed.printed[6:8]]
    assert rows[0] == rows[1]
    assert re.fullmatch(r"[\w-]{43}", rows[0])
    assert len(followed.printed) == 8


@pytest.mark.slow
def test_the_fastapi_app_lets_the_token_in_and_nothing_else(followed: Followed) -> None:
    with TestClient(followed.names["app"]) as client:
        token = followed.names["token"]
        answer = client.get("/aanvragen", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()) == (200, {"mag": True})
        assert client.get("/aanvragen").status_code == 401
        assert client.get("/aanvragen", headers={"Authorization": f"Bearer {token}x"}).status_code == 401


def test_the_readme_tells_every_check_and_every_duty_of_the_recipe() -> None:
    text = README.read_text("utf-8")
    recipe, _, duties = (verify.__doc__ or "").partition("THE CALLER MUST STILL DO")
    checks = re.findall(r"^ ?(\d+)\. ([A-Z ]+):", recipe, re.MULTILINE)
    assert [number for number, _ in checks] == [str(number) for number in range(1, 13)]
    assert re.findall(r"^\| (\d+) \| ([A-Z ]+) \|", text, re.MULTILINE) == checks
    wanted = re.findall(r"^ \* ([A-Z]{3,} ?[A-Z]*)", duties, re.MULTILINE)
    assert len(wanted) == 6
    told = re.findall(r"^\* ([A-Z]{3,} ?[A-Z]*)", text, re.MULTILINE)
    assert told[: len(wanted)] == wanted


def test_the_readme_tells_every_setting_with_its_default() -> None:
    told = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|", README.read_text("utf-8"), re.MULTILINE))
    policy = vars(Policy())
    assert told.keys() == policy.keys()
    for name, value in policy.items():
        if isinstance(value, int):
            assert told[name] == str(value), name
    assert told["algorithms"] == ", ".join(policy["algorithms"])


def test_the_readme_tells_every_way_in_which_checking_can_fail() -> None:
    codes = set(re.findall(r"`([a-z-]+-unreachable)`", errors.CouldNotCheck.__doc__ or ""))
    assert len(codes) == 3
    assert set(re.findall(r"`CouldNotCheck` `([a-z-]+)`", README.read_text("utf-8"))) == codes
