"""What happens when the issuer, its keys or its status list do not answer: defined, and never "refused".

The table in machtigen/verifier/README.md says the same in words.
"""

from __future__ import annotations

import httpx2
import pytest

from keys.kernel.jws import SigningKey
from machtigen.verifier import CouldNotCheck, InvalidEvidence, Policy, Verifier
from tests.verifier.issuer import Issuer


def missing(verifier: Verifier, token: str) -> str:
    with pytest.raises(CouldNotCheck) as raised:
        verifier.verify(token)
    assert not isinstance(raised.value, InvalidEvidence)
    return raised.value.code


@pytest.mark.parametrize(
    ("part", "code"),
    [("metadata", "issuer-unreachable"), ("keys", "keys-unreachable"), ("status", "status-list-unreachable")],
)
def test_without_a_cache_nothing_can_be_checked(
    issuer: Issuer, verifier: Verifier, part: str, code: str
) -> None:
    issuer.broken = {part}
    assert missing(verifier, issuer.token()) == code


@pytest.mark.parametrize("part", ["metadata", "keys", "status"])
def test_when_the_part_is_back_the_same_token_is_accepted(
    issuer: Issuer, verifier: Verifier, part: str
) -> None:
    token = issuer.token()
    issuer.broken = {part}
    missing(verifier, token)
    issuer.broken = set()
    issuer.passes(seconds=5)
    assert verifier.verify(token).sub


def test_metadata_that_is_down_is_not_missed_for_as_long_as_keys_are_known(
    issuer: Issuer, verifier: Verifier
) -> None:
    verifier.verify(issuer.token())
    issuer.broken = {"metadata"}
    issuer.passes(hours=2)
    assert verifier.verify(issuer.token()).sub


def test_known_keys_serve_for_a_day_and_then_no_longer(issuer: Issuer, verifier: Verifier) -> None:
    verifier.verify(issuer.token())
    issuer.broken = {"keys", "metadata"}
    issuer.passes(hours=24)
    assert verifier.verify(issuer.token()).sub
    issuer.passes(seconds=6)
    assert missing(verifier, issuer.token()) == "keys-unreachable"


def test_a_status_list_is_not_used_past_its_ttl(issuer: Issuer, verifier: Verifier) -> None:
    verifier.verify(issuer.token())
    issuer.broken = {"status"}
    issuer.passes(seconds=30)
    assert verifier.verify(issuer.token()).sub
    issuer.passes(seconds=1)
    assert missing(verifier, issuer.token()) == "status-list-unreachable"


def test_with_grace_an_overdue_list_is_used_and_the_result_says_so(issuer: Issuer) -> None:
    verifier = issuer.verifier(policy=Policy(status_grace_s=120))
    assert not verifier.verify(issuer.token()).status.verouderd
    issuer.broken = {"status"}
    issuer.passes(seconds=150)
    assert verifier.verify(issuer.token()).status.verouderd
    issuer.passes(seconds=1)
    assert missing(verifier, issuer.token()) == "status-list-unreachable"


def test_no_grace_reaches_past_the_end_of_the_list(issuer: Issuer) -> None:
    verifier = issuer.verifier(policy=Policy(status_grace_s=86_400))
    verifier.verify(issuer.token())
    issuer.broken = {"status"}
    issuer.passes(minutes=5, seconds=1)
    assert missing(verifier, issuer.token()) == "status-list-unreachable"


def test_a_revocation_that_is_known_stays_refused_during_an_outage(
    issuer: Issuer, verifier: Verifier
) -> None:
    issuer.revoked = {7318}
    for _ in range(2):
        with pytest.raises(InvalidEvidence):
            verifier.verify(issuer.token())
        issuer.broken = {"status", "keys", "metadata"}


def test_a_new_key_is_found_at_once(issuer: Issuer, verifier: Verifier) -> None:
    verifier.verify(issuer.token())
    issuer.passes(seconds=31)
    issuer.key = SigningKey.generate("ES256")
    issuer.published.append(issuer.key)
    assert verifier.verify(issuer.token()).sub


def test_a_kid_that_may_be_new_is_not_refused_while_keys_cannot_be_fetched(
    issuer: Issuer, verifier: Verifier
) -> None:
    verifier.verify(issuer.token())
    issuer.passes(seconds=31)
    issuer.broken = {"keys"}
    assert missing(verifier, issuer.token(key=SigningKey.generate("ES256"))) == "keys-unreachable"
    assert verifier.verify(issuer.token()).sub


def test_invented_kids_do_not_become_requests(issuer: Issuer, verifier: Verifier) -> None:
    verifier.verify(issuer.token())
    for _ in range(20):
        issuer.passes(seconds=1)
        with pytest.raises(InvalidEvidence):
            verifier.verify(issuer.token(key=SigningKey.generate("ES256")))
    assert issuer.asked.count("keys") == 1


def test_an_outage_is_not_made_worse_by_asking_at_every_token(issuer: Issuer, verifier: Verifier) -> None:
    issuer.broken = {"metadata", "keys", "status"}
    for _ in range(20):
        missing(verifier, issuer.token())
    assert len(issuer.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(404),
        httpx2.Response(500, text="oops"),
        httpx2.Response(302, headers={"location": "https://elders.example/"}),
        httpx2.Response(
            200, text="<html>log in to this network</html>", headers={"content-type": "text/html"}
        ),
        httpx2.Response(
            200, content=b"x" * 5_000_000, headers={"content-type": "application/statuslist+jwt"}
        ),
    ],
    ids=["404", "500", "redirect", "portal", "flood"],
)
def test_an_answer_that_is_no_status_list_is_no_answer(
    issuer: Issuer, verifier: Verifier, answer: httpx2.Response
) -> None:
    issuer.answer_status = lambda: answer
    assert missing(verifier, issuer.token()) == "status-list-unreachable"


def test_metadata_of_another_issuer_is_not_used(issuer: Issuer) -> None:
    verifier = issuer.verifier(issuer="https://machtigen.example.nl/machtigen/elders")
    assert missing(verifier, issuer.token()) == "issuer-unreachable"


def test_a_known_place_of_the_keys_needs_no_metadata(issuer: Issuer) -> None:
    issuer.broken = {"metadata"}
    verifier = issuer.verifier(jwks_uri="https://machtigen.example.nl/machtigen/sleutels")
    assert verifier.verify(issuer.token()).sub
