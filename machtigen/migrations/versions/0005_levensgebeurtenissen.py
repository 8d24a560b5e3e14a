"""Life events: what was received, what did not come, and the facts that they tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)
NEW = ("gespiegeld", "ontbrekend", "ontvangststand", "ontvangst", "feit")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "feit",
        sa.Column("partij", sa.String(), nullable=False),
        sa.Column("feit", sa.String(), nullable=False),
        sa.Column("geldt", sa.Boolean(), nullable=False),
        sa.Column("orde", sa.LargeBinary(), nullable=False),
        sa.Column("tot", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("partij", "feit"),
    )
    op.create_index(op.f("ix_feit_tot"), "feit", ["tot"], unique=False)
    op.create_table(
        "ontvangst",
        sa.Column("volgnummer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("jti", sa.LargeBinary(), nullable=False),
        sa.Column("soort", sa.String(), nullable=False),
        sa.Column("dag", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    make_insert_only("ontvangst")
    op.create_table(
        "ontvangststand",
        sa.Column("afzender", sa.String(), nullable=False),
        sa.Column("hoogste", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("afzender"),
    )
    op.create_table(
        "ontbrekend",
        sa.Column("volgnummer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sinds", MOMENT, nullable=False),
        sa.Column("volgende_op", MOMENT, nullable=False),
        sa.Column("pogingen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    op.create_index(op.f("ix_ontbrekend_volgende_op"), "ontbrekend", ["volgende_op"], unique=False)
    op.create_table(
        "gespiegeld",
        sa.Column("grond", sa.String(), nullable=False),
        sa.Column("persoon", sa.String(), nullable=False),
        sa.Column("partij", sa.String(), nullable=False),
        sa.Column("orde", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("grond", "persoon", "partij"),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in NEW:
        op.drop_table(table)
