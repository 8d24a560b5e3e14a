"""Bring a register to the next version of its domain, while it answers.

    begin     the key of the new version is here, the direction old -> new is granted; from now on new
              persons are stored under the new version, and both versions are answered for
    move      every stored person, in batches: translated, then written in one transaction
    close     nobody is left under the old version: only the new one is answered for, the old key is put aside

Each step may be repeated; a kill between or within them loses nothing. Log lines stay findable: the seed
that their tags come from moves along, and the row key that records refer to stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from keys.kernel.pep import Context
from rechten.errors import RegisterUnknown
from rechten.registers import nummerstore
from rechten.registers.geopend import OpenRegister
from rechten.registers.model import Register
from rechten.registers.nummering import BATCH
from rechten.registers.service import Registers

ASIDE = "afgesloten"


class CannotRenumber(Exception):
    """What was asked cannot be done now; the text is one sentence for the operator."""


@dataclass(frozen=True)
class Hernummering:
    """The renumbering of one register."""

    registers: Registers
    register_id: str

    def begin(self) -> Register:
        """Begin, or go on with what was begun. Raises RegisterUnknown, CannotRenumber, PeerUnavailable."""
        register = self._register()
        if register.vorig_domein is not None:
            return register
        naar = replace(register.domein, versie=register.domein.versie + 1)
        opened = self.registers.open(register)
        keys = opened.keys
        if not self.registers.plaatsen.may_renumber(keys.signing, register.domein, naar):
            raise CannotRenumber(f"no gebruiksgrond from {register.domein} to {naar} for {naar.doel}")
        first = opened.require_keys().first
        self.registers.plaatsen.obtain(first, keys.signing, replace(register, domein=naar))
        opened.database.write(lambda session: nummerstore.set_number(session, naar.versie))
        self.registers.set_domains(register.id, naar, register.domein)
        return self._register()

    def move(self, report: Callable[[int], None], batch: int = BATCH) -> int:
        """Move everybody who is left; `report(total so far)` after each batch.

        Raises PeerUnavailable, TranslationRefused.
        """
        opened = self._opened()
        total = 0
        while moved := opened.nummering.move(opened.register.domein.versie, batch):
            total += moved
            report(total)
        return total

    def close(self) -> Register:
        """Leave the old version behind. Raises CannotRenumber while somebody is stored under it."""
        register = self._register()
        vorig = register.vorig_domein
        if vorig is None:
            return register
        opened = self._opened()
        number = register.domein.versie
        if opened.database.read(lambda session: nummerstore.has_older(session, number)):
            raise CannotRenumber(f"persons of {register.id} are still stored under {vorig}")
        self.registers.set_domains(register.id, register.domein, None)
        ring = opened.keys.domain_keys(register)
        aside = opened.keys.folder / ASIDE
        aside.mkdir(mode=0o700, exist_ok=True)
        for epoch in ring.epochs(vorig):
            path = ring.path(Context(vorig, epoch))
            path.replace(aside / path.name)
        return self._register()

    def _register(self) -> Register:
        register = self.registers.find(self.register_id)
        if register is None:
            raise RegisterUnknown
        return register

    def _opened(self) -> OpenRegister:
        return self.registers.open(self._register())
