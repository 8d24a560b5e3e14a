"""Backup and restore as README.md tells it: its own commands, against a server at work."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from visitor import Visitor

from tests.e2e.acts import grant, service
from tests.e2e.readme import inline, words
from tests.e2e.system import ROOT, System, free_ports, running

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


class Writer:
    """Noor, who goes on granting; knows which machtigingen were confirmed to her."""

    def __init__(self, system: System) -> None:
        self.noor = Visitor(system.endpoints, "noor")
        self.noor.log_in("machtigen")
        self.dienst = service(self.noor)
        self.made: list[str] = []
        self.failure: Exception | None = None
        self.stop = threading.Event()

    def write(self) -> None:
        """Until told to stop."""
        try:
            while not self.stop.is_set():
                self.made.append(grant(self.noor, self.dienst, f"nummer {len(self.made)}")["id"])
        except Exception as error:  # noqa: BLE001 - told to the test, which fails
            self.failure = error


@contextmanager
def writing(system: System) -> Iterator[Writer]:
    """A writer at work."""
    writer = Writer(system)
    thread = threading.Thread(target=writer.write)
    thread.start()
    try:
        while len(writer.made) < 3:
            assert thread.is_alive(), writer.failure
            writer.stop.wait(0.01)
        yield writer
    finally:
        writer.stop.set()
        thread.join()
        writer.noor.close()
    assert writer.failure is None


def run(command: str, **places: str) -> None:
    """A command of README's text, as a user in the project's folder types it."""
    done = subprocess.run(
        words(command, **places), cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_a_backup_of_a_server_at_work_is_restored_and_goes_on(tmp_path: Path) -> None:
    """What was there before the backup began is there again: a story half way, which is then finished."""
    [backup] = inline("Backup")
    restore, go_on = inline("Restore")
    assert words(go_on)[:2] == ["scripts/run", "--data"]
    data, archive, restored = tmp_path / "data", tmp_path / "backup.tar", tmp_path / "again" / "new-folder"
    restored.parent.mkdir()
    port = free_ports()
    with running(data, port) as system:
        anja, power = begin_the_story(system)
        with writing(system) as writer:
            before = list(writer.made)
            run(backup, data=str(data), **{"backup.tar": str(archive)})
            after = len(writer.made)
        assert len(writer.made) >= after
    run(restore, new_folder=str(restored), **{"backup.tar": str(archive)})
    assert words(go_on, new_folder=str(restored))[2] == str(restored)
    with running(restored, port) as again:
        assert "Registering" not in again.said()
        finish_the_story(again, anja, power)
        noor = Visitor(again.endpoints, "noor")
        noor.log_in("machtigen")
        for identifier in before:
            noor.expect(200, "GET", "machtigen", f"/api/v1/machtigingen/{identifier}")
        noor.close()
    anja.close()


def begin_the_story(system: System) -> tuple[Visitor, str]:
    """Noor grants, Anja accepts and stays logged in."""
    noor, anja = Visitor(system.endpoints, "noor"), Visitor(system.endpoints, "anja")
    noor.log_in("machtigen")
    anja.log_in("machtigen")
    made = grant(noor, service(noor), "voor mama")
    anja.expect(200, "POST", "machtigen", "/api/v1/codes/bevestigen", {"code": made["code"]})
    noor.close()
    return anja, made["id"]


def finish_the_story(system: System, anja: Visitor, power: str) -> None:
    """Anja's session and power still stand, names and records too; she gives the power up."""
    shown = anja.expect(200, "GET", "machtigen", f"/api/v1/machtigingen/{power}")
    assert shown["status"] == "actief"
    history = anja.expect(200, "GET", "machtigen", f"/api/v1/machtigingen/{power}/geschiedenis")
    assert [line["gebeurtenis"] for line in history["resultaten"]] == ["aangevraagd", "bevestigd"]
    noor = Visitor(system.endpoints, "noor")
    noor.log_in("rechten")
    records = noor.expect(200, "GET", "rechten", "/api/v1/inzage/gegevens")
    assert len(records["registers"]) == 5
    assert not records["onbereikbaar"]
    noor.close()
    ended = anja.expect(200, "POST", "machtigen", f"/api/v1/machtigingen/{power}/opzeggen", {})
    assert ended["status"] == "opgezegd"
