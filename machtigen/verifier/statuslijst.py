"""The bytes of a status list (Token Status List, section 4): packing, compression, reading.

    byte = index // (8 / bits), shift = (index mod (8 / bits)) * bits      least significant first
    lst  = base64url(zlib(bytes)), without padding

Pure: bytes in, values out. Shared with the issuer, so that both sides read one definition.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass, field

BITS = (1, 2, 4, 8)
VALID, INVALID, SUSPENDED = 0, 1, 2
DEFAULT_MAXIMUM = 16_777_216  # bytes after decompression


class MalformedList(ValueError):
    """Not a status list: wrong `bits`, not base64url, not zlib, or larger than allowed."""


class OutOfRange(ValueError):
    """The index lies outside the list (then the token must be rejected, section 8.3)."""


@dataclass(frozen=True)
class Statuslijst:
    """Statuslijst (status list): one value of `bits` bits for each index."""

    bits: int
    data: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.bits not in BITS:
            raise MalformedList("bits must be 1, 2, 4 or 8")

    def __len__(self) -> int:
        return len(self.data) * 8 // self.bits

    def get(self, index: int) -> int:
        """The status at `index`, 0 … 2^bits-1. Raises OutOfRange."""
        if not 0 <= index < len(self):
            raise OutOfRange("index outside the list")
        per_byte = 8 // self.bits
        shift = (index % per_byte) * self.bits
        return (self.data[index // per_byte] >> shift) & ((1 << self.bits) - 1)

    def encode(self) -> str:
        """`lst`: base64url, no padding, of the zlib stream at its highest level (section 4.1)."""
        return base64.urlsafe_b64encode(zlib.compress(self.data, 9)).rstrip(b"=").decode()

    @classmethod
    def decode(cls, bits: object, lst: object, maximum_bytes: int = DEFAULT_MAXIMUM) -> Statuslijst:
        """From the members of `status_list`. Never makes more than `maximum_bytes` of memory full.

        Raises MalformedList.
        """
        if isinstance(bits, bool) or not isinstance(bits, int) or bits not in BITS:
            raise MalformedList("bits must be 1, 2, 4 or 8")
        if not isinstance(lst, str) or not lst.isascii() or not lst:
            raise MalformedList("lst is not a string")
        return cls(bits, _inflate(_base64url(lst), maximum_bytes))


def pack(size: int, invalid: frozenset[int] | set[int], bits: int = 1) -> Statuslijst:
    """A list of `size` entries in which `invalid` ones are INVALID and all others VALID."""
    per_byte = 8 // bits
    data = bytearray((size + per_byte - 1) // per_byte)
    for index in invalid:
        if not 0 <= index < size:
            raise OutOfRange("index outside the list")
        data[index // per_byte] |= INVALID << ((index % per_byte) * bits)
    return Statuslijst(bits, bytes(data))


def _base64url(text: str) -> bytes:
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedList("lst is not base64url") from error


def _inflate(compressed: bytes, maximum_bytes: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(compressed, maximum_bytes + 1)
    except zlib.error as error:
        raise MalformedList("lst is not a zlib stream") from error
    if len(data) > maximum_bytes:
        raise MalformedList("the list is larger than allowed")
    if not stream.eof or stream.unused_data:
        raise MalformedList("lst is not one whole zlib stream")
    return data
