"""The tables of this package stand in a metadata of their own and in no other's."""

from sqlalchemy.orm import registry
from sqlmodel import SQLModel


class Table(SQLModel, registry=registry()):
    """Base class of every table of machtigen."""
