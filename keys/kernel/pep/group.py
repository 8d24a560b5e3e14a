"""The prime-order group ristretto255 (RFC 9496), computed by libsodium.

Scalars and points are bytes (32, little-endian, canonical) and secret scalars stay bytes: libsodium
works on them in constant time, Python integers would not. Every operation checks lengths and the
library's return value. Nothing here accepts or gives the identity point, and scalars are non-zero
unless said otherwise. ctypes releases the interpreter lock during each call.
"""

from __future__ import annotations

import ctypes
import hmac
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from keys.kernel.pep import selftest
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.sodium import Library, load

POINT_BYTES = 32
SCALAR_BYTES = 32
HASH_BYTES = 64
IDENTITY = bytes(POINT_BYTES)
ZERO = bytes(SCALAR_BYTES)
ONE = b"\x01" + bytes(SCALAR_BYTES - 1)


class Group(Protocol):
    """What a suite needs of a group; `PEP-P256-SHA256/1` would be the second one."""

    def check_point(self, point: bytes) -> bytes: ...
    def check_scalar(self, scalar: bytes) -> bytes: ...
    def random_scalar(self) -> bytes: ...
    def reduce(self, wide: bytes) -> bytes: ...
    def scalar_mul(self, left: bytes, right: bytes) -> bytes: ...
    def scalar_invert(self, scalar: bytes) -> bytes: ...
    def mul(self, scalar: bytes, point: bytes) -> bytes: ...
    def mul_base(self, scalar: bytes) -> bytes: ...
    def add(self, left: bytes, right: bytes) -> bytes: ...
    def subtract(self, left: bytes, right: bytes) -> bytes: ...
    def from_hash(self, wide: bytes) -> bytes: ...


