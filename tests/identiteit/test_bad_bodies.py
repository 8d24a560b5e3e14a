"""Whatever is posted, wherever: a refusal with a code, nothing repeated, never a 500."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.kernel.caller import assertion
from keys.kernel.jws import SigningKey, sign, timestamp
from tests.identiteit.house import OWN, STUDIE, House
from tests.identiteit.people import NOOR, POSTED, found_in

pytestmark = pytest.mark.slow

BSN = POSTED[NOOR]["bsn"]
CANARY = "Zwaluwstaart"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
CALLS = (
    "personen", "bronnen", "gebeurtenissen", "leveringen/herleveren", "aanmeldingen", "inzagetickets",
    "baliemedewerkers", "baliemedewerkers/einde", "balietickets",
)  # fmt: skip
API = [f"/identiteit/api/v1/{name}" for name in CALLS]
FORMS = [f"/identiteit/{name}" for name in ("authorize", "token", "inloggen?poging=x", "uitloggen")]


@pytest.fixture
def headers(house: House) -> Callable[[str], dict[str, str]]:
    """Good credentials for each interface, so that the body is what is judged."""
    token = house.log_in_at(house.rechten).tokens["access_token"]

    def of(path: str) -> dict[str, str]:
        who, key = ("duo", house.source) if path.endswith(("sen", "gen")) else ("beheer", house.operator)
        if path.endswith("personen"):
            who, key = "beheer", house.operator
        if path.endswith("inzagetickets"):
            proof = assertion("rechten", house.rechten.key, OWN, house.now())
            return {"Authorization": f"Bearer {token}", "X-Client-Assertion": proof}
        return {"Authorization": f"Bearer {assertion(who, key, OWN, house.now())}"}

    return of


def is_refusal(answer: httpx2.Response) -> bool:
    """A problem document, or an error in OAuth form at the token endpoint."""
    assert found_in(answer.text + str(answer.headers)) == set()
    document = answer.json()
    if answer.url.path == "/identiteit/token" and answer.status_code in {400, 401}:
        return set(document) <= {"error", "error_description"}
    return answer.headers["content-type"] == "application/problem+json" and bool(document["code"])


BODIES = {
    "empty": b"",
    "no JSON": b"{" + CANARY.encode(),
    "not UTF-8": b'{"bsn": "\xff\xfe' + BSN.encode() + b'"}',
    "UTF-16": json.dumps({"bsn": BSN}).encode("utf-16"),
    "a number": BSN.encode(),
    "a text": json.dumps(CANARY).encode(),
    "a list": json.dumps([BSN, CANARY]).encode(),
    "null": b"null",
    "not a number": b'{"bsn": NaN}',
    "a number too long": b'{"bsn": ' + b"9" * 5000 + b"}",
    "nested lists": b"[" * 100_000 + b"]" * 100_000,
    "nested objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "half a surrogate": b'{"bsn": "\\ud800' + BSN.encode() + b'"}',
    "NUL": b'{"bsn": "\\u0000' + BSN.encode() + b'", "\\u0000": 1}',
    "twice the same": f'{{"bsn": "{BSN}", "bsn": "{CANARY}"}}'.encode(),
    "a form": f"bsn={BSN}&naam={CANARY}".encode(),
    "many fields": b"&".join(b"a=1" for _ in range(5000)),
    "wrong escapes": b"%zz=%ff&code=%00&csrf_token=%c3%28",
    "zeros": b"\0" * 1000,
}


@pytest.mark.parametrize(
    "content_type", [JSON, FORM, "text/plain", "multipart/form-data; boundary=x", "", "é;;="]
)
@pytest.mark.parametrize("path", [*API, *FORMS])
def test_a_body_that_makes_no_sense_is_refused(
    house: House, headers: Callable[[str], dict[str, str]], path: str, content_type: str
) -> None:
    for name, body in BODIES.items():
        sent = {"Accept": JSON, **headers(path)}
        raw = [(key, value.encode()) for key, value in sent.items()]
        raw += [("Content-Type", content_type.encode())] if content_type else []
        answer = house.http.post(path, content=body, headers=raw)
        if path == "/identiteit/uitloggen" and answer.status_code == 303:
            continue  # without a session there is nothing to end
        assert 400 <= answer.status_code < 500, (name, answer.text)
        assert is_refusal(answer), name


@pytest.mark.parametrize("path", [*API, *FORMS])
@pytest.mark.parametrize("declared", [True, False])
def test_ten_megabytes_are_refused_at_once(
    house: House, headers: Callable[[str], dict[str, str]], path: str, declared: bool
) -> None:
    body = b'{"bsn": "' + CANARY.encode() * 900_000 + b'"}'
    assert len(body) > 10_000_000

    def parts() -> Iterator[bytes]:
        for start in range(0, len(body), 262_144):
            yield body[start : start + 262_144]

    content: Any = body if declared else parts()
    start = time.perf_counter()
    answer = house.http.post(path, content=content, headers={"Content-Type": JSON, **headers(path)})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert time.perf_counter() - start < 2
    assert is_refusal(answer)


def test_every_route_that_takes_a_body_is_in_these_tests(house: House) -> None:
    documented = {
        path
        for path, verbs in house.app.openapi()["paths"].items()
        for verb in verbs
        if verb in {"post", "put", "patch", "delete"}
    }
    assert documented <= {path.partition("?")[0] for path in (*API, *FORMS)}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_do_not_exist(house: House, method: str) -> None:
    for path in ("/identiteit/api/v1/personen", "/identiteit/token", "/identiteit/inloggen"):
        answer = house.http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")


# assertions that make no sense

VALUES = st.none() | st.text(max_size=8) | st.integers() | st.floats() | st.lists(st.text()) | st.just("duo")
CLAIMS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(("iss", "sub", "aud", "iat", "exp", "jti", "nbf"), VALUES),
)


@given(claims=CLAIMS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_an_assertion_with_any_claims_is_one_refusal(house: House, claims: dict[str, Any]) -> None:
    token = _sign(claims)
    refused(house, token)


@pytest.mark.parametrize(
    "issuer", ["\x00", "\ud800", "x" * 10_000, "duo\x00", "é", "duo ", "DUO", ["duo"], {"duo": 1}]
)
def test_an_issuer_that_cannot_be_is_unknown(house: House, issuer: Any) -> None:
    now = timestamp(house.now())
    claims = {"iss": issuer, "sub": issuer, "aud": OWN, "iat": now, "exp": now + 60, "jti": "j" * 22}
    refused(house, _sign(claims))


def _sign(claims: dict[str, Any]) -> str:
    def part(content: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    good = sign({}, SigningKey.generate(), typ="client-authentication+jwt").split(".")
    return f"{good[0]}.{part(claims)}.{good[2]}"


@given(st.text(max_size=200))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_as_an_assertion_is_one_refusal(house: House, text: str) -> None:
    refused(house, text)


@pytest.mark.parametrize(
    "header",
    [b"", b"Bearer", b"Bearer ", b"Basic x", b"Bearer \xff\xfe", b"Bearer a.b.c", b"Bearer " + b"x" * 60_000],
)
def test_any_header_is_one_refusal(house: House, header: bytes) -> None:
    for path in API:
        answer = house.http.post(path, json={}, headers=[("Authorization", header)])
        assert (answer.status_code, answer.json()["code"]) in {
            (401, "caller-rejected"),
            (401, "not-logged-in"),  # a clerk has a session, no assertion
            (422, "invalid-input"),
        }


def refused(house: House, token: str) -> None:
    body = {"register": str(STUDIE), "personen": [{"bsn": BSN}]}
    raw = token.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
    headers = [("Authorization", b"Bearer " + raw), ("X-Client-Assertion", raw)]
    answer = house.http.post("/identiteit/api/v1/aanmeldingen", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "caller-rejected")
    assert is_refusal(answer)
