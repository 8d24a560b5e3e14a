"""What many tests begin with is made once: migrated databases to copy, compiled pages to share."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from keys.kernel.database import migrate


class Templates:
    """One migrated SQLite file per set of migrations, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def migrate(self, url: str, package: str, folder: str = "migrations") -> None:
        """What `keys.kernel.database.migrate` makes of an empty database, sooner on SQLite."""
        target = sa.make_url(url)
        if target.get_backend_name() != "sqlite":
            migrate(url, package, folder)
            return
        template = self._folder / f"{package}-{folder}.db"
        if not template.exists():
            migrate(f"sqlite:///{template}", package, folder)
        shutil.copyfile(template, str(target.database))


class CompiledPages(BytecodeCache):
    """Jinja templates, compiled once per process; Jinja itself compares the checksum of the source."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()
