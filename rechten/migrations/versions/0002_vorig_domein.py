"""While a register is renumbered it answers for two versions of its domain."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the version before."""
    op.add_column("register", sa.Column("vorig_domein", sa.String, nullable=True))
