"""Where one party's shares are, or are to be: a file and what opens it, or a token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from keys.pseudonyms.filestore import FILE_NAME, FileKeystore
from keys.pseudonyms.fingerprints import differing
from keys.pseudonyms.keystore import Keystore, KeystoreRefused
from keys.pseudonyms.sealedfile import Argon2, Lock
from keys.pseudonyms.token import TokenPlace
from keys.pseudonyms.tokenstore import TokenKeystore, put_shares


def lock_of(passphrase: Path | None, key: Path | None, argon2: Argon2 | None = None) -> Lock | None:
    """What opens an encrypted file; None when nothing is named. Raises KeystoreRefused."""
    if passphrase is not None and key is not None:
        raise KeystoreRefused("a store is opened by a passphrase or by a key file, not by both")
    if passphrase is not None:
        return Lock.from_passphrase_file(passphrase, argon2)
    return None if key is None else Lock.from_key_file(key)


def token_of(module: Path | None, label: str | None, pin_file: Path | None) -> TokenPlace | None:
    """A token; None when nothing is named. Raises KeystoreRefused when only a part of it is."""
    if module is None and label is None and pin_file is None:
        return None
    if module is None or label is None or pin_file is None:
        raise KeystoreRefused("a token needs its module, its label and the file with its PIN")
    return TokenPlace(module, label, pin_file)


def open_store(
    folder: Path, party: str, lock: Lock | None, token: TokenPlace | None, *, allow_throwaway: bool
) -> Keystore:
    """The store of a party. Raises KeystoreRefused with one sentence."""
    if token is not None:
        return TokenKeystore.load(token, party, allow_throwaway=allow_throwaway)
    return FileKeystore.load(folder, party, lock=lock, allow_throwaway=allow_throwaway)


def writer(folder: Path, lock: Lock | None, token: TokenPlace | None) -> Callable[[FileKeystore], Keystore]:
    """What brings shares into a file or a token. Raises KeystoreRefused when neither is named, or both."""
    if (lock is None) is (token is None):
        raise KeystoreRefused("name a passphrase or key file, or a token, to keep the shares in")

    def write(store: FileKeystore) -> Keystore:
        if token is not None:
            return put_shares(token, store, folder)
        if has_file(folder):  # of a run that was cut short: goes on when it holds the same
            made = FileKeystore.load(folder, store.party, lock=lock)
            if differing(made.fingerprints(), store.fingerprints()):
                raise KeystoreRefused(f"{folder / FILE_NAME} holds other shares already")
        else:
            store.save(folder, lock)
        return FileKeystore.load(folder, store.party, lock=lock)

    return write


def has_file(folder: Path) -> bool:
    """Whether shares stand in a file here."""
    return (folder / FILE_NAME).exists()
