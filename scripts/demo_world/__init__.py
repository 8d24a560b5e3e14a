"""Loads the demo world of `demo.yaml`, through the public interfaces only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx2
import yaml
from clock import installation_clock
from operating import TIMEOUT_S, Operator
from progress import Progress

from demo_world.life import tell_events
from demo_world.mandates import give_machtigingen
from demo_world.organisations import Organisations
from demo_world.people import deliver_records, register_clerks, register_people
from demo_world.services import Services

DEMO = Path(__file__).resolve().parents[1] / "demo.yaml"
STATE = "demo.json"


def load(endpoints: Mapping[str, str], data: Path, operator_key: Path, report: Callable[[str], None]) -> None:
    """Load what is not loaded yet; a start that was cut off goes on where it stopped.

    Raises CallFailed, PeerUnavailable, RegistryRefused, UnexpectedAnswer.
    """
    world: dict[str, Any] = yaml.safe_load(DEMO.read_text("utf-8"))
    clock = installation_clock()
    progress = Progress(data / STATE, world["versie"], clock().date())
    with httpx2.Client(timeout=TIMEOUT_S) as http:
        operator = Operator(endpoints, operator_key, http, clock)
        services = Services(world, operator, data / "demo-clients")
        if progress.once("diensten", services.register):
            report(f"{len(world['registers'])} registers and {len(world['diensten'])} services")
        services.register_clients()
        services.obtain_keys(http, clock)
        if progress.once("personen", lambda: register_people(world, operator, progress.first_day)):
            report(f"{len(world['personen'])} people")

        if progress.once("balie", lambda: register_clerks(world, operator)):
            report(f"{len(world['baliemedewerkers'])} desk clerks")

        def deliver() -> None:
            deliver_records(world, operator, data / "demo-clients", http, clock)

        if progress.once("gegevens", deliver):
            report(f"Records of {len(world['gegevens'])} people")

        def tell() -> None:
            tell_events(world, endpoints, data / "demo-clients", http, clock)

        if progress.once("gebeurtenissen", tell):
            report(f"{len(world['gebeurtenissen'])} life events")
        if Organisations(world, operator, progress, clock).play():
            report(f"{len(world['organisaties'])} organisations")
        number = len(world["machtigingen"])
        if give_machtigingen(world, dict(endpoints), progress, clock):
            report(f"{number} machtigingen")
