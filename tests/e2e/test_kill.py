"""kill -9 in the middle of a grant, an acceptance and a revocation: wholly, or not at all.

Several people act at once, as fast as the server answers; at a random moment every process is killed.
Each remembers what it asked and what was answered. After a new start on the same data each last request
is repeated with its Idempotency-Key, and what stands in the database must fit what was answered.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from visitor import Visitor

from tests.e2e.acts import body_of_a_grant, service
from tests.e2e.system import System, free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PAIRS = (("noor", "anja"), ("lisa", "fatima"), ("karim", "willem"), ("ali", "tom"))
ROUNDS = {"together": 4, "separate": 1}
LONGEST_ACTING_S = 1.5
NOTICES_WITHIN_S = 15
A_LEASE = timedelta(seconds=90)
Answers = dict[str, Any]


@dataclass
class Request:
    """One request as it was sent. `answer` is None when the server died before it answered."""

    path: str
    body: dict[str, Any]
    key: str = field(default_factory=lambda: str(uuid4()))
    answer: Answers | None = None
    status: int = 0


@dataclass
class Power:
    """One machtiging on its way: the requests that were sent for it, in order."""

    grant: Request
    confirm: Request | None = None
    revoke: Request | None = None


class Pair:
    """Someone who grants and revokes, and someone who accepts, until the server is gone."""

    def __init__(self, system: System, giver: str, taker: str) -> None:
        self.giver, self.taker = Visitor(system.endpoints, giver), Visitor(system.endpoints, taker)
        for one in (self.giver, self.taker):
            one.log_in("machtigen")
        self.dienst = service(self.giver)
        self.powers: list[Power] = []
        self.wrong: list[str] = []

    def act(self, stop: threading.Event) -> None:
        """Grant, accept, revoke, and again. Ends when the server does not answer any more."""
        with contextlib.suppress(httpx2.HTTPError):
            while not stop.is_set():
                self._one()

    def _one(self) -> None:
        power = Power(Request("/api/v1/machtigingen", body_of_a_grant(self.dienst, "proef")))
        self.powers.append(power)
        granted = self.send(self.giver, power.grant, 201)
        power.confirm = Request("/api/v1/codes/bevestigen", {"code": granted["code"]})
        self.send(self.taker, power.confirm, 200)
        power.revoke = Request(f"/api/v1/machtigingen/{granted['id']}/intrekken", {})
        self.send(self.giver, power.revoke, 200)

    def send(self, person: Visitor, request: Request, expected: int) -> Answers:
        """Send it; notes and gives the answer. Any other status is noted as wrong."""
        answer = person.call("POST", "machtigen", request.path, request.body, Idempotency_Key=request.key)
        request.status, request.answer = answer.status_code, answer.json()
        if answer.status_code != expected:
            self.wrong.append(f"{request.path} gave {answer.status_code} {request.answer.get('code')}")
        return dict(request.answer)

    def repeat_all(self) -> None:
        """After the crash: every request of the last power once more, and the rest of what it began."""
        for power in self.powers[-2:]:
            self._repeat(power)

    def _repeat(self, power: Power) -> None:
        granted = self._again(self.giver, power.grant, 201)
        if power.confirm is None:
            power.confirm = Request("/api/v1/codes/bevestigen", {"code": granted["code"]})
        self._again(self.taker, power.confirm, 200)
        if power.revoke is None:
            power.revoke = Request(f"/api/v1/machtigingen/{granted['id']}/intrekken", {})
        self._again(self.giver, power.revoke, 200)

    def _again(self, person: Visitor, request: Request, expected: int) -> Answers:
        """The one outcome: what was answered before, if anything was."""
        before = request.answer
        after = self.send(person, request, expected)
        if before is not None and before != after:
            self.wrong.append(f"{request.path}: the repeat is answered differently")
        return after

    def close(self) -> None:
        """Close both browsers."""
        self.giver.close()
        self.taker.close()


def act_until_killed(system: System, pairs: list[Pair], after_s: float) -> None:
    """All at once; then every process is killed at the same moment."""
    stop = threading.Event()
    threads = [threading.Thread(target=pair.act, args=(stop,)) for pair in pairs]
    for thread in threads:
        thread.start()
    time.sleep(after_s)
    system.kill_everything()
    stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


@contextlib.contextmanager
def database(data: Path) -> Iterator[sqlite3.Connection]:
    """The database of machtigen, to look into."""
    with closing(sqlite3.connect(data / "databases" / "machtigen.db", timeout=20)) as base:
        base.row_factory = sqlite3.Row
        yield base


EVENTS_OF = {
    "aangevraagd": ["aangevraagd"],
    "actief": ["aangevraagd", "bevestigd"],
    "geweigerd": ["aangevraagd", "geweigerd"],
    "opgezegd": ["aangevraagd", "bevestigd", "opgezegd"],
}


def inconsistencies(data: Path, known: set[str]) -> list[str]:
    """What does not fit in the database: status, history, code, notices. `known`: only these machtigingen."""
    wrong: list[str] = []
    with database(data) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        for row in base.execute("SELECT * FROM machtiging").fetchall():
            if row["id"] in known:
                continue
            wrong += [f"{row['status']}: {what}" for what in _misfits(base, row)]
    return wrong


def _misfits(base: sqlite3.Connection, row: sqlite3.Row) -> Iterator[str]:
    one = (row["id"],)
    lines = base.execute(
        "SELECT gebeurtenis FROM machtiging_geschiedenis WHERE machtiging_id = ? ORDER BY volgnummer", one
    )
    history = [line[0] for line in lines]
    allowed = [EVENTS_OF[row["status"]]] if row["status"] in EVENTS_OF else []
    if row["status"] == "ingetrokken":
        allowed = [["aangevraagd", "ingetrokken"], ["aangevraagd", "bevestigd", "ingetrokken"]]
    if history not in allowed:
        yield f"its history is {history}"
    if (row["code_hash"] is not None) != (row["status"] == "aangevraagd"):
        yield "its code"
    if base.execute("SELECT count(*) FROM machtiging_dienst WHERE machtiging_id = ?", one).fetchone()[0] != 1:
        yield "its service"
    both = row["vertegenwoordigde"] is not None and row["vertegenwoordiger"] is not None
    if both != ("bevestigd" in history):
        yield "its parties"
    told = [event for event in history if event != "aangevraagd"]
    parties = [party for party in (row["vertegenwoordigde"], row["vertegenwoordiger"]) if party]
    expected = Counter((party, event) for party in parties for event in told)
    if _notices(base, row["id"]) != expected:
        yield f"its notices are {_notices(base, row['id'])} where {expected} belong"


def _notices(base: sqlite3.Connection, machtiging: str) -> Counter[tuple[str, str]]:
    """Delivered ones and those that still wait, each once however often it was delivered."""
    found = {
        row["id"]: (row["aan"], row["soort"])
        for row in base.execute("SELECT id, aan, soort FROM bericht WHERE machtiging_id = ?", (machtiging,))
    }
    waiting = base.execute(
        "SELECT id, json_extract(payload, '$.aan') AS aan, json_extract(payload, '$.soort') AS soort "
        "FROM uitgaand WHERE json_extract(payload, '$.machtiging') = ?",
        (machtiging,),
    )
    found |= {row["id"]: (row["aan"], row["soort"]) for row in waiting}
    return Counter(found.values())


def what_was_answered_stands(data: Path, pairs: list[Pair]) -> list[str]:
    """An answer that someone got is never undone: the database is at least as far."""
    order = ["aangevraagd", "actief", "ingetrokken"]
    wrong = []
    with database(data) as base:
        stored = {row["id"]: row["status"] for row in base.execute("SELECT id, status FROM machtiging")}
    for power in (power for pair in pairs for power in pair.powers):
        answered = [one.answer for one in (power.grant, power.confirm, power.revoke) if one and one.answer]
        if answered and order.index(stored[answered[0]["id"]]) < len(answered) - 1:
            wrong.append(f"{len(answered)} answers, and it is {stored[answered[0]['id']]}")
    return wrong


def all_delivered(data: Path) -> bool:
    """Whether the outbox is empty."""
    with database(data) as base:
        return bool(base.execute("SELECT count(*) FROM uitgaand WHERE done_at IS NULL").fetchone()[0] == 0)


def is_in_the_inbox(person: Visitor, machtiging: str) -> Counter[str]:
    """The notices about one machtiging that a person sees."""
    notices = person.expect(200, "GET", "machtigen", "/api/v1/berichten?aantal=100")["resultaten"]
    return Counter(one["soort"] for one in notices if one["machtiging"] == machtiging)


@pytest.mark.parametrize("mode", ["together", "separate"])
def test_an_act_happened_wholly_or_not_at_all(tmp_path: Path, mode: str) -> None:
    """Many kills at random moments; each time the data fit together and repeats give the one outcome."""
    data, port = tmp_path / "data", free_ports()
    system = System(data, port, mode == "separate").start().wait_until_ready()
    with database(data) as base:
        known = {row[0] for row in base.execute("SELECT id FROM machtiging")}
    cut_off = 0
    browsers = contextlib.ExitStack()
    try:
        for _ in range(ROUNDS[mode]):
            pairs = [Pair(system, giver, taker) for giver, taker in PAIRS]
            for pair in pairs:
                browsers.callback(pair.close)
            act_until_killed(system, pairs, random.uniform(0.2, LONGEST_ACTING_S))
            assert [pair.wrong for pair in pairs if pair.wrong] == []
            cut_off += sum(is_cut_off(pair.powers[-1]) for pair in pairs if pair.powers)
            assert inconsistencies(data, known) == []
            assert what_was_answered_stands(data, pairs) == []
            system = System(data, port, mode == "separate").start().wait_until_ready()
            repeat(pairs)
            assert inconsistencies(data, known) == []
        assert system.interrupt() == 0
        system = System(data, port, mode == "separate", later=A_LEASE).start().wait_until_ready()
        deliver_the_rest(system, pairs)
        assert inconsistencies(data, known) == []
        assert system.interrupt() == 0
    finally:
        browsers.close()
        if system.process.poll() is None:
            system.kill_everything()
    assert cut_off > 0, "no request was under way at any of the kills"


def is_cut_off(power: Power) -> bool:
    """Whether a request of it got no answer."""
    return any(one is not None and one.answer is None for one in (power.grant, power.confirm, power.revoke))


def repeat(pairs: list[Pair]) -> None:
    """After the new start: sessions still stand, and every repeat gives the one outcome."""
    for pair in pairs:
        pair.repeat_all()
        assert pair.wrong == []
        identifiers = [str(power.grant.answer["id"]) for power in pair.powers if power.grant.answer]
        assert len(set(identifiers)) == len(identifiers) == len(pair.powers), "an act was doubled or lost"


def deliver_the_rest(system: System, pairs: list[Pair]) -> None:
    """A worker that was killed had taken notices for a minute; after that each arrives, once."""
    until = time.monotonic() + NOTICES_WITHIN_S
    while not all_delivered(system.data):
        assert time.monotonic() < until, "notices stay in the outbox"
        time.sleep(0.1)
    for pair in pairs:
        for person in (pair.giver, pair.taker):
            answer = pair.powers[-1].grant.answer
            assert answer is not None
            expected = Counter({"bevestigd": 1, "ingetrokken": 1})
            assert is_in_the_inbox(person, str(answer["id"])) == expected
