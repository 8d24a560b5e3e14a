"""A package that cannot start says why in one sentence, with names of variables and without any value."""

from __future__ import annotations

import importlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient
from pydantic import ValidationError
from pydantic_settings import BaseSettings
from typer.testing import CliRunner

from keys.kernel.database import MigrationsWait, bring_up_to_date, pending
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.jws.keyfile import KeyFileRefused
from keys.kernel.starting.settings import UnknownSetting, place_of

pytestmark = pytest.mark.slow

PACKAGES = ("identiteit", "keys", "machtigen", "rechten")
SECRET = "hunter2-of-the-database"


def settings_of(package: str) -> type[BaseSettings]:
    found: type[BaseSettings] = importlib.import_module(f"{package}.settings").Settings
    return found


def cli_of(package: str) -> typer.Typer:
    module = importlib.import_module(f"{package}.__main__")
    found: typer.Typer = getattr(module, "cli", None) or module.app
    return found


def environment(package: str, folder: Path) -> dict[str, str]:
    """Good settings of a package."""
    jwks = folder / "beheer.jwks.json"
    jwks.write_text(json.dumps(Jwks.of(SigningKey.generate()).as_dict()))
    values = {
        "public_url": "http://127.0.0.1:8300",
        "database_url": f"sqlite:///{folder}/{package}.db",
        "sleutels_map": str(folder / "sleutels"),
        "beheer_jwks_file": str(jwks),
        "registers_map": str(folder / "registers"),
    }
    places = ("identiteit", "keys", "machtigen", "rechten", "keys/t1", "keys/t2")
    values |= {f"{place.rpartition('/')[2]}_url": f"http://127.0.0.1:8300/{place}" for place in places}
    fields = settings_of(package).model_fields
    return {f"{package}_{name}".upper(): value for name, value in values.items() if name in fields}


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each package, with no settings in the environment."""
    monkeypatch.delenv("KLOK", raising=False)
    return str(request.param)


def test_good_settings_are_read(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(package, tmp_path).items():
        monkeypatch.setenv(name, value)
    assert str(tmp_path) in settings_of(package)().database_url  # type: ignore[attr-defined]  # each has it


def test_a_misspelt_variable_is_refused_by_name(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(package, tmp_path).items():
        monkeypatch.setenv(name, value)
    misspelt = f"{package.upper()}_OMGEVNIG"
    monkeypatch.setenv(misspelt, SECRET)
    with pytest.raises(UnknownSetting) as refused:
        settings_of(package)()
    assert str(refused.value) == f"there is no setting {misspelt}"


def test_a_variable_of_another_package_is_none_of_ours(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(package, tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ANDERS_OMGEVNIG", "x")
    assert settings_of(package)()


BAD: dict[str, dict[str, str | None]] = {
    "misspelt": {"OMGEVNIG": SECRET},
    "missing": {"DATABASE_URL": None},
    "no-choice": {"OMGEVING": SECRET},
    "no-address": {"T1_URL": SECRET},
    "no-database": {"DATABASE_URL": f"mysql://u:{SECRET}@db.test/x"},
    "no-database-at-all": {"DATABASE_URL": SECRET},
    "nobody-home": {"DATABASE_URL": f"postgresql+psycopg://u:{SECRET}@127.0.0.1:9/x"},
    "no-operator": {"BEHEER_JWKS_FILE": "/nergens.json"},
}


@pytest.mark.parametrize("kind", BAD)
def test_a_start_that_cannot_be_is_one_sentence_without_a_secret(
    package: str, kind: str, tmp_path: Path
) -> None:
    changes = {f"{package.upper()}_{name}": value for name, value in BAD[kind].items()}
    ended = CliRunner().invoke(cli_of(package), ["serve"], env={**environment(package, tmp_path), **changes})
    assert (ended.exit_code, len(ended.stderr.splitlines())) == (2, 1), ended.output
    assert ended.stderr.startswith(f"{package} cannot start: ")
    assert SECRET not in ended.output


def test_an_error_of_the_settings_names_the_variable(package: str, tmp_path: Path) -> None:
    variable = f"{package.upper()}_DATABASE_URL"
    env: dict[str, Any] = {**environment(package, tmp_path), variable: None}
    ended = CliRunner().invoke(cli_of(package), ["migrate"], env=env)
    assert ended.stderr == f"{package} cannot start: {variable}: Field required\n"


def test_upkeep_runs_beside_the_server_and_survives_a_round_that_fails(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is played by a wait for three rounds, of which the first fails."""
    rounds, enough = [], threading.Event()

    def upkeep() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("a round that fails")
        if len(rounds) == 3:
            enough.set()

    def run(app: Any, **_options: Any) -> None:
        app.state.upkeep = upkeep
        assert enough.wait(20)

    monkeypatch.setattr("keys.kernel.starting.command.UPKEEP_PAUSE_S", 0.01)
    monkeypatch.setattr("keys.kernel.starting.command.uvicorn.run", run)
    ended = CliRunner().invoke(cli_of(package), ["serve"], env=environment(package, tmp_path))
    assert ended.exit_code == 0, ended.output
    assert ended.stderr.count("unexpected-error") == 1


