"""Decisions for services: names that were given out, the decision log, and the indices of the fast check."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.insert_only import make_insert_only

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and indices."""
    op.create_table(
        "pairwise_naam",
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("naam", sa.String(), nullable=False),
        sa.Column("partij", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sector", "naam"),
    )
    make_insert_only("pairwise_naam")
    op.create_table(
        "beslissing",
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("span_id", sa.String(), nullable=False),
        sa.Column("parent_span_id", sa.String(), nullable=True),
        sa.Column("event_name", sa.String(), nullable=False),
        sa.Column("timestamp", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("trace_id", "span_id"),
    )
    op.create_index(op.f("ix_beslissing_timestamp"), "beslissing", ["timestamp"], unique=False)
    make_insert_only("beslissing")
    op.create_index("ix_machtiging_paar", "machtiging", ["vertegenwoordigde", "vertegenwoordiger"])
    in_a_chain = sa.text("boven IS NOT NULL")
    op.create_index(
        "ix_machtiging_keten", "machtiging", ["vertegenwoordiger"],
        sqlite_where=in_a_chain, postgresql_where=in_a_chain,
    )  # fmt: skip


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_machtiging_keten", "machtiging")
    op.drop_index("ix_machtiging_paar", "machtiging")
    op.drop_table("beslissing")
    op.drop_table("pairwise_naam")
