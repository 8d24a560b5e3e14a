"""The history is chained: each line holds the hash of the one before it; and sealed now and then.

Lines that were there are chained in their order. That says nothing about what was done to them before.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from keys.kernel.database import UtcDateTime
from keys.kernel.insert_only import make_insert_only, make_ordinary
from machtigen.verifier.geschiedenis import NO_LINE, hash_line, to_text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HISTORY = "machtiging_geschiedenis"
BATCH = 1000


def upgrade() -> None:
    """Add the columns, chain what is there, add the table of seals."""
    make_ordinary(HISTORY)
    for name, kind in (
        ("nummer", sa.Integer()),
        ("functie", sa.String()),
        ("inhoud", sa.JSON()),
        ("vorige", sa.LargeBinary()),
        ("hash", sa.LargeBinary()),
    ):
        op.add_column(HISTORY, sa.Column(name, kind, nullable=True))
    _chain()
    with op.batch_alter_table(HISTORY) as batch:
        batch.alter_column("nummer", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("vorige", existing_type=sa.LargeBinary(), nullable=False)
        batch.alter_column("hash", existing_type=sa.LargeBinary(), nullable=False)
        batch.create_unique_constraint("uq_geschiedenis_nummer", ["machtiging_id", "nummer"])
    make_insert_only(HISTORY)
    op.create_table(
        "geschiedenis_zegel",
        sa.Column("nummer", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("op", UtcDateTime(timezone=True), nullable=False),
        sa.Column("tot", sa.Integer(), nullable=False),
        sa.Column("aantal", sa.Integer(), nullable=False),
        sa.Column("toppen", sa.LargeBinary(), nullable=False),
        sa.Column("jws", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("nummer"),
    )
    make_insert_only("geschiedenis_zegel")


def _chain() -> None:
    """As `machtigingen.geschiedenis.chain` does for a new line."""
    connection = op.get_bind()
    lines = sa.table(
        HISTORY,
        sa.column("volgnummer", sa.Integer()),
        sa.column("machtiging_id", sa.String()),
        sa.column("op", UtcDateTime()),
        *(sa.column(name, sa.String()) for name in ("gebeurtenis", "door", "reden")),
        sa.column("nummer", sa.Integer()),
        *(sa.column(name, sa.LargeBinary()) for name in ("vorige", "hash")),
    )
    fill = (
        lines.update()
        .where(lines.c.volgnummer == sa.bindparam("at"))
        .values({name: sa.bindparam(f"new_{name}") for name in ("nummer", "vorige", "hash")})
    )
    wanted = [
        getattr(lines.c, name)
        for name in ("volgnummer", "machtiging_id", "op", "gebeurtenis", "door", "reden")
    ]
    query = sa.select(*wanted).order_by(lines.c.machtiging_id, lines.c.volgnummer)
    last: dict[str, tuple[int, bytes]] = {}
    changes: list[dict[str, Any]] = []
    for row in connection.execute(query).all():
        number, before = last.get(row.machtiging_id, (0, NO_LINE))
        fields = {
            "nummer": number + 1,
            "op": row.op.isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "gebeurtenis": row.gebeurtenis,
            "door": row.door,
            "reden": row.reden,
            "vorige": to_text(before),
        }
        found = hash_line(row.machtiging_id, fields)
        last[row.machtiging_id] = (number + 1, found)
        changes.append(
            {"at": row.volgnummer, "new_nummer": number + 1, "new_vorige": before, "new_hash": found}
        )
    for start in range(0, len(changes), BATCH):
        connection.execute(fill, changes[start : start + BATCH])


def downgrade() -> None:
    """Take seals and hashes away; the lines stay."""
    op.drop_table("geschiedenis_zegel")
    make_ordinary(HISTORY)
    with op.batch_alter_table(HISTORY) as batch:
        batch.drop_constraint("uq_geschiedenis_nummer", type_="unique")
        for name in ("hash", "vorige", "inhoud", "functie", "nummer"):
            batch.drop_column(name)
    make_insert_only(HISTORY)
