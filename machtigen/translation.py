"""Every translation that this package asks of `keys` goes through here, and is logged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from keys.client import new_trace_id
from keys.kernel.log import Log
from keys.kernel.pep import Ciphertext, Domain
from machtigen.events import TRANSLATED


class Translator(Protocol):
    """What is needed of the client of `keys`: translate ciphertexts, order kept, at most 1000 at once."""

    def transcrypt(
        self, items: Sequence[Ciphertext], *, naar: Domain, doel: str, trace_id: str | None = None
    ) -> list[Ciphertext]:
        """Translate to the domain `naar` for the purpose of use `doel`.

        Raises TranslationRefused or PeerUnavailable.
        """
        ...


class LoggedTranslator:
    """A translator that gives each act a trace id of its own, and logs it before the result is used."""

    def __init__(self, translator: Translator, log: Log) -> None:
        self._translator = translator
        self._log = log

    def transcrypt(
        self, items: Sequence[Ciphertext], *, naar: Domain, doel: str, trace_id: str | None = None
    ) -> list[Ciphertext]:
        """As `Translator.transcrypt`; without `trace_id` this translation is an act by itself."""
        trace_id = trace_id or new_trace_id()
        translated = self._translator.transcrypt(items, naar=naar, doel=doel, trace_id=trace_id)
        self._log.emit(TRANSLATED, naar=str(naar), doel=doel, aantal=len(translated), trace_id=trace_id)
        return translated
