"""Status lists as served: form, speed of a revocation, indices, decoys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from keys.kernel.jws import Jwks, verify
from machtigen.bevoegdheidsverklaringen.model import Plaats
from machtigen.bevoegdheidsverklaringen.statuslijsten import DECOYS, LISTS, SIZE
from machtigen.bevoegdheidsverklaringen.statusstore import take
from machtigen.verifier import InvalidEvidence
from machtigen.verifier.statuslijst import Statuslijst
from tests.machtigen.token_flow import Flow, claims_of
from tests.machtigen.token_house import ISSUER, OWN, RSA, TokenHouse


def reference(token: str) -> tuple[str, int]:
    found = claims_of(token)["status"]["status_list"]
    return found["uri"], found["idx"]


def fetched(house: TokenHouse, uri: str) -> tuple[dict[str, Any], Statuslijst]:
    answer = house.http.get(uri, headers={"accept": "application/statuslist+jwt"})
    assert answer.status_code == 200
    claims = verify(answer.text, Jwks.of(RSA), typ="statuslist+jwt")
    return claims, Statuslijst.decode(claims["status_list"]["bits"], claims["status_list"]["lst"])


def token_of(house: TokenHouse, flow: Flow, machtiging: str) -> str:
    return str(flow.tokens(house.log_in("anja"), machtiging)["access_token"])


def test_the_list_has_the_form_of_the_standard(house: TokenHouse, flow: Flow) -> None:
    uri, idx = reference(token_of(house, flow, house.grant()))
    claims, lijst = fetched(house, uri)
    now = int(house.now.timestamp())
    assert claims.keys() == {"iss", "sub", "iat", "exp", "ttl", "status_list"}
    assert (claims["sub"], claims["iss"], claims["iat"]) == (uri, ISSUER, now)
    assert 0 < claims["ttl"] <= 60
    assert claims["ttl"] < claims["exp"] - now
    assert len(lijst) == SIZE
    assert lijst.get(idx) == 0
    assert uri.startswith(f"{OWN}/status/")


def test_the_headers_let_every_service_read_it(house: TokenHouse, flow: Flow) -> None:
    uri, _ = reference(token_of(house, flow, house.grant()))
    zipped = house.http.get(uri, headers={"accept-encoding": "gzip"})
    plain = house.http.get(uri, headers={"accept-encoding": "identity"})
    assert zipped.headers["content-type"] == plain.headers["content-type"] == "application/statuslist+jwt"
    assert zipped.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert zipped.text == plain.text
    assert plain.headers["access-control-allow-origin"] == "*"


def test_a_revoked_machtiging_flips_all_its_live_tokens_at_once(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    other = house.grant(van="sem")
    tokens = [token_of(house, flow, machtiging) for _ in range(3)]
    kept = token_of(house, flow, other)
    fetched(house, reference(kept)[0])
    house.machtigingen.revoke(machtiging, house.person("noor"), house.now)
    for token in tokens:
        uri, idx = reference(token)
        assert fetched(house, uri)[1].get(idx) == 1
    uri, idx = reference(kept)
    assert fetched(house, uri)[1].get(idx) == 0
    with pytest.raises(InvalidEvidence) as refused:
        house.verifier().verify(tokens[0])
    assert refused.value.code == "revoked"
    assert house.verifier().verify(kept)


def test_a_service_that_asked_before_sees_it_within_the_ttl(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    token, verifier = token_of(house, flow, machtiging), house.verifier()
    verifier.verify(token)
    house.machtigingen.renounce(machtiging, house.person("anja"), house.now)
    house.passes(seconds=60)
    with pytest.raises(InvalidEvidence):
        verifier.verify(token)


def test_the_hook_is_part_of_the_transaction_that_ends_the_machtiging(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    uri, idx = reference(token_of(house, flow, machtiging))

    def fail(*_: object) -> None:
        raise RuntimeError("the act does not come to an end")

    house.machtigingen.on_end.append(fail)
    with pytest.raises(RuntimeError):
        house.machtigingen.revoke(machtiging, house.person("noor"), house.now)
    assert fetched(house, uri)[1].get(idx) == 0
    assert house.machtigingen.is_active(machtiging, house.now)


def test_every_token_has_an_index_of_its_own_at_random(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    places = [reference(token_of(house, flow, machtiging)) for _ in range(6)]
    assert len(set(places)) == 6
    indices = [index for _, index in places]
    assert indices != sorted(indices) or max(indices) - min(indices) > 100


def test_decoys_hide_how_many_were_revoked(house: TokenHouse) -> None:
    house.tokens.upkeep()
    _, lijst = fetched(house, f"{OWN}/status/1")
    marked = sum(byte.bit_count() for byte in lijst.data)
    assert 0 < marked <= DECOYS


def test_what_expired_is_given_back_and_decoys_change(house: TokenHouse, flow: Flow) -> None:
    token_of(house, flow, house.grant())
    house.passes(hours=2)
    house.tokens.upkeep()
    with house.database.engine.begin() as connection:
        left = connection.execute(
            sa.text("SELECT count(*) FROM statusvermelding WHERE NOT afleiding")
        ).scalar()
        issues = connection.execute(sa.text("SELECT count(*) FROM uitgifte")).scalar()
        uses = connection.execute(sa.text("SELECT count(*) FROM gebruik")).scalar()
    assert (left, issues, uses) == (0, 0, 1)


def test_the_list_is_signed_anew_before_it_grows_old(house: TokenHouse, flow: Flow) -> None:
    uri, _ = reference(token_of(house, flow, house.grant()))
    first, _ = fetched(house, uri)
    house.passes(seconds=30)
    assert fetched(house, uri)[0]["iat"] == first["iat"]
    house.passes(seconds=31)
    assert fetched(house, uri)[0]["iat"] == first["iat"] + 61


def test_half_full_opens_another_list(house: TokenHouse) -> None:
    house.tokens.upkeep()
    ends = house.now + timedelta(hours=1)

    def fill(session: Session) -> None:
        session.connection().execute(sa.text("UPDATE statuslijst SET grootte = 100"))
        for index in range(51):
            take(session, Plaats(LISTS, index), ends)

    house.database.write(fill)
    assert house.http.get(f"{OWN}/status/{LISTS + 1}").status_code == 404
    house.passes(seconds=30)
    house.tokens.upkeep()
    assert house.http.get(f"{OWN}/status/{LISTS + 1}").status_code == 200


@pytest.mark.parametrize("path", ["/status/9", "/status/99999999999999999999", "/status/x", "/status/-1"])
def test_another_number_is_not_there(house: TokenHouse, path: str) -> None:
    assert house.http.get(f"{OWN}{path}").status_code == 404


def test_the_past_is_not_served(house: TokenHouse) -> None:
    house.tokens.upkeep()
    answer = house.http.get(f"{OWN}/status/1", params={"time": "1795437000"})
    assert (answer.status_code, answer.json()["code"]) == (501, "history-not-served")


def test_a_clock_that_steps_back_does_not_freeze_the_list(house: TokenHouse, flow: Flow) -> None:
    uri, _ = reference(token_of(house, flow, house.grant()))
    fetched(house, uri)
    house.now -= timedelta(hours=1)
    assert fetched(house, uri)[0]["iat"] == int(house.now.timestamp())
