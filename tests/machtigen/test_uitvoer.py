"""What a person takes away, and its check at home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from keys.kernel.database import Database
from keys.kernel.jws import Jwks, SigningKey
from machtigen.__main__ import cli
from machtigen.diensten.model import Niveau
from machtigen.machtigingen.zegels import Zegels
from machtigen.verifier.geschiedenis import read_export, verify_export
from tests.machtigen.test_command_line import settings
from tests.machtigen.test_geschiedenis import CHANGED, meddle
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import OWN, TokenHouse
from tests.machtigen.world import NOW, aanvraag

__all__ = ["settings"]  # a fixture
API = "/machtigen/api/v1"


def keys_of(house: TokenHouse) -> Jwks:
    return Jwks.parse(house.http.get("/machtigen/sleutels").json())


def taken(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    document = read_export(answer.content)
    assert isinstance(document, dict)
    return document


def test_both_sides_take_away_the_same_history_and_it_checks(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    flow.tokens(house.log_in("anja"), machtiging)
    path = f"{API}/machtigingen/{machtiging}/geschiedenis/uitvoer"
    documents = [taken(house.log_in(name).get(path)) for name in ("noor", "anja")]
    for document in documents:
        found = verify_export(document, keys_of(house), issuer=OWN)
        assert (found.machtigingen, found.regels, found.soort) == ((machtiging,), 2, "machtiging")
        assert [line["dienst_naam"] for line in document["inhoud"]["gebruik"]] == [
            "Aanvullende beurs aanvragen"
        ]
    first, second = (document["inhoud"] for document in documents)
    assert first["geschiedenis"] == second["geschiedenis"]
    assert [one["rol"] for one in (*first["machtigingen"], *second["machtigingen"])] == [
        "vertegenwoordigde", "vertegenwoordiger",
    ]  # fmt: skip


def test_to_others_the_export_does_not_exist(house: TokenHouse) -> None:
    path = f"{API}/machtigingen/{house.grant()}/geschiedenis/uitvoer"
    assert house.log_in("karim").get(path).status_code == 404
    assert house.http.get(path).status_code == 401
    assert house.http.get(f"{API}/uitvoer").status_code == 401


def test_everything_of_mine_is_in_one_file_and_nothing_of_others(house: TokenHouse, flow: Flow) -> None:
    mine, other = house.grant(), house.grant(van="karim", aan="sem")
    flow.tokens(house.log_in("anja"), mine)
    flow.tokens(house.log_in("anja"), "zelf")
    flow.tokens(house.log_in("sem"), other)
    document = taken(house.log_in("anja").get(f"{API}/uitvoer"))
    assert verify_export(document, keys_of(house)).machtigingen == (mine,)
    content = document["inhoud"]
    assert [line["machtiging"] for line in content["gebruik"]] == [mine, None]
    assert set(content) == {"machtigingen", "geschiedenis", "gebruik", "berichten", "balie", "zegel"}
    assert other not in json.dumps(document)
    parties = [house.person(name) for name in ("anja", "noor", "karim", "sem")]
    assert [one for one in parties if one in json.dumps(document)] == []


def test_more_machtigingen_than_a_page_all_come_along(house: TokenHouse) -> None:
    noor = house.person("noor")
    for number in range(103):
        house.machtigingen.grant(aanvraag(zaak=str(number)), noor, Niveau.SUBSTANTIEEL, NOW)
    document = taken(house.log_in("noor").get(f"{API}/uitvoer"))
    assert verify_export(document, keys_of(house)).regels == 103


def test_the_seals_are_public_and_travel_along(house: TokenHouse) -> None:
    house.grant()
    zegels: Zegels = house.app.state.services.zegels
    seal = zegels.seal(NOW)
    listed = house.http.get(f"{API}/geschiedenis/zegels").json()
    assert listed == {"zegels": [seal.jws], "volgende": None}
    assert house.http.get(f"{API}/geschiedenis/zegels?na=1").json()["zegels"] == []
    assert taken(house.log_in("noor").get(f"{API}/uitvoer"))["inhoud"]["zegel"] == seal.jws


def test_the_page_of_a_machtiging_leads_to_its_export(site: Any) -> None:
    noor = site.log_in("noor")
    body = {"diensten": ["urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba"],
            "handelingen": ["informatie_opvragen"], "geldig_tot": "2027-06-01"}  # fmt: skip
    made = noor.api("/machtigingen", body).json()
    page = noor.get(f"/machtigen/{made['id']}").text
    assert f'href="{API}/machtigingen/{made["id"]}/geschiedenis/uitvoer"' in page
    assert f'href="{API}/uitvoer"' in noor.get("/machtigen/").text


# -- the command -------------------------------------------------------------------------------------


@pytest.fixture
def file(house: TokenHouse, tmp_path: Path) -> Path:
    """An export, and beside it the keys."""
    machtiging = house.grant()
    answer = house.log_in("noor").get(f"{API}/machtigingen/{machtiging}/geschiedenis/uitvoer")
    (tmp_path / "uitvoer.json").write_bytes(answer.content)
    (tmp_path / "sleutels.json").write_text(json.dumps(keys_of(house).as_dict()))
    return tmp_path / "uitvoer.json"


def check(file: Path, *more: str, keys: str = "sleutels.json") -> tuple[int, str]:
    command = ["geschiedenis", "verify", str(file), "--jwks", str(file.parent / keys), *more]
    ended = CliRunner().invoke(cli, command)
    return ended.exit_code, ended.output


def test_a_good_file_is_said_to_be_good(file: Path) -> None:
    code, said = check(file, "--issuer", OWN)
    assert (code, said) == (0, f"As signed by {OWN} at 2026-11-24T10:00:00+00:00: 1 machtigingen, 2 lines.\n")
    assert check(file, "--issuer", "https://elders.example.nl")[0] == 1


def test_a_changed_file_is_refused_in_a_sentence_that_names_the_line(file: Path) -> None:
    file.write_text(file.read_text().replace('"gebeurtenis":"bevestigd"', '"gebeurtenis":"geweigerd"'))
    code, said = check(file)
    assert code == 1
    assert said.startswith("Refused. Line 2 of machtiging ")
    assert "Geweigerd. Regel 2 van machtiging " in said


def test_without_keys_or_file_nothing_was_checked(file: Path) -> None:
    for code, said in (check(file, keys="nergens.json"), check(file.with_name("nergens.json"))):
        assert (code, said) == (2, "Not checked: the file or the keys cannot be read.\n")
    file.with_name("fout.json").write_text('{"keys": 1}')
    assert check(file, keys="fout.json")[0] == 2
    command = ["geschiedenis", "verify", str(file), "--jwks", "http://127.0.0.1:1/sleutels"]
    assert CliRunner().invoke(cli, command).exit_code == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_operator_has_the_whole_house_checked(
    house: TokenHouse, settings: dict[str, str], tmp_path: Path
) -> None:
    key = SigningKey.generate("ES256")
    key.save(tmp_path / "sleutels" / "ondertekening.jwk")
    environment = {**settings, "MACHTIGEN_DATABASE_URL": house.database.url}
    machtiging = house.grant()
    Zegels(house.database, key, environment["MACHTIGEN_PUBLIC_URL"] + "/machtigen").seal(NOW)
    good = CliRunner().invoke(cli, ["geschiedenis", "controleren"], env=environment)
    assert (good.exit_code, good.output) == (0, "machtigen: the history is as it was written and sealed\n")
    database = Database(house.database.url)
    meddle(database, CHANGED, id=machtiging)
    database.close()
    bad = CliRunner().invoke(cli, ["geschiedenis", "controleren"], env=environment)
    assert bad.exit_code == 1
    assert f"Machtiging {machtiging}: line 2 was changed" in bad.output
