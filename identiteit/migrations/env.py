"""Alembic's entry point: all tables of identiteit are imported, then the kernel does the rest."""

from identiteit.aanmelding import tables as aanmelding
from identiteit.balie import tables as balie
from identiteit.base import Table
from identiteit.gebeurtenissen import tables as gebeurtenissen
from identiteit.inloggen import tables as inloggen
from identiteit.personen import tables as personen
from identiteit.weergave import tables as weergave
from keys.kernel.database import run_env

ROOMS = (personen, inloggen, weergave, aanmelding, gebeurtenissen, balie)

run_env(Table.metadata)
