"""From what a register keeps of a person to the pseudonym itself: two forms, told apart by their text.

    SUITE:base64url    a ciphertext under our own key (64 bytes)
    base64url          the pseudonym as `Vault.wrap` made it (61 bytes), with its pid beside it

A ciphertext does not say for which domain and key epoch it was made, and opened with another key it gives
another person without anybody noticing: a file that keeps both beside it has them checked. THE OPERATOR
must know that the file is the register's own: ciphertexts of others are not to be opened so.
"""

from __future__ import annotations

from dataclasses import dataclass

from keys.bulk.errors import RowRefused
from keys.kernel.pep import SUITE, ActorKey, Ciphertext, PepError, Pseudonym, Vault, decrypt
from keys.kernel.pep.encoding import from_base64url


@dataclass(frozen=True)
class Row:
    """What is needed of one row. None: the file has no such column, or (parquet) no value here."""

    text: str | None
    pid: str | None = None
    domein: str | None = None
    epoch: str | None = None
    broken: bool = False
    """The row has another number of fields than the header."""


class Opening:
    """Opens rows with the register's own keys. `vault`: None when there is no local key at hand."""

    def __init__(self, key: ActorKey, vault: Vault | None, *, stated: tuple[bool, bool]) -> None:
        self._key = key
        self._vault = vault
        self._domain_stated, self._epoch_stated = stated

    def open(self, row: Row) -> Pseudonym:
        """The person of this row. Raises RowRefused."""
        if row.broken:
            raise RowRefused("malformed-row")
        if not row.text:
            raise RowRefused("empty")
        if self._domain_stated and row.domein != str(self._key.domain):
            raise RowRefused("wrong-domain")
        if self._epoch_stated and row.epoch != str(self._key.epoch):
            raise RowRefused("wrong-epoch")
        try:
            return self._encrypted(row.text) if ":" in row.text else self._wrapped(row.text, row.pid)
        except PepError as error:
            raise RowRefused(error.code) from error

    def _encrypted(self, text: str) -> Pseudonym:
        suite, _, encoded = text.rpartition(":")
        if suite != SUITE:
            raise RowRefused("unknown-suite")
        try:
            data = from_base64url(encoded)
        except ValueError as error:
            raise RowRefused("malformed-ciphertext") from error
        return decrypt(Ciphertext(self._key.domain, self._key.epoch, data), self._key)

    def _wrapped(self, text: str, pid: str | None) -> Pseudonym:
        try:
            wrapped = from_base64url(text)
        except ValueError as error:
            raise RowRefused("malformed-wrapping") from error
        if not pid:
            raise RowRefused("no-pid")
        if self._vault is None:
            raise RowRefused("no-local-key")
        return self._vault.unwrap(pid, wrapped, self._key.domain)
