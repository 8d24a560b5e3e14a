"""Parties, services, sessions, machtigingen and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=null)


def _bytes(name: str, *, null: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def _index(table: str, *columns: str, unique: bool = False) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=unique)


def _parties_and_services() -> None:
    op.create_table(
        "partij",
        _text("id"),
        _text("pid"),
        _bytes("verpakt"),
        _moment("sinds"),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("partij", "pid", unique=True)
    op.create_table(
        "dienst",
        _text("id"),
        _text("sorteernaam"),
        _text("zoektekst"),
        sa.Column("inhoud", sa.JSON(), nullable=False),
        _moment("ingeschreven_op"),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("dienst", "sorteernaam")
    op.create_table(
        "client",
        _text("client_id"),
        sa.Column("inhoud", sa.JSON(), nullable=False),
        _moment("ingeschreven_op"),
        sa.PrimaryKeyConstraint("client_id"),
    )


def _sessions_and_repeats() -> None:
    op.create_table(
        "sessie",
        _text("id"),
        _text("partij"),
        _text("niveau"),
        _moment("auth_time"),
        _text("csrf_token"),
        _text("sid"),
        _bytes("id_token"),
        _moment("verloopt_op"),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("sessie", "sid", "verloopt_op")
    op.create_table(
        "inlogpoging", _text("id"), _bytes("inhoud"), _moment("verloopt_op"), sa.PrimaryKeyConstraint("id")
    )
    _index("inlogpoging", "verloopt_op")
    op.create_table(
        "herhaling",
        _text("id"),
        _text("digest"),
        sa.Column("status", sa.Integer(), nullable=False),
        _bytes("antwoord"),
        _moment("op"),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("herhaling", "op")


def _machtigingen() -> None:
    op.create_table(
        "machtiging",
        _text("id"),
        _text("initiatief"),
        _text("vertegenwoordigde", null=True),
        _text("vertegenwoordiger", null=True),
        sa.Column("beperkingen", sa.JSON(), nullable=False),
        _moment("geldig_van"),
        _moment("geldig_tot"),
        _text("grond"),
        _text("niveau"),
        _bytes("label", null=True),
        _text("status"),
        _moment("status_op"),
        _text("status_door", null=True),
        _text("status_reden", null=True),
        _bytes("code_hash", null=True),
        _moment("code_geldig_tot", null=True),
        _moment("gemaakt_op"),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("machtiging", "vertegenwoordigde", "vertegenwoordiger", "geldig_tot", "status", "gemaakt_op")
    _index("machtiging", "code_hash", unique=True)
    op.create_table(
        "machtiging_dienst",
        _text("machtiging_id"),
        _text("dienst_id"),
        sa.ForeignKeyConstraint(["machtiging_id"], ["machtiging.id"]),
        sa.PrimaryKeyConstraint("machtiging_id", "dienst_id"),
    )
    _index("machtiging_dienst", "dienst_id")


def _history_and_notices() -> None:
    op.create_table(
        "machtiging_geschiedenis",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        _text("machtiging_id"),
        _moment("op"),
        _text("gebeurtenis"),
        _text("door"),
        sa.ForeignKeyConstraint(["machtiging_id"], ["machtiging.id"]),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    _index("machtiging_geschiedenis", "machtiging_id")
    make_insert_only("machtiging_geschiedenis")
    op.create_table(
        "code_poging",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        _text("partij"),
        _moment("op"),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    _index("code_poging", "partij", "op")
    op.create_table(
        "uitgaand",
        _text("id"),
        _text("kind"),
        sa.Column("payload", sa.JSON(), nullable=False),
        _moment("created_op"),
        _moment("next_at", null=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("done_at", null=True),
        _moment("dead_at", null=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("uitgaand", "kind", "next_at")
    op.create_table(
        "bericht",
        _text("id"),
        _text("aan"),
        _text("machtiging_id"),
        _text("rol"),
        _text("soort"),
        _text("door"),
        _moment("op"),
        _moment("gelezen_op", null=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("bericht", "aan", "op")


def upgrade() -> None:
    """Make the tables."""
    _parties_and_services()
    _sessions_and_repeats()
    _machtigingen()
    _history_and_notices()


def downgrade() -> None:
    """Take the tables away, those that refer to others first."""
    for table in (
        "bericht",
        "uitgaand",
        "code_poging",
        "machtiging_geschiedenis",
        "machtiging_dienst",
        "machtiging",
        "herhaling",
        "inlogpoging",
        "sessie",
        "client",
        "dienst",
        "partij",
    ):
        op.drop_table(table)
