"""W3C Trace Context (level 1): which processing a request belongs to."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}(?P<rest>-.*)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Trace:
    """A place in a processing: 32 and 16 lower-case hexadecimal digits. `parent_span_id`: who called."""

    trace_id: str
    span_id: str
    parent_span_id: str | None = None


def new_span_id() -> str:
    """Eight random bytes; that all are zero never happens."""
    return secrets.token_hex(8)


def new_trace() -> Trace:
    """A new processing."""
    drawn = secrets.token_hex(24)  # drawn at once; all zero never happens
    return Trace(drawn[:32], drawn[32:])


def continue_trace(traceparent: str | None) -> Trace:
    """Our span in the caller's processing; a new processing where the header is absent or malformed.

    The `sampled` flag has no meaning for us: every line is written.
    """
    match = _TRACEPARENT.fullmatch((traceparent or "").strip())
    if match is None or match["version"] == "ff" or (match["version"] == "00" and match["rest"]):
        return new_trace()
    if set(match["trace"]) == {"0"} or set(match["parent"]) == {"0"}:
        return new_trace()
    return Trace(match["trace"], new_span_id(), match["parent"])


def traceparent(trace: Trace) -> str:
    """The header for a call that we make within this processing."""
    return f"00-{trace.trace_id}-{trace.span_id}-01"
