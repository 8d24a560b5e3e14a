"""The app of machtigen by itself; its upkeep would run elsewhere (`python -m machtigen upkeep`)."""

from __future__ import annotations

from keys.kernel.starting.command import spare_what_stays
from machtigen.app import create_app
from machtigen.settings import Settings

app = create_app(Settings())
spare_what_stays()
