"""Rows of sources."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from identiteit.aanmelding.model import Bron
from identiteit.aanmelding.tables import BronRow


def find(session: Session, client_id: str) -> Bron | None:
    """A registered source."""
    row = session.get(BronRow, client_id)
    return Bron(row.client_id, dict(row.jwks)) if row else None


def add(session: Session, bron: Bron, now: datetime) -> None:
    """Register a source."""
    session.add(BronRow(client_id=bron.client_id, jwks=bron.jwks, ingeschreven_op=now))
