"""Rows of sources."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from identiteit.aanmelding.model import Bron
from identiteit.aanmelding.tables import BronRow


def find(session: Session, client_id: str) -> Bron | None:
    """A registered source."""
    row = session.get(BronRow, client_id)
    if row is None:
        return None
    return Bron(row.client_id, dict(row.jwks), None if row.registers is None else tuple(row.registers))


def add(session: Session, bron: Bron, now: datetime) -> None:
    """Register a source."""
    registers = None if bron.registers is None else list(bron.registers)
    row = BronRow(client_id=bron.client_id, jwks=bron.jwks, registers=registers, ingeschreven_op=now)
    session.add(row)
