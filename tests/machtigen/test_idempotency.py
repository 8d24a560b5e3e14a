"""Event: a request that arrives twice. It is done once and answered the same."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from machtigen.herhalingen.model import KEPT_FOR
from tests.machtigen.house import House, Person
from tests.machtigen.test_machtigingen_api import accepted, body, code_of, grant


def count(person: Person) -> int:
    return len(person.get("/machtigen/api/v1/machtigingen").json()["resultaten"])


def test_a_repeated_grant_gets_the_first_answer_with_the_same_code(site: House) -> None:
    noor = site.log_in("noor")
    first = noor.api("/machtigingen", body(), Idempotency_Key="one")
    site.clock.forward(timedelta(minutes=5))
    second = noor.api("/machtigingen", body(), Idempotency_Key="one")
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert count(noor) == 1
    noor.api("/machtigingen", body(label="for somebody else"), Idempotency_Key="two")
    assert count(noor) == 2


def test_the_same_key_with_another_request_is_refused(site: House) -> None:
    noor = site.log_in("noor")
    noor.api("/machtigingen", body(), Idempotency_Key="one")
    for path, sent in (("/machtigingen", body(label="other")), ("/verzoeken", body())):
        assert code_of(noor.api(path, sent, Idempotency_Key="one")) == (422, "idempotency-key-reused")
    assert count(noor) == 1


def test_a_key_belongs_to_one_person(site: House) -> None:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    first = noor.api("/machtigingen", body(), Idempotency_Key="one").json()
    second = anja.api("/machtigingen", body(), Idempotency_Key="one").json()
    assert first["id"] != second["id"]
    assert first["code"] != second["code"]


def test_acceptance_and_revocation_are_repeated_too(site: House) -> None:
    noor, anja = site.log_in("noor"), site.log_in("anja")
    issued = grant(noor)
    for person, path, sent in (
        (anja, "/codes/bevestigen", {"code": issued["code"]}),
        (noor, f"/machtigingen/{issued['id']}/intrekken", None),
    ):
        answers = [person.api(path, sent, Idempotency_Key="once") for _ in range(3)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
    history = noor.get(f"/machtigen/api/v1/machtigingen/{issued['id']}/geschiedenis").json()
    assert len(history["resultaten"]) == 3


def test_a_refusal_is_not_kept(site: House) -> None:
    noor, anja, machtiging = accepted(site)
    second = grant(noor)
    sent = {"code": second["code"]}
    assert code_of(anja.api("/codes/bevestigen", sent, Idempotency_Key="k")) == (409, "already-authorised")
    noor.api(f"/machtigingen/{machtiging['id']}/intrekken")
    assert anja.api("/codes/bevestigen", sent, Idempotency_Key="k").status_code == 200


def test_many_at_once_make_one(site: House) -> None:
    noor = site.log_in("noor")

    def send(_number: int) -> tuple[int, str]:
        answer = noor.api("/machtigingen", body(), Idempotency_Key="same")
        return answer.status_code, answer.text

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(send, range(6)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert count(noor) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "with space"])
def test_a_malformed_key_is_refused(site: House, key: str) -> None:
    answer = site.log_in("noor").api("/machtigingen", body(), Idempotency_Key=key)
    assert code_of(answer) == (422, "invalid-idempotency-key")


def test_the_kept_answer_cannot_be_read_without_its_key(site: House) -> None:
    noor = site.log_in("noor")
    issued = noor.api("/machtigingen", body(), Idempotency_Key="canary-key").json()
    with site.app.state.database.engine.connect() as connection:
        rows = str(connection.execute(sa.text("SELECT * FROM herhaling")).all())
    for secret in (issued["code"], issued["id"], "canary-key"):
        assert secret not in rows


def test_after_a_day_an_answer_is_forgotten(site: House) -> None:
    noor = site.log_in("noor")
    first = noor.api("/machtigingen", body(), Idempotency_Key="one").json()
    site.clock.forward(KEPT_FOR)
    site.upkeep()
    later = site.log_in("noor")
    later.api(f"/machtigingen/{first['id']}/intrekken")
    assert later.api("/machtigingen", body(), Idempotency_Key="one").json()["id"] != first["id"]


def test_what_is_kept_of_a_repeated_request_cannot_be_guessed(site: House) -> None:
    """No part of the row is an unsalted hash of the body or of the request: labels and codes are short."""
    noor, anja = site.log_in("noor"), site.log_in("anja")
    issued = noor.api("/machtigingen", body(label="mijn moeder"), Idempotency_Key="one")
    code = {"code": issued.json()["code"]}
    anja.api("/codes/bevestigen", code, Idempotency_Key="two")
    guesses = set()
    for path, request in (("/machtigingen", issued.request), ("/codes/bevestigen", None)):
        sent = request.content if request else json.dumps(code, separators=(",", ":")).encode()
        inner = hashlib.sha256(sent).hexdigest()
        asked = json.dumps(["POST", f"/machtigen/api/v1{path}", inner])
        guesses |= {inner, hashlib.sha256(asked.encode()).hexdigest()}
    with site.app.state.database.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT id, digest FROM herhaling")).all()
        kept = {value for row in rows for value in row}
    assert len(kept) == 4
    assert not kept & guesses
