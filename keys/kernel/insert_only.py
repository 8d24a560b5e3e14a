"""For migrations: tables to which rows are added, and from which nothing is changed or taken.

Triggers on both databases, so that it holds whoever is connected, the owner of the tables included.
It stops a bug and a careless operator; who may drop triggers can still change the past.
"""

from __future__ import annotations

from alembic import op

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'this table is insert-only'; END $$
"""


def make_insert_only(table: str) -> None:
    """From now on the database refuses UPDATE, DELETE and TRUNCATE on `table`, a constant."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FUNCTION)
        op.execute(
            f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'this table is insert-only'); END"
        )


def make_ordinary(table: str) -> None:
    """Undo `make_insert_only`, for a downgrade."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_insert_only ON {table}")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")
