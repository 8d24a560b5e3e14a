"""Contests: who is appointed lists and judges them, by interface and by command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey
from machtigen.__main__ import cli
from machtigen.beoordeling import command
from tests.machtigen.house import OWN, House
from tests.machtigen.test_machtigingen_api import accepted, code_of
from tests.machtigen.world import REISPRODUCT

pytestmark = pytest.mark.slow
WHY = "Ik heb dit nooit\ngewild \x1b[31m"


def listed(site: House, query: str = "", key: SigningKey | None = None, who: str = "beheer") -> Any:
    token = assertion(who, key or site.operator, OWN, site.clock.now())
    return site.browser().get(
        f"/machtigen/api/v1/beheer/betwistingen{query}", headers={"Authorization": f"Bearer {token}"}
    )


def judge(site: House, identifier: str, besluit: str) -> Any:
    return site.as_operator(f"/machtigen/api/v1/beheer/machtigingen/{identifier}/betwisting",
                            {"besluit": besluit})  # fmt: skip


def test_a_contest_waits_with_its_reason_and_goes_on_as_it_was_when_it_stands(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    path = f"/machtigingen/{machtiging['id']}"
    anja.api(f"{path}/betwisten", {"reden": WHY})
    assert listed(site).json() == {
        "resultaten": [
            {"machtiging": machtiging["id"], "op": "2026-11-24T10:00:00Z", "rol": "vertegenwoordiger",
             "reden": WHY}
        ],
        "volgende": None,
    }  # fmt: skip
    assert judge(site, machtiging["id"], "blijft").json() == {
        "machtiging": machtiging["id"],
        "status": "actief",
    }
    assert listed(site).json()["resultaten"] == []
    assert code_of(judge(site, machtiging["id"], "blijft")) == (409, "not-contested")
    site.upkeep()
    for person in (noor, anja):
        kinds = [one["soort"] for one in person.get("/machtigen/api/v1/berichten").json()["resultaten"]]
        assert {"betwist", "betwisting_afgewezen"} <= set(kinds)
    history = noor.get(f"/machtigen/api/v1{path}/geschiedenis").json()["resultaten"]
    assert [(line["gebeurtenis"], line["door"]) for line in history[-2:]] == [
        ("betwist", "vertegenwoordiger"),
        ("betwisting_afgewezen", "stelsel"),
    ]


def test_what_is_found_wrong_ends_for_good(site: House) -> None:
    noor, _, machtiging = accepted(site)
    noor.api(f"/machtigingen/{machtiging['id']}/betwisten", {"reden": WHY})
    assert judge(site, machtiging["id"], "vervalt").json()["status"] == "beeindigd"
    shown = noor.get(f"/machtigen/api/v1/machtigingen/{machtiging['id']}").json()
    assert (shown["status"], shown["reden"], shown["acties"]) == ("beeindigd", "contested", [])
    assert code_of(judge(site, machtiging["id"], "blijft")) == (409, "already-ended")


def test_what_a_party_ended_meanwhile_needs_no_judgement(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    anja.api(f"/machtigingen/{machtiging['id']}/betwisten", {"reden": WHY})
    noor.api(f"/machtigingen/{machtiging['id']}/intrekken")
    assert listed(site).json()["resultaten"] == []
    assert code_of(judge(site, machtiging["id"], "blijft")) == (409, "already-ended")


def test_contests_come_in_pages_oldest_first(site: House) -> None:
    _, anja, first = accepted(site)
    noor = site.log_in("noor")
    issued = noor.api("/machtigingen", {"diensten": [REISPRODUCT], "handelingen": ["betalen"],
                                        "geldig_tot": "2027-01-01"}).json()  # fmt: skip
    anja.api("/codes/bevestigen", {"code": issued["code"]})
    for identifier in (first["id"], issued["id"]):
        anja.api(f"/machtigingen/{identifier}/betwisten", {"reden": WHY})
    seen: list[str] = []
    query = "?aantal=1"
    while query:
        page = listed(site, query).json()
        seen += [one["machtiging"] for one in page["resultaten"]]
        query = f"?aantal=1&na={page['volgende']}" if page["volgende"] else ""
    assert sorted(seen) == sorted([first["id"], issued["id"]])
    assert code_of(listed(site, "?na=x")) == (422, "invalid-cursor")


def test_nobody_else_sees_or_judges_a_contest(site: House) -> None:
    noor, _, machtiging = accepted(site)
    noor.api(f"/machtigingen/{machtiging['id']}/betwisten", {"reden": WHY})
    assert code_of(listed(site, key=site.rechten, who="rechten")) == (403, "caller-not-allowed")
    assert listed(site, key=site.rechten).status_code == 401
    assert noor.get("/machtigen/api/v1/beheer/betwistingen").status_code == 401
    answer = noor.api(f"/beheer/machtigingen/{machtiging['id']}/betwisting", {"besluit": "blijft"})
    assert answer.status_code == 401
    assert noor.get(f"/machtigen/api/v1/machtigingen/{machtiging['id']}").json()["status"] == "betwist"


@pytest.mark.parametrize("besluit", ["", "misschien", None])
def test_a_judgement_is_one_of_two(site: House, besluit: Any) -> None:
    assert code_of(judge(site, "m", besluit)) == (422, "invalid-input")
    assert code_of(judge(site, "unknown", "blijft")) == (404, "not-found")


def test_the_reason_is_sealed_at_rest_and_not_logged(site: House) -> None:
    noor, _, machtiging = accepted(site)
    noor.api(f"/machtigingen/{machtiging['id']}/betwisten", {"reden": "canary-reason"})
    judge(site, machtiging["id"], "vervalt")
    with site.app.state.database.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM betwisting").all())
    assert "canary" not in rows + site.log_file.read_text()
    assert "contest-judged" in site.log_file.read_text()


# -- by command --------------------------------------------------------------------------------------


@pytest.fixture
def operate(site: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command against the app, with the operator's key unless said otherwise."""
    key_file = tmp_path / "beheer.jwk"
    site.operator.save(key_file)
    browser = site.browser()

    class Network(httpx2.Client):
        def request(self, method: str, url: Any, **sent: Any) -> httpx2.Response:
            if not str(url).startswith(OWN):
                raise httpx2.ConnectError("nobody there")
            return browser.request(method, url, **sent)

    monkeypatch.setattr(command.httpx2, "Client", Network)
    monkeypatch.setattr(command, "Clock", lambda _klok: site.clock)

    def run(*arguments: str, url: str = OWN, key: Path = key_file) -> Any:
        options = ["--sleutel", str(key), "--machtigen-url", url]
        return CliRunner().invoke(cli, ["betwisting", *arguments, *options])

    return run


