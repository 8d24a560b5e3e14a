"""Every number of the recipe in `verify.py`: what passes, and what is refused with which code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jws

from keys.kernel.jws import SigningKey
from machtigen.verifier import InvalidEvidence, Policy, Verifier
from tests.verifier.issuer import AUDIENCE, DIENST, DOEL, HOUSE, ISSUER, LIST_URI, Issuer


def code_of(verifier: Verifier, token: Any) -> str:
    with pytest.raises(InvalidEvidence) as refused:
        verifier.verify(token)
    assert str(refused.value) == InvalidEvidence.title
    return refused.value.code


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_header(token: str, **changes: Any) -> str:
    head, body, signature = token.split(".")
    header = json.loads(base64.urlsafe_b64decode(head + "=="))
    header.update(changes)
    kept = {name: value for name, value in header.items() if value is not None}
    return f"{b64(json.dumps(kept).encode())}.{body}.{signature}"


def test_a_good_token_says_who_acts_for_whom_and_for_what(issuer: Issuer, verifier: Verifier) -> None:
    result = verifier.verify(issuer.token())
    assert (result.sub, result.vertegenwoordigde.sub) == ("lAYmcjm-fkUxk3_ACOQ0RU", "4Yg8u72NxRkP0s3vJ1hLdQ")
    assert result.vertegenwoordiger == result.persoon
    assert not result.namens_zelf
    assert result.identifier == "mp_7Qd2nR9sKf0"
    assert result.geldig_tot is not None
    assert result.geldig_tot.astimezone(UTC) == datetime(2027, 2, 28, 23, 0, tzinfo=UTC)
    assert result.status.uri == LIST_URI
    assert not result.status.verouderd
    assert (result.audience, result.client_id, result.grond) == (AUDIENCE, "portaal-dienst-a", "machtiging")


def test_it_allows_exactly_what_the_token_names(issuer: Issuer, verifier: Verifier) -> None:
    result = verifier.verify(issuer.token())
    assert result.allows("zaken_regelen", DIENST, DOEL)
    assert not result.allows("betalen", DIENST, DOEL)
    assert not result.allows("zaken_regelen", DIENST + "0", DOEL)
    assert not result.allows("zaken_regelen", DIENST, "opsporing")


def test_acting_for_oneself_has_no_chain_and_no_machtiging(issuer: Issuer, verifier: Verifier) -> None:
    result = verifier.verify(issuer.token(issuer.for_oneself()))
    assert result.namens_zelf
    assert result.vertegenwoordiger is None
    assert result.vertegenwoordigde == result.persoon
    assert (result.identifier, result.grond, result.geldig_tot) == (None, None, None)
    assert result.allows("informatie_opvragen", DIENST, DOEL)


def test_the_represented_party_is_the_deepest_of_the_chain(issuer: Issuer, verifier: Verifier) -> None:
    inner = {"iss": ISSUER, "sub": "burger"}
    result = verifier.verify(
        issuer.token(issuer.claims(represents={"iss": ISSUER, "sub": "kantoor", "represents": inner}))
    )
    assert [party.sub for party in result.represents] == ["kantoor", "burger"]
    assert result.vertegenwoordigde.sub == "burger"


@pytest.mark.parametrize("alg", ["PS256", "ES256", "EdDSA"])
def test_each_allowed_algorithm_is_read(alg: str) -> None:
    issuer = Issuer()
    issuer.key = SigningKey.generate(alg)
    issuer.published = [issuer.key]
    assert issuer.verifier().verify(issuer.token()).sub


# 1. form
@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", "....", "é.è.ê", "a" * 20, "eyJ.eyJ.", "\x00", 5, None, b"a.b.c"]
)
def test_what_is_no_token_is_refused(verifier: Verifier, token: Any) -> None:
    assert code_of(verifier, token) in {"malformed", "algorithm-not-allowed"}


def test_an_oversized_token_is_refused_before_it_is_read(issuer: Issuer, verifier: Verifier) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(datatypes="x" * 20_000))) == "too-large"
    assert issuer.asked == []


def test_a_critical_header_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    assert code_of(verifier, with_header(issuer.token(), crit=["exp"])) in {"critical-header", "malformed"}


# 2. algorithm and type
def test_alg_none_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    token = with_header(issuer.token(), alg="none")
    assert code_of(verifier, token) == "algorithm-not-allowed"
    assert code_of(verifier, token.rsplit(".", 1)[0] + ".") == "algorithm-not-allowed"


def test_hs256_with_the_public_key_as_secret_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    head, body, _ = with_header(issuer.token(), alg="HS256").split(".")
    secret = json.dumps(issuer.key.public_jwk()).encode()
    forged = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert code_of(verifier, f"{head}.{body}.{b64(forged)}") == "algorithm-not-allowed"


def test_rs256_is_refused_even_when_it_is_signed_well(issuer: Issuer) -> None:
    issuer.key = SigningKey.generate("PS256")
    issuer.published = [issuer.key]
    header = {"alg": "RS256", "kid": issuer.key.kid, "typ": "at+jwt"}
    key = jwk.import_key(issuer.key.private_jwk() | {"alg": "RS256"})
    token = jws.serialize_compact(header, json.dumps(issuer.claims()), key, algorithms=["RS256"])
    assert code_of(issuer.verifier(), token) == "algorithm-not-allowed"


def test_an_algorithm_the_service_does_not_want_is_refused(issuer: Issuer) -> None:
    assert code_of(issuer.verifier(algorithms=["PS256"]), issuer.token()) == "algorithm-not-allowed"


def test_a_verifier_cannot_be_told_to_accept_a_weak_algorithm(issuer: Issuer) -> None:
    for algorithms in (["RS256"], ["none"], ["HS256", "PS256"], []):
        with pytest.raises(ValueError, match="algorithms"):
            issuer.verifier(algorithms=algorithms)


@pytest.mark.parametrize("typ", ["JWT", "statuslist+jwt", "logout+jwt", "client-authentication+jwt", ""])
def test_another_kind_of_statement_is_refused(issuer: Issuer, verifier: Verifier, typ: str) -> None:
    assert code_of(verifier, issuer.token(typ=typ)) == "wrong-type"


def test_the_long_form_of_the_type_is_the_same_type(issuer: Issuer, verifier: Verifier) -> None:
    assert verifier.verify(issuer.token(typ="application/at+jwt")).sub


# 3. key
def test_an_unknown_kid_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    assert code_of(verifier, issuer.token(key=SigningKey.generate("ES256"))) == "unknown-key"


def test_a_missing_kid_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    assert code_of(verifier, with_header(issuer.token(), kid=None)) == "unknown-key"
    assert code_of(verifier, with_header(issuer.token(), kid=7)) in {"unknown-key", "malformed"}


def test_a_swapped_kid_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    other, rsa = SigningKey.generate("ES256"), SigningKey.generate("PS256")
    issuer.published = [issuer.key, other, rsa]
    assert code_of(verifier, with_header(issuer.token(), kid=other.kid)) == "bad-signature"
    assert code_of(verifier, with_header(issuer.token(), kid=rsa.kid)) == "algorithm-does-not-fit-key"


# 4. signature
def test_a_tampered_token_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    head, _, signature = issuer.token().split(".")
    body = b64(json.dumps(issuer.claims(sub="someone-else")).encode())
    assert code_of(verifier, f"{head}.{body}.{signature}") == "bad-signature"
    assert code_of(verifier, f"{head}.{body}.") in {"bad-signature", "malformed"}


# 5–7. issuer, audience, client
@pytest.mark.parametrize("iss", [HOUSE + "/machtigen", ISSUER + "/", "https://elders.example", None, ["x"]])
def test_another_issuer_is_refused(issuer: Issuer, verifier: Verifier, iss: Any) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(iss=iss))) == "wrong-issuer"


@pytest.mark.parametrize("aud", [["https://api.dienst-b.example.nl"], "x", [], None, {"a": 1}, [AUDIENCE, 3]])
def test_another_audience_is_refused(issuer: Issuer, verifier: Verifier, aud: Any) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(aud=aud))) == "wrong-audience"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"azp": "other"}, "client-differs"),
        ({"azp": None}, "client-differs"),
        ({"client_id": None}, "no-client"),
        ({"client_id": 5, "azp": 5}, "no-client"),
    ],
)
def test_the_client_is_named_twice_alike(issuer: Issuer, verifier: Verifier, changes: Any, code: str) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(**changes))) == code


def test_a_client_that_is_not_on_our_list_is_refused(issuer: Issuer) -> None:
    policy = Policy(clients=frozenset({"another"}))
    assert code_of(issuer.verifier(policy=policy), issuer.token()) == "unknown-client"


# 8. times
def test_the_token_ends_at_exp_plus_leeway(issuer: Issuer, verifier: Verifier) -> None:
    token = issuer.token()
    issuer.passes(seconds=309)
    assert verifier.verify(token).sub
    issuer.passes(seconds=1)
    assert code_of(verifier, token) == "expired"


@pytest.mark.parametrize("claim", ["nbf", "iat"])
def test_a_token_from_the_future_is_refused(issuer: Issuer, verifier: Verifier, claim: str) -> None:
    ahead = int(issuer.now.timestamp()) + 11
    code = code_of(verifier, issuer.token(issuer.claims(**{claim: ahead, "exp": ahead + 200})))
    assert code == "not-yet-valid"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"exp": None}, "no-expiry"),
        ({"iat": None}, "no-issue-time"),
        ({"exp": "soon"}, "malformed-times"),
        ({"exp": True}, "malformed-times"),
        ({"iat": -1}, "malformed-times"),
        ({"exp": 10**30}, "malformed-times"),
    ],
)
def test_times_must_be_there_and_be_numbers(
    issuer: Issuer, verifier: Verifier, changes: Any, code: str
) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(**changes))) == code


def test_a_token_that_lives_longer_than_300_seconds_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    exp = int(issuer.now.timestamp()) + 301
    assert code_of(verifier, issuer.token(issuer.claims(exp=exp))) == "lives-too-long"


# 9. subject
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sub": None}, "no-subject"),
        ({"sub": ""}, "no-subject"),
        ({"sub": 7}, "no-subject"),
        ({"sub": "x" * 513}, "no-subject"),
        ({"sub": "a\ud800"}, "no-subject"),
        ({"jti": None}, "no-jti"),
        ({"acr": None}, "no-level"),
        ({"acr": "http://eidas.europa.eu/LoA/superb"}, "no-level"),
        ({"amr": ["pwd"]}, "forbidden-claim"),
        ({"act": {"sub": "someone"}}, "actor-not-software"),
        ({"act": {"sub": ["someone"]}}, "actor-not-software"),
        ({"act": "someone"}, "actor-not-software"),
        ({"sub_id_type": 4}, "malformed-subject"),
        ({"alt_sub": {"iss": "x"}}, "malformed-subject"),
        ({"alt_sub": [{"sub": "x"}]}, "malformed-subject"),
    ],
)
def test_the_person_must_be_named_well(issuer: Issuer, verifier: Verifier, changes: Any, code: str) -> None:
    assert code_of(verifier, _signed(issuer, issuer.claims(**changes))) == code


def _signed(issuer: Issuer, claims: dict[str, Any]) -> str:
    """As `issuer.token`, but able to sign a lone surrogate."""
    header = {"alg": "ES256", "kid": issuer.key.kid, "typ": "at+jwt"}
    return jws.serialize_compact(header, json.dumps(claims), issuer.key.key, algorithms=["ES256"])


def test_known_software_may_act_and_a_person_never(issuer: Issuer) -> None:
    verifier = issuer.verifier(policy=Policy(software_actors=frozenset({"keten-a"})))
    assert verifier.verify(issuer.token(issuer.claims(act={"sub": "keten-a"}))).sub
    nested = issuer.claims(act={"sub": "keten-a", "represents": {"sub": "x"}})
    assert code_of(verifier, issuer.token(nested)) == "actor-not-software"


def test_a_level_below_our_own_minimum_is_refused(issuer: Issuer) -> None:
    verifier = issuer.verifier(policy=Policy(minimum_acr="http://eidas.europa.eu/LoA/high"))
    assert code_of(verifier, issuer.token()) == "level-too-low"


# 10. chain
@pytest.mark.parametrize(
    "represents",
    [
        "noor",
        [],
        {},
        {"sub": "x"},
        {"iss": "https://elders.example", "sub": "x"},
        {"iss": ISSUER, "sub": "x", "exp": 1},
        {"iss": ISSUER, "sub": "x", "aud": "y"},
        {"iss": ISSUER, "sub": "x", "represents": None},
        {"iss": ISSUER, "sub": "x", "represents": {"iss": ISSUER, "sub": "y", "represents": "z"}},
    ],
)
def test_a_malformed_chain_is_refused(issuer: Issuer, verifier: Verifier, represents: Any) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(represents=represents))) in {
        "malformed-chain",
        "no-subject",
    }


def test_a_chain_without_end_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    chain: dict[str, Any] = {"iss": ISSUER, "sub": "x"}
    for _ in range(5):
        chain = {"iss": ISSUER, "sub": "x", "represents": chain}
    assert code_of(verifier, issuer.token(issuer.claims(represents=chain))) == "chain-too-long"


# 11. power
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "https://machtigen.example.nl/rar/anders/v1"}, "unknown-power"),
        ({"type": f"{HOUSE}/machtigen/rar/dienst/v1"}, "unknown-power"),
        ({"dienst": "urn:uuid:00000000-0000-0000-0000-000000000000"}, "service-not-in-scope"),
        ({"locations": ["https://api.dienst-b.example.nl"]}, "wrong-location"),
        ({"locations": None}, "malformed-power"),
        ({"doelen": []}, "no-purpose"),
        ({"doelen": None}, "malformed-power"),
        ({"actions": []}, "no-action"),
        ({"actions": [1]}, "malformed-power"),
        ({"identifier": None}, "malformed-power"),
        ({"grond": None}, "malformed-power"),
        ({"geldig_tot": None}, "malformed-power"),
        ({"geldig_tot": "volgend jaar"}, "malformed-power"),
        ({"geldig_tot": "2027-01-01T00:00:00"}, "malformed-power"),
        ({"geldig_tot": "2026-11-24T08:59:59Z"}, "power-ended"),
        ({"min_acr": "http://eidas.europa.eu/LoA/high"}, "level-too-low"),
        ({"min_acr": ["x"]}, "malformed-power"),
        ({"schakels": "x"}, "malformed-power"),
    ],
)
def test_a_power_that_is_not_whole_is_refused(
    issuer: Issuer, verifier: Verifier, changes: Any, code: str
) -> None:
    claims = issuer.claims(authorization_details=[issuer.detail(**changes)])
    assert code_of(verifier, issuer.token(claims)) == code


@pytest.mark.parametrize("details", [None, [], "x", ["x"], {}])
def test_no_power_at_all_is_refused(issuer: Issuer, verifier: Verifier, details: Any) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(authorization_details=details))) == "no-power"


def test_two_powers_in_one_token_are_refused(issuer: Issuer, verifier: Verifier) -> None:
    claims = issuer.claims(authorization_details=[issuer.detail(), issuer.detail()])
    assert code_of(verifier, issuer.token(claims)) == "no-power"


def test_a_machtiging_without_a_represented_party_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(represents=None))) == "unknown-power"
    detail = issuer.detail(type=f"{HOUSE}/machtigen/rar/dienst/v1")
    claims = issuer.claims(represents=None, authorization_details=[detail])
    assert code_of(verifier, issuer.token(claims)) == "malformed-power"


# 12. status
@pytest.mark.parametrize(
    "status",
    [
        None,
        {},
        "x",
        {"status_list": {}},
        {"status_list": {"idx": -1, "uri": LIST_URI}},
        {"status_list": {"idx": True, "uri": LIST_URI}},
        {"status_list": {"idx": "1", "uri": LIST_URI}},
    ],
)
def test_a_token_without_status_is_refused(issuer: Issuer, verifier: Verifier, status: Any) -> None:
    assert code_of(verifier, issuer.token(issuer.claims(status=status))) == "no-status"


def test_a_revoked_token_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    issuer.revoked = {7318}
    assert code_of(verifier, issuer.token()) == "revoked"


# bad input
@given(
    st.one_of(
        st.text(max_size=200), st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}")
    )
)
def test_any_text_is_refused_and_nothing_else_happens(token: str) -> None:
    code_of(_SHARED.verifier(), token)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from([*Issuer().claims(), "act", "amr", "alt_sub"])
_SHARED = Issuer()


def outcome(claims: dict[str, Any]) -> str:
    try:
        _SHARED.verifier().verify(_signed(_SHARED, claims))
    except InvalidEvidence as refused:
        return refused.code
    return "accepted"


@given(st.dictionaries(_NAMES, _JSON, min_size=1, max_size=4))
def test_any_signed_claims_give_a_value_or_a_refusal(changes: dict[str, Any]) -> None:
    assert outcome(_SHARED.claims(**changes))


@given(st.dictionaries(st.sampled_from([*Issuer().detail()]), _JSON, min_size=1, max_size=3))
def test_any_signed_power_gives_a_value_or_a_refusal(changes: dict[str, Any]) -> None:
    assert outcome(_SHARED.claims(authorization_details=[_SHARED.detail(**changes)]))


# -- what a refused token said -----------------------------------------------------------------------


def test_of_an_expired_token_it_is_still_read_whom_it_was_about_and_nothing_is_proved(
    issuer: Issuer, verifier: Verifier
) -> None:
    token = issuer.token()
    issuer.now += timedelta(hours=1)
    assert code_of(verifier, token) == "expired"
    former = verifier.read_former(token)
    assert former.gezegd.identifier == "mp_7Qd2nR9sKf0"
    assert former.gezegd.status.verouderd
    assert not hasattr(former, "allows")


def test_what_was_never_good_is_not_read_back(issuer: Issuer, verifier: Verifier) -> None:
    altered = issuer.token()[:-8] + "AAAAAAAA"
    elsewhere = issuer.token(issuer.claims(aud=["https://elders.test"]))
    timeless = issuer.token(issuer.claims(iat="vandaag"))
    too_long = issuer.token(issuer.claims(exp=int(issuer.now.timestamp()) + 3_600))
    for token in (altered, elsewhere, timeless, too_long, "abc"):
        with pytest.raises(InvalidEvidence):
            verifier.read_former(token)
