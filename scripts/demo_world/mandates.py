"""The machtigingen of the demo world, given and answered by the people themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from progress import Progress
from visitor import Visitor

HIGHEST = "hoog"  # some services ask it; a demo person has it at hand


def give_machtigingen(
    world: Mapping[str, Any], endpoints: dict[str, str], progress: Progress, clock: Callable[[], datetime]
) -> bool:
    """Play every machtiging that was not played before; gives whether any was."""
    visitors: dict[str, Visitor] = {}

    def visitor(persoon: str) -> Visitor:
        if persoon not in visitors:
            visitors[persoon] = Visitor(endpoints, persoon, HIGHEST)
            visitors[persoon].log_in("machtigen")
        return visitors[persoon]

    played = False
    for number, wanted in enumerate(world["machtigingen"], start=1):
        key = f"demo-{world['versie']}-{number}"

        def play(wanted: Mapping[str, Any] = wanted, key: str = key) -> None:
            _play(world, wanted, visitor, key, clock())

        played = progress.once(f"machtiging-{number}", play) or played
    for known in visitors.values():
        known.close()
    return played


def _play(
    world: Mapping[str, Any],
    wanted: Mapping[str, Any],
    visitor: Callable[[str], Visitor],
    key: str,
    now: datetime,
) -> None:
    """Ask, answer, end: as far as `daarna` says. An expired one is given for a few seconds only."""
    ids = {dienst["naam"]: dienst["id"] for dienst in world["diensten"]}
    period = timedelta(days=wanted.get("dagen", 0), seconds=wanted.get("seconden", 0))
    body: dict[str, Any] = {
        "diensten": [ids[naam] for naam in wanted["diensten"]],
        "handelingen": wanted["handelingen"],
        "geldig_tot": (now + period).isoformat(timespec="seconds"),
    }
    body |= {name: wanted[name] for name in ("zaak", "label") if name in wanted}
    represented, representative = visitor(wanted["van"]), visitor(wanted["aan"])
    asking, answering, path = represented, representative, "/api/v1/machtigingen"
    if wanted.get("verzoek"):
        asking, answering, path = representative, represented, "/api/v1/verzoeken"
    issued = asking.expect(201, "POST", "machtigen", path, body, Idempotency_Key=f"{key}-vraag")
    state = wanted["daarna"]
    if state == "aangevraagd":
        return
    answer = "weigeren" if state == "geweigerd" else "bevestigen"
    code = {"code": issued["code"]}
    answering.expect(
        200, "POST", "machtigen", f"/api/v1/codes/{answer}", code, Idempotency_Key=f"{key}-antwoord"
    )
    ending = {"ingetrokken": (represented, "intrekken"), "opgezegd": (representative, "opzeggen")}
    if state in ending:
        who, verb = ending[state]
        end = f"/api/v1/machtigingen/{issued['id']}/{verb}"
        who.expect(200, "POST", "machtigen", end, {}, Idempotency_Key=f"{key}-einde")
