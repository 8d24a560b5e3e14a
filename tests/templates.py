"""Databases that are migrated once and then copied: many tests start from the same empty tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

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
