"""Settings that are missing, insecure or contradict themselves are refused, without repeating secrets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from identiteit.app import create_app
from identiteit.settings import Settings
from keys.kernel.jws.keyfile import KeyFileRefused
from keys.kernel.starting.klok import InvalidKlok

SECRET = "hunter2-of-the-database"


def values(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    good: dict[str, Any] = {
        "public_url": "https://id.test",
        "database_url": f"postgresql+psycopg://identiteit:{SECRET}@db.test/identiteit",
        "sleutels_map": tmp_path,
        "beheer_jwks_file": tmp_path / "beheer.jwks.json",
        "machtigen_url": "https://m.test/machtigen",
        "rechten_url": "https://r.test/rechten",
        "keys_url": "https://k.test/keys",
        "t1_url": "https://t1.test/keys/t1",
        "t2_url": "https://t2.test/keys/t2",
    }
    return {**good, **changes}


def test_good_settings_give_the_addresses_of_this_package(tmp_path: Path) -> None:
    settings = Settings(**values(tmp_path))
    assert settings.issuer == "https://id.test/identiteit"
    assert settings.secure
    assert not settings.production
    assert str(settings.origin_domain) == "oin:00000099000000001000:identiteit|doel:oorsprong|v1"
    assert not Settings(**values(tmp_path, public_url="http://127.0.0.1:8001")).secure


@pytest.mark.parametrize(
    "changes",
    [
        {"public_url": "ftp://id.test"},
        {"public_url": "id.test"},
        {"public_url": "https://"},
        {"public_url": "https://id.test/"},
        {"public_url": "https://id.test/identiteit"},
        {"public_url": "https://id.test?x=1"},
        {"public_url": "https://id.test#x"},
        {"public_url": "https://user:password@id.test"},
        {"machtigen_url": "https://m.test/machtigen/"},
        {"machtigen_url": "https://m.test/machtigen?x"},
        {"machtigen_url": "javascript:alert(1)"},
        {"rechten_url": "https://r.test/rechten#x"},
        {"keys_url": "https://u@k.test/keys"},
        {"t1_url": ""},
        {"t2_url": None},
        {"oin": "123"},
        {"oin": "0000009900000000100x"},
        {"oin": "٠٠٠٠٠٠٩٩٠٠٠٠٠٠٠٠١٠٠٠"},
        {"omgeving": "acceptatie"},
        {"inlogmiddel": "vertrouwen"},
        {"unknown": "x"},
        {"database_url": None},
        {"omgeving": "productie"},
        {"omgeving": "productie", "public_url": "http://id.test"},
        {"omgeving": "productie", "t2_url": "http://t2.test/keys/t2"},
        {"omgeving": "productie", "klok": "3600"},
    ],
)
def test_insecure_or_impossible_settings_are_refused_and_secrets_not_repeated(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError) as refused:
        Settings(**values(tmp_path, **changes))
    assert SECRET not in str(refused.value)
    assert "password" not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"public_url": "http://id.test"}, "every address is https"),
        ({"keys_url": "http://k.test/keys"}, "every address is https"),
        ({"klok": "3600"}, "KLOK is refused"),
        ({}, "simulated login provider"),
    ],
)
def test_production_says_what_it_refuses(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Settings(**values(tmp_path, omgeving="productie", **changes))


def test_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("IDENTITEIT_"):
            monkeypatch.delenv(name)
    for name, value in values(tmp_path).items():
        monkeypatch.setenv(f"IDENTITEIT_{name.upper()}", str(value))
    monkeypatch.setenv("KLOK", "60")
    settings = Settings()
    assert settings.machtigen_url == "https://m.test/machtigen"
    assert settings.klok == "60"


def test_a_clock_that_makes_no_sense_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "beheer.jwks.json").write_text('{"keys": []}')
    settings = Settings(**values(tmp_path, database_url=f"sqlite:///{tmp_path}/x.db", klok="tomorrow"))
    with pytest.raises(InvalidKlok):
        create_app(settings)


def test_a_local_key_of_the_wrong_length_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "beheer.jwks.json").write_text('{"keys": []}')
    (tmp_path / "lokaal.key").write_bytes(b"short")
    with pytest.raises(KeyFileRefused, match="32 bytes"):
        create_app(Settings(**values(tmp_path, database_url=f"sqlite:///{tmp_path}/x.db")))


def test_keys_that_are_made_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    (tmp_path / "beheer.jwks.json").write_text('{"keys": []}')
    folder = tmp_path / "sleutels"
    app = create_app(
        Settings(
            **values(
                tmp_path,
                database_url=f"sqlite:///{tmp_path}/x.db",
                sleutels_map=folder,
                log_file=tmp_path / "log.jsonl",
            )
        )
    )
    app.state.services.database.close()
    app.state.services.log.close()
    made = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert made == {"lokaal.key": 0o600, "ondertekening.jwk": 0o600}
    assert (tmp_path / "log.jsonl").stat().st_mode & 0o777 == 0o600
