"""Moments as claims carry them."""

from __future__ import annotations

from datetime import UTC, datetime


def from_timestamp(value: object, otherwise: datetime) -> datetime:
    """A NumericDate (RFC 7519 section 2) as a moment; `otherwise` for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**33:
        return otherwise
    return datetime.fromtimestamp(value, UTC)
