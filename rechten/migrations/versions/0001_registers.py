"""The list of registers and sources; login attempts and sessions of the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "register",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("actor", sa.String, nullable=False, unique=True),
        sa.Column("domein", sa.String, nullable=False, unique=True),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("naam", sa.JSON, nullable=False),
        sa.Column("categorieen", sa.JSON, nullable=False),
        sa.Column("gepauzeerd", sa.Boolean, nullable=False),
        sa.Column("ingeschreven_op", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "bron",
        sa.Column("client_id", sa.String, primary_key=True),
        sa.Column("naam", sa.JSON, nullable=False),
        sa.Column("registers", sa.JSON, nullable=False),
        sa.Column("jwks", sa.JSON, nullable=False),
        sa.Column("ingeschreven_op", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "sessie",
        sa.Column("id_hash", sa.String, primary_key=True),
        sa.Column("sid", sa.String, nullable=True),
        sa.Column("aangemaakt_op", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verloopt_op", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verzegeld", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_sessie_sid", "sessie", ["sid"])
    op.create_index("ix_sessie_verloopt_op", "sessie", ["verloopt_op"])
