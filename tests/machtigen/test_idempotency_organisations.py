"""A request about an organisation or a joint power that arrives twice: done once, answered the same."""

from __future__ import annotations

from keys.kernel.caller import assertion
from tests.machtigen.house import OWN, House
from tests.machtigen.people import DE_BRUG, director, employee, member_id, organisation
from tests.machtigen.test_joint_parents import SCHOOL, Family
from tests.machtigen.test_organisaties_api import DE_BRUG as REGISTRATION
from tests.machtigen.token_house import TokenHouse


def test_an_invitation_sent_twice_is_one_with_one_code(house: TokenHouse) -> None:
    organisation(house)
    vera = director(house)
    wanted = {"rol": "medewerker", "functie": "bewindvoerder"}
    path = f"/organisaties/{DE_BRUG}/uitnodigingen"
    answers = [vera.post(path, wanted, Idempotency_Key="one") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert vera.post(path, wanted, Idempotency_Key="two").json()["code"] != answers[0].json()["code"]
    other = vera.post(path, {**wanted, "functie": "jurist"}, Idempotency_Key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_joining_and_leaving_twice_is_answered_the_same(house: TokenHouse) -> None:
    organisation(house)
    vera = director(house)
    ali = employee(vera, "ali", "bewindvoerder")
    path = f"/organisaties/{DE_BRUG}/leden/{member_id(vera, ali)}/verwijderen"
    assert [ali.post(path, Idempotency_Key="go").status_code for _ in range(3)] == [204, 204, 204]
    assert ali.post(path, Idempotency_Key="again").status_code == 404
    wanted = {"rol": "medewerker", "functie": "bewindvoerder"}
    code = {"code": vera.does(f"/organisaties/{DE_BRUG}/uitnodigingen", wanted)["code"]}
    joined = [ali.post("/uitnodigingen/bevestigen", code, Idempotency_Key="in") for _ in range(2)]
    assert [answer.status_code for answer in joined] == [200, 200]
    assert joined[0].json() == joined[1].json()
    assert ali.fails("/uitnodigingen/bevestigen", code) == (404, "code-unknown")


def test_asking_and_agreeing_twice_is_one_request_and_one_vote(house: TokenHouse) -> None:
    family = Family(house)
    body = {
        "machtiging": family.by_karim,
        "dienst": SCHOOL,
        "handelingen": ["informatie_opvragen"],
    }
    asked = [family.karim.post("/instemmingen", body, Idempotency_Key="ask") for _ in range(2)]
    assert [answer.status_code for answer in asked] == [201, 201]
    assert asked[0].json() == asked[1].json()
    path = f"/instemmingen/{asked[0].json()['id']}"
    agreed = [family.anja.post(f"{path}/instemmen", Idempotency_Key="yes") for _ in range(2)]
    assert [answer.json()["gegeven"] for answer in agreed] == [2, 2]
    assert family.anja.fails(f"{path}/instemmen") == (409, "nothing-to-confirm")
    refused = [family.anja.post(f"{path}/weigeren", Idempotency_Key="no") for _ in range(2)]
    assert [answer.json()["status"] for answer in refused] == ["geweigerd", "geweigerd"]


def test_the_operator_gets_the_first_answer_again_and_makes_one_code(site: House) -> None:
    def tell(path: str, body: object, key: str) -> tuple[int, object]:
        token = assertion("beheer", site.operator, OWN, site.clock.now())
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        answer = site.browser().post(f"/machtigen/api/v1/beheer{path}", json=body, headers=headers)
        return answer.status_code, answer.json()

    made = tell("/organisaties", REGISTRATION, "one")
    assert made[0] == 201
    assert tell("/organisaties", REGISTRATION, "one") == made
    assert tell("/organisaties", REGISTRATION, "two")[0] == 200
    invited = tell("/organisaties/de-brug/uitnodigingen", {"rol": "bestuurder"}, "three")
    assert tell("/organisaties/de-brug/uitnodigingen", {"rol": "bestuurder"}, "three") == invited


def test_a_key_does_not_replace_the_proof_of_who_asks(site: House) -> None:
    answer = site.browser().post(
        "/machtigen/api/v1/beheer/organisaties", json=REGISTRATION, headers={"Idempotency-Key": "one"}
    )
    assert answer.status_code == 401
