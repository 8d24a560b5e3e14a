"""One transcryptor's own log: translations, refusals, counters, issued key shares."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "transcrypties",
        sa.Column("actor", sa.String(100), primary_key=True),
        sa.Column("aanvraag", sa.String(128), primary_key=True),
        sa.Column("stap", sa.Integer, nullable=False),
        sa.Column("paar", sa.String(5), nullable=False),
        sa.Column("van", sa.String(220), nullable=False),
        sa.Column("naar", sa.String(220), nullable=False),
        sa.Column("doel", sa.String(64), nullable=False),
        sa.Column("gebruiksgrond", sa.String(40), nullable=False),
        sa.Column("aantal", sa.Integer, nullable=False),
        sa.Column("trace_id", sa.String(64), nullable=True),
        sa.Column("op", MOMENT, nullable=False),
    )
    op.create_index("ix_transcrypties_gebruiksgrond", "transcrypties", ["gebruiksgrond"])
    op.create_table(
        "weigeringen",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("reden", sa.String(60), nullable=False),
        sa.Column("trace_id", sa.String(64), nullable=True),
        sa.Column("op", MOMENT, nullable=False),
    )
    op.create_table(
        "tellers",
        sa.Column("gebruiksgrond", sa.String(40), primary_key=True),
        sa.Column("dag", sa.Date, primary_key=True),
        sa.Column("aantal", sa.Integer, nullable=False),
    )
    op.create_table(
        "uitgiften",
        sa.Column("actor", sa.String(100), primary_key=True),
        sa.Column("aanvraag", sa.String(128), primary_key=True),
        sa.Column("domein", sa.String(200), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("op", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("uitgiften", "tellers", "weigeringen", "transcrypties"):
        op.drop_table(table)
