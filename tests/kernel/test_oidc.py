"""The issuer by Authlib and our relying party, each against the other and against Authlib's client."""

import secrets
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
import pytest
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from hypothesis import given
from hypothesis import strategies as st

from keys.kernel.caller import ReplayGuard, assertion
from keys.kernel.jws import Jwks, SigningKey, sign, timestamp
from keys.kernel.oidc.clients import ASSERTION_TYPE, RegisteredClient
from keys.kernel.oidc.metadata import openid_metadata
from keys.kernel.oidc.relying_party import LOGOUT_EVENT, LoginFailed, RelyingParty
from keys.kernel.oidc.server import (
    AuthorizationRefused,
    CodeView,
    Issuer,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ISSUER = "http://127.0.0.1:8000/identiteit"
TOKEN = f"{ISSUER}/token"
BACK = "http://127.0.0.1:8000/machtigen/inloggen/terug"
CLIENT_KEY = SigningKey.generate("ES256")
ISSUER_KEY = SigningKey.generate("ES256")


class Backend:
    """Codes in memory; one registered client."""

    issuer = ISSUER
    token_endpoint = TOKEN

    def __init__(self):
        self.moment = NOW
        self.codes = {}
        self.guard = ReplayGuard(lambda: self.moment)

    def now(self):
        return self.moment

    def find_client(self, client_id):
        if client_id != "machtigen":
            return None
        return RegisteredClient(
            client_id, (BACK, BACK + "?x=1"), lambda: Jwks.of(CLIENT_KEY), lambda scope: scope == "openid"
        )

    def remember_jti(self, jti, exp):
        return self.guard.remember(jti, exp)

    def grant(self, request):
        code = secrets.token_urlsafe(32)
        self.codes[code] = request
        return code

    def find_code(self, code, client_id):
        request = self.codes.get(code)
        if request is None or request.client_id != client_id:
            return None
        return CodeView(request.redirect_uri, request.scope, request.code_challenge)

    def issue(self, code, client_id):
        request = self.codes.pop(code)
        now = timestamp(self.moment)
        claims = {
            "iss": ISSUER,
            "aud": client_id,
            "sub": "s",
            "nonce": request.nonce,
            "iat": now,
            "exp": now + 300,
        }
        return {
            "access_token": "opaque",
            "token_type": "Bearer",
            "expires_in": 300,
            "scope": request.scope,
            "id_token": sign(claims, ISSUER_KEY, typ="JWT"),
        }


class Server:
    """The issuer behind an httpx2 transport."""

    def __init__(self):
        self.backend = Backend()
        self.issuer = Issuer(self.backend)

    def __call__(self, request):
        if request.url.path.endswith("openid-configuration"):
            return httpx2.Response(
                200,
                json=openid_metadata(
                    issuer=ISSUER,
                    authorization_endpoint=f"{ISSUER}/authorize",
                    token_endpoint=TOKEN,
                    jwks_uri=f"{ISSUER}/jwks",
                    signing_algorithms=["ES256"],
                    claims=["sub"],
                    end_session_endpoint=f"{ISSUER}/uitloggen",
                ),
            )
        if request.url.path.endswith("/jwks"):
            return httpx2.Response(200, json=Jwks.of(ISSUER_KEY).as_dict())
        status, body, headers = self.issuer.token(parse_qsl(request.content.decode()))
        return httpx2.Response(status, json=body, headers=headers)

    def log_in(self, url):
        """What the browser would do: authorize, come back with a code."""
        request = self.issuer.check_request(parse_qsl(urlsplit(url).query))
        answer = self.issuer.answer(request.redirect_uri, request.state, self.backend.grant(request))
        return dict(parse_qsl(urlsplit(answer).query))


@pytest.fixture
def server():
    return Server()


@pytest.fixture
def party(server):
    return RelyingParty(
        issuer=ISSUER,
        client_id="machtigen",
        signing_key=CLIENT_KEY,
        redirect_uri=BACK,
        http=httpx2.Client(transport=httpx2.MockTransport(server)),
        clock=server.backend.now,
    )


def request_parameters(**changes):
    good = {
        "response_type": "code",
        "client_id": "machtigen",
        "redirect_uri": BACK,
        "scope": "openid",
        "state": "s" * 22,
        "nonce": "n" * 22,
        "code_challenge": create_s256_code_challenge("v" * 43),
        "code_challenge_method": "S256",
    }
    return [(name, value) for name, value in {**good, **changes}.items() if value is not None]


def token_form(code, **changes):
    good = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": "v" * 43,
        "client_id": "machtigen",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion("machtigen", CLIENT_KEY, TOKEN, NOW),
    }
    return [(name, value) for name, value in {**good, **changes}.items() if value is not None]


def code_of(server):
    return server.backend.grant(server.issuer.check_request(request_parameters()))


def test_a_login_goes_there_and_back(server, party):
    url, attempt = party.begin("/machtigen/", acr_values="http://eidas.europa.eu/LoA/substantial")
    result = party.finish(attempt, server.log_in(url))
    assert result.claims["sub"] == "s"
    assert result.access_token == "opaque"
    assert party.logout_url("hint", "http://back/").startswith(f"{ISSUER}/uitloggen?")


