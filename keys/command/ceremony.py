"""The key ceremony: two parties make each share together, without a dealer (`keys.pseudonyms.ceremony`).

t1$ python -m keys ceremony sleutel t1 --map /etc/keys-t1                   (all put together: partijen.json)
t1$ python -m keys ceremony begin   t1 12 --map /etc/keys-t1 > t1-12-belofte
t2$ python -m keys ceremony begin   t2 12 --map /etc/keys-t2 > t2-12-belofte      (exchange, publish)
t1$ python -m keys ceremony onthul  t1 12 t2-12-belofte --map /etc/keys-t1 > t1-12-onthulling
t2$ python -m keys ceremony onthul  t2 12 t1-12-belofte --map /etc/keys-t2 > t2-12-onthulling
t1$ python -m keys ceremony voltooi t1 12 t2-12-onthulling --map /etc/keys-t1 > t1-12-slot
                    … the same for shares 13 (t1, t3) and 23 (t2, t3) …
t1$ python -m keys ceremony samen   t1 --map /etc/keys-t1 --bewaarsleutel-file …  (both shares of this party)
any$ python -m keys ceremony verify t?-??-* --partijen partijen.json        (an auditor, or anybody)

With `--generatie 2` (3, …) behind each verb: shares for a refresh (`python -m keys verversing`), beside those
that serve. What is printed on standard output is the message; fingerprints for people go to standard error.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from keys.command.opslag import Generation, KeyFile, Label, Module, Passphrase, Pin, read_parties
from keys.kernel.jws import Jwks, SigningKey, load_or_generate
from keys.kernel.jws.keyset import UnusableKey
from keys.preparation import PARTIES_FILE, SIGNING_KEY
from keys.pseudonyms.ceremony import Ceremony, assemble
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.places import lock_of, token_of, writer
from keys.pseudonyms.transcript import TranscriptRefused, check_transcript

ceremony = typer.Typer(no_args_is_help=True, help="Make the secret shares, by two holders together.")
Folder = Annotated[Path, typer.Option("--map", help="This party's key folder, with partijen.json in it.")]


@ceremony.command("sleutel")
def signing_key(partij: str, folder: Folder) -> None:
    """Make this party's signing key; prints its public key set, to be put in everybody's partijen.json."""
    typer.echo(json.dumps({partij: Jwks.of(load_or_generate(folder / SIGNING_KEY, "Ed25519")).as_dict()}))


@ceremony.command("begin")
def begin(partij: str, deel_id: str, folder: Folder, generatie: Generation = 1) -> None:
    """Draw our contribution; prints the promise for the other holder."""
    try:
        typer.echo(_ceremony(folder, partij, deel_id, generatie).begin())
    except KeystoreRefused as error:
        _refuse(error)


@ceremony.command("onthul")
def reveal(partij: str, deel_id: str, belofte: Path, folder: Folder, generatie: Generation = 1) -> None:
    """With the other's promise: prints our sealed contribution."""
    try:
        typer.echo(_ceremony(folder, partij, deel_id, generatie).reveal(belofte.read_text("ascii")))
    except (KeystoreRefused, OSError, ValueError) as error:
        _refuse(error)


@ceremony.command("voltooi")
def complete(partij: str, deel_id: str, onthulling: Path, folder: Folder, generatie: Generation = 1) -> None:
    """With the other's contribution: writes the share; prints our closing statement, to be published."""
    try:
        share, closing = _ceremony(folder, partij, deel_id, generatie).complete(onthulling.read_text("ascii"))
    except (KeystoreRefused, OSError, ValueError) as error:
        _refuse(error)
    typer.echo(closing)
    typer.echo(f"share {deel_id}: {share.fingerprint()}", err=True)


@ceremony.command("samen")
def together(
    partij: str,
    folder: Folder,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
    generatie: Generation = 1,
) -> None:
    """Put both completed shares in one key store: delen.json, encrypted, or a token."""
    try:
        token = token_of(hsm_module, hsm_token, hsm_pin_file)
        store = assemble(folder, partij, writer(folder, lock_of(wachtwoord, sleutel), token), generatie)
    except KeystoreRefused as error:
        _refuse(error)
    for share, fingerprint in store.fingerprints().items():
        typer.echo(f"{share} {fingerprint}")
    store.close()


@ceremony.command("verify")
def check(
    berichten: Annotated[list[Path], typer.Argument(help="Files with the messages, one or more in each.")],
    partijen: Annotated[Path, typer.Option(help="partijen.json: the public keys of all parties.")],
    generatie: Generation = 1,
) -> None:
    """Check the transcript of a ceremony; prints the fingerprint of each share."""
    try:
        tokens = [line for path in berichten for line in path.read_text("ascii").split()]
        found = check_transcript(tokens, read_parties(partijen), generatie)
    except (TranscriptRefused, KeystoreRefused) as error:
        _refuse(error)
    except (OSError, ValueError) as error:
        typer.echo(f"a message cannot be read ({type(error).__name__})", err=True)
        raise typer.Exit(2) from error
    for share, fingerprint in found.items():
        typer.echo(f"share {share}: {fingerprint}")
    typer.echo("each share was made by its two holders, and both hold the same")


def _ceremony(folder: Path, partij: str, deel_id: str, generation: int) -> Ceremony:
    try:
        parties = read_parties(folder / PARTIES_FILE)
        key = SigningKey.load(folder / SIGNING_KEY)
    except (OSError, ValueError, AttributeError, UnusableKey) as error:
        raise KeystoreRefused(f"{folder} lacks {PARTIES_FILE} or {SIGNING_KEY}") from error
    return Ceremony(folder, partij, deel_id, key, parties, generation)


def _refuse(error: Exception) -> NoReturn:
    typer.echo(str(error), err=True)
    raise typer.Exit(1) from error
