"""Backup and restore of a data folder, without a server: real databases, a writer that goes on writing."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import archive  # noqa: E402 - scripts are not a package
import backup  # noqa: E402
import installation  # noqa: E402
import restore  # noqa: E402

NAMES = ("identiteit", "keys", "keys-t1", "machtigen", "rechten", "registers/terugbetalen")
SECRET = b'{"kty": "EC", "d": "secret"}'


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a script as its user does, with no other library than Python's own."""
    command = [sys.executable, "-S", "-E", str(SCRIPTS / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def connect(path: Path) -> sqlite3.Connection:
    """A connection as the packages make them."""
    connection = sqlite3.connect(path, timeout=20, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder: databases with a running number in two tables, keys, logs, a client."""
    folder = tmp_path / "data"
    made = installation.Installation.open(folder, "127.0.0.1", 8000, separate=False)
    made.make_keys()
    (folder / "sleutels" / "machtigen" / "hmac.json").write_bytes(SECRET)
    (folder / "logs" / "machtigen.jsonl").write_text('{"event": "started"}\n')
    for name in NAMES:
        with closing(connect(folder / "databases" / f"{name}.db")) as connection:
            connection.execute("CREATE TABLE acts (n INTEGER PRIMARY KEY, filling TEXT)")
            connection.execute("CREATE TABLE log (n INTEGER PRIMARY KEY, filling TEXT)")
    return folder


def write_act(connection: sqlite3.Connection, number: int) -> None:
    """One transaction: the act and its log line, or neither."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO acts VALUES (?, ?)", (number, "x" * 500))
    connection.execute("INSERT INTO log VALUES (?, ?)", (number, "y" * 500))
    connection.execute("COMMIT")


class Writer:
    """Writes acts to all databases by turns until it is told to stop; knows what was committed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.committed = 0
        self.failure: Exception | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def wait_for(self, count: int) -> None:
        """Return when so many rounds are durable."""
        while self.committed < count and self._thread.is_alive():
            self._stopping.wait(0.005)

    def _run(self) -> None:
        connections = [connect(self.folder / "databases" / f"{name}.db") for name in NAMES]
        try:
            while not self._stopping.is_set():
                for connection in connections:
                    write_act(connection, self.committed + 1)
                self.committed += 1
        except sqlite3.Error as error:
            self.failure = error
        finally:
            for connection in connections:
                connection.close()


def numbers(path: Path, table: str) -> list[int]:
    """The numbers in a table, in order."""
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute(f"SELECT n FROM {table} ORDER BY n")]  # noqa: S608 - a constant


def test_a_backup_during_writing_restores_to_a_consistent_prefix(data: Path, tmp_path: Path) -> None:
    """Every copy is sound, holds all that was durable before the backup began, and no half act."""
    target, restored = tmp_path / "backup.tar", tmp_path / "restored"
    with Writer(data) as writer:
        writer.wait_for(20)
        before = writer.committed
        made = run("backup.py", "--data", data, "--to", target)
        after = writer.committed
        writer.wait_for(after + 5)
    assert (made.returncode, made.stderr) == (0, "")
    assert writer.failure is None
    assert writer.committed >= after + 5
    done = run("restore.py", "--from", target, "--data", restored)
    assert (done.returncode, done.stderr) == (0, "")
    for name in NAMES:
        path = restored / "databases" / f"{name}.db"
        acts = numbers(path, "acts")
        assert acts == list(range(1, len(acts) + 1))
        assert before <= len(acts) <= after + 1
        assert numbers(path, "log") == acts
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_rows_that_are_only_in_the_write_ahead_log_are_copied(data: Path, tmp_path: Path) -> None:
    """What a connection committed and never checkpointed is in the archive."""
    path = data / "databases" / "machtigen.db"
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        write_act(connection, 1)
        assert path.with_name("machtigen.db-wal").stat().st_size > 0
        backup.make_backup(data, tmp_path / "b.tar")
    restore.restore(tmp_path / "b.tar", tmp_path / "restored")
    assert numbers(tmp_path / "restored" / "databases" / "machtigen.db", "acts") == [1]


def test_a_killed_server_leaves_a_folder_that_can_be_backed_up(data: Path, tmp_path: Path) -> None:
    """After a kill the write-ahead log lies there without a process: its rows are copied too."""
    program = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('PRAGMA wal_autocheckpoint=0'); c.execute(\"INSERT INTO acts VALUES (1, 'x')\");"
        "os.kill(os.getpid(), 9)"
    )
    path = data / "databases" / "keys.db"
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == -9
    assert path.with_name("keys.db-wal").stat().st_size > 0
    backup.make_backup(data, tmp_path / "b.tar")
    restore.restore(tmp_path / "b.tar", tmp_path / "restored")
    assert numbers(tmp_path / "restored" / "databases" / "keys.db", "acts") == [1]


def test_the_restored_folder_holds_every_other_file_and_is_private(data: Path, tmp_path: Path) -> None:
    """Keys and logs byte by byte; no companion files of SQLite; nobody else may read."""
    backup.make_backup(data, tmp_path / "b.tar")
    restored = tmp_path / "restored"
    restore.restore(tmp_path / "b.tar", restored)
    assert (restored / "sleutels" / "machtigen" / "hmac.json").read_bytes() == SECRET

    def others(folder: Path) -> dict[str, bytes]:
        files = [path for path in folder.rglob("*") if path.is_file() and ".db" not in path.name]
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    assert others(restored) == others(data)
    databases = {
        str(path.relative_to(restored)) for path in (restored / "databases").rglob("*") if path.is_file()
    }
    assert databases == {f"databases/{name}.db" for name in NAMES}
    for path in [restored, *restored.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    installation.Installation.open(restored, "127.0.0.1", 8000, separate=False)


def test_only_the_owner_may_read_the_archive_and_an_older_one_is_replaced(data: Path, tmp_path: Path) -> None:
    """Mode 0600 under any umask, also where an older archive was open to others; no scratch files stay."""
    target = tmp_path / "out" / "b.tar"
    target.parent.mkdir()
    target.write_text("old")
    target.chmod(0o644)
    before = os.umask(0)
    try:
        backup.make_backup(data, target)
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [path.name for path in target.parent.iterdir()] == ["b.tar"]
    assert tarfile.is_tarfile(target)


def test_the_marker_is_the_one_that_the_server_writes() -> None:
    """backup.py imports nothing of ours, so that it runs on a bare machine; the two must agree."""
    assert archive.MARKER == installation.MARKER


def refused(result: subprocess.CompletedProcess[str], code: int, words: str) -> None:
    """One sentence on standard error, nothing on standard output, the exit code."""
    assert result.returncode == code
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_folder_that_is_no_data_folder_is_not_backed_up(tmp_path: Path) -> None:
    """Exit code 2, and no archive."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    result = run("backup.py", "--data", tmp_path / "other", "--to", tmp_path / "b.tar")
    refused(result, 2, "is not a data folder of this server")
    assert not (tmp_path / "b.tar").exists()


def test_a_data_folder_without_databases_is_not_a_backup(tmp_path: Path) -> None:
    """An archive with nothing in it would only comfort."""
    installation.Installation.open(tmp_path / "data", "127.0.0.1", 8000, separate=False)
    refused(
        run("backup.py", "--data", tmp_path / "data", "--to", tmp_path / "b.tar"), 2, "nothing to back up"
    )


def test_an_archive_within_the_data_folder_is_refused(data: Path) -> None:
    """It would hold itself, and be lost with the folder."""
    refused(run("backup.py", "--data", data, "--to", data / "logs" / "b.tar"), 2, "within the data folder")


def test_a_missing_target_folder_gets_one_sentence(data: Path, tmp_path: Path) -> None:
    """Exit code 2."""
    refused(run("backup.py", "--data", data, "--to", tmp_path / "no" / "b.tar"), 2, "does not exist")


def test_a_damaged_database_stops_the_backup_and_the_older_archive_stays(data: Path, tmp_path: Path) -> None:
    """A copy of a damaged database is no backup."""
    (data / "databases" / "rechten.db").write_bytes(b"no database at all" * 100)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.tar").write_text("older")
    refused(run("backup.py", "--data", data, "--to", tmp_path / "out" / "b.tar"), 1, "rechten.db")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["b.tar"]
    assert (tmp_path / "out" / "b.tar").read_text() == "older"


def test_a_symbolic_link_in_the_data_folder_is_not_silently_left_out(data: Path, tmp_path: Path) -> None:
    """Exit code 2, and the link is named."""
    (data / "sleutels" / "extra.jwk").symlink_to(tmp_path / "elsewhere.jwk")
    refused(run("backup.py", "--data", data, "--to", tmp_path / "b.tar"), 2, "extra.jwk is a symbolic link")


@pytest.fixture
def made(data: Path, tmp_path: Path) -> Path:
    """A sound archive, in a folder where a restore may leave traces that a test would see."""
    (tmp_path / "place").mkdir()
    backup.make_backup(data, tmp_path / "b.tar")
    return tmp_path / "b.tar"


def restored_nothing(archive_file: Path, code: int, words: str) -> None:
    """The restore is refused with one sentence and leaves nothing, whole or half."""
    place = archive_file.parent / "place"
    refused(run("restore.py", "--from", archive_file, "--data", place / "new"), code, words)
    assert list(place.iterdir()) == []
    assert not (archive_file.parent / "evil.txt").exists()


def members(path: Path) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """The members of an archive with their content."""
    with tarfile.open(path) as tar:
        for member in tar:
            content = tar.extractfile(member)
            yield member, content.read() if content else b""


def remake(
    path: Path, change: Callable[[tarfile.TarInfo, bytes], list[tuple[tarfile.TarInfo, bytes]]]
) -> None:
    """Write the archive again with each member replaced by what `change` makes of it."""
    changed = [pair for member, content in members(path) for pair in change(member, content)]
    with tarfile.open(path, "w") as tar:
        for member, content in changed:
            tar.addfile(member, io.BytesIO(content))


def test_a_folder_with_something_in_it_is_left_alone(made: Path) -> None:
    """Exit code 2; the file that lay there is still there, alone."""
    place = made.parent / "place"
    (place / "letter.txt").write_text("mine")
    refused(run("restore.py", "--from", made, "--data", place), 2, "is not empty")
    assert [path.name for path in place.iterdir()] == ["letter.txt"]


def test_an_empty_folder_that_exists_is_filled(made: Path) -> None:
    """As README says: into an empty folder."""
    place = made.parent / "place"
    assert run("restore.py", "--from", made, "--data", place).returncode == 0
    assert (place / "installatie.json").exists()
    assert [path.name for path in made.parent.iterdir() if path.name.startswith(".")] == []


def test_an_archive_that_is_not_there_gets_one_sentence(made: Path) -> None:
    """Exit code 2."""
    made.unlink()
    restored_nothing(made, 2, "There is no archive")


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_an_archive_that_was_cut_off_is_refused(made: Path, part: float) -> None:
    """Wherever it was cut."""
    content = made.read_bytes()
    made.write_bytes(content[: int(len(content) * part)])
    restored_nothing(made, 1, "damaged")


def test_an_archive_cut_just_before_its_manifest_is_refused(made: Path) -> None:
    """All files are there and a tar reader is content: only the manifest is missing."""
    remake(made, lambda member, content: [] if member.name == "manifest.json" else [(member, content)])
    restored_nothing(made, 1, "ends too early")


def test_one_flipped_bit_in_any_file_is_found(made: Path) -> None:
    """In a key file, where SQLite would not have found it."""
    content = bytearray(made.read_bytes())
    content[content.index(SECRET) + 3] ^= 1
    made.write_bytes(content)
    restored_nothing(made, 1, "differ from its manifest")


def test_a_file_that_was_left_out_or_added_is_found(made: Path) -> None:
    """The files and the manifest name the same set."""
    remake(made, lambda member, content: [] if member.name.endswith("hmac.json") else [(member, content)])
    restored_nothing(made, 1, "differ from its manifest")


def test_a_damaged_manifest_is_refused(made: Path) -> None:
    """Not JSON any more."""

    def change(member: tarfile.TarInfo, content: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        if member.name == "manifest.json":
            content = b"{" + content[1:-1] + b" "
        return [(member, content)]

    remake(made, change)
    restored_nothing(made, 1, "its manifest cannot be read")


def test_a_file_that_is_no_archive_is_refused(made: Path) -> None:
    """Any bytes."""
    made.write_bytes(b"hello world, this is a letter" * 100)
    restored_nothing(made, 1, "no tar archive")


@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "data/../../evil.txt",
        "/data/evil.txt",
        "data//evil.txt",
        "data/./evil.txt",
        "data/a\\b",
        "evil.txt",
    ],
)
def test_a_name_that_leads_outside_the_folder_is_refused(made: Path, name: str) -> None:
    """Before anything is written under it."""

    def change(member: tarfile.TarInfo, content: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        if not member.name.endswith("hmac.json"):
            return [(member, content)]
        evil = tarfile.TarInfo(name)
        evil.size = len(content)
        return [(evil, content)]

    remake(made, change)
    restored_nothing(made, 1, "leads outside the data folder")


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE]
)
def test_anything_but_an_ordinary_file_is_refused(made: Path, kind: bytes) -> None:
    """Links, devices, pipes: a link could lead the next member anywhere."""
    evil = tarfile.TarInfo("data/sleutels/link")
    evil.type, evil.linkname = kind, "/etc"
    first = [(evil, b"")]

    def change(member: tarfile.TarInfo, content: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        return [*(first.pop() for _ in first[:]), (member, content)]

    remake(made, change)
    restored_nothing(made, 1, "something else than ordinary files")


def test_a_name_that_occurs_twice_is_refused(made: Path) -> None:
    """The second could replace the one that was checked."""

    def change(member: tarfile.TarInfo, content: bytes) -> list[tuple[tarfile.TarInfo, bytes]]:
        return [(member, content)] * (2 if member.name.endswith("hmac.json") else 1)

    remake(made, change)
    restored_nothing(made, 1, "holds a name twice")


def test_a_sound_archive_of_something_else_is_refused(made: Path) -> None:
    """A tar with a manifest of its own kind."""
    with tarfile.open(made, "w") as tar:
        content = b'{"soort": "photos", "versie": 1, "bestanden": []}'
        member = tarfile.TarInfo("manifest.json")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    restored_nothing(made, 1, "not a backup of this server")
