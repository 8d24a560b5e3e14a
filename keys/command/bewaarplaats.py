"""Verbs on a party's key store: encrypt its file, bring its shares into a token, check it.

t1$ head -c 32 /dev/urandom > /etc/keys-t1.key; chmod 600 /etc/keys-t1.key
t1$ python -m keys bewaarplaats versleutelen t1 --map /etc/keys-t1 --bewaarsleutel-file /etc/keys-t1.key
t1$ python -m keys bewaarplaats importeren   t1 --map /etc/keys-t1 --bewaarsleutel-file /etc/keys-t1.key \\
        --hsm-module /usr/lib/softhsm/libsofthsm2.so --hsm-token keys-t1 --hsm-pin-file /etc/keys-t1.pin
t1$ python -m keys bewaarplaats controleren  t1 --map /etc/keys-t1 --hsm-module … --hsm-token … …
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keys.command.opslag import Folder, Generation, KeyFile, Label, Module, Passphrase, Pin, refuse
from keys.errors import KeyStoreUnavailable
from keys.pseudonyms.filestore import FileKeystore, encrypt_in_place, file_name, read_document, remove
from keys.pseudonyms.fingerprints import differing, record, recorded
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.places import lock_of, open_store, token_of
from keys.pseudonyms.sealedfile import Argon2, is_sealed
from keys.pseudonyms.tokenstore import put_shares

bewaarplaats = typer.Typer(no_args_is_help=True, help="Where this party's secret shares lie.")

OldPassphrase = Annotated[
    Path | None, typer.Option("--oud-wachtwoord-file", help="What opens delen.json now, if anything.")
]
OldKey = Annotated[Path | None, typer.Option("--oude-bewaarsleutel-file", help="Likewise, a key file.")]


@bewaarplaats.command("versleutelen")
def encrypt(
    partij: str,
    folder: Folder,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    oud_wachtwoord: OldPassphrase = None,
    oude_sleutel: OldKey = None,
    geheugen_kib: Annotated[int, typer.Option(help="Memory of Argon2id.")] = Argon2().memory_kib,
    doorgangen: Annotated[int, typer.Option(help="Passes of Argon2id.")] = Argon2().passes,
    banen: Annotated[int, typer.Option(help="Lanes of Argon2id.")] = Argon2().lanes,
    generatie: Generation = 1,
) -> None:
    """Encrypt delen.json, or encrypt it anew under another passphrase or key file."""
    try:
        lock = lock_of(wachtwoord, sleutel, Argon2(geheugen_kib, doorgangen, banen))
        if lock is None:
            raise KeystoreRefused("name the passphrase or the key file that will open the store")
        store = encrypt_in_place(folder, partij, lock_of(oud_wachtwoord, oude_sleutel), lock, generatie)
        _show(store.fingerprints())
    except KeystoreRefused as error:
        refuse(error)


@bewaarplaats.command("importeren")
def bring_in(
    partij: str,
    folder: Folder,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    generatie: Generation = 1,
) -> None:
    """Bring the shares of delen.json into a token; delen.json is erased once the token has been checked."""
    try:
        place = token_of(hsm_module, hsm_token, hsm_pin_file)
        if place is None:
            raise KeystoreRefused("name the token: its module, its label and the file with its PIN")
        lock = lock_of(wachtwoord, sleutel)
        store = FileKeystore.load(folder, partij, lock=lock, allow_throwaway=True, generation=generatie)
        made = put_shares(place, store, folder)
        _show(made.fingerprints())
        made.close()
        remove(folder, generatie)
    except (KeystoreRefused, KeyStoreUnavailable) as error:
        refuse(error)


@bewaarplaats.command("controleren")
def check(
    partij: str,
    folder: Folder,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
    generatie: Generation = 1,
) -> None:
    """Open the store and compare its shares with the recorded fingerprints."""
    try:
        token = token_of(hsm_module, hsm_token, hsm_pin_file)
        store = open_store(
            folder, partij, lock_of(wachtwoord, sleutel), token, allow_throwaway=True, generation=generatie
        )
        found, expected = store.fingerprints(), recorded(folder, partij, generatie)
        store.close()
        if expected is None:
            raise KeystoreRefused("no fingerprints were recorded; compare, then `bewaarplaats vastleggen`")
        if wrong := differing(found, expected):
            raise KeystoreRefused(f"share {' and '.join(wrong)} is not the one that was recorded")
        kind = "a token" if token is not None else "an encrypted file"
        if token is None and not is_sealed(read_document(folder / file_name(generatie))):
            kind = "a PLAIN file"
        _show(found)
        typer.echo(f"as recorded; in {kind}{', THROWAWAY' if store.throwaway else ''}")
    except (KeystoreRefused, KeyStoreUnavailable) as error:
        refuse(error)


@bewaarplaats.command("vastleggen")
def write_down(
    partij: str,
    folder: Folder,
    wachtwoord: Passphrase = None,
    sleutel: KeyFile = None,
    hsm_module: Module = None,
    hsm_token: Label = None,
    hsm_pin_file: Pin = None,
    generatie: Generation = 1,
) -> None:
    """Record the fingerprints of a store that has none; compare what is printed with the other holders."""
    try:
        if recorded(folder, partij, generatie) is not None:
            raise KeystoreRefused("fingerprints were recorded already; `bewaarplaats controleren` compares")
        token = token_of(hsm_module, hsm_token, hsm_pin_file)
        store = open_store(
            folder, partij, lock_of(wachtwoord, sleutel), token, allow_throwaway=True, generation=generatie
        )
        record(folder, partij, store.fingerprints(), generatie)
        _show(store.fingerprints())
        store.close()
    except (KeystoreRefused, KeyStoreUnavailable) as error:
        refuse(error)


def _show(fingerprints: dict[str, str]) -> None:
    for share, fingerprint in fingerprints.items():
        typer.echo(f"{share} {fingerprint}")
