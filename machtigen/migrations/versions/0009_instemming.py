"""Deciding jointly: who sees what waits for them, and the agreement to one use of a joint power."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "machtiging_kring",
        sa.Column("machtiging_id", sa.String(), nullable=False),
        sa.Column("partij", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["machtiging_id"], ["machtiging.id"]),
        sa.PrimaryKeyConstraint("machtiging_id", "partij"),
    )
    op.create_index(op.f("ix_machtiging_kring_partij"), "machtiging_kring", ["partij"], unique=False)
    op.create_table(
        "instemming",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("machtiging", sa.String(), nullable=False),
        sa.Column("vertegenwoordigde", sa.String(), nullable=False),
        sa.Column("verzoeker", sa.String(), nullable=False),
        sa.Column("grond", sa.String(), nullable=False),
        sa.Column("dienst", sa.String(), nullable=False),
        sa.Column("handelingen", sa.JSON(), nullable=False),
        sa.Column("zaak", sa.String(), nullable=True),
        sa.Column("nodig", sa.Integer(), nullable=False),
        sa.Column("aantal", sa.Integer(), nullable=False),
        sa.Column("gebruikt", sa.Integer(), nullable=False),
        sa.Column("gevraagd_op", UtcDateTime(timezone=True), nullable=False),
        sa.Column("geldig_tot", UtcDateTime(timezone=True), nullable=False),
        sa.Column("geeindigd_op", UtcDateTime(timezone=True), nullable=True),
        sa.Column("einde", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("vertegenwoordigde", "verzoeker"):
        op.create_index(op.f(f"ix_instemming_{column}"), "instemming", [column], unique=False)
    op.create_table(
        "instemming_stem",
        sa.Column("instemming_id", sa.String(), nullable=False),
        sa.Column("partij", sa.String(), nullable=False),
        sa.Column("op", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["instemming_id"], ["instemming.id"]),
        sa.PrimaryKeyConstraint("instemming_id", "partij"),
    )
    make_insert_only("instemming_stem")


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("instemming_stem")
    op.drop_table("instemming")
    op.drop_table("machtiging_kring")
