"""The eight steps. Each checks what it sees and says it in one or two lines; a difference ends the story."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from operating import Operator
from visitor import Page, Visitor

from machtigen.verifier import InvalidEvidence
from story.service import Service

LABEL = "demo.py"
DIENST = "Aanvullende beurs"
DOEL = "aanvullende-beurs"
ACTIONS = ["informatie_opvragen", "zaken_regelen"]
PUBLISHED_WITHIN_S = 15 + 60  # a status list is published within 15 s and may be kept for its ttl
SILENT = "verzuim"


class StoryFailed(Exception):
    """A step differs from what it should be."""


def expect(condition: object, what: str) -> None:
    """Raise StoryFailed with `what` unless the condition holds."""
    if not condition:
        raise StoryFailed(what)


class Story:
    """Plays Noor, Anja and DUO. `say(number, text)` prints a line of a step."""

    def __init__(
        self,
        endpoints: dict[str, str],
        data: Path,
        http: httpx2.Client,
        clock: Callable[[], datetime],
        say: Callable[[int, str], None],
    ) -> None:
        clients = data / "demo-clients"
        self._endpoints = endpoints
        self._clock = clock
        self._say = say
        self._http = http
        self._operator = Operator(endpoints, data / "beheer.jwk", http, clock)
        self.duo = Service(clients / "duo-studiefinanciering", http, clock)
        self.register = Service(clients / "duo-studiefinanciering-register", http, clock)
        self.noor = Visitor(endpoints, "noor")
        self.anja = Visitor(endpoints, "anja")
        self.dienst = ""
        self.machtiging = ""
        self.code = ""
        self.token = ""
        self.trace_id = secrets.token_hex(16)
        self.records: dict[str, str] = {}  # register: id of a record of Noor, for the table afterwards

    def play(self) -> None:
        """All steps in order. Raises StoryFailed, UnexpectedAnswer."""
        try:
            self.log_in()
            self.grant()
            self.accept()
            tokens = self.let_in()
            self.verify(tokens)
            self.read()
            self.inspect()
            self.revoke()
        finally:
            self.noor.close()
            self.anja.close()

    def log_in(self) -> None:
        """1. Noor logs in at identiteit through the simulated provider."""
        page = self.noor.log_in("machtigen")
        expect("999990007" not in page.text, "a BSN stands on a page of machtigen")
        self._say(1, "Noor logs in at identiteit; machtigen knows her by a pseudonym of its own.")
        path = "/api/v1/machtigingen?rol=vertegenwoordigde"
        for earlier in self.noor.expect(200, "GET", "machtigen", path)["resultaten"]:
            if earlier.get("label") == LABEL and "intrekken" in earlier["acties"]:
                self._end(earlier["id"])  # left by a run that was cut off

    def grant(self) -> None:
        """2. She grants, gets a code, withdraws that one, and grants again."""
        found = self.noor.expect(200, "GET", "machtigen", "/api/v1/diensten?zoek=aanvullende")
        self.dienst = next(one["id"] for one in found["resultaten"] if one["naam"] == DIENST)
        first = self._issue()
        self._end(first["id"])
        self.anja.log_in("machtigen")
        self._refuse_code(first["code"], "a withdrawn code")
        issued = self._issue()
        self.machtiging, self.code = issued["id"], issued["code"]
        expect(issued["status"] == "aangevraagd", "a new machtiging is not aangevraagd")
        expect(len(self.code.replace("-", "").replace(" ", "")) >= 10, "a code of under 50 bits")
        self._say(2, "Noor grants 'Aanvullende beurs' (informatie_opvragen, zaken_regelen) and gets a code;")
        self._say(2, "a code that she withdrew first is worth nothing any more.")

    def _issue(self) -> dict[str, Any]:
        until = self._clock() + timedelta(days=200)
        body = {
            "diensten": [self.dienst],
            "handelingen": ACTIONS,
            "label": LABEL,
            "geldig_tot": until.isoformat(timespec="seconds"),
        }
        return self.noor.expect(201, "POST", "machtigen", "/api/v1/machtigingen", body)

    def _end(self, identifier: str) -> None:
        self.noor.expect(200, "POST", "machtigen", f"/api/v1/machtigingen/{identifier}/intrekken", {})

    def _refuse_code(self, code: str, what: str) -> None:
        answer = self.anja.call("POST", "machtigen", "/api/v1/codes/inzien", {"code": code})
        expect(answer.status_code != 429, "Anja tried too many wrong codes this hour; play again later")
        expect(answer.status_code == 404, f"{what} is answered with {answer.status_code}")

    def accept(self) -> None:
        """3. Anja looks at what she would accept, and accepts. Both get a notice."""
        own = self.noor.call("POST", "machtigen", "/api/v1/codes/bevestigen", {"code": self.code})
        expect(own.status_code == 404, "Noor can accept her own code")
        code = {"code": self.code}
        offer = self.anja.expect(200, "POST", "machtigen", "/api/v1/codes/inzien", code)
        expect(
            (offer["diensten"], sorted(offer["handelingen"])) == ([self.dienst], sorted(ACTIONS)), "the offer"
        )
        accepted = self.anja.expect(200, "POST", "machtigen", "/api/v1/codes/bevestigen", code)
        expect(accepted["status"] == "actief", "the machtiging is not actief after acceptance")
        self._refuse_code(self.code, "a used code")
        for person in (self.noor, self.anja):
            self._wait_for_notice(person)
        self._say(3, "Anja enters the code, sees what she would accept, and accepts; both get a notice.")

    def _wait_for_notice(self, person: Visitor) -> None:
        for _ in range(100):
            notices = person.expect(200, "GET", "machtigen", "/api/v1/berichten")["resultaten"]
            if any(one["machtiging"] == self.machtiging for one in notices):
                return
            time.sleep(0.1)
        raise StoryFailed(f"{person.persoon} got no notice")

    def let_in(self) -> dict[str, Any]:
        """4. DUO's portal sends Anja to log in; she chooses to act for Noor."""
        login = self.duo.begin(self.dienst)
        page = self.duo.choices(self.anja, login)
        choices = page.form_with("namens").choices["namens"]
        expect(choices == ["zelf", self.machtiging], "the choice is not 'zelf' and Noor's machtiging")
        expect(self._name_in(self.anja, page) == ["Noor Verbeek"], "Anja does not see Noor's name")
        tokens = self.duo.choose(self.anja, login, page, self.machtiging)
        self.token = tokens["access_token"]
        self._say(4, "DUO sends Anja to log in; she chooses to act for Noor; the code becomes two tokens.")
        return tokens

    def _name_in(self, person: Visitor, page: Page) -> list[str]:
        """The names in the frames of a page, as this person's browser shows them."""
        names = []
        for frame in page.frames:
            text = Page(frame, person.browser.get(frame).text).text
            names += [name for name in ("Noor Verbeek", "Anja Verbeek-de Wit") if name in text]
        return names

    def verify(self, tokens: Mapping[str, Any]) -> None:
        """5. DUO verifies offline and opens its own pseudonyms."""
        verified = self.duo.verifier.verify(tokens["access_token"])
        expect(
            not verified.namens_zelf and verified.allows(ACTIONS[0], self.dienst, DOEL), "the token's power"
        )
        expect(sorted(verified.actions) == sorted(ACTIONS) and verified.grond == "machtiging", "its limits")
        expect(verified.sub != verified.vertegenwoordigde.sub, "one pseudonym for two people")
        opened = self.duo.open(verified)
        both = {opened.persoon.pseudonym.point, opened.vertegenwoordigde.pseudonym.point}
        expect(len(both) == 2, "DUO opens one pseudonym for two people")
        self._say(5, "DUO checks the token offline and opens its own pseudonyms of Anja and Noor.")

    def read(self) -> None:
        """6. DUO reads Noor's grant record for the registered purpose, and no other."""
        traceparent = f"00-{self.trace_id}-{secrets.token_hex(8)}-01"
        rechten = self._endpoints["rechten"]
        answer = self.duo.read(rechten, self.token, DOEL, traceparent)
        expect(answer.status_code == 200, f"reading the register gave {answer.status_code}")
        awards = [record["waarde"] for record in answer.json()["categorieen"]["toekenning"]]
        expect(any(award.get("soort") == "aanvullende beurs" for award in awards), "Noor's grant record")
        other = self.duo.read(rechten, self.token, "kwijtschelding", traceparent)
        expect(other.status_code == 403, f"another purpose is answered with {other.status_code}")
        self._say(6, "DUO reads Noor's grant record for the purpose aanvullende-beurs; the line in the log")
        self._say(6, "stood before the record left. For another purpose it gets nothing.")

    def inspect(self) -> None:
        """7. Noor sees who used what, and what every register holds."""
        self.noor.log_in("rechten")
        page = Page("", self.noor.open(f"{self._endpoints['rechten']}/inzage").text)
        expect("DUO-Studiefinanciering" in page.text, "the page does not name DUO-Studiefinanciering")
        uses = self.noor.expect(200, "GET", "rechten", "/api/v1/inzage/gebruik")
        mine = [
            use for one in uses["registers"] for use in one["gebruik"] if use["trace_id"] == self.trace_id
        ]
        given = next((use for use in mine if use["rol"] == "verstrekking"), None)
        expect(given is not None and any(use["rol"] == "weigering" for use in mine), "the two uses of step 6")
        assert given is not None  # noqa: S101 - expected just above
        expect(
            given["door"]["soort"] == "vertegenwoordiger", "the use does not say that someone acted for her"
        )
        expect("toekenning" in given["categorieen"] and given["doel"]["id"] == DOEL, "categories and purpose")
        expect("Wet studiefinanciering 2000" in given["doel"]["wettelijke_grondslag"][0], "the legal ground")
        self._see_name()
        self._see_records()
        self._say(
            7, "Noor sees: DUO-Studiefinanciering, by Anja on her behalf, which categories, purpose, legal"
        )
        self._say(7, "ground and time; her records at five registers; one that does not answer is named.")

    def _see_name(self) -> None:
        page = Page(
            f"{self._endpoints['rechten']}/inzage",
            self.noor.open(f"{self._endpoints['rechten']}/inzage").text,
        )
        expect("Anja Verbeek-de Wit" in self._name_in(self.noor, page), "Noor does not see Anja's name")

    def _see_records(self) -> None:
        records = self.noor.expect(200, "GET", "rechten", "/api/v1/inzage/gegevens")
        expect(
            len(records["registers"]) == 5 and not records["onbereikbaar"], "the records of five registers"
        )
        self.records = {one["register"]: one["gegevens"][0]["id"] for one in records["registers"]}
        pause = f"/api/v1/beheer/registers/{SILENT}"
        self._operator.tell("rechten", f"{pause}/pauzeren", {})
        try:
            records = self.noor.expect(200, "GET", "rechten", "/api/v1/inzage/gegevens")
        finally:
            self._operator.tell("rechten", f"{pause}/hervatten", {})
        silent = [one["register"] for one in records["onbereikbaar"]]
        expect(silent == [SILENT] and len(records["registers"]) == 4, "the silent register is not named")

    def revoke(self) -> None:
        """8. Noor revokes; the next check is refused everywhere."""
        expect(self.register.introspect(self.token)["active"] is True, "introspection before the revocation")
        self._end(self.machtiging)
        expect(
            self.register.introspect(self.token) == {"active": False}, "introspection after the revocation"
        )
        login = self.duo.begin(self.dienst)
        page = self.duo.choices(self.anja, login)
        expect(page.form_with("namens").choices["namens"] == ["zelf"], "a new login still shows Noor")
        expect(self._status_flips(), "the status list still says VALID")
        self._say(
            8, "Noor revokes: introspection refuses at once, the status list at its next fetch, and a new"
        )
        self._say(8, "login shows nothing to choose.")

    def _status_flips(self) -> bool:
        """Whether a fresh verifier refuses within the time that a list may take."""
        until = time.monotonic() + PUBLISHED_WITHIN_S
        while time.monotonic() < until:
            fresh = type(self.duo.verifier)(
                issuer=self.duo.issuer,
                audience=self.duo.about["audience"],
                http=self._http,
                clock=self._clock,
            )
            try:
                fresh.verify(self.token)
            except InvalidEvidence as refusal:
                return refusal.code == "revoked"
            with suppress(KeyboardInterrupt):
                time.sleep(0.5)
        return False
