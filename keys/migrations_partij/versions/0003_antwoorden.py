"""Answers are kept for a repeated request, and copies sealed to the auditor."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "antwoorden",
        sa.Column("actor", sa.String(100), primary_key=True),
        sa.Column("aanvraag", sa.String(128), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("items", sa.LargeBinary, nullable=False),
        sa.Column("verklaring", sa.String, nullable=False),
        sa.Column("verloopt_op", MOMENT, nullable=False),
    )
    op.create_index("ix_antwoorden_verloopt_op", "antwoorden", ["verloopt_op"])
    op.create_table(
        "auditkopieen",
        sa.Column("actor", sa.String(100), primary_key=True),
        sa.Column("aanvraag", sa.String(128), primary_key=True),
        sa.Column("stap", sa.Integer, nullable=False),
        sa.Column("verzegeld", sa.LargeBinary, nullable=False),
        sa.Column("op", MOMENT, nullable=False),
        sa.Column("verloopt_op", MOMENT, nullable=False),
    )
    op.create_index("ix_auditkopieen_op", "auditkopieen", ["op"])
    op.create_index("ix_auditkopieen_verloopt_op", "auditkopieen", ["verloopt_op"])


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("auditkopieen")
    op.drop_table("antwoorden")
