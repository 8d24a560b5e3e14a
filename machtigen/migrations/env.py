"""Alembic's entry point: all tables of machtigen are imported, then the kernel does the rest."""

from keys.kernel.database import run_env
from machtigen.balie import tables as balie
from machtigen.base import Table
from machtigen.berichten import tables as berichten
from machtigen.beslissingen import tables as beslissingen
from machtigen.bevoegdheidsverklaringen import tables as bevoegdheidsverklaringen
from machtigen.diensten import tables as diensten
from machtigen.feiten import tables as feiten
from machtigen.gebruik import tables as gebruik
from machtigen.herhalingen import tables as herhalingen
from machtigen.instemming import tables as instemming
from machtigen.machtigingen import tables as machtigingen
from machtigen.ontvangst import tables as ontvangst
from machtigen.organisaties import tables as organisaties
from machtigen.partijen import tables as partijen
from machtigen.sessies import tables as sessies
from machtigen.zaken import tables as zaken

ROOMS = (
    diensten,
    partijen,
    feiten,
    sessies,
    herhalingen,
    machtigingen,
    berichten,
    bevoegdheidsverklaringen,
    gebruik,
    balie,
    ontvangst,
    beslissingen,
    organisaties,
    instemming,
    zaken,
)

run_env(Table.metadata)
