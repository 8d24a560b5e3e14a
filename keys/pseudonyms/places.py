"""Where one party's shares are, or are to be: a file and what opens it, or a token. One a generation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keys.pseudonyms.carrying import read_carried
from keys.pseudonyms.filestore import FileKeystore, file_name
from keys.pseudonyms.fingerprints import differing, record, record_name, recorded
from keys.pseudonyms.keystore import CARRIER, Keystore, KeystoreRefused
from keys.pseudonyms.sealedfile import Argon2, Lock
from keys.pseudonyms.shares import shares_of
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


@dataclass(frozen=True)
class Place:
    """Where a party's stores are, of every generation, and what opens them."""

    folder: Path
    party: str
    lock: Lock | None
    token: TokenPlace | None
    allow_throwaway: bool = False

    def open(self, generation: int, *, carried: bool = True) -> Keystore:
        """The store of a generation, which is the one whose fingerprints were recorded.

        `carried`: with what share 23 took over, which must then be there. Raises KeystoreRefused with one
        sentence.
        """
        store = open_store(
            self.folder, self.party, self.lock, self.token,
            allow_throwaway=self.allow_throwaway, generation=generation,
        )  # fmt: skip
        try:
            self._check(store)
            if carried and generation > 1 and CARRIER in shares_of(self.party):
                store.carry(read_carried(self.folder, store.held()[CARRIER], self.party))
        except Exception:  # whatever it is: no opened keys stay behind, and it goes on
            store.close()
            raise
        return store

    def _check(self, store: Keystore) -> None:
        found, expected = store.fingerprints(), recorded(self.folder, self.party, store.generation)
        if expected is None and self.allow_throwaway and store.throwaway:
            record(self.folder, self.party, found, store.generation)  # from before these were recorded
            return
        if expected is None:
            raise KeystoreRefused(
                f"{self.folder / record_name(store.generation)} lacks: use `python -m keys bewaarplaats "
                "vastleggen` and compare"
            )
        if wrong := differing(found, expected):
            raise KeystoreRefused(
                f"share {' and '.join(wrong)} of {self.party} is not the one whose fingerprint was recorded"
            )


def open_store(
    folder: Path,
    party: str,
    lock: Lock | None,
    token: TokenPlace | None,
    *,
    allow_throwaway: bool,
    generation: int = 1,
) -> Keystore:
    """The store of a party, without what it carried over. Raises KeystoreRefused with one sentence."""
    if token is not None:
        return TokenKeystore.load(token, party, allow_throwaway=allow_throwaway, generation=generation)
    return FileKeystore.load(folder, party, lock=lock, allow_throwaway=allow_throwaway, generation=generation)


def writer(folder: Path, lock: Lock | None, token: TokenPlace | None) -> Callable[[FileKeystore], Keystore]:
    """What brings shares into a file or a token. Raises KeystoreRefused when neither is named, or both."""
    if (lock is None) is (token is None):
        raise KeystoreRefused("name a passphrase or key file, or a token, to keep the shares in")

    def write(store: FileKeystore) -> Keystore:
        generation = store.generation
        if token is not None:
            return put_shares(token, store, folder)
        if has_file(folder, generation):  # of a run that was cut short: goes on when it holds the same
            made = FileKeystore.load(folder, store.party, lock=lock, generation=generation)
            if differing(made.fingerprints(), store.fingerprints()):
                raise KeystoreRefused(f"{folder / file_name(generation)} holds other shares already")
        else:
            store.save(folder, lock)
        return FileKeystore.load(folder, store.party, lock=lock, generation=generation)

    return write


def has_file(folder: Path, generation: int = 1) -> bool:
    """Whether shares of a generation stand in a file here."""
    return (folder / file_name(generation)).exists()
