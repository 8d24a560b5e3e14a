"""The fingerprints of a party's shares, recorded when the store was made: `<folder>/vingerafdrukken.json`.

They reveal nothing, both holders of a share compare them, and at every start the store must still give
the same ones: a share that changed, or a token with other keys, does not serve.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from pathlib import Path

from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep.names import SUITE
from keys.pseudonyms.keystore import KeystoreRefused

RECORD_NAME = "vingerafdrukken.json"


def record_name(generation: int) -> str:
    """Where those of a generation stand: `vingerafdrukken.json`, later `vingerafdrukken-<g>.json`."""
    return RECORD_NAME if generation == 1 else f"vingerafdrukken-{generation}.json"


def record(folder: Path, party: str, fingerprints: Mapping[str, str], generation: int = 1) -> None:
    """Write them down, in the place of what was there. Raises KeystoreRefused."""
    path = folder / record_name(generation)
    document = {"suite": SUITE, "partij": party, "vingerafdrukken": dict(fingerprints)}
    try:
        write_secret(path, json.dumps(document, indent=1).encode())
    except OSError as error:
        raise KeystoreRefused(f"{path} cannot be written ({error.strerror})") from error


def recorded(folder: Path, party: str, generation: int = 1) -> dict[str, str] | None:
    """What was recorded, by share; None when nothing was. Raises KeystoreRefused."""
    path = folder / record_name(generation)
    try:
        document = json.loads(path.read_text("utf-8"))
        found = {str(share): str(value) for share, value in document["vingerafdrukken"].items()}
        belongs = (document["suite"], document["partij"]) == (SUITE, party)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeystoreRefused(f"{path} does not hold the fingerprints of shares") from error
    if not belongs:
        raise KeystoreRefused(f"{path} does not hold the fingerprints of the shares of {party}")
    return found


def differing(found: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    """The shares whose fingerprint is another than recorded, or on one side only."""
    return sorted(
        share
        for share in {*found, *expected}
        if not hmac.compare_digest(found.get(share, "").encode(), expected.get(share, "").encode())
    )
