"""Security Event Tokens: opened only when the registered issuer signed them, for this receiver, now."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from keys.kernel.gebeurtenis.token import (
    ERRORS,
    LIFETIME,
    MAXIMUM_SUBJECTS,
    TYP,
    InvalidSet,
    SecurityEvent,
    read_event,
    sign_event,
)
from keys.kernel.jws import Jwks, SigningKey, sign, verify
from keys.kernel.pep import ActorKey, Domain, Pseudonym, encrypt, group, origin_point

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ISSUER, AUDIENCE = "https://a.example/identiteit", "https://b.example/machtigen"
DOMAIN = Domain("oin:00000099000000001000:machtigen", "machtigen")
HOLDER = ActorKey(DOMAIN, 1, group().random_scalar())
KEY = SigningKey.generate()


def subject(domain_key: ActorKey = HOLDER) -> Any:
    return encrypt(Pseudonym(domain_key.domain, origin_point(secrets.token_bytes(64))), domain_key.public)


def event(**changes: Any) -> SecurityEvent:
    made = SecurityEvent("j" * 24, 7, NOW, f"{ISSUER}/x", {"soort": "gezag"}, (subject(), subject()))
    return replace(made, **changes)


def token(key: SigningKey = KEY, now: datetime = NOW, **changes: Any) -> str:
    return sign_event(event(**changes), issuer=ISSUER, audience=AUDIENCE, key=key, now=now)


def read(given: str, now: datetime = NOW, **changes: Any) -> SecurityEvent:
    settings: dict[str, Any] = {
        "issuer": ISSUER, "audience": AUDIENCE, "domain": DOMAIN, "now": now,
        "keys": lambda _kid: Jwks.of(KEY),
    }  # fmt: skip
    return read_event(given, **{**settings, **changes})


def altered(**changes: Any) -> str:
    """The same token with other claims, rightly signed; None takes a claim away."""
    claims = {**verify(token(), Jwks.of(KEY), typ=TYP), **changes}
    return sign({name: value for name, value in claims.items() if value is not None}, KEY, typ=TYP)


def err(given: str, **changes: Any) -> str:
    with pytest.raises(InvalidSet) as refused:
        read(given, **changes)
    assert refused.value.err in ERRORS
    return refused.value.err


def test_what_was_signed_is_what_is_read() -> None:
    sent = event()
    found = read(sign_event(sent, issuer=ISSUER, audience=AUDIENCE, key=KEY, now=NOW))
    assert replace(found, subjects=()) == replace(sent, subjects=())
    assert [one.data for one in found.subjects] == [one.data for one in sent.subjects]


def test_the_form_is_that_of_rfc_8417_and_9493() -> None:
    claims = verify(token(), Jwks.of(KEY), typ="secevent+jwt")
    assert {"iss", "aud", "iat", "jti", "events", "sub_id", "toe"} <= claims.keys()
    assert "sub" not in claims
    assert list(claims["events"]) == [f"{ISSUER}/x"]
    assert claims["sub_id"]["format"].startswith("https://")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"issuer": "https://c.example"}, "invalid_issuer"),
        ({"audience": "https://c.example"}, "invalid_audience"),
        ({"keys": lambda _kid: Jwks.of(SigningKey.generate())}, "invalid_key"),
        ({"now": NOW + LIFETIME + timedelta(seconds=11)}, "invalid_request"),
        ({"now": NOW - timedelta(seconds=11)}, "invalid_request"),
        ({"domain": Domain("oin:00000099000000001000:rechten", "rechten")}, "invalid_request"),
    ],
)
def test_a_token_for_another_or_for_another_time_is_refused(given: dict[str, Any], expected: str) -> None:
    assert err(token(), **given) == expected


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": 4_000_000_000},
        {"iat": None},
        {"jti": None},
        {"jti": "short"},
        {"volgnummer": None},
        {"volgnummer": 0},
        {"volgnummer": True},
        {"volgnummer": "7"},
        {"toe": None},
        {"toe": -1},
        {"toe": 10**30},
        {"sub_id": None},
        {"sub_id": {"format": "opaque", "id": "x"}},
        {"betrokkenen": "x"},
        {"betrokkenen": [{}] * MAXIMUM_SUBJECTS},
        {"events": {}},
        {"events": {"a": {}, "b": {}}},
        {"events": {"a": "x"}},
        {"events": []},
    ],
)
def test_a_claim_that_is_missing_or_cannot_be_is_refused(claims: dict[str, Any]) -> None:
    assert err(altered(**claims)) == "invalid_request"


def test_a_token_of_another_kind_or_with_a_broken_signature_is_refused() -> None:
    claims = verify(token(), Jwks.of(KEY), typ=TYP)
    for typ in ("JWT", "logout+jwt", "inzageticket+jwt"):
        assert err(sign(claims, KEY, typ=typ)) == "invalid_request"
    head, body, _ = token().split(".")
    other = token(jti="k" * 24).split(".")[2]
    assert err(f"{head}.{body}.{other}") == "authentication_failed"
    for nonsense in ("", "a.b", "x" * 70_000, "\x00"):
        assert err(nonsense) == "invalid_request"


def test_the_subjects_of_another_domain_are_not_even_looked_at() -> None:
    other = ActorKey(Domain("oin:00000099000000001000:rechten", "rechten"), 1, group().random_scalar())
    assert err(token(subjects=(subject(), subject(other)))) == "invalid_request"
