"""Migrations of the package's own database: the list of registers and sources, sessions."""

from keys.kernel.database import run_env
from rechten.base import Table
from rechten.registers import tables as _registers
from rechten.sessies import tables as _sessies

__all__ = ["_registers", "_sessies"]

run_env(Table.metadata)
