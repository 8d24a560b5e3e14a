"""Organisations as parties: who works there, invitations, professional registers, cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    """A column with a moment."""
    return sa.Column(name, UtcDateTime(timezone=True), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """A column with text."""
    return sa.Column(name, sa.String(), nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    op.add_column("machtiging", text("gericht_aan", nullable=True))
    op.add_column("machtiging", text("gericht_functie", nullable=True))
    op.create_table(
        "organisatie",
        text("id"),
        text("slug"),
        sa.Column("naam", sa.JSON(), nullable=False),
        text("nummer"),
        text("bron"),
        sa.Column("vereist_aantal", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Boolean(), nullable=False),
        moment("ingeschreven_op"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_organisatie_slug"), "organisatie", ["slug"], unique=True)
    op.create_table(
        "organisatie_lid",
        text("id"),
        text("organisatie"),
        text("partij"),
        text("rol"),
        text("functie", nullable=True),
        text("niveau"),
        moment("sinds"),
        moment("geeindigd_op", nullable=True),
        sa.ForeignKeyConstraint(["organisatie"], ["organisatie.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("organisatie", "partij"):
        op.create_index(op.f(f"ix_organisatie_lid_{column}"), "organisatie_lid", [column], unique=False)
    _people()
    _cases()


def _people() -> None:
    """Who is invited, who stands in a professional register, who acted for an organisation."""
    op.create_table(
        "uitnodiging",
        text("id"),
        text("organisatie", nullable=True),
        text("beroep", nullable=True),
        text("bron"),
        text("rol", nullable=True),
        text("functie", nullable=True),
        text("niveau"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        moment("geldig_tot"),
        moment("gebruikt_op", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code_hash"),
    )
    op.create_index(op.f("ix_uitnodiging_organisatie"), "uitnodiging", ["organisatie"], unique=False)
    op.create_table(
        "beroepsregistratie",
        text("id"),
        text("partij"),
        text("beroep"),
        text("bron"),
        moment("sinds"),
        moment("geeindigd_op", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_beroepsregistratie_partij"), "beroepsregistratie", ["partij"], unique=False)
    op.create_table(
        "handelende",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        text("machtiging_id"),
        text("zijde"),
        text("organisatie"),
        text("persoon"),
        text("rol"),
        text("functie", nullable=True),
        moment("op"),
        sa.ForeignKeyConstraint(["machtiging_id"], ["machtiging.id"]),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    op.create_index(op.f("ix_handelende_machtiging_id"), "handelende", ["machtiging_id"], unique=False)
    make_insert_only("handelende")


def _cases() -> None:
    """Cases as services registered them."""
    op.create_table(
        "zaak",
        text("id"),
        text("actor"),
        text("kenmerk"),
        text("dienst"),
        text("betrokkene"),
        moment("gemeld_op"),
        moment("gesloten_op", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("actor", "kenmerk"),
    )
    op.create_index(op.f("ix_zaak_betrokkene"), "zaak", ["betrokkene"], unique=False)
    op.create_table(
        "zaak_wederpartij",
        text("zaak_id"),
        text("partij"),
        sa.ForeignKeyConstraint(["zaak_id"], ["zaak.id"]),
        sa.PrimaryKeyConstraint("zaak_id", "partij"),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in (
        "zaak_wederpartij",
        "zaak",
        "handelende",
        "beroepsregistratie",
        "uitnodiging",
        "organisatie_lid",
        "organisatie",
    ):
        op.drop_table(table)
    op.drop_column("machtiging", "gericht_functie")
    op.drop_column("machtiging", "gericht_aan")
