"""Alembic's entry: which tables, and nothing else (see `keys.kernel.database.migrate`)."""

from keys.doelen.tables import ActorRow
from keys.kernel.database import run_env

run_env(ActorRow.metadata)
