"""Alembic's entry: which tables, and nothing else (see `keys.kernel.database.migrate`)."""

from keys.kernel.database import run_env
from keys.pseudonyms.tables import TranscryptieRow

run_env(TranscryptieRow.metadata)
