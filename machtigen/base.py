"""What every room of this package stands on: the metadata of its tables, and how an act is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy.orm import registry
from sqlmodel import Session, SQLModel

T = TypeVar("T")


class Table(SQLModel, registry=registry()):
    """Base class of every table of machtigen: in a metadata of their own and in no other's."""


class Perform(Protocol):
    """Runs an act in one transaction, as `Database.write`; repeated requests have one of their own."""

    def __call__(self, act: Callable[[Session], T], /) -> T:
        """Run it and give back its result."""
        ...
