"""The registry is insert-only in the database too, not by its roles alone."""

from keys.kernel.insert_only import make_insert_only, make_ordinary

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "actoren",
    "actor_sleutels",
    "doelen",
    "doel_einden",
    "domeinen",
    "domein_sleutels",
    "gebruiksgronden",
    "gebruiksgrond_einden",
)


def upgrade() -> None:
    """Add the triggers."""
    for table in TABLES:
        make_insert_only(table)


def downgrade() -> None:
    """Take the triggers away."""
    for table in TABLES:
        make_ordinary(table)
