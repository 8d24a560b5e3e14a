"""The organisations of the demo world: registered by the operator, joined by their people with codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from operating import Operator
from progress import Progress
from visitor import Visitor

HIGHEST = "hoog"


class Organisations:
    """Plays what `demo.yaml` says about organisations; what was played before is not played again."""

    def __init__(
        self,
        world: Mapping[str, Any],
        operator: Operator,
        progress: Progress,
        clock: Callable[[], datetime],
    ) -> None:
        self._world = world
        self._operator = operator
        self._progress = progress
        self._clock = clock
        self._visitors: dict[str, Visitor] = {}

    def play(self) -> bool:
        """Register, let people in, give and pass on; gives whether there was anything to do."""
        done = [self._play(organisation) for organisation in self._world["organisaties"]]
        for known in self._visitors.values():
            known.close()
        return any(done)

    def _play(self, organisation: Mapping[str, Any]) -> bool:
        slug = organisation["slug"]
        played = self._progress.once(f"organisatie-{slug}", lambda: self._register(organisation))
        for person in organisation["mensen"]:

            def join(person: Mapping[str, Any] = person) -> None:
                self._join(organisation, person)

            played = self._progress.once(f"organisatie-{slug}-{person['persoon']}", join) or played
        for number, wanted in enumerate(organisation["machtigingen"], start=1):
            key = f"demo-{self._world['versie']}-{slug}-{number}"

            def give(wanted: Mapping[str, Any] = wanted, key: str = key) -> None:
                self._give(slug, wanted, key)

            played = self._progress.once(f"organisatie-{slug}-machtiging-{number}", give) or played
        return played

    def _register(self, organisation: Mapping[str, Any]) -> None:
        body = {name: organisation[name] for name in ("slug", "naam", "nummer")}
        self._operator.tell("machtigen", "/api/v1/beheer/organisaties", body)

    def _join(self, organisation: Mapping[str, Any], person: Mapping[str, Any]) -> None:
        """A code of the source for a director, of the director for the others; each comes with it."""
        slug, who = organisation["slug"], self._visitor(person["persoon"])
        mine = who.expect(200, "GET", "machtigen", "/api/v1/organisaties")["resultaten"]
        if any(one["organisatie"]["slug"] == slug and one["rol"] == person["rol"] for one in mine):
            return
        wanted = {"rol": person["rol"], "functie": person["functie"]}
        if person["rol"] == "bestuurder":
            path = f"/api/v1/beheer/organisaties/{slug}/uitnodigingen"
            invited = self._operator.tell("machtigen", path, wanted)
        else:
            path = f"/api/v1/organisaties/{slug}/uitnodigingen"
            director = self._visitor(self._director(organisation))
            invited = director.expect(201, "POST", "machtigen", path, wanted)
        code = {"code": invited["code"]}
        who.expect(200, "POST", "machtigen", "/api/v1/uitnodigingen/bevestigen", code)

    def _give(self, slug: str, wanted: Mapping[str, Any], key: str) -> None:
        """Somebody grants to the organisation; its director accepts, and names the employees."""
        ids = {dienst["naam"]: dienst["id"] for dienst in self._world["diensten"]}
        until = self._clock() + timedelta(days=wanted["dagen"])
        body = {
            "diensten": [ids[naam] for naam in wanted["diensten"]],
            "handelingen": wanted["handelingen"],
            "geldig_tot": until.isoformat(timespec="seconds"),
            "organisatie": slug,
        }
        giver, director = self._visitor(wanted["van"]), self._visitor(wanted["door"])
        issued = giver.expect(
            201, "POST", "machtigen", "/api/v1/machtigingen", body, Idempotency_Key=f"{key}-vraag"
        )
        code = {"code": issued["code"], "organisatie": slug}
        answer = "/api/v1/codes/bevestigen"
        director.expect(200, "POST", "machtigen", answer, code, Idempotency_Key=f"{key}-antwoord")
        for person in wanted["medewerkers"]:
            passed = f"/api/v1/machtigingen/{issued['id']}/doormachtigen"
            named = {"organisatie": slug, "functie": person["functie"]}
            step = f"{key}-{person['persoon']}"
            link = director.expect(200, "POST", "machtigen", passed, named, Idempotency_Key=f"{step}-vraag")
            employee, own = self._visitor(person["persoon"]), {"code": link["code"]}
            employee.expect(200, "POST", "machtigen", answer, own, Idempotency_Key=f"{step}-antwoord")

    @staticmethod
    def _director(organisation: Mapping[str, Any]) -> str:
        return str(next(one["persoon"] for one in organisation["mensen"] if one["rol"] == "bestuurder"))

    def _visitor(self, persoon: str) -> Visitor:
        if persoon not in self._visitors:
            self._visitors[persoon] = Visitor(self._operator.endpoints, persoon, HIGHEST)
            self._visitors[persoon].log_in("machtigen")
        return self._visitors[persoon]
