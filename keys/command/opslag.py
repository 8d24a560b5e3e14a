"""How an operator names a key store on the command line: secrets are named by their file only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

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


def refuse(error: Exception) -> NoReturn:
    """One sentence on standard error, and exit code 1."""
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from error
