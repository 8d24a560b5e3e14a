"""The life events of the demo world, told by simulated registries through the interface for sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import httpx2
from operating import Caller

from keys.kernel.jws import SigningKey


def tell_events(
    world: Mapping[str, Any],
    endpoints: Mapping[str, str],
    folder: Path,
    http: httpx2.Client,
    clock: Callable[[], datetime],
) -> None:
    """Tell everything; twice is the same as once."""
    numbers = {person["id"]: person["bsn"] for person in world["personen"]}
    for number, event in enumerate(world["gebeurtenissen"], start=1):
        source = event["bron"]
        caller = Caller(source, SigningKey.load(folder / source / "jwk.json"), http, clock)
        body: dict[str, Any] = {
            "soort": event["soort"],
            "persoon": {"bsn": numbers[event["persoon"]]},
            "per": _moment(event["per"], clock()),
            "bron": source,
        }
        if "partij" in event:
            body["partij"] = {"bsn": numbers[event["partij"]]}
        key = {"Idempotency-Key": f"demo-{world['versie']}-gebeurtenis-{number}"}
        caller.post(endpoints["identiteit"], "/api/v1/gebeurtenissen", body, key)


def _moment(day: date, now: datetime) -> str:
    """The day, or the present when a moved clock stands before it."""
    return min(datetime.combine(day, time(), UTC), now).isoformat(timespec="seconds")
