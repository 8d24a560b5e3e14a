"""Shares are refreshed: generations, what was carried over, and commitments in each of them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from keys.kernel.insert_only import make_insert_only, make_ordinary

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KEY = ["domein", "epoch", "generatie", "partij"]
KEY_BEFORE = ["domein", "epoch", "partij"]


def upgrade() -> None:
    """What was committed to before is of the first generation."""
    make_ordinary("toezeggingen")
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("toezeggingen", _generation())
        op.drop_constraint("toezeggingen_pkey", "toezeggingen", type_="primary")
        op.create_primary_key("toezeggingen_pkey", "toezeggingen", KEY)
    else:
        _copy(KEY, "domein, epoch, 1, partij, verklaring, vastgelegd_op")
    op.create_table(
        "generaties",
        sa.Column("nummer", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("vorige", sa.Integer, nullable=False),
        sa.Column("begonnen_op", MOMENT, nullable=False),
    )
    op.create_table(
        "generatie_standen",
        sa.Column("nummer", sa.Integer, sa.ForeignKey("generaties.nummer"), primary_key=True),
        sa.Column("stand", sa.String(20), nullable=False),
        sa.Column("vanaf", MOMENT, nullable=False),
    )
    op.create_table(
        "overdrachten",
        sa.Column("domein", sa.String(200), sa.ForeignKey("domeinen.domein"), primary_key=True),
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("generatie", sa.Integer, sa.ForeignKey("generaties.nummer"), primary_key=True),
        sa.Column("verklaring", sa.String, nullable=False),
        sa.Column("vastgelegd_op", MOMENT, nullable=False),
    )
    for table in ("toezeggingen", "generaties", "generatie_standen", "overdrachten"):
        make_insert_only(table)


def downgrade() -> None:
    """Drop the tables; what was committed to in later generations goes with them."""
    for table in ("overdrachten", "generatie_standen", "generaties"):
        op.drop_table(table)
    make_ordinary("toezeggingen")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DELETE FROM toezeggingen WHERE generatie <> 1")
        op.drop_constraint("toezeggingen_pkey", "toezeggingen", type_="primary")
        op.drop_column("toezeggingen", "generatie")
        op.create_primary_key("toezeggingen_pkey", "toezeggingen", KEY_BEFORE)
    else:
        _copy(KEY_BEFORE, "domein, epoch, partij, verklaring, vastgelegd_op", "generatie = 1")
    make_insert_only("toezeggingen")


def _generation() -> sa.Column[int]:
    return sa.Column("generatie", sa.Integer, nullable=False, server_default="1")


def _copy(key: list[str], values: str, where: str = "1 = 1") -> None:
    """On SQLite a primary key changes by making the table anew."""
    columns: dict[str, sa.Column[Any]] = {
        "domein": sa.Column("domein", sa.String(200), sa.ForeignKey("domeinen.domein")),
        "epoch": sa.Column("epoch", sa.Integer, nullable=False),
        "generatie": _generation(),
        "partij": sa.Column("partij", sa.String(2), nullable=False),
    }
    op.create_table(
        "toezeggingen_nieuw",
        *(columns[name] for name in key),
        sa.Column("verklaring", sa.String, nullable=False),
        sa.Column("vastgelegd_op", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint(*key),
    )
    op.execute(f"INSERT INTO toezeggingen_nieuw SELECT {values} FROM toezeggingen WHERE {where}")  # noqa: S608 - constants
    op.drop_table("toezeggingen")
    op.rename_table("toezeggingen_nieuw", "toezeggingen")
