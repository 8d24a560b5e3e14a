"""The whole story of two people, as far as the system reaches, at two services; each step is checked.

`first` is represented by `second`. What the services received is kept in `Received`, to be compared.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
from story.service import Service
from visitor import Page, Visitor

from tests.separation.canary import Canary
from tests.separation.house import CLIENTS, House

ACTIONS = ["informatie_opvragen"]
NIVEAU = "hoog"


@dataclass
class Received:
    """All that one service got: tokens, answers, and the pseudonyms that it opened with its key."""

    register: str
    documents: list[Any] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    points: list[bytes] = field(default_factory=list)


class Play:
    """One pair of people. Raises UnexpectedAnswer or AssertionError when a step differs."""

    def __init__(self, house: House, first: Canary, second: Canary) -> None:
        self.house = house
        self.people = (first, second)
        self.first = Visitor(house.endpoints, first.demo_id, NIVEAU)
        self.second = Visitor(house.endpoints, second.demo_id, NIVEAU)
        self.received = {register: Received(register) for register in CLIENTS}
        self.exports: list[Any] = []
        self.trace_ids: list[str] = []
        self.machtigingen: list[str] = []
        self.names_seen: list[str] = []

    def play(self, before_the_end: Callable[[], None] = lambda: None) -> Play:
        """Everything, in order; `before_the_end` is called while both are still logged in."""
        self.house.admit(*self.people)
        for person in (self.first, self.second):
            person.log_in("machtigen")
            person.log_in("rechten")
        self.desk()
        self.house.tell_of(*self.people)
        withdrawn = self.grant()
        self.end(self.first, withdrawn["id"], "intrekken")
        self.decline()
        self.renounce()
        lasting = self.grant()
        self.accept(lasting["code"])
        self.wrong_codes(withdrawn["code"], lasting["code"])
        for register in CLIENTS:
            self.let_in(self.first, register, "zelf")
            self.let_in(self.second, register, lasting["id"])
        self.look_around(lasting["id"])
        self.inspect()
        self.grant()  # stays open, with a code that nobody used
        before_the_end()
        self.end(self.first, lasting["id"], "intrekken")
        self.log_out()
        return self

    def desk(self) -> None:
        """Both sign on paper; two clerks record and approve it; the print is checked; it is ended there."""
        clerks = [Visitor(self.house.endpoints, name, NIVEAU) for name in self.house.admit_clerks()]
        try:
            for clerk in clerks:
                clerk.log_in("machtigen")
            place = self._record(clerks[0])
            judged = clerks[1].open(place)
            page = Page(place, judged.text)
            self.see_names(clerks[1], page)
            approve = next(form for form in page.forms if form.action.endswith("/goedkeuren"))
            printed = clerks[1].submit(approve, {})
            (kenmerk,) = re.findall(r"<code>([A-Za-z0-9_-]{22})</code>", printed.text)
            (code,) = re.findall(r'class="code-tekst">([^<]+)<', printed.text)
            self.machtigingen.append(kenmerk)
            asked = {"code": code}
            assert (
                self.second.expect(200, "POST", "machtigen", "/api/v1/controle", asked)["stand"] == "geldig"
            )
            ended = self._end_at_desk(clerks[0], kenmerk)
            assert ended.status_code == 200, ended.text
        finally:
            for clerk in clerks:
                clerk.close()

    def _look_up(self, clerk: Visitor, errand: str, numbers: dict[str, str]) -> Page:
        """The clerk types numbers at identiteit, sees names, and goes on to machtigen with tickets."""
        address = f"{self.house.endpoints['identiteit']}/balie/{errand}"
        form = Page(address, clerk.open(address).text).form_with(next(iter(numbers)))
        found = clerk.submit(form, numbers)
        assert found.status_code == 200, found.text
        onward = Page(address, found.text).form_with(next(iter(numbers)).replace("bsn_", "ticket_"))
        answer = clerk.submit(onward, {})
        assert answer.status_code == 200, answer.text
        return Page(onward.action, answer.text)

    def _record(self, clerk: Visitor) -> str:
        """Gives the address of the registration."""
        first, second = self.people
        numbers = {"bsn_vertegenwoordigde": first.bsn, "bsn_vertegenwoordiger": second.bsn}
        paper = self._look_up(clerk, "registratie", numbers).form_with("scan")
        until = self.house.clock() + timedelta(days=100)
        filled = {
            "dienst": self.house.dienst("terugbetalen")["id"],
            "handeling": ACTIONS[0],
            "tot": until.date().isoformat(),
            "scan": secrets.token_hex(32),
            "gelegitimeerd": "ja",
        }
        recorded = clerk.submit(paper, filled)
        assert recorded.status_code == 200, recorded.text
        return str(recorded.request.url)

    def _end_at_desk(self, clerk: Visitor, kenmerk: str) -> httpx2.Response:
        form = self._look_up(clerk, "einde", {"bsn_partij": self.people[0].bsn}).form_with("machtiging")
        return clerk.submit(form, {"machtiging": kenmerk, "doen": "beeindigen"})

    def close(self) -> None:
        """Close both browsers."""
        self.first.close()
        self.second.close()

    def grant(self, by: Visitor | None = None, path: str = "/api/v1/machtigingen") -> dict[str, Any]:
        """Grant for two services at once, under a name that the person chose."""
        until = self.house.clock() + timedelta(days=100)
        body = {
            "diensten": [self.house.dienst(register)["id"] for register in CLIENTS],
            "handelingen": ACTIONS,
            "label": self.people[0].label,
            "geldig_tot": until.isoformat(timespec="seconds"),
        }
        key = f"{self.people[0].bsn}-{secrets.token_hex(4)}"  # a client may well put a BSN in its key
        issued = (by or self.first).expect(201, "POST", "machtigen", path, body, Idempotency_Key=key)
        self.machtigingen.append(issued["id"])
        return issued

    def accept(self, code: str) -> None:
        """Look at what would be accepted, see the name, accept."""
        given = {"code": code}
        self.second.expect(200, "POST", "machtigen", "/api/v1/codes/inzien", given)
        base = self.house.endpoints["machtigen"]
        page = Page(base, self.second.open(f"{base}/code").text)
        offer = self.second.submit(page.form_with("code"), given)
        self.see_names(self.second, Page(str(offer.request.url), offer.text))
        self.second.expect(200, "POST", "machtigen", "/api/v1/codes/bevestigen", given)

    def decline(self) -> None:
        """The second asks to represent the first, who declines."""
        asked = self.grant(self.second, "/api/v1/verzoeken")
        self.first.expect(200, "POST", "machtigen", "/api/v1/codes/weigeren", {"code": asked["code"]})

    def renounce(self) -> None:
        """The second gives back what they accepted."""
        issued = self.grant()
        self.second.expect(200, "POST", "machtigen", "/api/v1/codes/bevestigen", {"code": issued["code"]})
        self.end(self.second, issued["id"], "opzeggen")

    def end(self, who: Visitor, machtiging: str, verb: str) -> None:
        """Withdraw, revoke or renounce."""
        who.expect(200, "POST", "machtigen", f"/api/v1/machtigingen/{machtiging}/{verb}", {})

    def wrong_codes(self, *codes: str) -> None:
        """Withdrawn, used and made-up codes are refused; so is a number where a code should stand."""
        for code in (*codes, "AAAA-BBBB-CCCC", self.people[0].bsn):
            answer = self.second.call("POST", "machtigen", "/api/v1/codes/inzien", {"code": code})
            assert answer.status_code in {404, 422}, answer.status_code

    def let_in(self, who: Visitor, register: str, namens: str) -> None:
        """Log in at a service, which verifies, opens its pseudonyms, reads its register and asks again."""
        dienst, got = self.house.dienst(register), self.received[register]
        service = self._service(CLIENTS[register])
        login = service.begin(dienst["id"])
        page = service.choices(who, login)
        if namens != "zelf":
            self.see_names(who, page)
        with login.client:
            tokens = service.choose(who, login, page, namens)
        got.documents.append(tokens)
        got.tokens += [tokens["id_token"], tokens["access_token"]]
        opened = service.open(service.verifier.verify(tokens["access_token"]))
        got.points += [opened.persoon.pseudonym.point, opened.vertegenwoordigde.pseudonym.point]
        for doel, status in ((dienst["doelen"][0], 200), ("kwijtschelding", 403)):
            answer = self._read(service, tokens["access_token"], doel)
            assert answer.status_code == status, (answer.status_code, answer.text)
            got.documents.append(answer.json())
        other = "terugbetalen" if register == "studiefinanciering" else "studiefinanciering"
        self._refused_elsewhere(other, tokens["access_token"])
        introspection = self._service(f"{CLIENTS[register]}-register").introspect(tokens["access_token"])
        assert introspection["active"] is True
        got.documents.append(introspection)

    def _service(self, client: str) -> Service:
        return Service(self.house.clients / client, self.house.http, self.house.clock)

    def _read(self, service: Service, token: str, doel: str) -> httpx2.Response:
        trace_id = secrets.token_hex(16)
        self.trace_ids.append(trace_id)
        traceparent = f"00-{trace_id}-{secrets.token_hex(8)}-01"
        return service.read(self.house.endpoints["rechten"], token, doel, traceparent)

    def _refused_elsewhere(self, register: str, token: str) -> None:
        url = f"{self.house.endpoints['rechten']}/api/v1/registers/{register}/gegevens"
        answer = self.house.http.get(url, params={"doel": "x"}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code in {401, 403}, answer.status_code

    def see_names(self, who: Visitor, page: Page) -> None:
        """Open the frames of a page; somebody's name must stand in one of them."""
        answers = [who.browser.get(frame) for frame in page.frames]
        texts = [Page(str(answer.url), answer.text).text for answer in answers]
        seen = [person.achternaam for person in self.people for text in texts if person.achternaam in text]
        assert seen, f"no name in a frame: {[answer.status_code for answer in answers]}"
        self.names_seen += seen

    def look_around(self, machtiging: str) -> None:
        """Every page and list of machtigen that either of them can open."""
        base = self.house.endpoints["machtigen"]
        dienst = self.house.dienst("terugbetalen")["id"]
        for who in (self.first, self.second):
            for path in ("/", f"/{machtiging}", "/berichten", "/nieuw", "/code", f"/{machtiging}/intrekken"):
                answer = who.open(base + path)
                assert answer.status_code in {200, 404, 405}, (path, answer.status_code)
            self.see_names(who, Page(base, who.open(f"{base}/{machtiging}").text))
            more = ("", "/geschiedenis", "/geschiedenis/uitvoer", "/gebruik")
            own = [f"machtigingen/{machtiging}{path}" for path in more]
            for path in (*own, "uitvoer", "machtigingen", "berichten", f"vertegenwoordigden?dienst={dienst}"):
                self.exports.append(who.expect(200, "GET", "machtigen", f"/api/v1/{path}"))
            assert who.open(self.house.endpoints["identiteit"] + "/").status_code == 200

    def inspect(self) -> None:
        """Who used what, and what the registers hold: as pages and as exports."""
        base = self.house.endpoints["rechten"]
        page = Page(f"{base}/inzage", self.first.open(f"{base}/inzage").text)
        assert "DUO-Studiefinanciering" in page.text
        self.see_names(self.first, page)
        uses = self.first.expect(200, "GET", "rechten", "/api/v1/inzage/gebruik")
        seen = {use["trace_id"] for one in uses["registers"] for use in one["gebruik"]}
        assert seen >= set(self.trace_ids)
        self.exports.append(uses)
        for who in (self.first, self.second):
            records = who.expect(200, "GET", "rechten", "/api/v1/inzage/gegevens")
            assert len(records["registers"]) == 5
            self.exports.append(records)

    def log_out(self) -> None:
        """Log out everywhere, by the page of identiteit."""
        for who in (self.first, self.second):
            base = self.house.endpoints["identiteit"]
            page = Page(f"{base}/", who.open(f"{base}/").text)
            form = next(form for form in page.forms if form.action.endswith("/uitloggen"))
            assert who.submit(form, {}).status_code == 200
            until = time.monotonic() + 10
            while who.call("GET", "machtigen", "/api/v1/berichten").status_code != 401:
                assert time.monotonic() < until, "the session at machtigen goes on"
                time.sleep(0.1)
