"""The auditor's command finds one lie among ten thousand honest items, and calls nothing else a lie."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from keys.__main__ import app as cli
from keys.client import TranslationRefused
from tests.keys.conftest import OORSPRONG, STUDIE, World, running
from tests.keys.test_lying_party import LIES, batch, lying

pytestmark = pytest.mark.slow
BATCHES, SIZE = 10, 1000


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which nothing else happens."""
    with running(tmp_path_factory.mktemp("audit")) as made:
        made.add_actor(OORSPRONG, "identiteit")
        made.add_actor(STUDIE)
        made.allow(OORSPRONG, STUDIE, "aanmelding")
        yield made


def audit(world: World, party: str, *more: str) -> Result:
    sleutels = world.folder / "sleutels"
    words = [
        "audit",
        party,
        str(world.folder / f"keys-{party}.db"),
        "--registry",
        str(world.folder / "keys.db"),
    ]
    return CliRunner().invoke(
        cli, [*words, "--partijen", str(sleutels / "partijen.json"), "--map", str(sleutels), *more]
    )


def test_one_lie_among_ten_thousand_honest_items_is_found(quiet: World, tmp_path: Path) -> None:
    client = quiet.client(OORSPRONG.actor)
    client.pairs = [("t1", "t2")]
    for _ in range(BATCHES):
        client.transcrypt(batch(quiet, SIZE), naar=STUDIE, doel="aanmelding")
    honest = audit(quiet, "t1")
    assert (honest.exit_code, honest.stdout.strip().splitlines()[-1]) == (
        0,
        f"t1: {BATCHES} batches, {BATCHES * SIZE} items, 0 not honest",
    )
    with lying(quiet, "t1", LIES["swapped"]), pytest.raises(TranslationRefused):
        client.transcrypt(batch(quiet, 2), naar=STUDIE, doel="aanmelding")
    found = audit(quiet, "t1", "--json", str(tmp_path / "bevindingen.json"))
    assert found.exit_code == 1
    summary = json.loads((tmp_path / "bevindingen.json").read_text())
    assert [one["code"] for one in summary["bevindingen"]] == ["proof-invalid"]
    assert (summary["batches"], summary["items"]) == (BATCHES + 1, BATCHES * SIZE + 2)
    assert audit(quiet, "t2").exit_code == 0


def test_an_audit_that_cannot_be_done_is_one_sentence(quiet: World, tmp_path: Path) -> None:
    sleutels = quiet.folder / "sleutels"
    database, registry = str(quiet.folder / "keys-t1.db"), str(quiet.folder / "keys.db")
    whole = {
        "party": "t1",
        "database": database,
        "registry": registry,
        "partijen": str(sleutels / "partijen.json"),
        "map": str(sleutels),
    }
    for changes in (
        {"party": "t9"}, {"database": str(tmp_path / "none.db")}, {"registry": str(tmp_path / "none.db")},
        {"partijen": str(tmp_path / "none.json")}, {"map": str(tmp_path)},
        {"database": str(sleutels / "partijen.json")},
    ):  # fmt: skip
        given = {**whole, **changes}
        result = CliRunner().invoke(
            cli,
            ["audit", given["party"], given["database"], "--registry", given["registry"],
             "--partijen", given["partijen"], "--map", given["map"]],
        )  # fmt: skip
        assert result.exit_code == 2, changes
        assert "Traceback" not in result.output
