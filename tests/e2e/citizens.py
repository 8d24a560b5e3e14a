"""People of an installation apart: what they give each other, what they may, and what a service says of it.

All of it over the public interfaces: pages, the JSON interface, OpenID Connect, introspection and AuthZEN.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from story.service import Service
from visitor import Visitor

from tests.e2e.acts import body_of_a_grant
from tests.e2e.apart import Apart
from tests.identiteit.people import fresh_bsn, person

ACTION = "informatie_opvragen"
CLIENT = "duo-studiefinanciering"
NIVEAU = "hoog"
GROWN_UP = "1980-05-05"


@dataclass(frozen=True)
class Citizen:
    """Somebody who is registered at identiteit."""

    demo_id: str
    bsn: str = field(repr=False)


@dataclass(frozen=True)
class Use:
    """A power that was used once: the token that came of it, and the question that a service asks of it."""

    token: str = field(repr=False)
    question: dict[str, Any] = field(repr=False)


class Citizens:
    """People, each in a browser of their own."""

    def __init__(self, apart: Apart) -> None:
        self.apart = apart
        self._browsers: dict[Citizen, Visitor] = {}

    def close(self) -> None:
        """Close all browsers; whoever comes back logs in anew."""
        for browser in self._browsers.values():
            browser.close()
        self._browsers.clear()

    def live(self, name: str, geboren: str = GROWN_UP) -> Citizen:
        """Somebody new."""
        bsn = fresh_bsn()
        found = Citizen(f"{name}-{bsn}", bsn)
        body = person(bsn, name.capitalize(), "Anders", geboren, "Elders", found.demo_id)
        self.apart.operator.tell("identiteit", "/api/v1/personen", body)
        return found

    def tell(self, soort: str, persoon: Citizen, partij: Citizen | None = None, **more: Any) -> None:
        """A source tells an event."""
        self.apart.tell(soort, persoon.bsn, partij.bsn if partij else None, **more)

    def _at_machtigen(self, who: Citizen) -> Visitor:
        if who not in self._browsers:
            self._browsers[who] = Visitor(self.apart.endpoints, who.demo_id, NIVEAU)
            self._browsers[who].log_in("machtigen")
        return self._browsers[who]

    def _ask(self, who: Citizen, path: str) -> list[dict[str, Any]]:
        found = self._at_machtigen(who).expect(200, "GET", "machtigen", f"/api/v1/{path}")
        return list(found["resultaten"])

    def grant(self, van: Citizen, aan: Citizen) -> str:
        """A machtiging, given and accepted; gives its id."""
        body = body_of_a_grant(self.apart.dienst["id"], aan.demo_id)
        body["geldig_tot"] = (self.apart.now() + timedelta(days=180)).isoformat(timespec="seconds")
        issued = self._at_machtigen(van).expect(201, "POST", "machtigen", "/api/v1/machtigingen", body)
        given = {"code": issued["code"]}
        self._at_machtigen(aan).expect(200, "POST", "machtigen", "/api/v1/codes/bevestigen", given)
        return str(issued["id"])

    def may(self, who: Citizen) -> list[str]:
        """The grounds on which somebody may act at the service now."""
        return sorted(
            one["grond"] for one in self._ask(who, f"vertegenwoordigden?dienst={self.apart.dienst['id']}")
        )

    def powers(self, who: Citizen) -> dict[str, tuple[str, str, str | None]]:
        """All that somebody has or had for others: id to ground, status and why it ended."""
        found = self._ask(who, "machtigingen?rol=vertegenwoordiger")
        return {one["id"]: (one["grond"], one["status"], one["reden"]) for one in found}

    def between(self, who: Citizen, represented: Citizen) -> str:
        """The id of the one power that somebody has for somebody."""
        of_the_other = {one["id"] for one in self._ask(represented, "machtigingen?rol=vertegenwoordigde")}
        (found,) = of_the_other & set(self.powers(who))
        return str(found)

    def history(self, who: Citizen, power: str) -> list[tuple[str, str | None]]:
        """What happened to a power, oldest first, and why."""
        return [
            (one["gebeurtenis"], one["reden"]) for one in self._ask(who, f"machtigingen/{power}/geschiedenis")
        ]

    # -- at the service ----------------------------------------------------------------------------

    def offered(self, who: Citizen) -> set[str]:
        """The powers among which the log-in page of the service lets somebody choose."""
        service = self._service(CLIENT)
        login = service.begin(self.apart.dienst["id"])
        with login.client:
            page = service.choices(self._at_machtigen(who), login)
        return set(page.form_with("namens").choices["namens"]) - {"zelf"}

    def use(self, who: Citizen, power: str) -> Use:
        """Log in at the service with a power."""
        service = self._service(CLIENT)
        login = service.begin(self.apart.dienst["id"])
        with login.client:
            visitor = self._at_machtigen(who)
            token = service.choose(visitor, login, service.choices(visitor, login), power)["access_token"]
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        properties = {"acr": claims["acr"], "represents": {"sub": claims["represents"]["sub"]}}
        question = {
            "subject": {"type": "pseudoniem", "id": claims["sub"], "properties": properties},
            "action": {"name": ACTION},
            "resource": {"type": "dienst", "id": self.apart.dienst["id"]},
        }
        return Use(token, question)

    def stands(self, use: Use) -> tuple[bool, bool]:
        """What the service hears of it now: whether the token is good, and whether the act is allowed."""
        active = self._service(f"{CLIENT}-register").introspect(use.token)["active"]
        asks = self.apart.caller(CLIENT)
        answer = asks.post(self.apart.endpoints["machtigen"], "/access/v1/evaluation", use.question)
        return bool(active), bool(answer["decision"])

    def _service(self, client: str) -> Service:
        return Service(self.apart.clients / client, self.apart.http, self.apart.now)
