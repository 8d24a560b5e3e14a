"""Headers of pages; and addresses that come from PUBLIC_URL, whatever the request says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from identiteit.app import create_app
from tests.identiteit.house import ORIGIN, OWN, Browser, House, answer_of

HOSTS = ("evil.test", "huis.test.evil.test", "[", "a b", "x/../y", "user@evil.test", "evil.test:99999999")
PAGES = ("", "uitgelogd", "weergave", "nergens", "inloggen?poging=x", "authorize?client_id=x")


def policy(answer: httpx2.Response) -> dict[str, str]:
    parts = answer.headers["content-security-policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def pages(visitor: Browser) -> Iterator[httpx2.Response]:
    """Every kind of page, logged in and not."""
    yield visitor.get(visitor.get("/identiteit/inloggen").headers["location"])
    for path in PAGES:
        yield visitor.get(f"/identiteit/{path}")
    visitor.log_in()
    yield visitor.get("/identiteit/")
    yield visitor.get("/identiteit/uitloggen")


def test_no_page_allows_inline_style_or_script_or_is_kept(visitor: Browser) -> None:
    seen = list(pages(visitor))
    assert len(seen) == 9
    for answer in seen:
        assert answer.headers["content-type"].startswith("text/html")
        found = policy(answer)
        assert "unsafe" not in str(found)
        assert "*" not in str(found)
        assert found["default-src"] == "'none'"
        assert found["script-src"] == "'self'"
        assert found["style-src"] == "'self'"
        assert found["base-uri"] == "'none'"
        assert found["frame-ancestors"] == ORIGIN
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_no_page_needs_inline_style_or_script(visitor: Browser) -> None:
    for answer in pages(visitor):
        assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|javascript:", answer.text)
        assert not re.search(r'(?:src|href)="(?!/|data:,|#|http://huis\.test/)', answer.text)


def test_json_with_tokens_is_not_kept(house: House) -> None:
    asked, code, _ = house.code_for(house.rechten)
    assert house.trade(house.rechten, asked, code).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", HOSTS)
def test_no_address_comes_from_the_host_header(house: House, visitor: Browser, host: str) -> None:
    headers = {
        "Host": host,
        "X-Forwarded-Host": "evil.test",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.test;proto=https",
    }
    asked = house.rechten.ask()
    for path in (
        "",
        "inloggen",
        "inloggen/",
        "uitloggen",
        "uitgelogd/",
        "static",
        "static/",
        "nergens/",
        ".well-known/openid-configuration",
        "openapi.json",
        f"authorize?{httpx2.QueryParams(asked.parameters)}",
    ):
        answer = visitor.get(f"/identiteit/{path}", headers=headers)
        assert answer.status_code < 500
        assert "evil" not in answer.text
        location = answer.headers.get("location", OWN)
        assert location.startswith((OWN, "/identiteit")), location
    assert visitor.get("/identiteit", headers=headers).headers["location"] == "/identiteit/"
    document = visitor.get("/identiteit/.well-known/openid-configuration", headers=headers).json()
    assert document["issuer"] == OWN


def test_a_whole_login_under_another_host_header_ends_where_it_should(house: House, visitor: Browser) -> None:
    asked = house.rechten.ask()
    visitor.client.headers["X-Forwarded-Host"] = "evil.test"
    back = visitor.log_in(asked=asked)
    assert back.headers["location"].startswith(f"{house.rechten.back}?")
    assert answer_of(back)["iss"] == OWN


@pytest.fixture
def elsewhere(house: House, tmp_path: Path) -> Iterator[TestClient]:
    """The same package behind https, with its neighbours on hosts of their own."""
    app = create_app(
        house.settings(
            public_url="https://id.example",
            machtigen_url="https://m.example/machtigen",
            rechten_url="https://r.example:8443/rechten",
            database_url=f"sqlite:///{tmp_path}/x.db",
            log_file=tmp_path / "x.jsonl",
        )
    )
    yield TestClient(
        app,
        base_url="https://127.0.0.1:8001",
        follow_redirects=False,
        headers={"Accept": "text/html"},
        client=("127.0.0.1", 1),
    )
    app.state.services.database.close()
    app.state.services.log.close()


def test_frames_are_for_the_packages_where_they_are(elsewhere: TestClient) -> None:
    answer = elsewhere.get("/identiteit/weergave")
    assert policy(answer)["frame-ancestors"] == "https://m.example https://r.example:8443"


def test_with_https_cookies_are_for_this_host_alone(elsewhere: TestClient) -> None:
    answer = elsewhere.get("/identiteit/inloggen")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-identiteit-browser=")
    for flag in ("secure", "httponly", "samesite=lax", "path=/;"):
        assert flag in cookie
    assert "domain" not in cookie
    assert answer.headers["location"].startswith("https://id.example/identiteit/inloggen?poging=")
    assert "strict-transport-security" in answer.headers


def test_a_package_that_was_never_ready_says_so(elsewhere: TestClient) -> None:
    assert elsewhere.get("/identiteit/health").json() == {"status": "ok"}
    answer = elsewhere.get("/identiteit/ready", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")


def test_a_furnished_package_is_ready(house: House) -> None:
    assert house.http.get("/identiteit/ready").json() == {"status": "ok"}


def test_no_documentation_page_fetches_scripts_from_elsewhere(visitor: Browser) -> None:
    for path in ("/docs", "/redoc", "/identiteit/docs", "/identiteit/redoc"):
        assert visitor.get(path).status_code == 404
