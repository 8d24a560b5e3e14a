"""Verbs with which two parties make a share together (see `keys.pseudonyms.ceremony`).

t1$ python -m keys deel begin   t1 12 --map /etc/keys-t1 > belofte-t1
t2$ python -m keys deel begin   t2 12 --map /etc/keys-t2 > belofte-t2       (exchange both)
t1$ python -m keys deel onthul  t1 12 belofte-t2 --map /etc/keys-t1 > onthulling-t1
t2$ python -m keys deel onthul  t2 12 belofte-t1 --map /etc/keys-t2 > onthulling-t2   (exchange both)
t1$ python -m keys deel voltooi t1 12 onthulling-t2 --map /etc/keys-t1      (compare what is printed)
t1$ python -m keys deel samen   t1 --map /etc/keys-t1                       (when both shares are there)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from keys.kernel.jws import Jwks, SigningKey, load_or_generate
from keys.kernel.jws.keyset import UnusableKey
from keys.preparation import PARTIES_FILE, SIGNING_KEY
from keys.pseudonyms.ceremony import Ceremony, assemble
from keys.pseudonyms.keystore import KeystoreRefused

deel = typer.Typer(no_args_is_help=True, help="Make the secret shares, by two holders together.")
Folder = Annotated[Path, typer.Option("--map", help="This party's key folder, with partijen.json in it.")]


@deel.command("sleutel")
def signing_key(partij: str, folder: Folder) -> None:
    """Make this party's signing key; prints its public key set, to be put in everybody's partijen.json."""
    typer.echo(json.dumps({partij: Jwks.of(load_or_generate(folder / SIGNING_KEY, "Ed25519")).as_dict()}))


@deel.command("begin")
def begin(partij: str, deel_id: str, folder: Folder) -> None:
    """Draw our contribution; prints the promise for the other holder."""
    try:
        typer.echo(_ceremony(folder, partij, deel_id).begin())
    except KeystoreRefused as error:
        _refuse(error)


@deel.command("onthul")
def reveal(partij: str, deel_id: str, belofte: Path, folder: Folder) -> None:
    """With the other's promise: prints our sealed contribution."""
    try:
        typer.echo(_ceremony(folder, partij, deel_id).reveal(belofte.read_text("ascii")))
    except (KeystoreRefused, OSError, ValueError) as error:
        _refuse(error)


@deel.command("voltooi")
def complete(partij: str, deel_id: str, onthulling: Path, folder: Folder) -> None:
    """With the other's contribution: writes the share; prints the fingerprint that both compare."""
    try:
        share = _ceremony(folder, partij, deel_id).complete(onthulling.read_text("ascii"))
    except (KeystoreRefused, OSError, ValueError) as error:
        _refuse(error)
    typer.echo(f"{deel_id} {share.fingerprint()}")


@deel.command("samen")
def together(partij: str, folder: Folder) -> None:
    """Put both completed shares in one keystore, delen.json."""
    try:
        store = assemble(folder, partij)
    except KeystoreRefused as error:
        _refuse(error)
    for share, fingerprint in store.fingerprints().items():
        typer.echo(f"{share} {fingerprint}")


def _ceremony(folder: Path, partij: str, deel_id: str) -> Ceremony:
    try:
        document = json.loads((folder / PARTIES_FILE).read_text("utf-8"))
        parties = {party: Jwks.parse(jwks) for party, jwks in document.items()}
        key = SigningKey.load(folder / SIGNING_KEY)
    except (OSError, ValueError, AttributeError, UnusableKey) as error:
        raise KeystoreRefused(f"{folder} lacks {PARTIES_FILE} or {SIGNING_KEY}") from error
    return Ceremony(folder, partij, deel_id, key, parties)


def _refuse(error: Exception) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from error
