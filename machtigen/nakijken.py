"""Nakijken (checking): `python -m machtigen geschiedenis verify FILE --jwks FILE|URL`, without a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from machtigen.verifier.errors import AlteredExport
from machtigen.verifier.fetching import Unreachable, fetch
from machtigen.verifier.geschiedenis import read_export, verify_export

REFUSED = 1
NOT_CHECKED = 2
MAXIMUM_BYTES = 1_048_576
TIMEOUT_S = 10.0

cli = typer.Typer(no_args_is_help=True, help="Histories that can be checked.")


def read_keys(place: str) -> Jwks:
    """The key set in a file or at an address. Raises OSError, ValueError, Unreachable."""
    if place.startswith(("https://", "http://")):
        with httpx2.Client(timeout=TIMEOUT_S) as http:
            body, _ = fetch(http, place, accept="application/json", maximum_bytes=MAXIMUM_BYTES)
        return Jwks.parse(json.loads(body))
    return Jwks.parse(json.loads(Path(place).read_text("utf-8")))


@cli.command()
def verify(
    file: Annotated[Path, typer.Argument(help="What you took away from machtigen.")],
    jwks: Annotated[str, typer.Option(help="Its public keys: a file, or <machtigen>/sleutels.")],
    issuer: Annotated[
        str | None, typer.Option(help="Who must have signed: the address of machtigen.")
    ] = None,
) -> None:
    """Check an export: exit 0 when it is what was signed, 1 when not, 2 when that could not be checked."""
    try:
        data, keys = file.read_bytes(), read_keys(jwks)
    except (OSError, Unreachable, UnusableKey, ValueError) as error:
        typer.echo("Not checked: the file or the keys cannot be read.", err=True)
        raise typer.Exit(NOT_CHECKED) from error
    try:
        found = verify_export(read_export(data), keys, issuer=issuer)
    except AlteredExport as refused:
        typer.echo(f"Refused. {refused}\nGeweigerd. {refused.title}", err=True)
        raise typer.Exit(REFUSED) from refused
    typer.echo(
        f"As signed by {found.issuer} at {found.gemaakt_op.isoformat()}: "
        f"{len(found.machtigingen)} machtigingen, {found.regels} lines."
    )
