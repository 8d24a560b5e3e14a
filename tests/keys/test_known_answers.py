"""What is checked before anything is served, and that a process that fails a check does not serve."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keys.app import create_app
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep import group
from keys.preparation import StartRefused, make_throwaway_parties
from keys.pseudonyms import derive, knownanswers, transcrypt
from keys.pseudonyms.filestore import FILE_NAME
from keys.pseudonyms.fingerprints import RECORD_NAME
from tests.keys.conftest import settings_in, write_operator

Break = Callable[[pytest.MonkeyPatch], None]


def start(folder: Path) -> None:
    write_operator(folder)
    create_app(settings_in(folder, log_file=None)).state.close()


def another_hash(patch: pytest.MonkeyPatch) -> None:
    real = derive.factor_by
    patch.setattr(
        derive, "factor_by", lambda mac, kind, name: real(lambda text: mac(text + b"."), kind, name)
    )


def another_group(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(group(), "subtract", group().add)


def another_hop(patch: pytest.MonkeyPatch) -> None:
    real = transcrypt.hop
    patch.setattr(transcrypt, "hop", lambda data, s, u, *rest: real(data, u, s, *rest))


def a_proof_that_always_holds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(knownanswers, "verify_hop", lambda *_given: True)


def a_proof_that_never_holds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(knownanswers, "verify_hop", lambda *_given: False)


def a_proof_of_something_else(patch: pytest.MonkeyPatch) -> None:
    real = knownanswers.prove_hop
    patch.setattr(knownanswers, "prove_hop", lambda statement, s, u, rhos: real(statement, u, s, rhos))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (another_group, "libsodium fails the known-answer test"),
        (another_hash, "HMAC-SHA512 computes something else"),
        (another_hop, "the hop fails its known-answer test"),
        (a_proof_that_always_holds, "the proof of a hop fails"),
        (a_proof_that_never_holds, "the proof of a hop fails"),
        (a_proof_of_something_else, "the proof of a hop fails"),
    ],
)
def test_a_process_that_computes_something_else_does_not_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: Break, expected: str
) -> None:
    start(tmp_path)
    with monkeypatch.context() as patch:
        wrong(patch)
        with pytest.raises(StartRefused, match=expected) as refused:
            start(tmp_path)
    assert "\n" not in str(refused.value)
    start(tmp_path)


def changed_share(folder: Path) -> None:
    path = folder / "sleutels" / "t1" / FILE_NAME
    document = json.loads(path.read_text())
    document["delen"]["13"]["k_enc"] = document["delen"]["12"]["k_enc"]
    write_secret(path, json.dumps(document).encode())


def changed_record(folder: Path) -> None:
    path = folder / "sleutels" / "t1" / RECORD_NAME
    document: dict[str, Any] = json.loads(path.read_text())
    document["vingerafdrukken"]["13"] = "0" * 64
    path.write_text(json.dumps(document))


def missing_in_record(folder: Path) -> None:
    path = folder / "sleutels" / "t1" / RECORD_NAME
    document: dict[str, Any] = json.loads(path.read_text())
    del document["vingerafdrukken"]["13"]
    path.write_text(json.dumps(document))


@pytest.mark.parametrize("change", [changed_share, changed_record, missing_in_record])
def test_a_store_with_another_share_than_was_recorded_does_not_serve(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    start(tmp_path)
    change(tmp_path)
    with pytest.raises(StartRefused, match="share 13 of t1 is not the one whose fingerprint was recorded"):
        start(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"suite": "x", "partij": "t1", "vingerafdrukken": {}}'])
def test_a_record_that_is_no_record_is_refused(tmp_path: Path, content: str) -> None:
    start(tmp_path)
    (tmp_path / "sleutels" / "t1" / RECORD_NAME).write_text(content)
    with pytest.raises(StartRefused, match="does not hold the fingerprints"):
        start(tmp_path)


def test_throwaway_shares_from_before_fingerprints_get_a_record(tmp_path: Path) -> None:
    make_throwaway_parties(tmp_path / "sleutels")
    record = tmp_path / "sleutels" / "t1" / RECORD_NAME
    kept = record.read_text()
    record.unlink()
    start(tmp_path)
    assert record.read_text() == kept