def test_the_command_lists_and_judges(site: House, operate: Any) -> None:
    noor, _, machtiging = accepted(site)
    noor.api(f"/machtigingen/{machtiging['id']}/betwisten", {"reden": WHY})
    shown = operate("lijst")
    assert (shown.exit_code, shown.stdout) == (
        0,
        f"2026-11-24T10:00:00Z  {machtiging['id']}  vertegenwoordigde  Ik heb dit nooit gewild  [31m\n",
    )
    done = operate("oordeel", machtiging["id"], "blijft")
    assert (done.exit_code, done.stdout) == (0, f"{machtiging['id']}: actief\n")
    assert operate("lijst").stdout == ""
    again = operate("oordeel", machtiging["id"], "vervalt")
    assert (again.exit_code, len(again.stderr.splitlines())) == (1, 1)
    assert "not contested, or was judged already" in again.stderr


def test_a_command_that_cannot_be_is_one_sentence(site: House, operate: Any, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.jwk"
    SigningKey.generate("ES256").save(stranger)
    for arguments, settings, code, words in (
        (("lijst",), {"key": stranger}, 1, "the operator's key is not the one that is registered"),
        (("lijst",), {"url": "http://127.0.0.1:9/machtigen"}, 1, "machtigen does not answer"),
        (("lijst",), {"key": tmp_path / "none"}, 2, "is no usable key file"),
        (("oordeel", "unknown", "blijft"), {}, 1, "there is no machtiging with this id"),
        (("oordeel", "-pVCddzf", "blijft"), {}, 1, "there is no machtiging with this id"),
    ):
        ended = operate(*arguments, **settings)
        assert (ended.exit_code, len(ended.stderr.splitlines())) == (code, 1), ended.output
        assert words in ended.stderr
    assert operate("oordeel", "m", "misschien").exit_code == 2
