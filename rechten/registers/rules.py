"""What may be recorded, and what counts now. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from rechten.errors import InvalidRegistration, RecordRefused
from rechten.registers.model import Gebruiksgrond, Gegeven, NieuwGegeven, Register


def check_register(register: Register) -> None:
    """A register keeps records under a domain of its own actor. Raises InvalidRegistration."""
    identifiers = [categorie.id for categorie in register.categorieen]
    if register.domein.actor != register.actor or register.domein.is_origin:
        raise InvalidRegistration
    if not identifiers or len(set(identifiers)) != len(identifiers):
        raise InvalidRegistration


def check_gebruiksgrond(register: Register, grond: Gebruiksgrond) -> None:
    """A ground names categories of this register and a period that exists. Raises InvalidRegistration."""
    if not grond.categorieen or not grond.categorieen <= register.categorie_ids():
        raise InvalidRegistration
    if grond.geldig_tot is not None and grond.geldig_tot <= grond.geldig_van:
        raise InvalidRegistration


def check_new(register: Register, nieuw: NieuwGegeven, known: Iterable[Gegeven]) -> None:
    """A record fits the register it is meant for. Raises RecordRefused.

    `known` are the person's records: a correction names one of them, of the same category, that was
    not corrected before.
    """
    if nieuw.categorie not in register.categorie_ids():
        raise RecordRefused
    if nieuw.geldig_tot is not None and nieuw.geldig_tot <= nieuw.geldig_van:
        raise RecordRefused
    if nieuw.corrigeert is None:
        return
    earlier = {gegeven.id: gegeven for gegeven in current(known)}.get(nieuw.corrigeert)
    if earlier is None or earlier.categorie != nieuw.categorie:
        raise RecordRefused


def current(records: Iterable[Gegeven]) -> list[Gegeven]:
    """The records that no later record corrects, in the order given."""
    found = list(records)
    corrected = {gegeven.corrigeert for gegeven in found}
    return [gegeven for gegeven in found if gegeven.id not in corrected]


def valid_at(records: Iterable[Gegeven], now: datetime) -> list[Gegeven]:
    """The current records whose period includes `now` (end excluded)."""
    return [
        gegeven
        for gegeven in current(records)
        if gegeven.geldig_van <= now and (gegeven.geldig_tot is None or now < gegeven.geldig_tot)
    ]