# production


def test_where_nothing_migrates_by_itself_waiting_migrations_are_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/rechten.db"
    with pytest.raises(MigrationsWait, match=r"^migrations wait: run `python -m rechten migrate` first$"):
        bring_up_to_date(url, "rechten", by_itself=False)
    assert pending(url, "rechten")
    bring_up_to_date(url, "rechten", by_itself=True)
    assert not pending(url, "rechten")
    bring_up_to_date(url, "rechten", by_itself=False)


@pytest.mark.parametrize("package", ["identiteit", "machtigen", "rechten"])
def test_in_production_no_package_migrates_by_itself(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment(package, tmp_path).items():
        monkeypatch.setenv(name, value)
    settings = settings_of(package)().model_copy(update={"omgeving": "productie"})
    with pytest.raises(MigrationsWait):
        importlib.import_module(f"{package}.app").create_app(settings)
    assert pending(settings.database_url, package)  # type: ignore[attr-defined]  # each has it


@pytest.mark.parametrize("production", [False, True])
def test_every_package_looks_at_who_may_read_its_key_files(
    package: str,
    production: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(package, tmp_path).items():
        monkeypatch.setenv(name, value)
    settings = settings_of(package)()
    create_app = importlib.import_module(f"{package}.app").create_app
    with TestClient(create_app(settings)):
        pass
    assert "key-file-open-to-others" not in capsys.readouterr().err
    (found,) = list((tmp_path / "sleutels").rglob("t1/ondertekening.jwk")) or [
        tmp_path / "sleutels" / "ondertekening.jwk"
    ]
    found.chmod(0o640)
    if production:
        monkeypatch.setattr(f"{package}.app.prepare", lambda _settings: None, raising=False)
        with pytest.raises(KeyFileRefused):
            create_app(settings.model_copy(update={"omgeving": "productie"}))
        return
    with TestClient(create_app(settings)):
        pass
    logged = [line for line in capsys.readouterr().err.splitlines() if "key-file-open-to-others" in line]
    assert [json.loads(line)["file"] for line in logged] == ["ondertekening.jwk"]


def keys_in_production(folder: Path, **changes: Any) -> dict[str, Any]:
    return {
        "omgeving": "productie",
        "public_url": "https://keys.test",
        "database_url": f"postgresql+psycopg://keys:{SECRET}@db.test/keys",
        "sleutels_map": folder,
        "beheer_jwks_file": folder / "beheer.jwks.json",
        "partijen": ["t1"],
        "t2_url": "https://t2.test/keys/t2",
        "t1_database_url": f"postgresql+psycopg://t1:{SECRET}@db.test/t1",
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"public_url": "http://keys.test"},
        {"t1_url": "http://t1.test/keys/t1"},
        {"t2_url": "http://t2.test/keys/t2"},
        {"t1_database_url": "postgresql+psycopg://other@db.test:5432/keys"},
        {"t2_database_url": f"postgresql://t2:{SECRET}@db.test/t1"},
    ],
)
def test_keys_refuses_http_and_shared_databases_in_production(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    settings = settings_of("keys")
    assert settings(**keys_in_production(tmp_path))
    with pytest.raises(ValidationError):
        settings(**keys_in_production(tmp_path, **changes))


@pytest.mark.parametrize(
    ("own", "pattern"),
    [
        ("postgresql://a@db.test/rechten-x", "postgresql://b@db.test:5432/rechten-{register}"),
        ("postgresql://a@db.test/rechten", "postgresql://{register}@db.test/registers"),
    ],
)
def test_rechten_refuses_a_database_of_its_own_that_a_register_could_have(
    tmp_path: Path, own: str, pattern: str
) -> None:
    values = {
        "public_url": "https://rechten.test",
        "sleutels_map": tmp_path,
        "beheer_jwks_file": tmp_path / "beheer.jwks.json",
        **{f"{name}_url": f"https://{name}.test" for name in ("identiteit", "keys", "machtigen", "t1", "t2")},
    }
    settings = settings_of("rechten")
    good = {
        "database_url": "postgresql://a@db.test/rechten",
        "register_database_url": "postgresql://db.test/r-{register}",
    }
    assert settings(**values, **good)  # type: ignore[arg-type]  # by name
    with pytest.raises(ValidationError):
        settings(**values, database_url=own, register_database_url=pattern)  # type: ignore[arg-type]  # by name
    with pytest.raises(ValidationError):
        settings(**values, database_url=f"sqlite:///{tmp_path}/x.db", registers_map=tmp_path)  # type: ignore[arg-type]  # by name


def test_a_database_is_the_same_whoever_logs_in() -> None:
    one = place_of("postgresql+psycopg://a:x@db.test/keys")
    assert one == place_of("postgresql://b@db.test:5432/keys")
    assert one != place_of("postgresql://b@db.test:5433/keys")
