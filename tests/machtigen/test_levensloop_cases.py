"""The table of lives (`tests/cases/levensloop.yaml`), on the pure rules and over the interface."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from machtigen import errors
from machtigen.diensten.model import Handeling
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import Aanvraag, Inperking, Machtiging
from machtigen.partijen.model import PartijId
from tests.machtigen.house import House, Person
from tests.machtigen.links import EVA
from tests.machtigen.pure_registry import PureRegistry
from tests.machtigen.world import AANVULLENDE_BEURS, ANJA, NOOR, NOW

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "levensloop.yaml").read_text("utf-8"))
PEOPLE = {"noor": NOOR, "anja": ANJA, "eva": EVA}
BOTH = ["informatie_opvragen", "zaken_regelen"]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


class OnRules:
    """Plays a case in memory."""

    def __init__(self) -> None:
        self.registry, self.now = PureRegistry(), NOW
        self.made: list[str] = []

    def step(self, who: str, act: str, sent: Any = None) -> str | None:
        """One act; the code of the refusal, if it was refused."""
        try:
            self._step(PEOPLE.get(who, NOOR), act, sent)
        except errors.MachtigenError as refused:
            return refused.code
        return None

    def _step(self, who: PartijId, act: str, sent: Any) -> None:
        real, now = self.registry, self.now
        one = self.made[0 if isinstance(sent, dict) and sent.pop("van", None) else -1] if self.made else ""
        acts: dict[str, Callable[[], object]] = {
            "machtigen": lambda: self._made(real.grant(self._wish(sent), who, now)),
            "verzoeken": lambda: self._made(real.ask(self._wish(sent), who, now)),
            "doormachtigen": lambda: self._made(real.delegate(one, self._below(one, sent), who, now)),
            "bevestigen": lambda: real.confirm(one, who, now),
            "weigeren": lambda: real.decline(one, who, now),
            "intrekken": lambda: real.revoke(one, who, now),
            "opzeggen": lambda: real.renounce(one, who, now),
            "beperken": lambda: real.narrow(one, Inperking(handelingen=self._actions(sent)), who, now),
            "verlengen": lambda: real.extend(one, self._day(sent["tot"]), who, now),
            "pauzeren": lambda: real.pause(one, who, now),
            "hervatten": lambda: real.resume(one, who, now),
            "betwisten": lambda: real.contest(one, who, now),
            "oordeel": lambda: real.settle(one, sent == "blijft", now),
            "wacht": lambda: self._wait(sent),
        }
        acts[act]()

    def _made(self, issued: Any) -> None:
        self.made.append(issued.machtiging.id)

    def _wait(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.registry.upkeep(self.now)

    def _day(self, days: int) -> datetime:
        return self.now + timedelta(days=days)

    @staticmethod
    def _actions(sent: Any) -> frozenset[Handeling]:
        return frozenset(Handeling(one) for one in (sent or {}).get("handelingen", BOTH))

    def _wish(self, sent: Any) -> Aanvraag:
        chosen = dict(sent or {})
        until = self._day(chosen.pop("tot", 200))
        return Aanvraag((AANVULLENDE_BEURS,), self._actions(sent), until, **chosen)

    def _below(self, one: str, sent: Any) -> Aanvraag:
        above = self.registry.rows[one]
        until = self._day(sent["tot"]) if sent else rules.last_moment(above)
        return Aanvraag((AANVULLENDE_BEURS,), above.handelingen, until, min_niveau=above.min_niveau)

    def status(self, act: str) -> str:
        """Of the machtiging that the last act was about."""
        found = self.registry.find(self.made[0 if act == "eerste" else -1])
        assert isinstance(found, Machtiging)
        return rules.status_at(found, self.now).naam

    def may(self) -> list[str]:
        """Who may act for somebody at the service."""
        return [
            name
            for name, who in PEOPLE.items()
            if self.registry.list_representable(who, AANVULLENDE_BEURS, self.now)
        ]


class OverTheInterface:
    """Plays a case as people and the operator do."""

    def __init__(self, site: House) -> None:
        self.site = site
        self.made: list[str] = []
        self.codes: list[str] = []
        self.people: dict[str, Person] = {name: site.log_in(name) for name in PEOPLE}

    def step(self, who: str, act: str, sent: Any = None) -> str | None:
        """One act; the code of the refusal, if it was refused."""
        if act == "wacht":
            self.site.clock.forward(timedelta(days=sent))
            self.site.upkeep()
            self.people = {name: self.site.log_in(name) for name in PEOPLE}
            return None
        body = dict(sent) if isinstance(sent, dict) else {}
        one = self.made[0 if body.pop("van", None) else -1] if self.made else ""
        if "tot" in body:
            body["geldig_tot"] = self._day(body.pop("tot"))
        answer = self._send(who, act, one, body, sent)
        found = answer.json()
        if answer.status_code >= 400:
            return str(found["code"])
        if "code" in found:
            self.made.append(found["id"])
            self.codes.append(found["code"])
        return None

    def _send(self, who: str, act: str, one: str, body: dict[str, Any], sent: Any) -> Any:
        if act == "oordeel":
            path = f"/machtigen/api/v1/beheer/machtigingen/{one}/betwisting"
            return self.site.as_operator(path, {"besluit": sent})
        person = self.people[who]
        if act in {"machtigen", "verzoeken"}:
            wish = {
                "diensten": [AANVULLENDE_BEURS],
                "handelingen": BOTH,
                "geldig_tot": self._day(200),
                **body,
            }
            return person.api("/machtigingen" if act == "machtigen" else "/verzoeken", wish)
        if act in {"bevestigen", "weigeren"}:
            return person.api(f"/codes/{act}", {"code": self.codes[-1]})
        takes_body = act in {"beperken", "verlengen", "betwisten", "doormachtigen"}
        return person.api(f"/machtigingen/{one}/{act}", body if takes_body else None)

    def _day(self, days: int) -> str:
        return (self.site.clock.now() + timedelta(days=days)).isoformat()

    def status(self, act: str) -> str:
        """Of the machtiging that the last act was about, as one of its parties sees it."""
        one = self.made[0 if act == "eerste" else -1]
        answers = [person.get(f"/machtigen/api/v1/machtigingen/{one}") for person in self.people.values()]
        return str(next(answer.json()["status"] for answer in answers if answer.status_code == 200))

    def may(self) -> list[str]:
        """Who may act for somebody at the service."""
        path = f"/machtigen/api/v1/vertegenwoordigden?dienst={AANVULLENDE_BEURS}"
        return [name for name, person in self.people.items() if person.get(path).json()["resultaten"]]


def play(case: dict[str, Any], stage: OnRules | OverTheInterface) -> None:
    """All steps must succeed; the act in question comes to what the table says."""
    for number, step in enumerate(case.get("given", [])):
        assert stage.step(*_copied(step)) is None, f"step {number}: {step}"
    *_, sent = (when := _copied(case["when"]))
    which = sent.get("van", "laatste") if isinstance(sent, dict) else "laatste"
    then = case["then"]
    assert stage.step(*when) == then.get("code")
    assert stage.status(which) == then["status"]
    if "mag" in then:
        assert stage.may() == then["mag"]


def _copied(step: list[Any]) -> list[Any]:
    return [dict(part) if isinstance(part, dict) else part for part in step]


@each_case
def test_a_case_by_the_rules(case: dict[str, Any]) -> None:
    play(case, OnRules())


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@each_case
def test_a_case_over_the_interface(case: dict[str, Any], site: House) -> None:
    play(case, OverTheInterface(site))


def test_every_case_says_why_and_is_there_once() -> None:
    assert all(case["why"] for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)
