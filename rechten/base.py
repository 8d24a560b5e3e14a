"""The bases of this package's tables: its own database, and the database that each register has."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """A table of rechten itself."""


class RegisterTable(SQLModel, registry=registry()):
    """A table of one register."""
