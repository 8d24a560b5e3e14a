"""Alembic's entry point: all tables of machtigen are imported, then the kernel does the rest."""

from keys.kernel.database import run_env
from machtigen.base import Table
from machtigen.berichten import tables as berichten
from machtigen.beslissingen import tables as beslissingen
from machtigen.bevoegdheidsverklaringen import tables as bevoegdheidsverklaringen
from machtigen.diensten import tables as diensten
from machtigen.gebruik import tables as gebruik
from machtigen.herhalingen import tables as herhalingen
from machtigen.machtigingen import tables as machtigingen
from machtigen.partijen import tables as partijen
from machtigen.sessies import tables as sessies

ROOMS = (
    diensten, partijen, sessies, herhalingen, machtigingen, berichten, bevoegdheidsverklaringen, gebruik,
    beslissingen,
)  # fmt: skip

run_env(Table.metadata)
