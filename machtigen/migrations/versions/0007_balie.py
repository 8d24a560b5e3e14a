"""The desk: clerks, papers that wait for a second clerk, what clerks did, codes on prints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=null)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _clerks_and_papers() -> None:
    op.create_table(
        "baliemedewerker",
        _text("partij"),
        _text("loket"),
        _moment("sinds"),
        _moment("tot", null=True),
        sa.ForeignKeyConstraint(["partij"], ["partij.id"]),
        sa.PrimaryKeyConstraint("partij"),
    )
    op.create_table(
        "balie_registratie",
        _text("id"),
        _text("vertegenwoordigde"),
        _text("vertegenwoordiger"),
        sa.Column("inhoud", sa.JSON(), nullable=False),
        _text("scan"),
        sa.Column("gelegitimeerd", sa.Boolean(), nullable=False),
        _text("door"),
        _text("loket"),
        _moment("op"),
        _text("stand"),
        _moment("stand_op"),
        _text("stand_door", null=True),
        _text("machtiging_id", null=True),
        *(
            sa.ForeignKeyConstraint([column], ["partij.id"])
            for column in ("vertegenwoordigde", "vertegenwoordiger", "door", "stand_door")
        ),
        sa.ForeignKeyConstraint(["machtiging_id"], ["machtiging.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("machtiging_id"),
    )
    _index("balie_registratie", "vertegenwoordigde", "vertegenwoordiger", "op", "stand")


def _journal() -> None:
    op.create_table(
        "balie_handeling",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        _moment("op"),
        _text("soort"),
        _text("medewerker"),
        _text("loket"),
        _text("registratie", null=True),
        _text("machtiging", null=True),
        sa.ForeignKeyConstraint(["medewerker"], ["partij.id"]),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    _index("balie_handeling", "medewerker")
    make_insert_only("balie_handeling")


def _codes() -> None:
    op.create_table(
        "controlecode",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        _text("machtiging_id"),
        _moment("op"),
        _moment("vervallen_op", null=True),
        sa.ForeignKeyConstraint(["machtiging_id"], ["machtiging.id"]),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    _index("controlecode", "machtiging_id")
    op.create_table(
        "controlepoging",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        _text("herkomst"),
        _moment("op"),
        sa.PrimaryKeyConstraint("volgnummer"),
    )
    _index("controlepoging", "herkomst", "op")
    op.create_table("balieticket", _text("jti"), _moment("verloopt_op"), sa.PrimaryKeyConstraint("jti"))
    _index("balieticket", "verloopt_op")


def upgrade() -> None:
    """Add the tables."""
    _clerks_and_papers()
    _journal()
    _codes()


def downgrade() -> None:
    """Take the tables away."""
    for table in (
        "balieticket",
        "controlepoging",
        "controlecode",
        "balie_handeling",
        "balie_registratie",
        "baliemedewerker",
    ):
        op.drop_table(table)
