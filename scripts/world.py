"""Furnishes a new installation: the actors that always exist, and the demo world on a first start."""

from __future__ import annotations

import time

import httpx2
from clock import installation_clock
from demo_world import load
from inrichting import register_system
from installation import PACKAGES, Installation
from progress import Progress
from welcome import Reporter

READY_TIMEOUT_S = 60


def prepare(installation: Installation, demo: bool, reporter: Reporter) -> None:
    """Register our own actors, purposes and directions; load the demo world where it is wanted.

    Both are done through the public interfaces, and only where they are still missing.
    """
    progress = Progress(installation.data / "inrichting.json", 1, installation_clock()().date())
    progress.once("stelsel", lambda: register_system(installation, reporter.step))
    wait_until_ready(installation)
    if demo:
        load(
            installation.endpoints(demo=True),
            installation.data,
            installation.operator_key,
            report=reporter.step,
        )


def wait_until_ready(installation: Installation) -> None:
    """Return when every package has what it needs, its key of the domain among it. Raises TimeoutError."""
    until = time.monotonic() + READY_TIMEOUT_S
    with httpx2.Client(timeout=10) as client:
        for package in PACKAGES:
            while client.get(f"{installation.url(package)}/ready").status_code != 200:
                if time.monotonic() > until:
                    raise TimeoutError(f"{package} did not become ready")
                time.sleep(0.1)
