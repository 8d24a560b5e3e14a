"""The decision log stands in the order of time: who writes many lines at once writes them side by side.

By trace, each line of a commit fell on a page of its own, in the table and in its index.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.insert_only import make_insert_only

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = (
    "timestamp, trace_id, span_id, parent_span_id, event_name, status, actor, client_id, attributes"
)  # fmt: skip
BY_TIME = ("timestamp", "trace_id", "span_id")
BY_TRACE = ("trace_id", "span_id")


def upgrade() -> None:
    """One key, in the order of time, which is an index of moments as well."""
    if op.get_bind().dialect.name == "postgresql":
        _change_key(BY_TIME)
        op.drop_index("ix_beslissing_timestamp", "beslissing")
        return
    _make_again(BY_TIME, with_rowid=False)


def downgrade() -> None:
    """The key and the index of before."""
    if op.get_bind().dialect.name == "postgresql":
        _change_key(BY_TRACE)
    else:
        _make_again(BY_TRACE, with_rowid=True)
    op.create_index(op.f("ix_beslissing_timestamp"), "beslissing", ["timestamp"], unique=False)


def _change_key(columns: tuple[str, ...]) -> None:
    op.drop_constraint("beslissing_pkey", "beslissing", type_="primary")
    op.create_primary_key("beslissing_pkey", "beslissing", list(columns))


def _make_again(key: tuple[str, ...], *, with_rowid: bool) -> None:
    """SQLite cannot change a key: the lines go over to a table that has it."""
    op.rename_table("beslissing", "beslissing_hiervoor")
    op.create_table(
        "beslissing",
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("span_id", sa.String(), nullable=False),
        sa.Column("parent_span_id", sa.String(), nullable=True),
        sa.Column("event_name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint(*key),
        sqlite_with_rowid=with_rowid,
    )
    op.execute(f"INSERT INTO beslissing ({COLUMNS}) SELECT {COLUMNS} FROM beslissing_hiervoor")  # noqa: S608 - constants
    op.drop_table("beslissing_hiervoor")
    make_insert_only("beslissing")
