"""Play the story by its command, as README tells it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.e2e.system import PYTHON, ROOT


def demo(base: str, data: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Play the story as the README says."""
    command = [PYTHON, str(ROOT / "scripts/demo.py"), "--base", base, "--data", str(data), *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
