"""Secrets in files: whole or not there, made once, and nobody else's to read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from keys.kernel.jws import load_or_generate
from keys.kernel.jws.keyfile import KeyFileRefused, open_to_others, secret_bytes, write_secret


class PowerCut(Exception):
    """The machine stops here."""


def test_a_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "map" / "lokaal.key"
    made = secret_bytes(path, may_make=True)
    assert len(made) == 32
    assert secret_bytes(path, may_make=False) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("moment", ["open", "fsync"])
def test_a_crash_while_a_secret_is_made_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = tmp_path / "lokaal.key"

    def stop(*_arguments: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(os, moment, stop)
        with pytest.raises(PowerCut):
            secret_bytes(path, may_make=True)
    assert not path.exists()
    assert len(secret_bytes(path, may_make=True)) == 32


def test_a_secret_that_is_missing_or_cut_short_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "lokaal.key"
    with pytest.raises(KeyFileRefused, match=r"lokaal\.key is missing"):
        secret_bytes(path, may_make=False)
    path.write_bytes(b"")
    for may_make in (True, False):
        with pytest.raises(KeyFileRefused, match=r"lokaal\.key does not hold 32 bytes"):
            secret_bytes(path, may_make=may_make)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_key_files_open_to_others_are_named_and_refused_in_production(tmp_path: Path, mode: int) -> None:
    load_or_generate(tmp_path / "ondertekening.jwk")
    secret_bytes(tmp_path / "register" / "lokaal.key", may_make=True)
    write_secret(tmp_path / "register" / "domein-x.json", b"{}")
    (tmp_path / "partijen.json").write_text("{}")
    (tmp_path / "partijen.json").chmod(0o644)  # public
    assert open_to_others(tmp_path, production=True) == []
    for name in ("ondertekening.jwk", "register/lokaal.key", "register/domein-x.json"):
        (tmp_path / name).chmod(mode)
        assert open_to_others(tmp_path, production=False) == [Path(name).name]
        with pytest.raises(KeyFileRefused, match=f"{name} may be read by others"):
            open_to_others(tmp_path, production=True)
        (tmp_path / name).chmod(0o600)


def test_a_folder_that_is_not_there_yet_has_no_open_files(tmp_path: Path) -> None:
    assert open_to_others(tmp_path / "nergens", production=True) == []
