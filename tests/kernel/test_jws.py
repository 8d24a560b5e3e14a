import base64
import hmac
import json
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as jose
from joserfc.jwk import RSAKey

from keys.kernel.jws import (
    ALGORITHMS,
    InvalidJws,
    Jwks,
    PeerUnavailable,
    RemoteJwks,
    SigningKey,
    check_audience,
    check_times,
    load_or_generate,
    sign,
    verify,
)
from keys.kernel.jws.keyset import UnusableKey

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = SigningKey.generate("ES256")


def refusal(token, keys=None, **options):
    with pytest.raises(InvalidJws) as caught:
        verify(token, keys or Jwks.of(KEY), typ=options.pop("typ", "at+jwt"), **options)
    return caught.value.code


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_what_is_signed_verifies_under_the_same_key_only(alg):
    key, other = SigningKey.generate(alg), SigningKey.generate(alg)
    token = sign({"a": 1}, key, typ="at+jwt")
    assert verify(token, Jwks.of(key), typ="at+jwt") == {"a": 1}
    assert refusal(token, Jwks.of(other)) == "unknown-key"


def encode(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def test_the_algorithm_none_is_refused():
    header = encode(json.dumps({"alg": "none", "kid": KEY.kid, "typ": "at+jwt"}).encode())
    assert refusal(f"{header}.{encode(b'{}')}.") == "algorithm-not-allowed"


def test_a_public_key_used_as_hmac_secret_is_refused():
    header = encode(json.dumps({"alg": "HS256", "kid": KEY.kid, "typ": "at+jwt"}).encode())
    signed = f"{header}.{encode(b'{}')}"
    mac = hmac.digest(KEY.key.as_pem(private=False), signed.encode(), "sha256")
    assert refusal(f"{signed}.{encode(mac)}") == "algorithm-not-allowed"


def test_rs256_is_not_on_the_list():
    key = RSAKey.generate_key(2048, parameters={"kid": "r"})
    token = jose.serialize_compact(
        {"alg": "RS256", "kid": "r", "typ": "at+jwt"}, b"{}", key, algorithms=["RS256"]
    )
    keys = Jwks.parse({"keys": [key.as_dict(private=False)]})
    assert refusal(token, keys) == "algorithm-not-allowed"


def test_a_kid_that_names_a_key_of_another_kind_is_refused():
    rsa = SigningKey.generate("PS256")
    swapped = SigningKey(KEY.key, rsa.kid)
    assert refusal(sign({}, swapped, typ="at+jwt"), Jwks.of(rsa)) == "algorithm-does-not-fit-key"


def test_a_kid_that_names_another_key_of_the_same_kind_is_refused():
    other = SigningKey.generate("ES256")
    swapped = SigningKey(KEY.key, other.kid)
    assert refusal(sign({}, swapped, typ="at+jwt"), Jwks.of(other, KEY)) == "bad-signature"


def test_a_statement_of_another_type_is_refused():
    assert refusal(sign({}, KEY, typ="statuslist+jwt")) == "wrong-type"


def test_a_caller_may_narrow_the_algorithms():
    assert refusal(sign({}, KEY, typ="at+jwt"), algorithms=("PS256",)) == "algorithm-not-allowed"


def test_an_oversized_statement_is_not_even_parsed():
    assert refusal("a" * 70_000) == "too-large"


@given(st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")))
def test_any_text_is_refused_with_our_own_error(text):
    with pytest.raises(InvalidJws):
        verify(text, Jwks.of(KEY), typ=None)


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({}, "no-expiry"),
        ({"exp": "soon"}, "malformed-times"),
        ({"exp": True}, "malformed-times"),
        ({"exp": 1e300}, "malformed-times"),
        ({"exp": NOW.timestamp() - 11}, "expired"),
        ({"exp": NOW.timestamp() + 60, "nbf": NOW.timestamp() + 30}, "not-yet-valid"),
        ({"exp": NOW.timestamp() + 60}, "no-issue-time"),
        ({"exp": NOW.timestamp() + 400, "iat": NOW.timestamp()}, "lives-too-long"),
        ({"exp": NOW.timestamp() + 5, "iat": NOW.timestamp() - 500}, "lives-too-long"),
    ],
)
def test_times_out_of_bounds_are_refused(claims, code):
    with pytest.raises(InvalidJws) as caught:
        check_times(claims, NOW, max_age_s=300)
    assert caught.value.code == code


