"""The base of this package's tables: its own metadata and no other's."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """A table of identiteit."""
