"""How an operator names a key store on the command line: secrets are named by their file only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.pseudonyms.keystore import KeystoreRefused

Folder = Annotated[Path, typer.Option("--map", help="This party's key folder.")]
Passphrase = Annotated[
    Path | None, typer.Option("--wachtwoord-file", help="File with the passphrase that opens delen.json.")
]
KeyFile = Annotated[
    Path | None, typer.Option("--bewaarsleutel-file", help="File of 32 bytes that opens delen.json.")
]
Module = Annotated[Path | None, typer.Option("--hsm-module", help="The token's PKCS#11 module (.so).")]
Label = Annotated[str | None, typer.Option("--hsm-token", help="The token's label.")]
Pin = Annotated[Path | None, typer.Option("--hsm-pin-file", help="File with the token's PIN.")]
Generation = Annotated[int, typer.Option("--generatie", min=1, max=9999, help="Of which generation.")]


def refuse(error: Exception) -> NoReturn:
    """One sentence on standard error, and exit code 1."""
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from error


def read_parties(path: Path) -> dict[str, Jwks]:
    """The public keys of all parties, from partijen.json. Raises KeystoreRefused."""
    try:
        document = json.loads(path.read_text("utf-8"))
        return {party: Jwks.parse(jwks) for party, jwks in document.items()}
    except (OSError, ValueError, AttributeError, UnusableKey) as error:
        raise KeystoreRefused(f"{path} does not hold the parties' public keys") from error
