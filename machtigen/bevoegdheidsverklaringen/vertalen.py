"""Have pseudonyms translated to the domain of a service, in one batch. We cannot open what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, encrypt
from machtigen.bevoegdheidsverklaringen.model import Entry


class Transcryptor(Protocol):
    """What we need of `keys.client.KeysClient`."""

    def transcrypt(
        self, items: Sequence[Ciphertext], *, naar: Domain, doel: str, trace_id: str | None = None
    ) -> list[Ciphertext]:
        """Translate in order. Raises TranslationRefused or PeerUnavailable."""
        ...


class Vertaler:
    """Encrypts under our own key, asks for the translation, and writes it as `alt_sub` entries."""

    def __init__(self, keys: Transcryptor, own_key: Callable[[], ActorKey]) -> None:
        self._keys = keys
        self._own_key = own_key

    def translate(self, pseudonyms: Sequence[Pseudonym], naar: Domain, doel: str) -> list[tuple[Entry, ...]]:
        """For each pseudonym its entries for domain `naar`, freshly rerandomised, in the same order."""
        key = self._own_key()
        items = [encrypt(pseudonym, key.public, key.epoch) for pseudonym in pseudonyms]
        translated = self._keys.transcrypt(items, naar=naar, doel=doel)
        return [(ciphertext.to_alt_sub(),) for ciphertext in translated]
