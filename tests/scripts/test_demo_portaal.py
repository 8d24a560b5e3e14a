"""The demo portal: logging in for oneself and for another, reading the record, and what can fail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from demo_portaal import errors, words
from demo_portaal.app import HERE
from fastapi.testclient import TestClient

from keys.kernel.pages import untranslated
from tests.machtigen.token_house import DUO, ISSUER, fields_of, pseudonym_at
from tests.machtigen.world import AANVULLENDE_BEURS
from tests.scripts.portal_house import NOT_OFFERED, TERUG, PortalHouse, path_of, refusal

pytestmark = pytest.mark.slow


@pytest.fixture
def place(tmp_path: Path) -> Iterator[PortalHouse]:
    place = PortalHouse(tmp_path)
    yield place
    place.close()


@pytest.fixture
def unfilled(tmp_path: Path) -> Iterator[PortalHouse]:
    """A portal whose folder is not there yet."""
    place = PortalHouse(tmp_path, filled=False)
    yield place
    place.close()


@pytest.fixture
def visitor(place: PortalHouse) -> TestClient:
    return place.visitor()


def changed(location: str, **changes: str | None) -> str:
    """The way back with other parameters; None takes one away."""
    fields: dict[str, str | None] = {**fields_of(location), **changes}
    return f"{urlsplit(location).path}?{urlencode({k: v for k, v in fields.items() if v is not None})}"


def refused(answer: httpx2.Response, status: int, code: str) -> bool:
    """A page with one plain sentence and the code, without a traceback and without the input."""
    assert answer.status_code == status, answer.text
    assert f"<code>{code}</code>" in answer.text
    assert 'role="alert"' in answer.text
    assert "Traceback" not in answer.text
    return True


def codes_of(page: httpx2.Response) -> list[str]:
    return re.findall(r"<code translate=\"no\">([A-Za-z0-9_-]{8})…", page.text)


# -- the way it should go --------------------------------------------------------------------------


def test_the_home_page_offers_each_service_with_a_button(place: PortalHouse, visitor: TestClient) -> None:
    page = visitor.get("/portaal/")
    assert page.status_code == 200
    assert page.text.count(">Inloggen</button>") == 2
    assert "Aanvullende beurs" in page.text
    assert "Studentenreisproduct" in page.text
    assert "<script" not in page.text
    english = visitor.get("/portaal/?taal=en")
    assert "Our services" in english.text
    assert visitor.get("/portaal").headers["location"] == "/portaal/"


def test_the_request_has_everything_the_profile_asks(place: PortalHouse, visitor: TestClient) -> None:
    url = place.begin(visitor)
    asked = dict(parse_qsl(urlsplit(url).query))
    assert url.startswith(f"{ISSUER}/authorize?")
    assert asked["scope"] == f"openid {AANVULLENDE_BEURS}"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == TERUG
    assert len(asked["state"]) >= 22
    assert len(asked["nonce"]) >= 22
    again = dict(parse_qsl(urlsplit(place.begin(visitor)).query))
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & set(again.values())


def test_someone_reads_their_own_record(place: PortalHouse, visitor: TestClient) -> None:
    answer = place.log_in(visitor, "noor", "zelf")
    assert (answer.status_code, answer.headers["location"]) == (303, "/portaal/dossier")
    page = place.dossier(visitor)
    assert page.status_code == 200
    for text in ("U handelt voor uzelf", "419", "Bedrag per maand", "2025, 2026", "informatie opvragen"):
        assert text in page.text
    assert "Het portaal mag dit niet krijgen." in page.text
    assert "&lt;b&gt;register" in page.text
    assert len(codes_of(page)) == 1
    assert place.register.asked[0].url.params["doel"] == "studiefinanciering"
    assert place.register.read_for == [pseudonym_at("noor", DUO).point]


def test_a_representative_reads_the_record_of_the_other(place: PortalHouse, visitor: TestClient) -> None:
    place.log_in(visitor, "anja", place.house.grant())
    page = place.dossier(visitor)
    assert page.status_code == 200
    assert "U handelt voor iemand anders" in page.text
    assert "Machtiging geldig tot" in page.text
    assert "substantieel" in page.text
    assert place.register.read_for == [pseudonym_at("noor", DUO).point]
    anja, noor = codes_of(page)
    assert anja != noor
    other = place.visitor()
    place.log_in(other, "noor", "zelf")
    assert codes_of(place.dossier(other)) == [noor], "the portal knows Noor again by its own pseudonym"


def test_the_page_and_the_register_name_the_same_trace(place: PortalHouse, visitor: TestClient) -> None:
    place.log_in(visitor, "noor", "zelf")
    page = place.dossier(visitor)
    trace_id = place.register.asked[0].headers["traceparent"].split("-")[1]
    assert trace_id in page.text
    place.dossier(visitor)
    assert place.register.asked[1].headers["traceparent"].split("-")[1] != trace_id


def test_the_session_cookie_is_opaque_and_stays_at_the_portal(
    place: PortalHouse, visitor: TestClient
) -> None:
    answer = place.log_in(visitor, "noor", "zelf")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("portaal_sessie=")
    for flag in ("HttpOnly", "Path=/portaal", "SameSite=lax"):
        assert flag in cookie
    assert len(visitor.cookies["portaal_sessie"]) == 43


def test_two_tabs_can_log_in_at_once(place: PortalHouse, visitor: TestClient) -> None:
    first, second = place.begin(visitor), place.begin(visitor)
    for url in (second, first):
        back = visitor.get(path_of(place.choose(url, "noor", "zelf")))
        assert back.headers["location"] == "/portaal/dossier"


def test_logging_out_ends_the_session(place: PortalHouse, visitor: TestClient) -> None:
    place.log_in(visitor, "noor", "zelf")
    secret = visitor.cookies["portaal_sessie"]
    page = place.dossier(visitor).text
    assert refused(visitor.post("/portaal/uitloggen", data={"csrf_token": "guess"}), 403, "csrf-rejected")
    assert refused(visitor.post("/portaal/uitloggen"), 403, "csrf-rejected")
    assert place.dossier(visitor).status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = visitor.post("/portaal/uitloggen", data={"csrf_token": token.group(1)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/portaal/")
    stale = place.visitor().get("/portaal/dossier", headers={"cookie": f"portaal_sessie={secret}"})
    assert stale.headers["location"] == "/portaal/"


# -- not ready, not known --------------------------------------------------------------------------


def test_the_portal_says_so_until_its_folder_is_filled(unfilled: PortalHouse) -> None:
    place = unfilled
    visitor = place.visitor()
    for path in ("/portaal/", f"/portaal/inloggen?dienst={AANVULLENDE_BEURS}", "/portaal/inloggen/terug"):
        assert refused(visitor.get(path), 503, "not-ready")
    assert "Dit portaal is nog niet klaar" in visitor.get("/portaal/").text
    assert visitor.get("/portaal/ready").status_code == 503
    assert visitor.get("/portaal/health").json() == {"status": "ok"}
    place.folder.mkdir(parents=True)
    (place.folder / "client.json").write_text('{"client_id": "du')
    assert visitor.get("/portaal/").status_code == 503, "half a file is no registration"
    place.fill()
    assert visitor.get("/portaal/").status_code == 200
    assert visitor.get("/portaal/ready").json() == {"status": "ok"}
    assert (place.folder / "lokaal.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("dienst", ["", "urn:uuid:none", NOT_OFFERED, "'><script>", "\x00"])
def test_a_service_that_is_not_offered_is_refused(
    place: PortalHouse, visitor: TestClient, dienst: str
) -> None:
    answer = visitor.get("/portaal/inloggen", params={"dienst": dienst})
    assert refused(answer, 404, "service-unknown")
    assert "<script" not in answer.text


def test_without_a_session_there_is_no_dossier(place: PortalHouse, visitor: TestClient) -> None:
    assert place.dossier(visitor).headers["location"] == "/portaal/"
    guessed = visitor.get("/portaal/dossier", headers={"cookie": f"portaal_sessie={'x' * 43}"})
    assert guessed.headers["location"] == "/portaal/"
    assert place.register.asked == []


# -- coming back wrongly ---------------------------------------------------------------------------


def test_a_state_serves_once(place: PortalHouse, visitor: TestClient) -> None:
    back = path_of(place.choose(place.begin(visitor), "noor", "zelf"))
    assert visitor.get(back).status_code == 303
    assert refused(visitor.get(back), 400, "login-attempt-unknown")
    assert place.dossier(visitor).status_code == 200, "the session that was there stays"


@pytest.mark.parametrize("state", [None, "", "guessed-guessed-guessed", "\x00\ud7ff", "x" * 9000])
def test_a_missing_or_invented_state_is_refused(
    place: PortalHouse, visitor: TestClient, state: str | None
) -> None:
    location = place.choose(place.begin(visitor), "noor", "zelf")
    assert refused(visitor.get(changed(location, state=state)), 400, "login-attempt-unknown")
    assert place.dossier(visitor).status_code == 303


def test_a_state_of_another_browser_is_refused_and_not_spent(place: PortalHouse, visitor: TestClient) -> None:
    back = path_of(place.choose(place.begin(visitor), "anja", "zelf"))
    stranger = place.visitor()
    assert refused(stranger.get(back), 400, "login-attempt-unknown")
    place.begin(stranger)
    assert refused(stranger.get(back), 400, "login-attempt-unknown")
    assert visitor.get(back).status_code == 303


def test_an_attempt_does_not_wait_forever(place: PortalHouse, visitor: TestClient) -> None:
    url = place.begin(visitor)
    place.house.passes(minutes=16)
    back = path_of(place.choose(url, "noor", "zelf"))
    assert refused(visitor.get(back), 400, "login-attempt-unknown")


def test_a_wrong_nonce_is_refused(place: PortalHouse, visitor: TestClient) -> None:
    url = place.begin(visitor)
    nonce = dict(parse_qsl(urlsplit(url).query))["nonce"]
    back = path_of(place.choose(url.replace(nonce, "n" * 43), "noor", "zelf"))
    assert refused(visitor.get(back), 400, "id-token-refused")
    assert place.dossier(visitor).status_code == 303


@pytest.mark.parametrize("code", ["tampered", "\x00", "'--", "x" * 5000])
def test_a_code_that_was_changed_is_refused(place: PortalHouse, visitor: TestClient, code: str) -> None:
    location = place.choose(place.begin(visitor), "noor", "zelf")
    assert refused(visitor.get(changed(location, code=code)), 400, "code-refused")


def test_a_code_of_another_attempt_is_refused(place: PortalHouse, visitor: TestClient) -> None:
    mine = place.choose(place.begin(visitor), "noor", "zelf")
    other = place.choose(place.begin(place.visitor()), "anja", "zelf")
    answer = visitor.get(changed(mine, code=fields_of(other)["code"]))
    assert refused(answer, 400, "code-refused"), "PKCE binds the code to the attempt that asked for it"


@pytest.mark.parametrize("changes", [{"iss": None}, {"iss": "https://elsewhere.example"}, {"code": None}])
def test_an_answer_of_another_issuer_or_without_a_code_is_refused(
    place: PortalHouse, visitor: TestClient, changes: dict[str, str | None]
) -> None:
    location = place.choose(place.begin(visitor), "noor", "zelf")
    assert refused(visitor.get(changed(location, **changes)), 400, "login-refused")


def test_stopping_at_the_choice_page_is_told_plainly(place: PortalHouse, visitor: TestClient) -> None:
    browser = place.house.log_in("noor")
    page = place.flow.open(browser, place.begin(visitor))
    location = place.flow.submit(browser, page, annuleren="ja")
    assert fields_of(location)["error"] == "access_denied"
    answer = visitor.get(path_of(location))
    assert refused(answer, 400, "access-denied")
    assert "U bent gestopt met inloggen" in answer.text


def test_another_error_of_the_issuer_is_not_echoed(place: PortalHouse, visitor: TestClient) -> None:
    location = place.choose(place.begin(visitor), "noor", "zelf")
    answer = visitor.get(changed(location, code=None, error="server_error<b>", error_description="secret"))
    assert refused(answer, 400, "login-refused")
    assert "server_error" not in answer.text
    assert "secret" not in answer.text


def test_an_issuer_that_does_not_answer_is_no_refusal(place: PortalHouse, visitor: TestClient) -> None:
    place.neighbours.broken = True
    begun = visitor.get("/portaal/inloggen", params={"dienst": AANVULLENDE_BEURS})
    assert refused(begun, 503, "login-unavailable")
    place.neighbours.broken = False
    back = path_of(place.choose(place.begin(visitor), "noor", "zelf"))
    place.neighbours.broken = True
    assert refused(visitor.get(back), 503, "login-unavailable")


def test_a_token_for_another_audience_opens_nothing(unfilled: PortalHouse) -> None:
    unfilled.fill(audience="https://api.other.example.nl")
    assert refused(unfilled.log_in(unfilled.visitor(), "noor", "zelf"), 400, "evidence-refused")


# -- when the power ends ---------------------------------------------------------------------------


def test_a_revoked_machtiging_is_refused_by_the_register_first(
    place: PortalHouse, visitor: TestClient
) -> None:
    machtiging = place.house.grant()
    place.log_in(visitor, "anja", machtiging)
    assert place.dossier(visitor).status_code == 200
    place.house.machtigingen.revoke(machtiging, place.house.person("noor"), place.house.now)
    page = place.dossier(visitor)
    assert refused(page, 401, "invalid-token")
    assert "Misschien is de machtiging ingetrokken" in page.text
    assert "Opnieuw inloggen" in page.text
    assert "419" not in page.text


def test_the_portal_sees_a_revocation_itself_at_the_next_status_list(
    place: PortalHouse, visitor: TestClient
) -> None:
    machtiging = place.house.grant()
    place.log_in(visitor, "anja", machtiging)
    place.house.machtigingen.revoke(machtiging, place.house.person("noor"), place.house.now)
    place.house.passes(seconds=61)
    page = place.dossier(visitor)
    assert refused(page, 401, "token-refused")
    assert place.register.asked == [], "a token that does not hold is not sent on"


def test_an_expired_token_asks_to_log_in_again(place: PortalHouse, visitor: TestClient) -> None:
    place.log_in(visitor, "noor", "zelf")
    place.house.passes(seconds=311)
    page = place.dossier(visitor)
    assert refused(page, 401, "token-expired")
    assert "Opnieuw inloggen" in page.text
    place.log_in(visitor, "noor", "zelf")
    assert place.dossier(visitor).status_code == 200


def test_a_session_ends_by_itself(place: PortalHouse, visitor: TestClient) -> None:
    place.log_in(visitor, "noor", "zelf")
    place.house.passes(minutes=31)
    assert place.dossier(visitor).headers["location"] == "/portaal/"


@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (refusal(403, "machtiging-ended"), 403, "machtiging-ended"),
        (refusal(403, "something-new"), 403, "something-new"),
        (refusal(403, "<b>Bad</b>"), 403, "refused"),
        (httpx2.Response(403, text="no JSON"), 403, "refused"),
        (refusal(503, "log-unavailable"), 503, "register-unavailable"),
        (refusal(404, "register-unknown"), 503, "register-unavailable"),
        (httpx2.Response(200, text="no JSON"), 503, "register-unavailable"),
        (httpx2.Response(200, json={"categorieen": []}), 503, "register-unavailable"),
    ],
)
def test_whatever_the_register_answers_becomes_a_plain_sentence(
    place: PortalHouse, visitor: TestClient, answer: httpx2.Response, status: int, code: str
) -> None:
    place.log_in(visitor, "noor", "zelf")
    place.register.answer = lambda: answer
    page = place.dossier(visitor)
    assert refused(page, status, code)
    assert "U krijgt het dossier nu niet te zien" in page.text
    assert "U handelt voor uzelf" in page.text


def test_when_nobody_answers_nothing_is_shown(place: PortalHouse, visitor: TestClient) -> None:
    place.log_in(visitor, "noor", "zelf")
    place.neighbours.broken = True
    assert refused(place.dossier(visitor), 503, "register-unavailable")
    place.house.passes(seconds=61)
    assert refused(place.dossier(visitor), 503, "could-not-check")


def test_every_text_has_its_english() -> None:
    titles = [kind.title for kind in errors.STATUS if hasattr(kind, "title")]
    assert untranslated(HERE / "templates", HERE / "en.po", [*words.all_texts(), *titles]) == []
