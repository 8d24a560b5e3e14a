"""Every kind of representation: chains, powers by law, proposals to extend, contests, counted use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADDED = (
    ("boven", sa.String(), None),
    ("bron", sa.String(), None),
    ("lease_tot", UtcDateTime(timezone=True), None),
    ("gebruikt", sa.Integer(), "0"),
    ("max_gebruik", sa.Integer(), None),
    ("gebruikt_op", UtcDateTime(timezone=True), None),
    ("voorstel", sa.JSON(), None),
    ("bevestiging", sa.JSON(), None),
    ("herinnerd", sa.Integer(), None),
    ("kanaal", sa.String(), "digitaal"),
    ("functie", sa.String(), None),
)


def upgrade() -> None:
    """Add the columns and the table."""
    for name, kind, default in ADDED:
        column = sa.Column(name, kind, nullable=default is None, server_default=default)
        op.add_column("machtiging", column)
    op.create_index(op.f("ix_machtiging_boven"), "machtiging", ["boven"], unique=False)
    op.add_column("machtiging_geschiedenis", sa.Column("reden", sa.String(), nullable=True))
    op.create_table(
        "betwisting",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("machtiging_id", sa.String(), nullable=False),
        sa.Column("op", UtcDateTime(timezone=True), nullable=False),
        sa.Column("rol", sa.String(), nullable=False),
        sa.Column("reden", sa.LargeBinary(), nullable=True),
        sa.Column("besluit", sa.String(), nullable=True),
        sa.Column("besluit_op", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["machtiging_id"], ["machtiging.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_betwisting_machtiging_id"), "betwisting", ["machtiging_id"], unique=False)
    _chains_in_use()


def _chains_in_use() -> None:
    """Which links a token and a use relied on, besides the one that stands in their own row."""
    op.add_column("uitgifte", sa.Column("schakels", sa.JSON(), nullable=True))
    op.add_column("gebruik", sa.Column("functie", sa.String(), nullable=True))
    for table in ("uitgifte_schakel", "gebruik_schakel"):
        op.create_table(
            table,
            sa.Column("jti", sa.String(), nullable=False),
            sa.Column("machtiging", sa.String(), nullable=False),
            sa.PrimaryKeyConstraint("jti", "machtiging"),
        )
        op.create_index(op.f(f"ix_{table}_machtiging"), table, ["machtiging"], unique=False)
    make_insert_only("gebruik_schakel")


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("gebruik_schakel")
    op.drop_table("uitgifte_schakel")
    op.drop_column("gebruik", "functie")
    op.drop_column("uitgifte", "schakels")
    op.drop_table("betwisting")
    op.drop_column("machtiging_geschiedenis", "reden")
    op.drop_index(op.f("ix_machtiging_boven"), "machtiging")
    for name, _, _ in reversed(ADDED):
        op.drop_column("machtiging", name)
