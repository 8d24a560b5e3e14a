"""Parties commit to their factors, so that a translation can be proven right."""

import sqlalchemy as sa
from alembic import op

from keys.kernel.insert_only import make_insert_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; commitments for domains that are there already come with their next use."""
    op.create_table(
        "toezeggingen",
        sa.Column("domein", sa.String(200), sa.ForeignKey("domeinen.domein"), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("partij", sa.String(2), primary_key=True),
        sa.Column("verklaring", sa.String, nullable=False),
        sa.Column("vastgelegd_op", sa.DateTime(timezone=True), nullable=False),
    )
    make_insert_only("toezeggingen")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("toezeggingen")
