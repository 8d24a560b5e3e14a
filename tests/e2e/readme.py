"""The commands of README.md, taken from it as they stand there."""

from __future__ import annotations

import re
import shlex
from functools import cache

from tests.e2e.system import ROOT


@cache
def sections() -> dict[str, str]:
    """The text under each heading of level 2 and 3."""
    text = (ROOT / "README.md").read_text("utf-8")
    parts = re.split(r"^#{2,3} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def blocks(heading: str) -> list[str]:
    """The commands in the blocks of a section, one per line."""
    found = re.findall(r"^```sh\n(.*?)^```", sections()[heading], flags=re.MULTILINE | re.DOTALL)
    return [line for block in found for line in block.splitlines() if line.strip()]


def inline(heading: str) -> list[str]:
    """The commands of ours in the running text of a section, in order."""
    text = re.sub(r"```.*?```", "", sections()[heading], flags=re.DOTALL)
    return [one for one in re.findall(r"`([^`]+)`", text) if one.startswith(("scripts/", ".venv/"))]


def words(command: str, **places: str) -> list[str]:
    """A command in words; what the text calls `data`, `new-folder` … stands where the test says."""
    known = {name.replace("_", "-"): place for name, place in places.items()}
    return [known.get(word, word) for word in shlex.split(command)]
