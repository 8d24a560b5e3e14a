"""Migrations of a register's database: persons, records, grounds, log. The same for every register."""

from keys.kernel.database import run_env
from rechten.base import RegisterTable
from rechten.logboek import tables as _logboek
from rechten.registers import tables as _registers

__all__ = ["_logboek", "_registers"]

run_env(RegisterTable.metadata)
