"""The desk: clerks, and whom they looked up."""

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "baliemedewerker",
        sa.Column("persoon_id", sa.String(), nullable=False),
        sa.Column("loket", sa.String(), nullable=False),
        sa.Column("sinds", UtcDateTime(timezone=True), nullable=False),
        sa.Column("tot", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["persoon_id"], ["persoon.id"]),
        sa.PrimaryKeyConstraint("persoon_id"),
    )
    op.create_table(
        "balie_opvraging",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        sa.Column("op", UtcDateTime(timezone=True), nullable=False),
        sa.Column("medewerker", sa.String(), nullable=False),
        sa.Column("loket", sa.String(), nullable=False),
        sa.Column("persoon_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["medewerker"], ["persoon.id"]),
        sa.ForeignKeyConstraint(["persoon_id"], ["persoon.id"]),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    op.create_index(op.f("ix_balie_opvraging_medewerker"), "balie_opvraging", ["medewerker"], unique=False)
    make_insert_only("balie_opvraging")


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("balie_opvraging")
    op.drop_table("baliemedewerker")
