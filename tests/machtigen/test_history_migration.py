"""Histories from before the chain are chained by the migration, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from keys.kernel.database import Database, _config, migrate
from machtigen.machtigingen import geschiedenisstore
from machtigen.machtigingen.geschiedenis import broken
from machtigen.machtigingen.model import Gebeurtenis, Regel
from tests.machtigen.world import NOW

MACHTIGING = (
    "INSERT INTO machtiging (id, initiatief, beperkingen, geldig_van, geldig_tot, grond, niveau, status, "
    "status_op, gemaakt_op{names}) VALUES (:id, 'vertegenwoordigde', '[]', :op, :op, 'machtiging', 'laag', "
    "'actief', :op, :op{values})"
)
BEFORE = "0003"
MORE = {"names": "", "values": ""}
LINE = (
    "INSERT INTO machtiging_geschiedenis (machtiging_id, op, gebeurtenis, door) "
    "VALUES (:id, :op, :wat, 'stelsel')"
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'before.db'}"
        return
    with request.getfixturevalue("postgres_server").fresh_database() as url:
        yield url


def test_lines_of_before_are_chained_in_their_order_and_stay_insert_only(unmigrated: str) -> None:
    command.upgrade(_config(unmigrated, "machtigen"), BEFORE)
    database = Database(unmigrated)
    op = NOW.replace(microsecond=7)
    moment = op.replace(tzinfo=None) if database.is_sqlite else op
    with database.engine.begin() as connection:
        for identifier in ("m2", "m1"):
            connection.execute(sa.text(MACHTIGING.format(**MORE)), {"id": identifier, "op": moment})
        for identifier, event in (("m1", "aangevraagd"), ("m2", "aangevraagd"), ("m1", "bevestigd")):
            connection.execute(sa.text(LINE), {"id": identifier, "op": moment, "wat": event})
    migrate(unmigrated, "machtigen")
    later = Regel(NOW, Gebeurtenis.INGETROKKEN, "vertegenwoordigde", inhoud={"een_zaak": True})
    database.write(lambda session: geschiedenisstore.add_line(session, "m1", later))
    lines = database.read(lambda session: dict(geschiedenisstore.chains(session)))
    assert [line.regel.gebeurtenis.value for line in lines["m1"]] == [
        "aangevraagd",
        "bevestigd",
        "ingetrokken",
    ]
    assert lines["m1"][0].regel.op == op
    assert [len(lines[one]) for one in ("m1", "m2")] == [3, 1]
    assert [list(broken(one, lines[one])) for one in lines] == [[], []]
    with pytest.raises(sa.exc.DBAPIError, match="insert-only"), database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE machtiging_geschiedenis SET door = 'x'"))
    database.close()


def test_the_chain_can_be_taken_away_and_made_again(unmigrated: str) -> None:
    migrate(unmigrated, "machtigen")
    config = _config(unmigrated, "machtigen")
    command.downgrade(config, BEFORE)
    migrate(unmigrated, "machtigen")
