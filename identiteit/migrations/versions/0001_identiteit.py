"""Persons, logins, tickets and life events."""

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _persons()
    _sessions()
    _codes()
    _tickets()
    _events()


def _persons() -> None:
    op.create_table(
        "persoon",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("bsn", sa.String(), nullable=False),
        sa.Column("voornaam", sa.String(), nullable=False),
        sa.Column("achternaam", sa.String(), nullable=False),
        sa.Column("geboortedatum", sa.Date(), nullable=False),
        sa.Column("adres", sa.JSON(), nullable=False),
        sa.Column("demo_id", sa.String(), nullable=True),
        sa.Column("oorsprong", sa.LargeBinary(), nullable=False),
        sa.Column("weergave_pid", sa.String(), nullable=True),
        sa.Column("weergave_verpakt", sa.LargeBinary(), nullable=True),
        sa.Column("ingeschreven_op", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("demo_id"),
        sa.UniqueConstraint("oorsprong"),
        sa.UniqueConstraint("weergave_pid"),
    )
    op.create_index(op.f("ix_persoon_bsn"), "persoon", ["bsn"], unique=True)


def _sessions() -> None:
    op.create_table(
        "poging",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("wens", sa.JSON(), nullable=True),
        sa.Column("verloopt_op", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_poging_verloopt_op"), "poging", ["verloopt_op"], unique=False)
    op.create_table(
        "sessie",
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("persoon_id", sa.String(), nullable=False),
        sa.Column("niveau", sa.String(), nullable=False),
        sa.Column("auth_op", UtcDateTime(timezone=True), nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("verloopt_op", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
        sa.UniqueConstraint("sid"),
    )
    op.create_index(op.f("ix_sessie_persoon_id"), "sessie", ["persoon_id"], unique=False)
    op.create_index(op.f("ix_sessie_verloopt_op"), "sessie", ["verloopt_op"], unique=False)
    op.create_table(
        "deelnemer",
        sa.Column("sid", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sid", "client_id"),
    )


def _codes() -> None:
    op.create_table(
        "code",
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("inhoud", sa.JSON(), nullable=False),
        sa.Column("gebruikt_op", UtcDateTime(timezone=True), nullable=True),
        sa.Column("token_hash", sa.String(), nullable=True),
        sa.Column("verloopt_op", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index(op.f("ix_code_verloopt_op"), "code", ["verloopt_op"], unique=False)
    op.create_table(
        "toegang",
        sa.Column("id_hash", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("sid", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index(op.f("ix_toegang_sid"), "toegang", ["sid"], unique=False)


def _tickets() -> None:
    op.create_table(
        "gebruikt_ticket",
        sa.Column("jti", sa.String(), nullable=False),
        sa.Column("verloopt_op", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti"),
    )
    op.create_index(op.f("ix_gebruikt_ticket_verloopt_op"), "gebruikt_ticket", ["verloopt_op"], unique=False)
    op.create_table(
        "bron",
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("jwks", sa.JSON(), nullable=False),
        sa.Column("ingeschreven_op", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id"),
    )


def _events() -> None:
    op.create_table(
        "gebeurtenis",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        sa.Column("soort", sa.String(), nullable=False),
        sa.Column("persoon_bsn", sa.String(), nullable=False),
        sa.Column("partij_bsn", sa.String(), nullable=True),
        sa.Column("per", UtcDateTime(timezone=True), nullable=False),
        sa.Column("bron", sa.String(), nullable=False),
        sa.Column("aanvrager", sa.String(), nullable=False),
        sa.Column("ontvangen_op", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    op.create_table(
        "uitgaand",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_op", UtcDateTime(timezone=True), nullable=False),
        sa.Column("next_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("dead_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_uitgaand_kind"), "uitgaand", ["kind"], unique=False)
    op.create_index(op.f("ix_uitgaand_next_at"), "uitgaand", ["next_at"], unique=False)