def test_an_independent_client_logs_in_too(server):
    client = OAuth2Client(
        "machtigen",
        CLIENT_KEY.key,
        redirect_uri=BACK,
        scope="openid",
        code_challenge_method="S256",
        token_endpoint_auth_method="private_key_jwt",
        transport=httpx2.MockTransport(server),
    )
    header = {"kid": CLIENT_KEY.kid}
    client.register_client_auth_method(PrivateKeyJWT(TOKEN, alg="ES256", headers=header))
    server.backend.moment = datetime.now(UTC)
    url, state = client.create_authorization_url(
        f"{ISSUER}/authorize", code_verifier="v" * 48, nonce=secrets.token_urlsafe(16)
    )
    back = server.log_in(url)
    token = client.fetch_token(TOKEN, code=back["code"], state=state, code_verifier="v" * 48)
    assert token["access_token"] == "opaque"


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "iemand"},
        {"client_id": None},
        {"redirect_uri": "https://kwaad.example/"},
        {"redirect_uri": None},
        {"redirect_uri": BACK + "/"},
        {"redirect_uri": BACK + "#x"},
    ],
)
def test_an_unknown_client_or_address_is_never_redirected_to(server, change):
    with pytest.raises(AuthorizationRefused) as refused:
        server.issuer.check_request(request_parameters(**change))
    assert refused.value.redirect_to is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"scope": "openid email"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"state": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": "n" * 5000}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_other_mistakes_go_back_to_the_client_with_its_state_and_our_name(server, change, error):
    with pytest.raises(AuthorizationRefused) as refused:
        server.issuer.check_request(request_parameters(**change))
    sent = parse_qs(urlsplit(refused.value.redirect_to).query)
    assert refused.value.redirect_to.startswith(BACK)
    assert (sent["error"], sent["iss"]) == ([error], [ISSUER])
    assert sent.get("state") == (None if "state" in change else ["s" * 22])


def test_a_parameter_that_comes_twice_is_refused(server):
    for name in ("state", "client_id", "redirect_uri", "nonce", "prompt"):
        doubled = [*request_parameters(prompt="login"), (name, "again")]
        with pytest.raises(AuthorizationRefused):
            server.issuer.check_request(doubled)


def test_a_redirect_uri_with_a_query_keeps_it(server):
    assert server.issuer.answer(BACK + "?x=1", "s", "c").startswith(BACK + "?x=1&code=c")


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"code": "guessed"}, 400, "invalid_grant"),
        ({"code": None}, 400, "invalid_request"),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"redirect_uri": BACK + "?x=1"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_assertion": None}, 401, "invalid_client"),
        ({"client_assertion": "x"}, 401, "invalid_client"),
        ({"client_assertion_type": "other"}, 401, "invalid_client"),
        (
            {"client_assertion": assertion("machtigen", SigningKey.generate("ES256"), TOKEN, NOW)},
            401,
            "invalid_client",
        ),
        (
            {"client_assertion": assertion("machtigen", CLIENT_KEY, "https://other/", NOW)},
            401,
            "invalid_client",
        ),
        (
            {"client_assertion": assertion("machtigen", CLIENT_KEY, TOKEN, NOW - timedelta(hours=1))},
            401,
            "invalid_client",
        ),
        ({"client_id": "iemand"}, 401, "invalid_client"),
        ({"client_secret": "x"}, 401, "invalid_client"),
    ],
)
def test_the_token_endpoint_refuses(server, change, status, error):
    code = code_of(server)
    answer = server.issuer.token(token_form(**{"code": code, **change}))
    assert (answer[0], answer[1]["error"]) == (status, error)
    assert server.issuer.token(token_form(code))[0] == 200


def test_a_code_serves_once(server):
    code = code_of(server)
    assert server.issuer.token(token_form(code))[0] == 200
    assert server.issuer.token(token_form(code))[1] == {"error": "invalid_grant"}


def test_an_assertion_serves_once(server):
    same = assertion("machtigen", CLIENT_KEY, TOKEN, NOW)
    assert server.issuer.token(token_form(code_of(server), client_assertion=same))[0] == 200
    assert server.issuer.token(token_form(code_of(server), client_assertion=same))[0] == 401


@pytest.mark.parametrize(
    "change", [{"state": "other"}, {"state": None}, {"iss": "https://other"}, {"iss": None}, {"code": None}]
)
def test_an_answer_that_does_not_fit_the_attempt_is_no_login(server, party, change):
    url, attempt = party.begin("/")
    back = {name: value for name, value in {**server.log_in(url), **change}.items() if value is not None}
    with pytest.raises(LoginFailed):
        party.finish(attempt, back)


def test_an_answer_of_another_attempt_is_no_login(server, party):
    url, _ = party.begin("/")
    _, attempt = party.begin("/")
    back = server.log_in(url)
    with pytest.raises(LoginFailed):
        party.finish(attempt, back | {"state": attempt.state})


def test_a_logout_token_names_the_session_that_ends(party):
    now = timestamp(NOW)
    claims = {
        "iss": ISSUER,
        "aud": "machtigen",
        "iat": now,
        "exp": now + 120,
        "jti": "j",
        "sid": "zitting",
        "events": {LOGOUT_EVENT: {}},
    }
    assert party.verify_logout_token(sign(claims, ISSUER_KEY, typ="logout+jwt")) == "zitting"
    for wrong in ({"nonce": "n"}, {"events": {}}, {"aud": "rechten"}, {"sid": None}, {"exp": now - 60}):
        with pytest.raises(LoginFailed):
            party.verify_logout_token(sign(claims | wrong, ISSUER_KEY, typ="logout+jwt"))
    with pytest.raises(LoginFailed):
        party.verify_logout_token(sign(claims, ISSUER_KEY, typ="JWT"))


names = st.sampled_from(
    ["response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "x"]
)


@given(st.lists(st.tuples(names, st.text(max_size=30)), max_size=10))
def test_any_parameters_give_a_refusal_and_nothing_else(parameters):
    server = Server()
    with pytest.raises(AuthorizationRefused):
        server.issuer.check_request(parameters)
    assert server.issuer.token(parameters)[0] in {400, 401}
    assert urlencode(parameters) is not None
