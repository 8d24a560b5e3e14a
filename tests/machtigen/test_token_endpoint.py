"""The token endpoint: a code is used once, by its client, with its verifier and its redirect address."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import sqlalchemy as sa

from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey
from machtigen.verifier import InvalidEvidence
from tests.machtigen.token_flow import Flow, assertion_fields
from tests.machtigen.token_house import ISSUER, OWN, Service, TokenHouse, fields_of

pytestmark = pytest.mark.slow

PATH = "/login/token"


def refused(answer: httpx2.Response, status: int, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["cache-control"] == "no-store"


def test_a_code_works_once_and_its_second_use_ends_the_first_token(house: TokenHouse, flow: Flow) -> None:
    attempt = flow.begin()
    location = flow.choose(house.log_in("anja"), attempt.url, house.grant())
    form = flow.token_form(attempt, location)
    token = flow.post(PATH, house.duo, **form).json()["access_token"]
    assert house.verifier().verify(token)
    refused(flow.post(PATH, house.duo, **form), 400, "invalid_grant")
    with pytest.raises(InvalidEvidence) as gone:
        house.verifier().verify(token)
    assert gone.value.code == "revoked"


def test_of_two_who_come_at_once_one_gets_a_token(house: TokenHouse, flow: Flow) -> None:
    attempt = flow.begin()
    form = flow.token_form(attempt, flow.choose(house.log_in("anja"), attempt.url, house.grant()))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: flow.post(PATH, house.duo, **form), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


def test_a_code_lives_a_minute(house: TokenHouse, flow: Flow) -> None:
    attempt = flow.begin()
    form = flow.token_form(attempt, flow.choose(house.log_in("anja"), attempt.url, "zelf"))
    house.passes(seconds=60)
    refused(flow.post(PATH, house.duo, **form), 400, "invalid_grant")


def test_a_code_of_another_client_is_no_code(house: TokenHouse, flow: Flow) -> None:
    other = house.register("ander-portaal")
    attempt = flow.begin()
    form = flow.token_form(attempt, flow.choose(house.log_in("anja"), attempt.url, "zelf"))
    refused(flow.post(PATH, other, **form), 400, "invalid_grant")
    assert flow.post(PATH, house.duo, **form).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"redirect_uri": "https://portaal.duo.example.nl/ander"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"code": "guessed"}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_request_gives_nothing_and_spends_nothing(
    house: TokenHouse, flow: Flow, changes: dict[str, Any], error: str
) -> None:
    attempt = flow.begin()
    location = flow.choose(house.log_in("anja"), attempt.url, "zelf")
    refused(flow.post(PATH, house.duo, **flow.token_form(attempt, location, **changes)), 400, error)
    assert flow.post(PATH, house.duo, **flow.token_form(attempt, location)).status_code == 200


def test_a_replayed_verifier_of_another_login_does_not_fit(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja")
    first, second = flow.begin(), flow.begin()
    flow.choose(browser, first.url, "zelf")
    location = flow.choose(browser, second.url, "zelf")
    form = flow.token_form(second, location, code_verifier=first.verifier)
    refused(flow.post(PATH, house.duo, **form), 400, "invalid_grant")


def code_form(house: TokenHouse, flow: Flow) -> dict[str, Any]:
    attempt = flow.begin()
    return flow.token_form(attempt, flow.choose(house.log_in("anja"), attempt.url, "zelf"))


@pytest.mark.parametrize(
    "kind", ["none", "other-key", "unknown", "audience", "expired", "replayed", "secret"]
)
def test_a_client_that_does_not_prove_itself_gets_nothing(house: TokenHouse, flow: Flow, kind: str) -> None:
    form = code_form(house, flow)
    proof = assertion_fields(house, house.duo, ISSUER)
    if kind == "none":
        proof = {"client_id": "duo-portaal"}
    elif kind == "other-key":
        proof = assertion_fields(house, Service(house.duo.client, SigningKey.generate("ES256")), ISSUER)
    elif kind == "unknown":
        proof["client_assertion"] = assertion("onbekend", house.duo.key, ISSUER, house.now)
    elif kind == "audience":
        proof = assertion_fields(house, house.duo, "https://elders.example/token")
    elif kind == "expired":
        house.passes(seconds=59)
        house.now -= timedelta(seconds=59)
        proof["client_assertion"] = assertion(
            "duo-portaal", house.duo.key, ISSUER, house.now - timedelta(minutes=5)
        )
    elif kind == "replayed":
        house.http.post(f"{OWN}{PATH}", data={"grant_type": "authorization_code", **proof})
    elif kind == "secret":
        proof["client_secret"] = "x"
    answer = house.http.post(f"{OWN}{PATH}", data={**form, **proof})
    refused(answer, 401, "invalid_client")
    assert answer.headers["www-authenticate"]


def test_both_addresses_may_be_the_audience_of_an_assertion(house: TokenHouse, flow: Flow) -> None:
    for audience in (ISSUER, f"{OWN}/login/token"):
        proof = assertion_fields(house, house.duo, audience)
        answer = house.http.post(f"{OWN}{PATH}", data={**code_form(house, flow), **proof})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{}", "application/json", 400),
        (b"\xff\xff=%ff", "application/x-www-form-urlencoded", 400),
        (b"code=a&code=b", "application/x-www-form-urlencoded", 400),
        (b"a=" + b"x" * 10_000_000, "application/x-www-form-urlencoded", 413),
        (b"code=%00", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(100)), "application/x-www-form-urlencoded", 400),
        (b"", "application/x-www-form-urlencoded", 400),
    ],
    ids=["json", "not-utf8", "twice", "huge", "nul", "many", "empty"],
)
@pytest.mark.parametrize("path", ["/login/token", "/login/par", "/introspect", "/revoke", "/token"])
def test_a_body_that_is_no_form_is_an_oauth_error(
    house: TokenHouse, path: str, content: bytes, media_type: str, status: int
) -> None:
    answer = house.http.post(f"{OWN}{path}", content=content, headers={"content-type": media_type})
    assert answer.status_code in {status, 401} if status == 400 else answer.status_code == status
    assert answer.json()


def test_what_cannot_be_recorded_does_not_leave(house: TokenHouse, flow: Flow) -> None:
    form = code_form(house, flow)
    with house.database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE gebruik RENAME TO elders"))
    answer = flow.post(PATH, house.duo, **form)
    refused(answer, 503, "temporarily_unavailable")
    assert "access_token" not in answer.text
    with house.database.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE elders RENAME TO gebruik"))
    assert flow.post(PATH, house.duo, **form).status_code == 200


def test_a_client_for_software_gets_a_token_for_itself(house: TokenHouse, flow: Flow) -> None:
    software = house.register("duo-software", redirect_uris=())
    answer = flow.post("/token", software, grant_type="client_credentials")
    assert answer.status_code == 200
    found = flow.post("/introspect", software, token=answer.json()["access_token"]).json()
    assert (found["active"], found["sub"], found["iss"]) == (True, "duo-software", OWN)
    wrong = flow.post("/token", software, grant_type="client_credentials", scope="openid")
    refused(wrong, 400, "invalid_scope")


def test_a_client_has_one_kind_of_grant(house: TokenHouse, flow: Flow) -> None:
    refused(flow.post("/token", house.duo, grant_type="client_credentials"), 400, "unauthorized_client")
    software = house.register("duo-software", redirect_uris=())
    form = {"grant_type": "authorization_code", "code": secrets.token_urlsafe(8)}
    refused(flow.post(PATH, software, **form), 400, "unauthorized_client")
    refused(flow.post("/token", software, grant_type="password"), 400, "unsupported_grant_type")


def test_nothing_of_a_person_is_in_the_code_table_afterwards(house: TokenHouse, flow: Flow) -> None:
    flow.tokens(house.log_in("anja"), house.grant())
    with house.database.engine.begin() as connection:
        rows = connection.execute(sa.text("SELECT CAST(inhoud AS text) FROM autorisatiecode")).all()
    assert [row[0] for row in rows] == ["{}"]


def test_the_state_that_comes_back_is_the_one_that_was_sent(house: TokenHouse, flow: Flow) -> None:
    attempt = flow.begin()
    fields = fields_of(flow.choose(house.log_in("anja"), attempt.url, "zelf"))
    assert fields["state"] == attempt.state
