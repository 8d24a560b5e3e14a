"""Log and records can be added to and read, and nothing else."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from keys.kernel.database import Database, migrate
from keys.wire.trace import new_trace
from rechten.logboek.model import Logdetail, Rol
from rechten.logboek.service import Actie, Logboek
from rechten.logboek.tags import new_seed
from rechten.logboek.zegel import Zegel
from tests.rechten.test_logboek_store import NOW, VERSION

TABLES = ("logregel", "logdetail", "gegeven")
CHANGES = {
    "logregel": "UPDATE logregel SET name = 'x'",
    "logdetail": "UPDATE logdetail SET doel_digest = 'x'",
    "gegeven": "UPDATE gegeven SET bron = 'x'",
}


@pytest.fixture
def filled(register_database: Database) -> Database:
    logboek = Logboek(Zegel(b"k" * 32), subject_type="https://rechten.test/tag", resource="register-x")
    detail = Logdetail(doel=VERSION, rol=Rol.INZAGE, categorieen=())
    actie = Actie("Eigen gegevens ingezien", new_trace(), NOW, detail, new_seed())
    register_database.write(lambda session: logboek.append(session, actie, NOW))
    with register_database.engine.connect() as connection:
        connection.execute(
            sa.text("INSERT INTO betrokkene VALUES ('p', :bytes, :bytes, :now, 'p', 1)"),
            {"bytes": b"x", "now": NOW.replace(tzinfo=None)},
        )
        connection.execute(
            sa.text(
                "INSERT INTO gegeven"
                " (id, pid, categorie, waarde, bron, geldig_van, vastgelegd_op, status, doel) "
                "VALUES ('g', 'p', 'c', '{}', 'DUO', :now, :now, 'vastgesteld', 'doel')"
            ),
            {"now": NOW.replace(tzinfo=None)},
        )
        connection.commit()
    return register_database


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_no_statement_changes_or_removes_a_line(filled: Database, table: str, verb: str) -> None:
    statement = CHANGES[table] if verb == "UPDATE" else f"DELETE FROM {table}"  # noqa: S608 - our own names
    with filled.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="insert-only"):
            connection.execute(sa.text(statement))
        connection.rollback()
        left = connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - our own names
    assert left == 1


def test_a_log_cannot_be_emptied_at_once(filled: Database) -> None:
    if filled.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    with filled.engine.connect() as connection, pytest.raises(DBAPIError, match="insert-only"):
        connection.execute(sa.text("TRUNCATE logregel"))


def test_migrating_twice_keeps_the_lines(filled: Database) -> None:
    migrate(filled.url, "rechten", "register_migrations")
    with filled.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM logregel")).scalar_one() == 1
