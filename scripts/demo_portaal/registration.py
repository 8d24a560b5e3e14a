"""Who the portal is: its client registration and its keys, read from one folder when they are there."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keys.kernel.jws import SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import PepError
from keys.kernel.pep.vault import LOCAL_KEY_BYTES
from machtigen.verifier.pseudonyms import Opener

LOCAL_KEY = "lokaal.key"


@dataclass(frozen=True)
class Registration:
    """The portal as it was registered. `register`: whose records it reads.

    `diensten` maps each service (`urn:uuid:…`) to its name.
    """

    client_id: str
    naam: str
    issuer: str
    audience: str
    register: str
    diensten: Mapping[str, str]
    key: SigningKey = field(repr=False)
    opener: Opener = field(repr=False)


def read_registration(folder: Path) -> Registration | None:
    """The registration in `folder`; None while it is not there, or not whole yet."""
    try:
        document = json.loads((folder / "client.json").read_text("utf-8"))
        key = SigningKey.load(folder / "jwk.json")
        _make_local_key(folder)
        return Registration(
            client_id=str(document["client_id"]),
            naam=str(document["naam"]),
            issuer=str(document["issuer"]),
            audience=str(document["audience"]),
            register=str(document["register"]),
            diensten=_services(document),
            key=key,
            opener=Opener.from_folder(folder),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UnusableKey, PepError):
        return None


def _services(document: dict[str, Any]) -> dict[str, str]:
    """`diensten` lists ids; `namen` may give each its name."""
    names = document.get("namen", {})
    return {
        str(dienst): str(names.get(dienst) or f"Dienst {number}")
        for number, dienst in enumerate(document["diensten"], start=1)
    }


def _make_local_key(folder: Path) -> None:
    """Our own local key: it turns a pseudonym into the `pid` that we keep and show, and nobody else can."""
    path = folder / LOCAL_KEY
    if path.exists() or not (folder / "domein.json").exists():
        return
    scratch = path.with_name(f".{LOCAL_KEY}.{os.getpid()}")
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secrets.token_bytes(LOCAL_KEY_BYTES))
    scratch.replace(path)
