"""Which generations of shares a party holds and serves: `<folder>/generaties.json`, written by commands only.

    {suite, partij, gereed: [1, 2], gewist: []}

gereed (ready)    complete here: it is served as soon as the registry says that it is in use
gewist (erased)   its shares are being erased, or are: never served again

A folder without the file holds the first generation, as before there were others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep.names import SUITE
from keys.pseudonyms.keystore import KeystoreRefused

STANDING_NAME = "generaties.json"


@dataclass(frozen=True)
class Standing:
    """What one party holds."""

    ready: frozenset[int] = frozenset({1})
    erased: frozenset[int] = frozenset()

    def with_ready(self, generation: int) -> Standing:
        """The same with a generation that is complete. Raises KeystoreRefused for one that was erased."""
        if generation in self.erased:
            raise KeystoreRefused(f"generation {generation} was erased here, and does not come back")
        return Standing(self.ready | {generation}, self.erased)

    def with_erased(self, generation: int) -> Standing:
        """The same without a generation."""
        return Standing(self.ready - {generation}, self.erased | {generation})


def read_standing(folder: Path, party: str) -> Standing:
    """What a party holds. Raises KeystoreRefused for a file that does not say so."""
    path = folder / STANDING_NAME
    try:
        document = json.loads(path.read_text("utf-8"))
        ready, erased = (frozenset(document[name]) for name in ("gereed", "gewist"))
        sound = (document["suite"], document["partij"]) == (SUITE, party) and not ready & erased
    except FileNotFoundError:
        return Standing()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KeystoreRefused(f"{path} does not hold the generations of a party") from error
    if not sound or not all(type(one) is int for one in ready | erased):
        raise KeystoreRefused(f"{path} does not hold the generations of {party}")
    return Standing(ready, erased)


def write_standing(folder: Path, party: str, standing: Standing) -> None:
    """Write it, whole or not at all; nothing when it says so already. Raises KeystoreRefused."""
    path = folder / STANDING_NAME
    if path.exists() and read_standing(folder, party) == standing:
        return
    document = {
        "suite": SUITE,
        "partij": party,
        "gereed": sorted(standing.ready),
        "gewist": sorted(standing.erased),
    }
    try:
        write_secret(path, json.dumps(document).encode())
    except OSError as error:
        raise KeystoreRefused(f"{path} cannot be written ({error.strerror})") from error


def signature(folder: Path) -> tuple[int, int, int] | None:
    """Tells whether the file changed; None when there is none."""
    try:
        found = (folder / STANDING_NAME).stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
