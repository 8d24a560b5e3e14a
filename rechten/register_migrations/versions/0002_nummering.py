"""Persons can be stored under a newer version of the register's domain, one batch after another."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Who is there is found as before: by its row key, under version 1."""
    op.add_column("betrokkene", sa.Column("zoekpid", sa.String(43), nullable=False, server_default=""))
    op.add_column("betrokkene", sa.Column("versie", sa.Integer, nullable=False, server_default="1"))
    op.execute("UPDATE betrokkene SET zoekpid = pid")
    op.create_index("ix_betrokkene_zoekpid", "betrokkene", ["zoekpid"], unique=True)
    op.create_index("ix_betrokkene_versie", "betrokkene", ["versie"])
    op.create_table(
        "nummering",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("versie", sa.Integer, nullable=False),
    )
