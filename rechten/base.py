"""Two metadata: the tables of the package itself, and those that every register's database has."""

from typing import TYPE_CHECKING

from keys.kernel.database import new_base

if TYPE_CHECKING:  # the type checker cannot follow a base class that a function makes
    from sqlmodel import SQLModel as RegisterTable
    from sqlmodel import SQLModel as Table
else:
    Table = new_base()
    RegisterTable = new_base()

__all__ = ["RegisterTable", "Table"]
