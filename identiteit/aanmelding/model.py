"""The words of tickets."""

from __future__ import annotations

from dataclasses import dataclass

from keys.kernel.pep import Domain


@dataclass(frozen=True)
class Ticket:
    """Ticket: a signed statement that lets one register open one ciphertext, once."""

    register: Domain
    token: str

    def __repr__(self) -> str:
        return f"Ticket({self.register})"


@dataclass(frozen=True)
class Bron:
    """Bron (source): a party that lawfully holds BSNs and may enrol people at registers."""

    client_id: str
    jwks: dict[str, object]
    registers: tuple[str, ...] | None = None  # the domains at which it may enrol; None: at every one
