"""One command connects a service: against the real registry, both transcryptors and the real machtigen."""

from __future__ import annotations

import json
import re
import secrets
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from keys.kernel.jws import SigningKey
from keys.kernel.pep import ActorKey, Domain, Vault, decrypt, encrypt
from tests.machtigen.aansluiten import OIN, Command
from tests.machtigen.connected import ConnectedHouse, connected_house, free_port
from tests.machtigen.token_flow import action_of, choices_of, form_of

pytestmark = pytest.mark.slow

FILES = {
    "aansluiting.json", "actor.jwk", "client.json", "domein.json", "gebruiksgrond.json", "jwk.json",
    "lokaal.key", "voorbeeld.py",
}  # fmt: skip


@pytest.fixture(scope="module")
def huis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConnectedHouse]:
    with connected_house(tmp_path_factory.mktemp("huis")) as house:
        yield house


@pytest.fixture
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client() as client:
        yield client


@pytest.fixture
def command(huis: ConnectedHouse, tmp_path: Path) -> Callable[..., Command]:
    """A command for a service of its own; `of(redirect=…)`."""

    def of(redirect: str | None = None) -> Command:
        return Command.of(huis, tmp_path / "dienst", f"bijstand-{secrets.token_hex(4)}", redirect)

    return of


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def rows(house: ConnectedHouse, http: httpx2.Client) -> list[Any]:
    """Everything that is registered at both packages."""
    registry = [
        http.get(f"{house.origin}/keys/v1/{noun}").json()
        for noun in ("actoren", "doelen", "domeinen", "gebruiksgronden")
    ]
    catalogue = house.services.diensten
    return [*registry, catalogue.list(limit=100).resultaten, catalogue.list_clients()]


def test_one_command_registers_everything_and_leaves_keys_and_example(
    huis: ConnectedHouse, http: httpx2.Client, command: Callable[..., Command]
) -> None:
    asked = command()
    result = asked.run()
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()[:8]] == [f"{n}/8" for n in range(1, 9)]
    assert set(contents(asked.folder)) == FILES
    name = str(asked.options["onderactor"])
    actor, doel = f"oin:{OIN}:{name}", name
    client = read(asked.folder, "client.json")
    assert client["client_id"] == name
    assert client["issuer"] == f"{huis.origin}/machtigen/login"
    assert client["redirect_uris"] == ["https://portaal.gemeente.example.nl/terug"]
    assert client["token_endpoint_auth_method"] == "private_key_jwt"
    (dienst_id,) = client["diensten"]
    dienst = huis.services.diensten.find(dienst_id)
    assert dienst is not None
    assert (dienst.actor, dienst.doelen, dienst.machtigbaar) == (actor, (doel,), True)
    registered = huis.services.diensten.find_client(name)
    assert registered is not None
    assert registered.domein == f"{actor}|doel:{doel}|v1"
    signing = SigningKey.load(asked.folder / "jwk.json")
    assert [key["kid"] for key in registered.jwks["keys"]] == [signing.kid]
    published = http.get(f"{huis.origin}/keys/v1/doelen/{doel}").json()
    assert published["goedgekeurd_door"] == ["Jansen", "De Vries"]
    keys = http.get(f"{huis.origin}/keys/v1/actoren/{actor}/sleutels").json()["keys"]
    assert [key["kid"] for key in keys] == [SigningKey.load(asked.folder / "actor.jwk").kid]
    assert signing.kid not in {key["kid"] for key in keys}


def test_the_folder_can_be_read_by_its_owner_only(command: Callable[..., Command]) -> None:
    asked = command()
    assert asked.run().exit_code == 0
    assert stat.S_IMODE(asked.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in asked.folder.iterdir()} == {0o600}


def test_its_key_opens_what_machtigen_has_translated_for_it(
    huis: ConnectedHouse, http: httpx2.Client, command: Callable[..., Command]
) -> None:
    asked = command()
    assert asked.run().exit_code == 0
    key = ActorKey.from_json(read(asked.folder, "domein.json"))
    huis.person("noor")
    own_key = huis.services.domain_key.get()
    item = encrypt(huis.people["noor"], own_key.public, own_key.epoch)
    naar, doel = Domain.parse(str(key.domain)), str(asked.options["doel"])
    first, second = (huis.services.translator.transcrypt([item], naar=naar, doel=doel)[0] for _ in range(2))
    opened = decrypt(first, key)
    assert opened == decrypt(second, key)
    assert opened.point != huis.people["noor"].point


