"""Storingen at clients that show revoked tokens, and proposals that pause collection: both insert-only."""

import sqlalchemy as sa
from alembic import op

from keys.kernel.insert_only import make_insert_only

revision = "0003"
down_revision = "0002"

TABLES = (
    "storing", "storing_voorval", "storing_aanbieding", "storing_stap", "voorstel", "voorstel_beeindiging",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables; records and log stay as they are."""
    op.create_table(
        "storing",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("soort", sa.String, nullable=False),
        sa.Column("afnemer", sa.String, nullable=False),
        sa.Column("client_id", sa.String, nullable=False),
        sa.Column("volgnummer", sa.Integer, nullable=False),
        sa.Column("geopend_op", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("afnemer", "client_id", "soort", "volgnummer"),
    )
    op.create_table(
        "storing_voorval",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("storing_id", sa.String(32), sa.ForeignKey("storing.id"), nullable=False),
        sa.Column("token", sa.String(43), nullable=False),
        sa.Column("pid", sa.String(43), sa.ForeignKey("betrokkene.pid"), nullable=False),
        sa.Column("doel", sa.String, nullable=False),
        sa.Column("trace_id", sa.String(32), nullable=False),
        sa.Column("namens", sa.Boolean, nullable=False),
        sa.Column("ingetrokken_op", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("storing_id", "token"),
    )
    op.create_index("ix_storing_voorval_pid", "storing_voorval", ["pid"])
    op.create_table(
        "storing_aanbieding",
        sa.Column("voorval_id", sa.String(32), sa.ForeignKey("storing_voorval.id"), primary_key=True),
        sa.Column("nummer", sa.Integer, primary_key=True),
        sa.Column("op", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "storing_stap",
        sa.Column("storing_id", sa.String(32), sa.ForeignKey("storing.id"), primary_key=True),
        sa.Column("nummer", sa.Integer, primary_key=True),
        sa.Column("stap", sa.String, nullable=False),
        sa.Column("door", sa.String, nullable=False),
        sa.Column("op", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pid", sa.String(43), sa.ForeignKey("betrokkene.pid"), nullable=True),
    )
    _proposals()
    for table in TABLES:
        make_insert_only(table)


def _proposals() -> None:
    op.create_table(
        "voorstel",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("pid", sa.String(43), sa.ForeignKey("betrokkene.pid"), nullable=False),
        sa.Column("verplichting", sa.String, sa.ForeignKey("gegeven.id"), nullable=False),
        sa.Column("categorie", sa.String, nullable=False),
        sa.Column("volgnummer", sa.Integer, nullable=False),
        sa.Column("bedrag_per_maand", sa.Integer, nullable=False),
        sa.Column("vanaf", sa.Date, nullable=True),
        sa.Column("namens", sa.Boolean, nullable=False),
        sa.Column("ingediend_op", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("verplichting", "volgnummer"),
    )
    op.create_index("ix_voorstel_pid", "voorstel", ["pid"])
    op.create_table(
        "voorstel_beeindiging",
        sa.Column("voorstel_id", sa.String(32), sa.ForeignKey("voorstel.id"), primary_key=True),
        sa.Column("afloop", sa.String, nullable=False),
        sa.Column("op", sa.DateTime(timezone=True), nullable=False),
        sa.Column("motivering", sa.String, nullable=True),
    )
