import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from keys.kernel.caller import CallerRejected, Oin, ReplayGuard, assertion, bearer, verify_caller
from keys.kernel.jws import Jwks, SigningKey

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = SigningKey.generate("ES256")
HERE = "http://127.0.0.1:8000/keys"


def check(token, *, now=NOW, audience=HERE, guard=None, keys=None):
    registered = {"rechten": Jwks.of(KEY)} if keys is None else keys
    guard = guard or ReplayGuard(lambda: now)
    return verify_caller(token, keys_of=registered.get, audience=audience, now=now, remember=guard.remember)


def reason(*args, **options):
    with pytest.raises(CallerRejected) as caught:
        check(*args, **options)
    return caught.value.reason


def test_a_registered_caller_is_known_by_its_key():
    assert check(assertion("rechten", KEY, HERE, NOW)).client_id == "rechten"


def test_an_assertion_serves_once():
    guard = ReplayGuard(lambda: NOW)
    token = assertion("rechten", KEY, HERE, NOW)
    check(token, guard=guard)
    assert reason(token, guard=guard) == "replayed"


def test_an_assertion_for_a_neighbour_is_refused_here():
    assert reason(assertion("rechten", KEY, "http://127.0.0.1:8000/machtigen", NOW)) == "wrong-audience"


def test_an_old_assertion_is_refused():
    assert reason(assertion("rechten", KEY, HERE, NOW - timedelta(minutes=3))) == "expired"


def test_an_unregistered_caller_is_refused():
    assert reason(assertion("iemand", KEY, HERE, NOW)) == "unknown-caller"


def test_another_key_under_a_registered_name_is_refused():
    assert reason(assertion("rechten", SigningKey.generate("ES256"), HERE, NOW)) == "unknown-key"


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer  "])
def test_a_request_without_bearer_is_refused(header):
    with pytest.raises(CallerRejected):
        bearer(header)


def test_a_full_guard_refuses_rather_than_forgets():
    guard = ReplayGuard(lambda: NOW, capacity=2)
    later = NOW + timedelta(minutes=1)
    assert guard.remember("a", later)
    assert guard.remember("b", later)
    assert not guard.remember("c", later)


def test_a_guard_has_room_again_when_values_have_expired():
    moment = [NOW]
    guard = ReplayGuard(lambda: moment[0], capacity=1)
    assert guard.remember("a", NOW + timedelta(minutes=1))
    moment[0] += timedelta(minutes=10)
    assert guard.remember("b", moment[0])


@pytest.mark.parametrize("text", ["", "1" * 19, "1" * 21, "x" * 20, "١" * 20])
def test_an_oin_has_twenty_digits(text):
    with pytest.raises(ValueError, match="20 digits"):
        Oin(text)


@pytest.mark.parametrize("client_id", ["\ud800", "a\x00", "a\n", "a" * 201])
def test_a_name_that_cannot_be_kept_is_unknown_before_anybody_looks_it_up(client_id):
    def keys_of(name):
        raise AssertionError(name)

    header, _, signature = assertion("studiefinanciering", KEY, "x", NOW).split(".")
    payload = base64.urlsafe_b64encode(json.dumps({"iss": client_id, "sub": client_id}).encode())
    token = f"{header}.{payload.rstrip(b'=').decode()}.{signature}"
    with pytest.raises(CallerRejected) as refused:
        verify_caller(token, keys_of=keys_of, audience="x", now=NOW, remember=lambda *_: True)
    assert refused.value.reason == "no-issuer"
