"""What the operator reads: progress, the address, who can log in, and what to try first."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml
from installation import Installation
from rich.console import Console
from rich.table import Table

DEMO = Path(__file__).with_name("demo.yaml")
FIRST_PEOPLE = ("noor", "anja", "sem", "karim", "willem", "fatima", "lisa")


class Reporter:
    """Progress in short lines on standard output; failures as one sentence on standard error."""

    def __init__(self) -> None:
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def step(self, text: str) -> None:
        """One line of progress."""
        self._out.print(f"· {text}", markup=False)

    def sentence(self, text: str) -> None:
        """One sentence about why it stops."""
        self._err.print(text, markup=False, style="bold")

    def fail(self, error: BaseException) -> None:
        """An error that ends the start: one sentence, no traceback."""
        self.sentence(f"The start failed: {error or type(error).__name__} ({type(error).__name__}).")


def print_welcome(installation: Installation, demo: bool) -> None:
    """The last lines of a start."""
    console = Console(highlight=False, soft_wrap=True)
    console.print()
    console.print(f"[bold]Open {installation.origin('machtigen')}/[/bold]")
    if demo:
        people = {person["id"]: person for person in yaml.safe_load(DEMO.read_text("utf-8"))["personen"]}
        table = Table(
            title="Who can log in (no passwords: the login provider is simulated)", title_justify="left"
        )
        table.add_column("log in as")
        table.add_column("who")
        for name in FIRST_PEOPLE:
            if name in people:
                table.add_row(name, str(people[name].get("rol", "")))
        console.print(table)
        console.print(f"… and {len(people) - len(FIRST_PEOPLE)} others on the login page.")
        console.print("Try first: log in as noor and let someone act for you; then log in as anja in another")
        console.print("browser window, enter the code, and visit the demo portal:")
        console.print(f"  {installation.url('portaal')}/")
    if installation.separate:
        for name, url in installation.endpoints(demo=demo).items():
            console.print(f"  {name:<11} {url}")
    console.print("Stop with Ctrl-C.")
    sys.stdout.flush()
