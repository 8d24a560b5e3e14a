"""The registers of this installation: created by the operator, opened at first need."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session

from keys.kernel.database import Database, MigrationsWait
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import Domain
from rechten.errors import (
    InvalidRegistration,
    RegisterNotReady,
    RegisterPaused,
    RegisterUnknown,
    RegistrationDiffers,
)
from rechten.registers import store
from rechten.registers.geopend import ObtainKey, OpenRegister, RegisterKeys, TranslateOwn
from rechten.registers.model import Bron, Gebruiksgrond, Register
from rechten.registers.rules import check_gebruiksgrond, check_register

ANSWERS_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Plaatsen:
    """Where registers live: key folders, databases, and how a database comes to be.

    `bring_up_to_date(url)` migrates, or raises MigrationsWait where nothing migrates by itself.
    """

    sleutels_map: Path
    database_url: Callable[[str], str]
    bring_up_to_date: Callable[[str], None]
    obtain: ObtainKey
    translate: TranslateOwn
    may_renumber: Callable[[SigningKey, Domain, Domain], bool]
    subject_type: Callable[[str], str]
    generate_keys: bool


class Registers:
    """Thread-safe. The list stands in `database`; each register is opened once and kept."""

    def __init__(self, database: Database, plaatsen: Plaatsen) -> None:
        self._database = database
        self.plaatsen = plaatsen
        self._open: dict[str, OpenRegister] = {}
        self._lock = threading.Lock()

    def list_all(self) -> list[Register]:
        """All registers, paused ones too."""
        return self._database.read(store.list_registers)

    def find(self, register_id: str) -> Register | None:
        """The register with this id."""
        return self._database.read(lambda session: store.find_register(session, register_id))

    def require(self, register_id: str) -> OpenRegister:
        """The open register. Raises RegisterUnknown or RegisterPaused."""
        register = self.find(register_id)
        if register is None:
            raise RegisterUnknown
        if register.gepauzeerd:
            raise RegisterPaused
        return self.open(register)

    def open(self, register: Register) -> OpenRegister:
        """Open a register, paused or not; its database is brought up to date first, where that is allowed.

        Raises RegisterNotReady when an operator must do that (`python -m rechten migrate`).
        """
        with self._lock:
            if register.id in self._open:
                self._open[register.id].follow(register)
            else:
                url = self.plaatsen.database_url(register.id)
                try:
                    self.plaatsen.bring_up_to_date(url)
                    self._open[register.id] = self._opened_at(register, url)
                except (MigrationsWait, SQLAlchemyError) as error:
                    raise RegisterNotReady from error
            return self._open[register.id]

    def _opened_at(self, register: Register, url: str) -> OpenRegister:
        return OpenRegister(
            register,
            self._keys(register),
            Database(url),
            self.plaatsen.obtain,
            self.plaatsen.translate,
            self.plaatsen.subject_type(register.id),
        )

    def create(self, register: Register, now: datetime) -> tuple[bool, Jwks]:
        """Create a register, or find the same one again: (newly made, its public keys).

        Where nothing migrates by itself its database must be migrated before it answers. Raises
        InvalidRegistration, or RegistrationDiffers when the id or the domain is taken.
        """
        check_register(register)
        keys = RegisterKeys(self.plaatsen.sleutels_map / register.id, generate=True)
        created = self._database.write(lambda session: _add_register(session, register, now))
        with contextlib.suppress(RegisterNotReady):
            self.open(register)
        return created, Jwks.of(keys.signing)

    def public_keys(self, register: Register) -> Jwks:
        """The keys with which the register's actor signs."""
        opened = self._open.get(register.id)
        return Jwks.of(opened.keys.signing if opened is not None else self._keys(register).signing)

    def pause(self, register_id: str, *, paused: bool) -> Register:
        """Put a register in or out of maintenance. Raises RegisterUnknown."""
        if not self._database.write(lambda session: store.set_paused(session, register_id, paused)):
            raise RegisterUnknown
        register = self.find(register_id)
        if register is None:
            raise RegisterUnknown
        return register

    def set_domains(self, register_id: str, domein: Domain, vorig: Domain | None) -> None:
        """The version of its domain that a register answers for, and the one before, while it does."""
        self._database.write(lambda session: store.set_domains(session, register_id, domein, vorig))

    def grant(self, register_id: str, grond: Gebruiksgrond) -> tuple[bool, Gebruiksgrond]:
        """Register a ground of use, or find the same one again: (newly made, the ground).

        Its `id` is given here. Raises RegisterUnknown or InvalidRegistration.
        """
        register = self.find(register_id)
        if register is None:
            raise RegisterUnknown
        check_gebruiksgrond(register, grond)

        def act(session: Session) -> tuple[bool, Gebruiksgrond]:
            for known in store.list_grounds(session, grond.afnemer, grond.doel):
                if replace(known, id="") == replace(grond, id=""):
                    return False, known
            new = replace(grond, id=secrets.token_urlsafe(12))
            store.add_ground(session, new)
            return True, new

        return self.open(register).database.write(act)

    def add_bron(self, bron: Bron, now: datetime) -> bool:
        """Register a source. False: the same one was there. Raises RegistrationDiffers."""
        Jwks.parse(bron.jwks)
        known_registers = {register.id for register in self.list_all()}
        if not bron.registers <= known_registers:
            raise InvalidRegistration
        known = self.find_bron(bron.client_id)
        if known is not None and known != bron:
            raise RegistrationDiffers
        if known is None:
            self._database.write(lambda session: store.add_bron(session, bron, now))
        return known is None

    def find_bron(self, client_id: str) -> Bron | None:
        """The source with this client id."""
        return self._database.read(lambda session: store.find_bron(session, client_id))

    def without_key(self) -> list[OpenRegister]:
        """The registers that have not obtained their decryption key yet."""
        return [opened for opened in self._opened() if not opened.has_key]

    def forget_expired(self, now: datetime) -> None:
        """Delete used tickets that have expired and first answers of more than a day ago."""
        for opened in self._opened():
            opened.database.write(lambda session: store.forget(session, now, now - ANSWERS_KEPT))

    def _opened(self) -> Iterator[OpenRegister]:
        """The registers that can be opened now."""
        for register in self.list_all():
            with contextlib.suppress(RegisterNotReady):
                yield self.open(register)

    def _keys(self, register: Register) -> RegisterKeys:
        return RegisterKeys(self.plaatsen.sleutels_map / register.id, generate=self.plaatsen.generate_keys)

    def close(self) -> None:
        """Close every register's database."""
        with self._lock:
            for opened in self._open.values():
                opened.database.close()
            self._open.clear()


def list_ids(database: Database) -> list[str]:
    """The ids of all registers of the installation with this database."""
    return database.read(lambda session: [register.id for register in store.list_registers(session)])


def _add_register(session: Session, register: Register, now: datetime) -> bool:
    known = store.find_register(session, register.id)
    if known is not None:
        same = replace(known, gepauzeerd=register.gepauzeerd, vorig_domein=None)
        if _without_obligations(same) != _without_obligations(register):
            raise RegistrationDiffers
        if same != register:  # which of its categories are obligations may be told later
            store.set_categories(session, register.id, register.categorieen)
        return False
    try:
        store.add_register(session, register, now)
    except IntegrityError as error:  # the actor or the domain belongs to another register
        raise RegistrationDiffers from error
    return True


def _without_obligations(register: Register) -> Register:
    plain = tuple(replace(categorie, verplichting=False) for categorie in register.categorieen)
    return replace(register, categorieen=plain)