def test_the_same_command_again_changes_nothing(
    huis: ConnectedHouse, http: httpx2.Client, command: Callable[..., Command]
) -> None:
    asked = command()
    assert asked.run().exit_code == 0
    before = (contents(asked.folder), rows(huis, http))
    again = asked.run()
    assert again.exit_code == 0, again.output
    assert (contents(asked.folder), rows(huis, http)) == before
    assert ": done" not in again.stdout
    assert again.stdout.count("was there already") >= 6


def test_an_example_that_its_owner_changed_stays(command: Callable[..., Command]) -> None:
    asked = command()
    assert asked.run().exit_code == 0
    (asked.folder / "voorbeeld.py").write_text("mine = True\n")
    assert asked.run().exit_code == 0
    assert (asked.folder / "voorbeeld.py").read_text() == "mine = True\n"


def test_a_step_that_fails_is_named_and_a_corrected_command_goes_on_from_there(
    huis: ConnectedHouse, command: Callable[..., Command]
) -> None:
    asked = command()
    nowhere = f"http://127.0.0.1:{free_port()}/keys/t2"
    failed = asked.run(t2_url=nowhere)
    assert failed.exit_code == 1
    (sentence,) = failed.stderr.splitlines()
    assert sentence.startswith("Step 4 of 8 (obtain the key of the domain")
    assert "does not answer" in sentence
    assert "repeat the same command" in sentence
    kept = contents(asked.folder)
    assert set(kept) == {"aansluiting.json", "actor.jwk", "jwk.json", "lokaal.key"}
    done = asked.run()
    assert done.exit_code == 0, done.output
    after = contents(asked.folder)
    assert {name: after[name] for name in kept if name.endswith((".jwk", ".key"))} == {
        name: kept[name] for name in kept if name.endswith((".jwk", ".key"))
    }
    assert [line.rpartition(": ")[2] for line in done.stdout.splitlines()[:4]] == [
        "was there already", "was there already", "in place", "done",
    ]  # fmt: skip


def test_after_an_outage_the_rest_is_done(
    huis: ConnectedHouse, command: Callable[..., Command], tmp_path: Path
) -> None:
    asked = command()
    app, reached = huis.machtigen.state.services.caller_keys, []

    def down(client_id: str) -> Any:
        reached.append(client_id)
        raise OSError("the disk is gone")

    huis.machtigen.state.services.caller_keys = down
    try:
        failed = asked.run()
    finally:
        huis.machtigen.state.services.caller_keys = app
    assert reached == ["beheer"]
    assert (failed.exit_code, len(failed.stderr.splitlines())) == (1, 1)
    assert failed.stderr.startswith("Step 6 of 8 (register the service urn:uuid:")
    kept = contents(asked.folder)
    done = asked.run()
    assert done.exit_code == 0, done.output
    assert {name: contents(asked.folder)[name] for name in kept} == kept
    assert set(contents(asked.folder)) == FILES


def test_a_ground_that_was_withdrawn_is_not_granted_again(
    huis: ConnectedHouse, http: httpx2.Client, command: Callable[..., Command]
) -> None:
    asked = command()
    assert asked.run().exit_code == 0
    huis.beheer(http).withdraw(read(asked.folder, "gebruiksgrond.json")["id"])
    again = asked.run()
    assert again.exit_code == 1
    assert "Step 5 of 8" in again.stderr
    assert "withdrawn" in again.stderr


def test_an_actor_that_exists_keeps_its_keys(
    huis: ConnectedHouse, http: httpx2.Client, command: Callable[..., Command], tmp_path: Path
) -> None:
    first = command()
    assert first.run().exit_code == 0
    actor = f"oin:{OIN}:{first.options['onderactor']}"
    before = http.get(f"{huis.origin}/keys/v1/actoren/{actor}").json()
    second = Command(huis, tmp_path / "ander", {**first.options, "client-id": f"{actor[-13:]}-twee"})
    refused = second.run()
    assert refused.exit_code == 1
    assert "--actorsleutel" in refused.stderr
    assert http.get(f"{huis.origin}/keys/v1/actoren/{actor}").json() == before
    with_key = second.run(actorsleutel=str(first.folder / "actor.jwk"))
    assert with_key.exit_code == 0, with_key.output
    assert read(second.folder, "domein.json") == read(first.folder, "domein.json")
    assert http.get(f"{huis.origin}/keys/v1/actoren/{actor}").json() == before


