"""The metadata of this package's tables: one for the registry, one for a transcryptor's own database."""

from __future__ import annotations

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """Tables of the registry."""


class PartijTable(SQLModel, registry=registry()):
    """Tables of one transcryptor, in a database that it shares with nobody."""
