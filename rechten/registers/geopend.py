"""One register, opened: its database and its keys, for as long as the process runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.database import Database
from keys.kernel.jws import SigningKey, load_or_generate
from keys.kernel.jws.keyfile import secret_bytes
from keys.kernel.pep import ActorKey, Ciphertext, Domain, KeyRing, PepError, Pseudonym, Vault
from rechten.errors import RegisterNotReady
from rechten.logboek.service import Logboek, write_logged
from rechten.logboek.tags import new_seed
from rechten.logboek.zegel import Zegel
from rechten.registers import nummerstore, store
from rechten.registers.model import Betrokkene, Register
from rechten.registers.nummering import Nummering, Unplaced
from rechten.registers.zaden import Zaadkluis

ObtainKey = Callable[[Path, SigningKey, Register], ActorKey]
# (keys, signing key, pseudonyms of one version, newer version) → the pseudonyms in that version
TranslateOwn = Callable[[KeyRing, SigningKey, Sequence[Pseudonym], Domain], list[Pseudonym]]
ATTEMPTS = 4
T = TypeVar("T")


class WrongCiphertext(Exception):
    """A ciphertext does not open here: another domain, an epoch without key, or no valid points."""


class RegisterKeys:
    """The key files of one register: `ondertekening.jwk`, `lokaal.key`, `logzegel.key`, `domein-….json`."""

    def __init__(self, folder: Path, *, generate: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        signing = folder / "ondertekening.jwk"
        self.signing = load_or_generate(signing) if generate else SigningKey.load(signing)
        self.local = secret_bytes(folder / "lokaal.key", may_make=generate)
        self.seal = secret_bytes(folder / "logzegel.key", may_make=generate)

    def domain_keys(self, register: Register) -> KeyRing:
        """The decryption keys of the register's domain."""
        return KeyRing(self.folder / f"domein-{register.doel}.json")


class OpenRegister:
    """A register with its database, its log and its keys. Thread-safe."""

    def __init__(
        self,
        register: Register,
        keys: RegisterKeys,
        database: Database,
        obtain: ObtainKey,
        translate: TranslateOwn,
        subject_type: str,
    ) -> None:
        self.register = register
        self.keys = keys
        self.database = database
        self.vault = Vault(keys.local)
        resource = f"register-{register.id}"
        self.logboek = Logboek(Zegel(keys.seal), subject_type=subject_type, resource=resource)
        self._zaden = Zaadkluis(keys.local)
        self._obtain = obtain
        self._ring = keys.domain_keys(register)
        self._has_key = False
        self._lock = threading.Lock()

        def forward(pseudonyms: Sequence[Pseudonym], naar: Domain) -> list[Pseudonym]:
            return translate(self._ring, keys.signing, pseudonyms, naar)

        self.nummering = Nummering(register.domein, database, self.vault, self._zaden, forward)
        oldest = register.domeinen[-1].versie
        database.write(lambda session: nummerstore.begin(session, oldest))

    def follow(self, register: Register) -> None:
        """The register as it is registered now: paused, or for other versions of its domain."""
        if register.domeinen != self.register.domeinen:
            self._ring.forget()
        self.register = register

    def write_logged(self, act: Callable[[Session], T]) -> T:
        """As `logboek.service.write_logged`; who must be placed first is, outside the transaction.

        Raises LogUnavailable, RegisterNotReady.
        """
        for _ in range(ATTEMPTS):
            try:
                return write_logged(self.database, act)
            except Unplaced as unplaced:
                try:
                    unplaced.act()
                except (PeerUnavailable, TranslationRefused) as error:
                    raise RegisterNotReady from error
        raise RegisterNotReady  # too many are still to be moved: try again later

    def require_keys(self) -> KeyRing:
        """The keys of this register's domain, the first one obtained when needed. Raises RegisterNotReady."""
        with self._lock:
            if not self._has_key:
                try:
                    self._obtain(self._ring.first, self.keys.signing, self.register)
                except (PeerUnavailable, PepError) as error:
                    raise RegisterNotReady from error
                self._has_key = True
            return self._ring

    @property
    def has_key(self) -> bool:
        """Whether a decryption key is there."""
        return self._has_key

    def open_pseudonym(self, entry: object) -> Pseudonym:
        """Open a ciphertext, or an `alt_sub` entry. Only what a verified, signed statement carried may be
        given here: a register that opens anything else is a decryption oracle. Raises WrongCiphertext."""
        ring = self.require_keys()
        try:
            ciphertext = entry if isinstance(entry, Ciphertext) else Ciphertext.from_alt_sub(entry)
            if ciphertext.domain not in self.register.domeinen:
                raise PepError("wrong-domain")
            return ring.open(ciphertext)
        except PepError as error:
            raise WrongCiphertext from error

    def find_person(self, session: Session, pseudonym: Pseudonym) -> Betrokkene | None:
        """The person with this pseudonym, when the register knows one. Raises Unplaced."""
        for _ in range(2):  # once more after it is sure that nobody is on the move
            for zoekpid in map(self.vault.pid, self.nummering.forms(pseudonym)):
                found = store.find_person(session, zoekpid)
                if found is not None:
                    return Betrokkene(found[0], self._zaden.unwrap(zoekpid, found[1]))
            self.nummering.newest_form(session, pseudonym)
        return None

    def person_at(self, session: Session, pid: str) -> Betrokkene:
        """The person at this row key, which a row of the register refers to."""
        zoekpid, wrapped = store.find_at(session, pid)
        return Betrokkene(pid, self._zaden.unwrap(zoekpid, wrapped))

    def admit_person(self, session: Session, pseudonym: Pseudonym, now: datetime) -> Betrokkene:
        """The person with this pseudonym; newly stored, with a fresh log seed, when unknown.

        Raises Unplaced.
        """
        known = self.find_person(session, pseudonym)
        if known is not None:
            return known
        form = self.nummering.newest_form(session, pseudonym)
        person = Betrokkene(self.vault.pid(form), new_seed())
        wrapped = self._zaden.wrap(person.pid, person.zaad)
        versie = form.domain.versie
        store.add_person(session, person.pid, self.vault.wrap(form), wrapped, now, versie)
        return person
