"""A source may be held to its own registers."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Sources that are there already stay unrestricted."""
    op.add_column("bron", sa.Column("registers", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Every source may enrol everywhere again."""
    op.drop_column("bron", "registers")
