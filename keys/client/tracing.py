"""One id for all that belongs to one act, in the log of who asks and in those of the transcryptors."""

from __future__ import annotations

import secrets

TRACE_ID_BYTES = 16


def new_trace_id() -> str:
    """A W3C trace id: 32 lower-case hexadecimal digits, random, never all zero.

    Whoever begins an act makes one. That of a browser is never taken over: it would tie acts together
    that have nothing to do with each other.
    """
    return (secrets.randbelow(2 ** (8 * TRACE_ID_BYTES) - 1) + 1).to_bytes(TRACE_ID_BYTES, "big").hex()
