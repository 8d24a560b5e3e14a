"""The command as an operator types it, for a service that no other test uses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from machtigen.__main__ import cli
from tests.machtigen.connected import ConnectedHouse

OIN = "00000001002220647000"


@dataclass
class Command:
    """`options` by name; a value of None leaves one out, a list repeats it."""

    house: ConnectedHouse
    folder: Path
    options: dict[str, str | list[str] | None]

    @classmethod
    def of(cls, house: ConnectedHouse, folder: Path, name: str, redirect: str | None = None) -> Command:
        """A municipality that connects service `name`."""
        return cls(
            house,
            folder,
            {
                "naam": "Bijzondere bijstand aanvragen",
                "organisatie": "Gemeente Voorbeeld",
                "oin": OIN,
                "onderactor": name,
                "doel": name,
                "doel-naam": "Bijzondere bijstand vaststellen",
                "uitleg": "Wij bekijken of u recht hebt op bijzondere bijstand.",
                "wettelijke-grondslag": "Participatiewet, artikel 35",
                "goedgekeurd-door": ["Jansen", "De Vries"],
                "redirect-uri": [redirect or "https://portaal.gemeente.example.nl/terug"],
                "handeling": ["informatie_opvragen", "zaken_regelen"],
                "sleutel": str(house.operator_key),
                "endpoints": house.origin,
            },
        )

    def run(self, **changes: str | list[str] | None) -> Result:
        """Run it; `changes` by name with underscores."""
        options = {**self.options, **{name.replace("_", "-"): value for name, value in changes.items()}}
        arguments = ["aansluiten", str(self.folder)]
        for name, value in options.items():
            for one in [value] if isinstance(value, str) else value or []:
                arguments += [f"--{name}", one]
        return CliRunner().invoke(cli, arguments)