def test_a_purpose_of_others_gets_no_new_version(
    huis: ConnectedHouse, http: httpx2.Client, command: Callable[..., Command]
) -> None:
    asked = command()
    before = http.get(f"{huis.origin}/keys/v1/doelen/machtigen").json()
    refused = asked.run(doel="machtigen")
    assert refused.exit_code == 1
    assert "--doel" in refused.stderr
    assert http.get(f"{huis.origin}/keys/v1/doelen/machtigen").json() == before


def test_a_key_that_is_not_the_operators_registers_nothing(
    huis: ConnectedHouse, http: httpx2.Client, command: Callable[..., Command], tmp_path: Path
) -> None:
    SigningKey.generate("ES256").save(tmp_path / "vreemd.jwk")
    before = rows(huis, http)
    refused = command().run(sleutel=str(tmp_path / "vreemd.jwk"))
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Step 1 of 8")
    assert "operator's key" in refused.stderr
    assert rows(huis, http) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oin": "123"}, "--oin has exactly 20 digits."),
        ({"oin": "0000000100222064700٣"}, "--oin has exactly 20 digits."),
        ({"onderactor": "Bijstand!"}, "--onderactor"),
        ({"doel": "a" * 65}, "--doel"),
        ({"naam": " "}, "--naam"),
        ({"uitleg": "een\nregel te veel"}, "--uitleg"),
        ({"wettelijke_grondslag": "x" * 500}, "--wettelijke-grondslag"),
        ({"goedgekeurd_door": ["Jansen"]}, "--goedgekeurd-door"),
        ({"goedgekeurd_door": ["Jansen", "Jansen "]}, "--goedgekeurd-door"),
        ({"bewaartermijn": "zeven jaar"}, "--bewaartermijn"),
        ({"handeling": ["toveren"]}, "--handeling is one of: informatie_opvragen"),
        ({"grond": ["zin"]}, "--grond is one of"),
        ({"niveau": "best"}, "--niveau is one of"),
        ({"categorie": ["Inkomen & zo"]}, "--categorie"),
        ({"redirect_uri": ["http://elders.example.nl/terug"]}, "--redirect-uri"),
        ({"redirect_uri": ["https://[kapot/terug"]}, "--redirect-uri"),
        ({"client_id": "A b"}, "--client-id"),
        ({"dienst": "1234"}, "--dienst"),
        ({"audience": "geen uri"}, "--audience"),
        ({"machtigen_url": "ftp://elders"}, "--machtigen-url"),
        ({"endpoints": None}, "--machtigen-url, --keys-url, --t1-url, --t2-url"),
        ({"endpoints": "http://127.0.0.1:9"}, "is the server up?"),
        ({"sleutel": "/dev/null"}, "--sleutel"),
        ({"actorsleutel": "/nergens.jwk"}, "--actorsleutel"),
        ({"klok": "straks"}, "KLOK"),
    ],
)
def test_wrong_input_gives_one_sentence_and_sends_nothing(
    huis: ConnectedHouse,
    http: httpx2.Client,
    command: Callable[..., Command],
    changes: dict[str, Any],
    words: str,
) -> None:
    before = rows(huis, http)
    asked = command()
    result = asked.run(**changes)
    assert result.exit_code == 2, result.output
    (sentence,) = result.stderr.splitlines()
    assert words in sentence
    assert not asked.folder.exists()
    assert rows(huis, http) == before


def test_a_folder_with_other_files_is_left_alone(command: Callable[..., Command]) -> None:
    asked = command()
    asked.folder.mkdir()
    (asked.folder / "brief.txt").write_text("van mij")
    result = asked.run()
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert contents(asked.folder) == {"brief.txt": b"van mij"}


def test_other_options_for_the_same_folder_are_named(command: Callable[..., Command]) -> None:
    asked = command()
    assert asked.run().exit_code == 0
    result = asked.run(naam="Iets anders", niveau="hoog")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "--naam, --niveau" in result.stderr


def test_a_purpose_id_that_is_taken_can_be_corrected_in_the_same_folder(
    command: Callable[..., Command],
) -> None:
    asked = command()
    assert asked.run(doel="machtigen").exit_code == 1
    assert asked.run().exit_code == 0


