import json

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient

from keys.kernel.log import Event, Log, UncataloguedField
from keys.kernel.problem import BODY_LIMIT, DomainError, install

CANARY = "999990019"


class AlreadyEnded(DomainError):
    code = "already-ended"
    title = "Deze machtiging is al geëindigd."


class Body(BaseModel):
    bsn: int
    datum: str


@pytest.fixture
def log_path(tmp_path):
    return tmp_path / "logs" / "proef.jsonl"


@pytest.fixture
def client(log_path):
    app = FastAPI()
    log = Log("proef", log_path)
    install(app, package="proef", table={AlreadyEnded: 409}, log=log)

    @app.get("/proef/api/eind")
    def end() -> None:
        raise AlreadyEnded(CANARY)

    @app.get("/proef/api/stuk")
    def broken() -> None:
        raise KeyError(CANARY)

    @app.post("/proef/api/lijf")
    def body(lijf: Body) -> dict[str, str]:
        return {"datum": lijf.datum}

    yield TestClient(app, raise_server_exceptions=False)
    log.close()


def test_a_refusal_is_a_problem_document(client):
    answer = client.get("/proef/api/eind")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "already-ended"
    assert set(answer.json()) == {"type", "title", "status", "detail", "code"}
    assert CANARY not in answer.text


def test_the_unexpected_says_nothing_but_an_event_id_that_stands_in_the_log(client, log_path):
    answer = client.get("/proef/api/stuk")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    line = json.loads(log_path.read_text().splitlines()[-1])
    assert line["event_id"] == answer.json()["gebeurtenis"]
    assert CANARY not in answer.text + log_path.read_text()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed-body"),
        (b"\xff\xfe{}", 400, "malformed-body"),
        (b'{"bsn": "\xff"}', 400, "malformed-body"),
        (b'{"bsn": "' + CANARY.encode() + b'x", "datum": 5}', 422, "invalid-input"),
        (b"[]", 422, "invalid-input"),
        (b'{"bsn":1,"datum":"' + b"x" * BODY_LIMIT + b'"}', 413, "body-too-large"),
    ],
)
def test_bad_bodies_get_a_code_and_no_echo(client, body, status, code):
    answer = client.post("/proef/api/lijf", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert CANARY not in answer.text


def test_ten_megabytes_without_a_declared_length_are_refused_too(client):
    def chunks():
        for _ in range(160):
            yield b"x" * 65_536

    answer = client.post("/proef/api/lijf", content=chunks())
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_deeply_nested_body_is_refused_cleanly(client):
    answer = client.post(
        "/proef/api/lijf", content=b"[" * 200_000, headers={"content-type": "application/json"}
    )
    assert answer.status_code in {400, 422}


def test_unknown_paths_and_methods_are_problems_too(client):
    assert client.get("/proef/api/niets").json()["code"] == "not-found"
    assert client.delete("/proef/api/eind").json()["code"] == "method-not-allowed"


def test_a_log_line_carries_only_what_its_event_allows(log_path):
    log = Log("proef", log_path)
    with pytest.raises(UncataloguedField):
        log.emit(Event("login-succeeded", frozenset({"acr"})), persoon="noor")
    log.close()
    assert log_path.read_text() == ""


def test_no_event_may_be_made_that_carries_a_bsn():
    with pytest.raises(ValueError, match="bsn"):
        Event("login-succeeded", frozenset({"bsn"}))


def test_a_slash_too_many_is_no_redirect_to_an_address_from_the_host_header(client):
    answer = client.get("/proef/api/eind/", headers={"host": "evil.test"}, follow_redirects=False)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
