"""The key store that is a file: `<folder>/delen.json`, mode 0600, written whole or not at all.

    encrypted   {suite, partij, vorm, afleiding, nonce, inhoud, som}    see `sealedfile`
    plain       {suite, partij, wegwerp: true, delen: {"12": {k_ps, k_enc, k_beta}, …}}

The plain form is for throwaway shares, outside production only. The secrets are in the memory of the
process that serves them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keys.kernel.jws.keyfile import KeyFileRefused, erase, overwrite, read_secret, write_secret
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.names import SUITE
from keys.pseudonyms.fingerprints import record
from keys.pseudonyms.keystore import HeldShares, KeystoreRefused
from keys.pseudonyms.sealedfile import Lock, is_sealed, open_sealed, seal
from keys.pseudonyms.shares import (
    HOLDERS,
    PARTIES,
    SECRETS,
    Contribution,
    HeldSecret,
    Share,
    combine,
    shares_of,
)

FILE_NAME = "delen.json"


def file_name(generation: int) -> str:
    """Where a generation's shares stand in a party's folder: `delen.json`, later `delen-<g>.json`."""
    return FILE_NAME if generation == 1 else f"delen-{generation}.json"


class FileKeystore(HeldShares):
    """The two shares of one party, from a file."""

    @classmethod
    def load(
        cls,
        folder: Path,
        party: str,
        *,
        lock: Lock | None = None,
        allow_throwaway: bool = False,
        generation: int = 1,
    ) -> FileKeystore:
        """From the file of a generation in `folder`, which `lock` opens when it is encrypted.

        Raises KeystoreRefused with one sentence: for a file that others may read, that is damaged or
        changed, that another passphrase or key opens, of another party, suite, form or generation; for
        throwaway shares where they are not allowed, and for other shares that are not encrypted.
        """
        path = folder / file_name(generation)
        document = read_document(path)
        if is_sealed(document):
            if lock is None:
                raise KeystoreRefused(f"{path} is encrypted, and no passphrase or key file is set for it")
            document = open_sealed(document, party, lock, path)
        elif "delen" in document and not document.get("wegwerp"):
            raise KeystoreRefused(f"{path} is not encrypted; use `python -m keys bewaarplaats versleutelen`")
        store = cls.parse(document, party, path, generation)
        if store.throwaway and not allow_throwaway:
            raise KeystoreRefused(f"{path} holds throwaway shares, which production refuses")
        return store

    @classmethod
    def parse(cls, document: Mapping[str, Any], party: str, path: Path, generation: int = 1) -> FileKeystore:
        """From the plain form. Raises KeystoreRefused."""
        if document.get("suite") != SUITE:
            raise KeystoreRefused(f"{path} does not hold shares of suite {SUITE}")
        if document.get("partij") != party or not isinstance(document.get("wegwerp"), bool):
            raise KeystoreRefused(f"{path} does not hold the shares of {party}")
        if document.get("generatie", 1) != generation:
            raise KeystoreRefused(f"{path} does not hold shares of generation {generation}")
        try:
            parts = {share: read_share(share, entry) for share, entry in document["delen"].items()}
        except (KeyError, AttributeError, TypeError, ValueError, PepError) as error:
            raise KeystoreRefused(f"{path} does not hold shares") from error
        return cls(party, parts, document["wegwerp"], generation)

    def document(self) -> dict[str, Any]:
        """The plain form."""
        entries = {share.id: share_entry(share) for share in self._shares.values()}
        later = {} if self.generation == 1 else {"generatie": self.generation}
        head = {"suite": SUITE, "partij": self.party, "wegwerp": self.throwaway}
        return {**head, **later, "delen": entries}

    def save(self, folder: Path, lock: Lock | None) -> None:
        """Write the file, readable by its owner only, and record the fingerprints of its shares.

        `lock` None: the plain form, for throwaway shares only. An existing file is never overwritten.
        Raises KeystoreRefused, and then nothing of the shares is left on the disk.
        """
        path = folder / file_name(self.generation)
        if lock is None and not self.throwaway:
            raise KeystoreRefused("shares that are no throwaway shares are stored encrypted only")
        try:
            write_secret(path, self._content(lock), replace=False)
        except FileExistsError as error:
            raise KeystoreRefused(f"{path} exists already") from error
        except OSError as error:
            raise KeystoreRefused(f"{path} cannot be written ({error.strerror})") from error
        record(folder, self.party, self.fingerprints(), self.generation)

    def _content(self, lock: Lock | None) -> bytes:
        document = self.document()
        sealed = document if lock is None else seal(document, self.party, lock)
        return json.dumps(sealed, indent=1).encode()

    def ping(self) -> None:
        """The shares are in memory: always within reach."""

    def close(self) -> None:
        """Nothing is open."""


def encrypt_in_place(
    folder: Path, party: str, old: Lock | None, new: Lock, generation: int = 1
) -> FileKeystore:
    """Encrypt a plain `delen.json`, or one that `old` opens, under `new`. Raises KeystoreRefused.

    The new file takes the old one's place only once it has been read back; the old bytes are then
    overwritten, as far as the file system lets that reach the disk.
    """
    path = folder / file_name(generation)
    document = read_document(path)
    if is_sealed(document):
        if old is None:
            raise KeystoreRefused(f"{path} is encrypted already; name the old passphrase or key file too")
        document = open_sealed(document, party, old, path)
    store = FileKeystore.parse(document, party, path, generation)
    content = store._content(new)
    if open_sealed(json.loads(content), party, new, path) != store.document():
        raise KeystoreRefused(f"{path} could not be encrypted")
    try:
        with open(path, "r+b") as before:
            write_secret(path, content)
            overwrite(before.fileno())
    except OSError as error:
        raise KeystoreRefused(f"{path} cannot be written ({error.strerror})") from error
    return store


def read_document(path: Path) -> dict[str, Any]:
    """The JSON object in a file that only its owner may read. Raises KeystoreRefused."""
    try:
        document = json.loads(read_secret(path))
    except KeyFileRefused as error:
        raise KeystoreRefused(str(error)) from error
    except (ValueError, RecursionError) as error:
        raise KeystoreRefused(f"{path} is damaged: it does not hold JSON") from error
    if not isinstance(document, dict):
        raise KeystoreRefused(f"{path} does not hold shares")
    return document


def share_entry(share: Share) -> dict[str, str]:
    """A share as JSON members, base64url. Raises KeystoreRefused for one whose secrets are elsewhere."""
    entry = {}
    for name in SECRETS:
        secret = getattr(share, name)
        if isinstance(secret, HeldSecret):
            entry[name] = to_base64url(secret.value)
        elif secret is not None:
            raise KeystoreRefused("the secrets of this share do not leave their token")
    if share.fixed_beta is not None:
        entry["beta"] = to_base64url(share.fixed_beta)
    return entry


def read_share(share: str, entry: Mapping[str, Any]) -> Share:
    """From `share_entry`. Raises KeyError, TypeError, ValueError, PepError."""
    k_ps, k_enc = (HeldSecret(from_base64url(entry[name])) for name in ("k_ps", "k_enc"))
    if "beta" in entry:
        return Share(share, k_ps, k_enc, None, from_base64url(entry["beta"]))
    return Share(share, k_ps, k_enc, HeldSecret(from_base64url(entry["k_beta"])))


def make_throwaway(folder: Path, generation: int = 1) -> None:
    """Three parties' shares in `<folder>/t1`, `t2`, `t3`, made by this one process: for a laptop and tests.

    The parties' own procedure runs between roles here, but one process sees all three shares. The
    files say `wegwerp: true`, and a service whose setting says production refuses them.
    """
    shares: dict[str, Share] = {}
    for share, (left, right) in HOLDERS.items():
        ours, theirs = Contribution.draw(share, left), Contribution.draw(share, right)
        shares[share] = combine(ours, theirs, theirs.commitment())
    for party in PARTIES:
        own = {share: shares[share] for share in shares_of(party)}
        if not (folder / party / file_name(generation)).exists():
            FileKeystore(party, own, True, generation).save(folder / party, None)


def remove(folder: Path, generation: int = 1) -> None:
    """Take the file of a generation away once its shares are elsewhere. Raises KeystoreRefused."""
    path = folder / file_name(generation)
    try:
        erase(path)
    except OSError as error:
        raise KeystoreRefused(f"{path} cannot be taken away ({error.strerror})") from error
