"""Why a conversion stops, and why a row is left out."""

from __future__ import annotations


class ConversionStopped(Exception):
    """The conversion cannot go on; the text is one sentence. What is done stays done, and is kept."""


class RowRefused(Exception):
    """One row cannot be converted. `code` is stable and holds nothing of the row.

    Codes: empty, malformed-row, unknown-suite, malformed-ciphertext, malformed-wrapping, no-pid,
    no-local-key, wrong-pid, wrong-domain, wrong-epoch, and what a party says of an item
    (malformed-ciphertext, item-not-made-by-requester).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
