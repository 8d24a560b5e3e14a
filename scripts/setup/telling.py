"""What the set-up tells the operator, and how it calls other programs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence


class SetupError(Exception):
    """The machine cannot be made ready; the text is one sentence for the operator."""


def step(text: str) -> None:
    """One short line of progress."""
    sys.stderr.write(f"  {text}\n")
    sys.stderr.flush()


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program without a terminal; gives its exit code and the last lines of what it said."""
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return 127, error.strerror or "could not be started"
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return done.returncode, "\n".join(said[-12:])
