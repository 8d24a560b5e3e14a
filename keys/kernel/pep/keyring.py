"""The key files of one actor and purpose in a folder: one for every domain version and epoch.

    domein-x.json         version 1, epoch 1        `first`, which the others are named after
    domein-x.e2.json      version 1, epoch 2
    domein-x.v2.json      version 2, epoch 1
    domein-x.v2.e3.json   version 2, epoch 3

A file that is added while the process runs is found when it is needed; nothing is ever written here.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from keys.kernel.pep.elgamal import ActorKey, Ciphertext, Pseudonym, decrypt
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import Context, Domain

_NUMBER = r"[1-9][0-9]{0,5}"


class KeyRing:
    """Reads the keys beside `first`, each once. Thread-safe."""

    def __init__(self, first: Path) -> None:
        self.first = first
        self._named = re.compile(
            rf"{re.escape(first.stem)}(?:\.v(?P<versie>{_NUMBER}))?(?:\.e(?P<epoch>{_NUMBER}))?\.json",
            re.ASCII,
        )
        self._known: dict[Path, ActorKey] = {}

    def path(self, context: Context) -> Path:
        """Where the key of a domain version and epoch is kept."""
        return self._file(context.domain.versie, context.epoch)

    def find(self, context: Context) -> ActorKey | None:
        """The key of a domain and epoch; None where there is no file (any more).

        Raises PepError `malformed-key`, `wrong-domain` for a file that holds something else.
        """
        path = self.path(context)
        if path not in self._known and not path.exists():
            return None
        key = self._read(path)
        if (key.domain, key.epoch) != (context.domain, context.epoch):
            raise PepError("wrong-domain", f"{path} holds the key of another domain or epoch")
        return key

    def epochs(self, domain: Domain) -> list[int]:
        """The epochs of a domain for which there is a file now, oldest first."""
        return sorted(epoch for versie, epoch in self._files() if versie == domain.versie)

    def newest(self, domain: Domain) -> ActorKey | None:
        """The key of the newest epoch of a domain. Raises as `find`."""
        epochs = self.epochs(domain)
        return self.find(Context(domain, epochs[-1])) if epochs else None

    def domains(self) -> list[Domain]:
        """The domains of all files, oldest version first. Raises PepError `malformed-key`."""
        oldest = dict(sorted(self._files(), reverse=True))  # the lowest epoch of each version stays
        return [self._read(self._file(versie, epoch)).domain for versie, epoch in sorted(oldest.items())]

    def open(self, ciphertext: Ciphertext) -> Pseudonym:
        """The pseudonym, whatever epoch it came in. As `decrypt`; `wrong-epoch` where the key is not here."""
        key = self.find(ciphertext.context)
        if key is None:
            raise PepError("wrong-epoch")
        return decrypt(ciphertext, key)

    def forget(self) -> None:
        """Read the files again from now on: some were put aside."""
        self._known.clear()

    def _file(self, versie: int, epoch: int) -> Path:
        marks = (f".v{versie}" if versie > 1 else "") + (f".e{epoch}" if epoch > 1 else "")
        return self.first.with_name(f"{self.first.stem}{marks}.json")

    def _files(self) -> list[tuple[int, int]]:
        try:
            names = [entry.name for entry in self.first.parent.iterdir()]
        except OSError:
            return []
        matches = (self._named.fullmatch(name) for name in names)
        return [(int(one["versie"] or 1), int(one["epoch"] or 1)) for one in matches if one is not None]

    def _read(self, path: Path) -> ActorKey:
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = _load(path)
        return known


def _load(path: Path) -> ActorKey:
    try:
        return ActorKey.from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise PepError("malformed-key", f"{path} does not hold a key") from error
