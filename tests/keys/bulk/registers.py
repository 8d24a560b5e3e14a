"""Registers with files of people, for the tests of conversion."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2

from keys.bulk.columns import Columns
from keys.bulk.conversion import Conversion
from keys.bulk.csvfile import CsvFile
from keys.bulk.journal import Counts, Journal, fingerprint
from keys.bulk.opening import Row
from keys.bulk.parquetfile import ParquetFile
from keys.bulk.workforce import Workforce
from keys.bulk.working import Done, Task, Worker
from keys.kernel.pep import SUITE, ActorKey, Ciphertext, Domain, Pseudonym, Vault, decrypt, encrypt, group
from keys.kernel.pep.encoding import from_base64url, to_base64url
from tests.keys.conftest import ORIGIN, World

COLUMNS = Columns("pseudoniem", "pid", "pseudoniem")
DOEL = "uitwisseling"


def nothing(_number: int) -> None:
    """What is called where nothing is to happen."""


def person(of: Domain) -> Pseudonym:
    """Somebody, as a register knows them."""
    return Pseudonym(of, group().mul_base(group().random_scalar()))


@dataclass
class Register:
    """A register with its keys in a folder, and where its people are sent to."""

    key: ActorKey
    receiver: ActorKey
    task: Task
    vault: Vault
    http: httpx2.Client

    @classmethod
    def of(cls, world: World, van: Domain, naar: Domain, folder: Path) -> Register:
        """Writes the key files of `van` into `folder`."""
        world.signing[van.actor].save(folder / "ondertekening.jwk")
        (folder / "domein.json").write_text(json.dumps(world.keys[van].to_json()))
        local = secrets.token_bytes(32)
        (folder / "lokaal.key").write_bytes(local)
        task = Task(
            van=str(van), naar=str(naar), doel=DOEL, naar_epoch=1,
            signing_key=folder / "ondertekening.jwk", domain_key=folder / "domein.json",
            local_key=folder / "lokaal.key", keys_url=f"{ORIGIN}/keys",
            party_urls=tuple((party, f"{ORIGIN}/keys/{party}") for party in ("t1", "t2")),
            stated=(False, False),
        )  # fmt: skip
        return cls(world.keys[van], world.keys[naar], task, Vault(local), world.http)

    def wrapped(self, one: Pseudonym) -> Row:
        """As the register keeps this person: wrapped, beside the pid."""
        return Row(to_base64url(self.vault.wrap(one)), self.vault.pid(one))

    def encrypted(self, one: Pseudonym) -> Row:
        """As a ciphertext under the register's own key."""
        return Row(f"{SUITE}:{to_base64url(encrypt(one, self.key.public, self.key.epoch).data)}")

    def worker(self, http: httpx2.Client | None = None, **changes: Any) -> Worker:
        """A worker of this register, in this process."""
        return Worker(replace(self.task, **changes), http or self.http)

    def received(self, text: str | None) -> Pseudonym:
        """What the receiver reads in a text of the output."""
        assert text is not None
        suite, _, encoded = text.rpartition(":")
        assert suite == SUITE
        context = self.receiver.domain, self.receiver.epoch
        return decrypt(Ciphertext(*context, from_base64url(encoded)), self.receiver)

    def expected(self, people: Sequence[Pseudonym]) -> list[Pseudonym]:
        """The same people as the receiver knows them, by the plain client."""
        made = [encrypt(one, self.key.public, self.key.epoch) for one in people]
        found = self.worker()._client.transcrypt(made, naar=self.receiver.domain, doel=DOEL)
        return [decrypt(one, self.receiver) for one in found]


class Here(Executor):
    """Does every batch at once, in this process. `before` is called first, with the number of the batch."""

    def __init__(self, worker: Worker, before: Callable[[int], None] = nothing) -> None:
        self._worker = worker
        self._before = before
        self.batches = 0

    def submit(self, _function: Any, /, *arguments: Any, **_named: Any) -> Future[Any]:
        """Do it."""
        future: Future[Done] = Future()
        try:
            self._before(self.batches)
            self.batches += 1
            future.set_result(self._worker.convert(arguments[1]))
        except Exception as error:  # noqa: BLE001 - an executor hands every error to who asks for the result
            future.set_exception(error)
        return future


def convert_here(
    register: Register,
    source: Path,
    out: Path,
    *,
    size: int = 4,
    columns: Columns = COLUMNS,
    before: Callable[[int], None] = nothing,
) -> tuple[Counts, int]:
    """A whole conversion in this process: (counts, how many batches it did itself)."""
    task = replace(register.task, stated=(columns.domein is not None, columns.epoch is not None))
    kind = ParquetFile if source.suffix == ".parquet" else CsvFile
    file = kind(source, columns, (task.naar, task.naar_epoch))
    head = {"invoer": fingerprint(source), "doel": task.doel, "batch": size}
    journal = Journal(out, file.suffix, head)
    here = Here(Worker(task, register.http), before)
    try:
        conversion = Conversion(file, journal, task, size, nothing)
        conversion.run(Workforce(here, 1))
        return conversion.complete(out), here.batches
    finally:
        journal.close()
