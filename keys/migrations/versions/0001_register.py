"""The registry: actors, purposes, domains, public keys, grounds of use."""

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
        "actoren",
        sa.Column("actor", sa.String(100), primary_key=True),
        sa.Column("oin", sa.String(20), nullable=False),
        sa.Column("onderactor", sa.String(64), nullable=False),
        sa.Column("naam", sa.String(200), nullable=False),
        sa.Column("rol", sa.String(20), nullable=False),
        sa.Column("geregistreerd_op", MOMENT, nullable=False),
    )
    op.create_table(
        "actor_sleutels",
        sa.Column("actor", sa.String(100), sa.ForeignKey("actoren.actor"), primary_key=True),
        sa.Column("nummer", sa.Integer, primary_key=True),
        sa.Column("jwks", sa.JSON, nullable=False),
        sa.Column("vanaf", MOMENT, nullable=False),
    )
    op.create_table(
        "doelen",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("versie", sa.Integer, primary_key=True),
        sa.Column("inhoud", sa.JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("gepubliceerd_op", MOMENT, nullable=False),
    )
    op.create_table(
        "doel_einden",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("versie", sa.Integer, primary_key=True),
        sa.Column("per", MOMENT, nullable=False),
        sa.Column("vastgelegd_op", MOMENT, nullable=False),
    )
    op.create_table(
        "domeinen",
        sa.Column("domein", sa.String(200), primary_key=True),
        sa.Column("actor", sa.String(100), sa.ForeignKey("actoren.actor"), nullable=False),
        sa.Column("geregistreerd_op", MOMENT, nullable=False),
    )
    op.create_table(
        "domein_sleutels",
        sa.Column("domein", sa.String(200), sa.ForeignKey("domeinen.domein"), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("publiek", sa.LargeBinary, nullable=False),
        sa.Column("bewijzen", sa.JSON, nullable=False),
        sa.Column("vastgelegd_op", MOMENT, nullable=False),
    )
    op.create_table(
        "gebruiksgronden",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("van", sa.String(200), nullable=False),
        sa.Column("naar", sa.String(200), nullable=False),
        sa.Column("doel", sa.String(64), nullable=False),
        sa.Column("geldig_van", MOMENT, nullable=False),
        sa.Column("geldig_tot", MOMENT, nullable=True),
        sa.Column("max_per_dag", sa.Integer, nullable=True),
        sa.Column("bij_overschrijding", sa.String(20), nullable=False),
        sa.Column("verleend_op", MOMENT, nullable=False),
    )
    op.create_index("ix_gebruiksgronden_van", "gebruiksgronden", ["van"])
    op.create_table(
        "gebruiksgrond_einden",
        sa.Column("id", sa.String(40), sa.ForeignKey("gebruiksgronden.id"), primary_key=True),
        sa.Column("ingetrokken_op", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("gebruiksgrond_einden", "gebruiksgronden", "domein_sleutels", "domeinen"):
        op.drop_table(table)
    for table in ("doel_einden", "doelen", "actor_sleutels", "actoren"):
        op.drop_table(table)
