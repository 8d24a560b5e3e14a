"""Representation tokens: requests, codes, issues, status lists; and the register of use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=null)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null, autoincrement=False)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(timezone=True), nullable=null)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def _requests_and_codes() -> None:
    op.create_table(
        "inlogverzoek",
        _text("id_hash"),
        _text("soort"),
        _text("client_id"),
        _json("inhoud"),
        _moment("verloopt_op"),
        _moment("gebruikt_op", null=True),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    _index("inlogverzoek", "verloopt_op")
    op.create_table(
        "autorisatiecode",
        _text("code_hash"),
        _text("client_id"),
        _json("inhoud"),
        _moment("verloopt_op"),
        _moment("gebruikt_op", null=True),
        _text("jti", null=True),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    _index("autorisatiecode", "verloopt_op")


def _issues_and_status() -> None:
    op.create_table(
        "uitgifte",
        _text("jti"),
        _text("client_id"),
        _text("partij"),
        _text("machtiging", null=True),
        _number("lijst", null=True),
        _number("idx", null=True),
        _moment("verloopt_op"),
        _moment("geeindigd_op", null=True),
        sa.PrimaryKeyConstraint("jti"),
    )
    _index("uitgifte", "machtiging", "verloopt_op")
    op.create_table(
        "statuslijst",
        _number("nummer"),
        _number("grootte"),
        _moment("geopend_op"),
        _number("versie"),
        sa.PrimaryKeyConstraint("nummer"),
    )
    op.create_table(
        "statusvermelding",
        _number("lijst"),
        _number("idx"),
        sa.Column("ongeldig", sa.Boolean(), nullable=False),
        sa.Column("afleiding", sa.Boolean(), nullable=False),
        _moment("verloopt_op"),
        sa.PrimaryKeyConstraint("lijst", "idx"),
    )
    _index("statusvermelding", "verloopt_op")


def _use() -> None:
    op.create_table(
        "gebruik",
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        _text("jti"),
        _moment("op"),
        _text("persoon"),
        _text("vertegenwoordigde", null=True),
        _text("machtiging", null=True),
        _text("identifier", null=True),
        _text("sector"),
        _text("client_id"),
        _text("dienst"),
        _json("handelingen"),
        _json("doelen"),
        sa.PrimaryKeyConstraint("volgnummer"),
        sa.UniqueConstraint("jti"),
    )
    _index("gebruik", "persoon", "vertegenwoordigde", "machtiging", "identifier")
    make_insert_only("gebruik")


def upgrade() -> None:
    """Add the tables."""
    _requests_and_codes()
    _issues_and_status()
    _use()


def downgrade() -> None:
    """Take the tables away again."""
    for table in (
        "gebruik",
        "statusvermelding",
        "statuslijst",
        "uitgifte",
        "autorisatiecode",
        "inlogverzoek",
    ):
        op.drop_table(table)
