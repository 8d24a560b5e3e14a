"""When a name is shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from keys.kernel.pep import Ciphertext, Domain, PepError

TYP = "weergaveticket+jwt"
LIVES_S = 120


class Malformed(ValueError):
    """The ticket's claims are not what they should be."""


@dataclass(frozen=True)
class Weergaveticket:
    """Weergaveticket (ticket for a name): who may look, and whose name, both encrypted."""

    jti: str
    kijker: Ciphertext = field(repr=False)
    getoond: Ciphertext = field(repr=False)


def read_ticket(claims: Mapping[str, Any], domain: Domain) -> Weergaveticket:
    """From verified claims. Raises Malformed."""
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 16 <= len(jti) <= 128:
        raise Malformed("jti")
    try:
        kijker, getoond = (Ciphertext.from_alt_sub(claims.get(name)) for name in ("kijker", "getoond"))
    except PepError as error:
        raise Malformed("ciphertext") from error
    if kijker.domain != domain or getoond.domain != domain:
        raise Malformed("domain")
    return Weergaveticket(jti, kijker, getoond)
