"""Migrations of a register's database: persons, records, grounds, log. The same for every register."""

from keys.kernel.database import run_env
from rechten.base import RegisterTable
from rechten.logboek import tables as _logboek
from rechten.registers import tables as _registers
from rechten.storingen import tables as _storingen
from rechten.voorstellen import tables as _voorstellen

__all__ = ["_logboek", "_registers", "_storingen", "_voorstellen"]

run_env(RegisterTable.metadata)
