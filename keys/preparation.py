"""What must stand before this package can serve: tables, shares, signing keys.

On a developer's machine everything that lacks is made here, once, behind a file lock (several
processes may start at the same time). In production nothing is made: what lacks is one sentence and
no start; databases are migrated by `python -m keys migrate`, shares made by the parties together.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from keys.doelen.service import Doelen
from keys.errors import KeyStoreUnavailable
from keys.kernel.database import migrate, pending
from keys.kernel.jws import Jwks, SigningKey, load_or_generate
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.log import Log
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import SUITE
from keys.kernel.pep.sealing import PUBLIC_BYTES, OpeningKey
from keys.pseudonyms import knownanswers
from keys.pseudonyms.filestore import FILE_NAME, make_throwaway
from keys.pseudonyms.fingerprints import RECORD_NAME
from keys.pseudonyms.generations import Generations
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.places import Place, lock_of, token_of
from keys.pseudonyms.shares import PARTIES
from keys.pseudonyms.standing import STANDING_NAME
from keys.settings import Settings

PARTY_MIGRATIONS = "migrations_partij"
PARTIES_FILE = "partijen.json"
SIGNING_KEY = "ondertekening.jwk"
AUDITOR_KEY = "auditor.json"
AUDITOR_PUBLIC = "auditor.publiek.json"


class StartRefused(RuntimeError):
    """The service cannot start; the text is one sentence for the operator."""


def migrate_all(settings: Settings) -> None:
    """Bring the registry's database (where it is served here) and each party's own up to date."""
    if settings.registry or settings.omgeving == "ontwikkeling":
        migrate(settings.database_url, "keys")
    for party in settings.partijen:
        migrate(settings.party_database_url(party), "keys", PARTY_MIGRATIONS)


def pending_databases(settings: Settings) -> list[str]:
    """The databases of this process that wait for a migration."""
    waiting = ["keys"] if pending(settings.database_url, "keys") else []
    for party in settings.partijen:
        if pending(settings.party_database_url(party), "keys", PARTY_MIGRATIONS):
            waiting.append(party)
    return waiting


def make_throwaway_parties(folder: Path) -> None:
    """Shares, signing keys and public keys of three parties in one folder: for a laptop and for tests."""
    marks = (FILE_NAME, RECORD_NAME, STANDING_NAME)
    if not any((folder / party / name).exists() for party in PARTIES for name in marks):
        make_throwaway(folder)
    public = {
        party: Jwks.of(load_or_generate(folder / party / SIGNING_KEY, "Ed25519")).as_dict()
        for party in PARTIES
    }
    path = folder / PARTIES_FILE
    if not path.exists():
        scratch = path.with_suffix(".nieuw")
        scratch.write_text(json.dumps(public, indent=1), "utf-8")
        scratch.replace(path)


def make_auditor_key(folder: Path) -> None:
    """A key pair for an auditor: `auditor.json` (mode 0600) is the auditor's alone, `auditor.publiek.json`
    goes to every transcryptor. An existing pair stays. Raises OSError."""
    if (folder / AUDITOR_PUBLIC).exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = OpeningKey()
    handle = os.open(folder / AUDITOR_KEY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        json.dump({"suite": SUITE, "geheim": to_base64url(key.secret)}, file)
    (folder / AUDITOR_PUBLIC).write_text(json.dumps({"suite": SUITE, "publiek": to_base64url(key.public)}))


def load_auditor(settings: Settings) -> bytes | None:
    """The auditor's public key (1216 bytes). Raises StartRefused: in production it must be there."""
    path = settings.auditor_path
    if not path.exists() and settings.omgeving == "ontwikkeling":
        return None
    try:
        document = json.loads(path.read_text("utf-8"))
        public = from_base64url(document["publiek"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StartRefused(f"{path} does not hold the auditor's public key") from error
    if len(public) != PUBLIC_BYTES or document.get("suite") != SUITE:
        raise StartRefused(f"{path} does not hold the auditor's public key")
    return public


def prepare(settings: Settings) -> None:
    """Make what lacks, in development; in production check. Raises StartRefused."""
    _check_library(settings)
    if settings.omgeving == "productie":
        waiting = pending_databases(settings)
        if waiting:
            raise StartRefused(f"the databases of {', '.join(waiting)} wait for `python -m keys migrate`")
        return
    with _locked(settings.sleutels_map):
        make_throwaway_parties(settings.sleutels_map)
        if settings.auditor_file is None:
            make_auditor_key(settings.sleutels_map)
        migrate_all(settings)


def _check_library(settings: Settings) -> None:
    try:
        library = group(settings.libsodium_path).library
    except PepError as error:
        raise StartRefused(str(error)) from error
    if settings.omgeving == "productie" and library.source == "rbcl":
        raise StartRefused("libsodium comes from the package rbcl, which production refuses")
    try:
        knownanswers.run()
    except knownanswers.WrongAnswer as error:
        raise StartRefused(str(error)) from error


def load_party_keys(settings: Settings) -> Mapping[str, Jwks]:
    """The public keys of all parties. Raises StartRefused."""
    path = settings.sleutels_map / PARTIES_FILE
    try:
        document = json.loads(path.read_text("utf-8"))
        keys = {party: Jwks.parse(jwks) for party, jwks in document.items() if party in PARTIES}
    except (OSError, ValueError, AttributeError, UnusableKey) as error:
        raise StartRefused(f"{path} does not hold the parties' public keys") from error
    if len(keys) < 2:
        raise StartRefused(f"{path} names fewer than two parties")
    return keys


def place_of(settings: Settings, party: str) -> Place:
    """Where the shares of a party of this process are. Raises StartRefused."""
    try:
        lock, token = lock_of(*settings.lock_files(party)), token_of(*settings.token_place(party))
    except KeystoreRefused as error:
        raise StartRefused(str(error)) from error
    return Place(settings.party_folder(party), party, lock, token, settings.omgeving == "ontwikkeling")


def load_generations(
    settings: Settings, party: str, parties: Mapping[str, Jwks], registry: Doelen, log: Log
) -> Generations:
    """The shares of a party of this process, of every generation that it serves. Raises StartRefused."""
    try:
        generations = Generations(place_of(settings, party), parties, registry, log)
        generations.start()
    except (KeystoreRefused, KeyStoreUnavailable) as error:
        raise StartRefused(str(error)) from error
    return generations


def load_signing_key(settings: Settings, party: str, published: Jwks | None) -> SigningKey:
    """The signing key of a party of this process, the one that is published. Raises StartRefused."""
    path = settings.party_folder(party) / SIGNING_KEY
    try:
        key = SigningKey.load(path)
    except (OSError, UnusableKey) as error:
        raise StartRefused(f"{path} does not hold the signing key of {party}") from error
    if published is None or published.find(key.kid) is None:
        raise StartRefused(f"{PARTIES_FILE} does not publish the signing key of {party}")
    return key


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder / ".inrichting.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
