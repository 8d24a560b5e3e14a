"""Checks on the registered claims of RFC 7519 section 4.1."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from keys.kernel.jws.signature import InvalidJws

LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second a datetime can hold


def timestamp(moment: datetime) -> int:
    """NumericDate (RFC 7519 section 2): whole seconds since the epoch."""
    return int(moment.timestamp())


def _seconds(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST:
        raise InvalidJws("malformed-times")
    return float(value)


def check_times(
    claims: Mapping[str, Any], now: datetime, *, leeway_s: int = 10, max_age_s: int | None = None
) -> None:
    """`exp` is required and ahead; `nbf` and `iat` are not in the future; all within `leeway_s` seconds.

    With `max_age_s`, `iat` is required and the statement may live at most that many seconds
    (`exp - iat`) and be at most that old. Raises InvalidJws.
    """
    moment = now.timestamp()
    exp, iat, nbf = (_seconds(claims, name) for name in ("exp", "iat", "nbf"))
    if exp is None:
        raise InvalidJws("no-expiry")
    if moment >= exp + leeway_s:
        raise InvalidJws("expired")
    if (nbf is not None and nbf > moment + leeway_s) or (iat is not None and iat > moment + leeway_s):
        raise InvalidJws("not-yet-valid")
    if max_age_s is None:
        return
    if iat is None:
        raise InvalidJws("no-issue-time")
    if exp - iat > max_age_s or moment - iat > max_age_s + leeway_s:
        raise InvalidJws("lives-too-long")


def check_audience(claims: Mapping[str, Any], audience: str | Collection[str]) -> None:
    """`aud` (a string or a list of strings) names one of `audience`. Raises InvalidJws."""
    accepted = {audience} if isinstance(audience, str) else set(audience)
    given = claims.get("aud")
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidJws("wrong-audience")
    if not accepted & set(values):
        raise InvalidJws("wrong-audience")
