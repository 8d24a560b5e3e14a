"""Life events have effects, and are delivered."""

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = UtcDateTime(timezone=True)
NEW = ("levering", "stroom", "gemeld", "verhouding", "gebeurtenis_wachtend")


def upgrade() -> None:
    """What stands, what was told, and what is on its way."""
    op.add_column("persoon", sa.Column("overleden_op", MOMENT, nullable=True))
    op.create_index("ix_persoon_geboortedatum", "persoon", ["geboortedatum"])
    op.add_column("gebeurtenis", sa.Column("kenmerk", sa.String(), nullable=True))
    op.add_column(
        "gebeurtenis", sa.Column("in_onderzoek", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("gebeurtenis", sa.Column("hoedanigheid", sa.String(), nullable=True))
    op.add_column("gebeurtenis", sa.Column("maatregel", sa.String(), nullable=True))
    op.create_index("ix_gebeurtenis_kenmerk", "gebeurtenis", ["aanvrager", "kenmerk"], unique=True)
    op.create_table(
        "gebeurtenis_wachtend",
        sa.Column("volgnummer", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("per", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    op.create_index("ix_gebeurtenis_wachtend_per", "gebeurtenis_wachtend", ["per"])
    op.create_table(
        "verhouding",
        sa.Column("grond", sa.String(), nullable=False),
        sa.Column("persoon_id", sa.String(), nullable=False),
        sa.Column("partij_id", sa.String(), nullable=False),
        sa.Column("sinds", MOMENT, nullable=False),
        sa.Column("bron", sa.String(), nullable=False),
        sa.Column("in_onderzoek", sa.Boolean(), nullable=False),
        sa.Column("hoedanigheid", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("grond", "persoon_id", "partij_id"),
    )
    for column in ("persoon_id", "partij_id"):
        op.create_index(f"ix_verhouding_{column}", "verhouding", [column])
    op.create_table(
        "gemeld",
        sa.Column("soort", sa.String(), nullable=False),
        sa.Column("persoon_id", sa.String(), nullable=False),
        sa.Column("partij_id", sa.String(), nullable=False),
        sa.Column("sinds", MOMENT, nullable=False),
        sa.Column("bron", sa.String(), nullable=False),
        sa.Column("in_onderzoek", sa.Boolean(), nullable=False),
        sa.Column("tot", MOMENT, nullable=True),
        sa.Column("gezegd_op", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("soort", "persoon_id", "partij_id"),
    )
    for column in ("persoon_id", "tot", "gezegd_op"):
        op.create_index(f"ix_gemeld_{column}", "gemeld", [column])
    op.create_table(
        "stroom",
        sa.Column("ontvanger", sa.String(), nullable=False),
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ontvanger"),
    )
    _deliveries()


def _deliveries() -> None:
    op.create_table(
        "levering",
        sa.Column("ontvanger", sa.String(), nullable=False),
        sa.Column("volgnummer", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("soort", sa.String(), nullable=False),
        sa.Column("per", MOMENT, nullable=False),
        sa.Column("wijzigingen", sa.JSON(), nullable=False),
        sa.Column("gemaakt_op", MOMENT, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("pogingen", sa.Integer(), nullable=False),
        sa.Column("volgende_op", MOMENT, nullable=False),
        sa.Column("aangekomen_op", MOMENT, nullable=True),
        sa.Column("dood_op", MOMENT, nullable=True),
        sa.Column("fout", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("ontvanger", "volgnummer"),
        sa.UniqueConstraint("jti"),
    )
    op.create_index("ix_levering_open", "levering", ["ontvanger", "open", "volgnummer"])


def downgrade() -> None:
    """Life events are only kept, as before."""
    for table in NEW:
        op.drop_table(table)
    op.drop_index("ix_gebeurtenis_kenmerk", "gebeurtenis")
    for column in ("maatregel", "hoedanigheid", "in_onderzoek", "kenmerk"):
        op.drop_column("gebeurtenis", column)
    op.drop_index("ix_persoon_geboortedatum", "persoon")
    op.drop_column("persoon", "overleden_op")
