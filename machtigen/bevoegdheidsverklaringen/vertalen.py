"""Have pseudonyms translated to the domain of a service, in one batch. We cannot open what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from keys.kernel.pep import ActorKey, Domain, Pseudonym, encrypt
from machtigen.bevoegdheidsverklaringen.model import Entry
from machtigen.translation import Translator


class Vertaler:
    """Encrypts under our own key, asks for the translation, and writes it as `alt_sub` entries."""

    def __init__(self, keys: Translator, own_key: Callable[[], ActorKey]) -> None:
        self._keys = keys
        self._own_key = own_key

    def translate(self, pseudonyms: Sequence[Pseudonym], naar: Domain, doel: str) -> list[tuple[Entry, ...]]:
        """For each pseudonym its entries for domain `naar`, freshly rerandomised, in the same order."""
        key = self._own_key()
        items = [encrypt(pseudonym, key.public, key.epoch) for pseudonym in pseudonyms]
        translated = self._keys.transcrypt(items, naar=naar, doel=doel)
        return [(ciphertext.to_alt_sub(),) for ciphertext in translated]