def test_an_address_that_is_not_the_public_one_is_said_to_be_so(
    huis: ConnectedHouse, command: Callable[..., Command]
) -> None:
    asked = command()
    assert asked.run().exit_code == 0
    before = contents(asked.folder)
    moved = huis.origin.replace("127.0.0.1", "localhost")
    failed = asked.run(machtigen_url=f"{moved}/machtigen")
    assert failed.exit_code == 1  # the assertion is made for an address that is not the public one
    assert "the address is not the public one" in failed.stderr
    changed = {name for name, content in contents(asked.folder).items() if content != before[name]}
    assert changed == {"aansluiting.json"}
    assert asked.run().exit_code == 0
    assert contents(asked.folder) == before


def test_a_plan_that_cannot_be_read_is_one_sentence(command: Callable[..., Command]) -> None:
    asked = command()
    asked.folder.mkdir()
    for text in ("{", "[]", "{}", '{"sinds": 5}'):
        (asked.folder / "aansluiting.json").write_text(text)
        result = asked.run()
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.output


def play(huis: ConnectedHouse, folder: Path, *arguments: str, namens: str = "") -> tuple[int, str]:
    """Run the example as its owner would; Anja's browser answers. Exit code and output."""
    example = subprocess.Popen(
        [sys.executable, str(folder / "voorbeeld.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
    )
    assert example.stdout is not None
    try:
        told = ""
        while "http" not in told:
            line = example.stdout.readline()
            assert line, told
            told += line
        with huis.browser("anja") as browser:
            back = choose(browser, told.split()[-1], namens)
            browser.get(back)
        rest, _ = example.communicate(timeout=30)
        return example.returncode, rest
    finally:
        example.kill()
        example.wait()
        example.stdout.close()


def choose(browser: httpx2.Client, url: str, namens: str) -> str:
    """Log in (done), choose for whom, and go where the browser is sent."""
    answer = browser.get(url)
    while answer.is_redirect:
        answer = browser.get(answer.headers["location"])
    choice = namens or next(one for one in choices_of(answer) if one != "zelf")
    answer = browser.post(action_of(answer), data=form_of(answer, namens=choice))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_the_example_lets_a_representative_in(
    huis: ConnectedHouse, command: Callable[..., Command], tmp_path: Path
) -> None:
    asked = command(f"http://127.0.0.1:{free_port()}/terug")
    assert asked.run().exit_code == 0
    (dienst,) = read(asked.folder, "client.json")["diensten"]
    huis.grant(dienst)
    token = tmp_path / "token.jwt"
    code, told = play(huis, asked.folder, "--bewaar", str(token))
    assert code == 0, told
    assert re.search(r"^may look: +yes$", told, re.MULTILINE)
    assert re.search(r"^themself: +no$", told, re.MULTILINE)
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    vault = Vault((asked.folder / "lokaal.key").read_bytes())
    key = ActorKey.from_json(read(asked.folder, "domein.json"))
    own_key = huis.services.domain_key.get()
    expected = []
    for name in ("anja", "noor"):
        item = encrypt(huis.people[name], own_key.public, own_key.epoch)
        translated = huis.services.translator.transcrypt([item], naar=key.domain, doel=key.domain.doel)
        expected.append(vault.pid(decrypt(translated[0], key)))
    assert re.findall(r"\(ours: (.*)\)", told) == expected


def test_the_example_lets_someone_in_for_themself(
    huis: ConnectedHouse, command: Callable[..., Command]
) -> None:
    asked = command(f"http://127.0.0.1:{free_port()}/terug")
    assert asked.run().exit_code == 0
    code, told = play(huis, asked.folder, namens="zelf")
    assert code == 0, told
    first, second = re.findall(r"\(ours: (.*)\)", told)
    assert first == second
    assert re.search(r"^themself: +yes$", told, re.MULTILINE)


def test_the_example_says_when_it_cannot_check(huis: ConnectedHouse, command: Callable[..., Command]) -> None:
    asked = command(f"http://127.0.0.1:{free_port()}/terug")
    assert asked.run().exit_code == 0
    client = read(asked.folder, "client.json")
    client["issuer"] = f"http://127.0.0.1:{free_port()}/machtigen/login"
    (asked.folder / "client.json").write_text(json.dumps(client))
    ended = subprocess.run(
        [sys.executable, str(asked.folder / "voorbeeld.py")], capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Could not check")