def test_times_within_bounds_pass():
    check_times({"exp": NOW.timestamp() + 300, "iat": NOW.timestamp()}, NOW, max_age_s=300)
    check_times({"exp": NOW.timestamp() - 5}, NOW, leeway_s=10)


@pytest.mark.parametrize("given_audience", [None, "other", ["other"], 5, [5], {"a": 1}])
def test_another_audience_is_refused(given_audience):
    with pytest.raises(InvalidJws):
        check_audience({"aud": given_audience}, "mine")


def test_a_list_that_names_us_is_our_audience():
    check_audience({"aud": ["other", "mine"]}, "mine")
    check_audience({"aud": "mine"}, {"mine", "old-name"})


def test_a_published_set_with_a_private_key_is_refused():
    with pytest.raises(UnusableKey):
        Jwks.parse({"keys": [KEY.private_jwk()]})


def test_a_short_rsa_key_is_passed_over():
    short = {"kty": "RSA", "kid": "short", "e": "AQAB", "n": "v" * 171}  # 1,024 bits
    assert Jwks.parse({"keys": [short]}).as_dict() == {"keys": []}


def test_a_key_is_kept_in_a_file_that_only_its_owner_reads(tmp_path):
    path = tmp_path / "map" / "ondertekening.jwk"
    made = load_or_generate(path, "EdDSA")
    assert load_or_generate(path).kid == made.kid
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"kty":"oct","k":"AAAA"}', "not json"])
def test_a_file_without_a_usable_key_is_refused(tmp_path, content):
    path = tmp_path / "x.jwk"
    path.write_text(content)
    with pytest.raises(UnusableKey):
        SigningKey.load(path)


class Peer:
    """A key set that can be changed and made to fail."""

    def __init__(self, *keys):
        self.keys, self.down, self.asked = keys, False, 0

    def __call__(self, request):
        self.asked += 1
        if self.down:
            raise httpx2.ConnectError("down", request=request)
        return httpx2.Response(200, json=Jwks.of(*self.keys).as_dict())


def test_a_new_kid_makes_the_set_fetched_again_but_not_endlessly():
    peer = Peer(KEY)
    moment = [NOW]
    remote = RemoteJwks(
        "http://p/jwks", httpx2.Client(transport=httpx2.MockTransport(peer)), lambda: moment[0]
    )
    assert remote.get(KEY.kid).find(KEY.kid)
    later = SigningKey.generate("ES256")
    peer.keys = (KEY, later)
    for _ in range(5):
        remote.get(later.kid)
    assert peer.asked == 1
    moment[0] += timedelta(seconds=31)
    assert remote.get(later.kid).find(later.kid)
    assert peer.asked == 2


def test_a_short_outage_is_bridged_with_the_keys_at_hand_and_a_long_one_is_not():
    peer = Peer(KEY)
    moment = [NOW]
    remote = RemoteJwks(
        "http://p/jwks", httpx2.Client(transport=httpx2.MockTransport(peer)), lambda: moment[0]
    )
    remote.get()
    peer.down = True
    moment[0] += timedelta(hours=2)
    assert remote.get().find(KEY.kid)
    moment[0] += timedelta(hours=23)
    with pytest.raises(PeerUnavailable):
        remote.get()


def test_a_peer_that_never_answered_is_unavailable():
    peer = Peer(KEY)
    peer.down = True
    remote = RemoteJwks("http://p/jwks", httpx2.Client(transport=httpx2.MockTransport(peer)), lambda: NOW)
    with pytest.raises(PeerUnavailable):
        remote.get()
