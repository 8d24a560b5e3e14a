"""Furnishes a new installation: the actors that always exist, and the demo world on a first start."""

from __future__ import annotations

from demo_world import load
from inrichting import register_system
from installation import Installation
from welcome import Reporter


def prepare(installation: Installation, demo: bool, reporter: Reporter) -> None:
    """Register our own actors, purposes and directions; load the demo world where it is wanted.

    Both are done through the public interfaces and only where they are still missing.
    """
    register_system(installation, reporter.step)
    if demo:
        load(
            installation.endpoints(demo=True), installation.data, installation.operator_key,
            report=reporter.step,
        )