class Ristretto255:
    """ristretto255 over a loaded libsodium. Stateless after construction, safe in threads."""

    def __init__(self, library: Library) -> None:
        self.library = library
        functions = library.functions
        self._valid = functions.crypto_core_ristretto255_is_valid_point
        self._add = functions.crypto_core_ristretto255_add
        self._sub = functions.crypto_core_ristretto255_sub
        self._from_hash = functions.crypto_core_ristretto255_from_hash
        self._random = functions.crypto_core_ristretto255_scalar_random
        self._reduce = functions.crypto_core_ristretto255_scalar_reduce
        self._scalar_mul = functions.crypto_core_ristretto255_scalar_mul
        self._scalar_add = functions.crypto_core_ristretto255_scalar_add
        self._scalar_sub = functions.crypto_core_ristretto255_scalar_sub
        self._scalar_invert = functions.crypto_core_ristretto255_scalar_invert
        self._mul = functions.crypto_scalarmult_ristretto255
        self._mul_base = functions.crypto_scalarmult_ristretto255_base
        for function in (self._random, self._reduce, self._scalar_mul, self._scalar_add, self._scalar_sub):
            function.restype = None

    def check_point(self, point: bytes) -> bytes:
        """The point itself when it is a canonical encoding (RFC 9496 section 4.3.1), not the identity."""
        if _sized(point, POINT_BYTES, "malformed-point") == IDENTITY:
            raise PepError("identity-point")
        if self._valid(point) != 1:
            raise PepError("malformed-point")
        return point

    def check_scalar(self, scalar: bytes) -> bytes:
        """The scalar itself when it is canonical (below the group order) and not zero."""
        _sized(scalar, SCALAR_BYTES, "malformed-scalar")
        if hmac.compare_digest(scalar, ZERO) or not hmac.compare_digest(scalar, self.reduce(scalar + ZERO)):
            raise PepError("malformed-scalar")
        return scalar

    def random_scalar(self) -> bytes:
        """A uniformly random non-zero scalar."""
        out = _out()
        self._random(out)
        return out.raw

    def reduce(self, wide: bytes) -> bytes:
        """64 little-endian bytes modulo the group order; may be zero."""
        out = _out()
        self._reduce(out, _sized(wide, HASH_BYTES, "malformed-scalar"))
        return out.raw

    def scalar_mul(self, left: bytes, right: bytes) -> bytes:
        """left * right modulo the group order."""
        out = _out()
        self._scalar_mul(out, _scalar(left), _scalar(right))
        return out.raw

    def scalar_add(self, left: bytes, right: bytes) -> bytes:
        """left + right modulo the group order; may be zero."""
        out = _out()
        self._scalar_add(out, _scalar(left), _scalar(right))
        return out.raw

    def scalar_sub(self, left: bytes, right: bytes) -> bytes:
        """left - right modulo the group order; may be zero."""
        out = _out()
        self._scalar_sub(out, _scalar(left), _scalar(right))
        return out.raw

    def scalar_invert(self, scalar: bytes) -> bytes:
        """1 / scalar modulo the group order. Zero is refused."""
        out = _out()
        if self._scalar_invert(out, _scalar(scalar)) != 0:
            raise PepError("malformed-scalar")
        return out.raw

    def mul(self, scalar: bytes, point: bytes) -> bytes:
        """scalar * point. libsodium refuses a bad encoding and an identity result alike."""
        out = _out()
        if self._mul(out, _scalar(scalar), _sized(point, POINT_BYTES, "malformed-point")) != 0:
            raise PepError("malformed-point")
        return out.raw

    def mul_base(self, scalar: bytes) -> bytes:
        """scalar * G, G being the generator of RFC 9496 section 4."""
        out = _out()
        if self._mul_base(out, _scalar(scalar)) != 0:
            raise PepError("identity-point")
        return out.raw

    def add(self, left: bytes, right: bytes) -> bytes:
        """left + right; both encodings are checked, the identity is refused."""
        return self._combine(self._add, left, right)

    def subtract(self, left: bytes, right: bytes) -> bytes:
        """left - right; both encodings are checked, the identity is refused."""
        return self._combine(self._sub, left, right)

    def from_hash(self, wide: bytes) -> bytes:
        """The one-way map from 64 uniform bytes to a point (RFC 9496 section 4.3.4)."""
        out = _out()
        if self._from_hash(out, _sized(wide, HASH_BYTES, "malformed-point")) != 0:
            raise PepError("malformed-point")
        found = out.raw
        if found == IDENTITY:
            raise PepError("identity-point")
        return found

    def _combine(self, function: Callable[..., int], left: bytes, right: bytes) -> bytes:
        out = _out()
        for point in (left, right):
            if _sized(point, POINT_BYTES, "malformed-point") == IDENTITY:
                raise PepError("identity-point")
        if function(out, left, right) != 0:
            raise PepError("malformed-point")
        found = out.raw
        if found == IDENTITY:
            raise PepError("identity-point")
        return found


class _Outputs(threading.local):
    """Where libsodium writes a result: one buffer for each thread, used again at every call."""

    def __init__(self) -> None:
        self.buffer = ctypes.create_string_buffer(POINT_BYTES)


_outputs = _Outputs()


def _out() -> ctypes.Array[ctypes.c_char]:
    return _outputs.buffer


def _sized(value: bytes, length: int, code: str) -> bytes:
    # A wrong length would let the C code read beyond the buffer: checked before every call.
    if not isinstance(value, bytes) or len(value) != length:
        raise PepError(code)
    return value


def _scalar(value: bytes) -> bytes:
    return _sized(value, SCALAR_BYTES, "malformed-scalar")


_lock = threading.Lock()
_group: Ristretto255 | None = None


def group(path: Path | str | None = None) -> Ristretto255:
    """The group of this process: libsodium loaded and self-tested at the first call.

    `path` names the library to use and counts at the first call only (settings give it at start).
    Raises PepError `libsodium-missing` or `libsodium-wrong`.
    """
    global _group  # one loaded library per process
    if _group is None:
        with _lock:
            if _group is None:
                loaded = Ristretto255(load(path))
                selftest.run(loaded)
                _group = loaded
    return _group
