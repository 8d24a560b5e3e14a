"""Epochs of domains are revoked; actors are withdrawn and admitted again."""

import sqlalchemy as sa
from alembic import op

from keys.kernel.insert_only import make_insert_only

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "epoch_einden",
        sa.Column("domein", sa.String(200), sa.ForeignKey("domeinen.domein"), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("ingetrokken_op", MOMENT, nullable=False),
    )
    op.create_table(
        "actor_standen",
        sa.Column("actor", sa.String(100), sa.ForeignKey("actoren.actor"), primary_key=True),
        sa.Column("nummer", sa.Integer, primary_key=True),
        sa.Column("stand", sa.String(20), nullable=False),
        sa.Column("vanaf", MOMENT, nullable=False),
    )
    for table in ("epoch_einden", "actor_standen"):
        make_insert_only(table)


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("actor_standen")
    op.drop_table("epoch_einden")
