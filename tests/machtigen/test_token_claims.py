"""What leaves after a choice: both tokens, claim by claim, and what the verifier makes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keys.kernel.jws.signature import read_header
from keys.kernel.pep import Vault
from machtigen.diensten.model import Niveau
from machtigen.verifier import InvalidEvidence
from machtigen.verifier.pseudonyms import Opener
from tests.machtigen.token_flow import Flow, action_of, choices_of, claims_of, form_of
from tests.machtigen.token_house import (
    AUDIENCE,
    DUO,
    DUO_KEY,
    ISSUER,
    OWN,
    TokenHouse,
    fields_of,
    pseudonym_at,
    scope_of,
)
from tests.machtigen.world import AANVULLENDE_BEURS, ACTOR


def test_anja_acts_for_noor_and_duo_knows_both_by_its_own_pseudonyms(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    answer = flow.tokens(house.log_in("anja"), machtiging)
    verified = house.verifier().verify(answer["access_token"])
    assert verified.represents
    assert verified.allows("zaken_regelen", AANVULLENDE_BEURS, "studiefinanciering")
    opened = Opener(DUO_KEY, Vault(b"d" * 32)).open(verified)
    assert opened.persoon.pseudonym == pseudonym_at("anja", DUO)
    assert opened.vertegenwoordigde.pseudonym == pseudonym_at("noor", DUO)
    assert house.keys.asked == [(2, str(DUO), "studiefinanciering")]


def test_the_representation_token_has_exactly_these_claims(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    answer = flow.tokens(house.log_in("anja"), machtiging)
    header, claims = read_header(answer["access_token"]), claims_of(answer["access_token"])
    assert (header["alg"], header["typ"]) == ("PS256", "at+jwt")
    assert claims.keys() == {
        "iss", "aud", "client_id", "azp", "iat", "nbf", "exp", "jti", "auth_time", "acr", "scope", "sub",
        "sub_id_type", "alt_sub", "represents", "authorization_details", "status",
    }  # fmt: skip
    assert claims["iss"] == claims["represents"]["iss"] == ISSUER
    assert claims["represents"].keys() == {"iss", "sub", "sub_id_type", "alt_sub"}
    assert (claims["aud"], claims["azp"], claims["client_id"]) == ([AUDIENCE], "duo-portaal", "duo-portaal")
    assert claims["exp"] - claims["iat"] == 300
    assert claims["scope"] == scope_of()
    assert claims["sub"] == house.tokens.verklaringen.house.pairwise.subject(ACTOR, house.person("anja"))
    assert len(claims["jti"]) >= 22
    (detail,) = claims["authorization_details"]
    assert answer["authorization_details"] == [detail]
    assert detail.pop("identifier").startswith("mp_")
    assert detail.pop("schakels")
    assert detail == {
        "type": f"{OWN}/rar/machtiging/v1",
        "locations": [AUDIENCE],
        "dienst": AANVULLENDE_BEURS,
        "actions": ["informatie_opvragen", "zaken_regelen"],
        "doelen": ["studiefinanciering"],
        "grond": "machtiging",
        "geldig_tot": "2027-06-12T10:00:00+00:00",
        "min_acr": "http://eidas.europa.eu/LoA/substantial",
    }


def test_the_id_token_is_for_the_client_and_holds_no_power(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    attempt = flow.begin()
    answer = flow.exchange(attempt, flow.choose(house.log_in("anja"), attempt.url, machtiging))
    identity, access = claims_of(answer["id_token"]), claims_of(answer["access_token"])
    assert identity.keys() == {
        "iss", "aud", "azp", "iat", "nbf", "exp", "jti", "nonce", "at_hash", "auth_time", "acr", "sub",
        "sub_id_type", "alt_sub", "represents",
    }  # fmt: skip
    assert (identity["aud"], identity["nonce"]) == ("duo-portaal", attempt.nonce)
    assert identity["exp"] - identity["iat"] <= 300
    assert identity["jti"] != access["jti"]
    assert (identity["sub"], identity["represents"]["sub"]) == (access["sub"], access["represents"]["sub"])


def test_for_oneself_there_is_no_represents_and_no_machtiging(house: TokenHouse, flow: Flow) -> None:
    house.grant()
    answer = flow.tokens(house.log_in("anja"), "zelf")
    claims = claims_of(answer["access_token"])
    assert "represents" not in claims
    assert claims["authorization_details"][0]["type"] == f"{OWN}/rar/dienst/v1"
    verified = house.verifier().verify(answer["access_token"])
    assert verified.namens_zelf
    assert Opener(DUO_KEY).open(verified).persoon.pseudonym == pseudonym_at("anja", DUO)
    assert house.keys.asked == [(1, str(DUO), "studiefinanciering")]


def test_whoever_may_act_for_nobody_is_told_so_and_may_go_on(house: TokenHouse, flow: Flow) -> None:
    house.grant(van="noor", aan="karim")
    page = flow.open(house.log_in("anja"), flow.begin().url)
    assert choices_of(page) == ["zelf"]
    assert "voor niemand anders" in page.text


def test_the_page_lists_those_of_this_service_with_actions_and_end(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    house.grant(van="sem", aan="karim")
    page = flow.open(house.log_in("anja"), flow.begin().url)
    assert choices_of(page) == ["zelf", machtiging]
    assert "/identiteit/weergave?ticket=" in page.text
    assert "informatie opvragen, zaken regelen" in page.text
    assert "12 juni 2027" in page.text
    assert 'name="csrf-token"' in page.text


def test_someone_elses_machtiging_cannot_be_chosen(house: TokenHouse, flow: Flow) -> None:
    foreign = house.grant(van="sem", aan="karim")
    browser = house.log_in("anja")
    page = flow.open(browser, flow.begin().url)
    answer = browser.post(action_of(page), data=form_of(page, namens=foreign))
    assert answer.status_code == 409
    assert choices_of(answer) == ["zelf"]


def test_the_token_ends_no_later_than_the_machtiging(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant(end=house.now + timedelta(seconds=100))
    claims = claims_of(flow.tokens(house.log_in("anja"), machtiging)["access_token"])
    assert claims["exp"] - claims["iat"] == 100


def test_a_machtiging_that_ended_after_the_choice_gives_no_token(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    attempt = flow.begin()
    location = flow.choose(house.log_in("anja"), attempt.url, machtiging)
    house.machtigingen.revoke(machtiging, house.person("noor"), house.now)
    answer = flow.post("/login/token", house.duo, **flow.token_form(attempt, location))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_level_is_that_of_the_weakest_link(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    claims = claims_of(flow.tokens(house.log_in("anja", Niveau.HOOG), machtiging)["access_token"])
    assert claims["acr"] == Niveau.SUBSTANTIEEL.acr
    own = claims_of(flow.tokens(house.log_in("anja", Niveau.HOOG), "zelf")["access_token"])
    assert own["acr"] == Niveau.HOOG.acr


def test_too_low_a_login_is_asked_to_log_in_again_higher(house: TokenHouse, flow: Flow) -> None:
    browser = house.log_in("anja", Niveau.LAAG)
    answer = browser.get(browser.get(flow.begin().url).headers["location"])
    assert answer.status_code == 303
    query = fields_of(answer.headers["location"])
    assert answer.headers["location"].startswith("/machtigen/inloggen?")
    assert (query["acr"], query["opnieuw"]) == (Niveau.SUBSTANTIEEL.acr, "true")
    assert query["terug"].startswith("/machtigen/login/keuze/")


def test_a_service_may_ask_a_higher_level(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    url = flow.begin(acr_values=Niveau.HOOG.acr).url
    substantial = flow.open(house.log_in("anja"), url)
    assert substantial.status_code == 404  # the log-in page is not part of these tests
    assert choices_of(
        flow.open(house.log_in("anja", Niveau.HOOG), flow.begin(acr_values=Niveau.HOOG.acr).url)
    ) == ["zelf"]
    assert machtiging


def test_the_token_is_refused_elsewhere(house: TokenHouse, flow: Flow) -> None:
    token = flow.tokens(house.log_in("anja"), house.grant())["access_token"]
    with pytest.raises(InvalidEvidence) as refused:
        house.verifier("https://api.elders.example").verify(token)
    assert refused.value.code == "wrong-audience"


def test_while_keys_does_not_answer_the_choice_stays_open(house: TokenHouse, flow: Flow) -> None:
    machtiging = house.grant()
    attempt, browser = flow.begin(), house.log_in("anja")
    page = flow.open(browser, attempt.url)
    house.keys.broken = True
    assert browser.post(action_of(page), data=form_of(page, namens=machtiging)).status_code == 503
    house.keys.broken = False
    assert flow.exchange(attempt, flow.submit(browser, page, namens=machtiging))["access_token"]
