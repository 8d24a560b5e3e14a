"""Cases of other systems, replayed: the numbers are those of the list of acceptance scenarios.

Here: pn-mandate (1-12), Altinn (14-24), Pääsuke (25-27). HMRC, OPG and Aidants Connect stand in
`test_scenarios_replayed_more`.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from machtigen.diensten.model import Niveau
from tests.machtigen.scene import Scene, Visitor
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, ONLY_READING, REISPRODUCT

pytestmark = pytest.mark.slow


@pytest.fixture
def scene(house: TokenHouse, flow: Flow) -> Scene:
    return Scene(house, flow)


@pytest.fixture
def noor(scene: Scene) -> Visitor:
    return scene.visitor("noor")


@pytest.fixture
def anja(scene: Scene) -> Visitor:
    return scene.visitor("anja")


# -- pn-mandate --------------------------------------------------------------------------------------


def test_replayed_01_who_accepted_may_act_and_the_principal_still_may(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja)
    assert "represents" in scene.claims(anja, given)
    assert "represents" not in scene.claims(noor, "zelf")


def test_replayed_02_after_revocation_the_delegate_gets_nothing(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja)
    token = scene.token(anja, given)
    assert scene.lives(token)
    noor.do(f"/machtigingen/{given}/intrekken")
    assert not scene.lives(token)
    assert scene.offered(anja) == []


def test_replayed_03_what_was_declined_gives_nothing(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    issued = noor.do("/machtigingen", scene.body(), 201)
    anja.do("/codes/weigeren", {"code": issued["code"]})
    assert scene.offered(anja) == []
    assert noor.read(f"/machtigingen/{issued['id']}")["status"] == "geweigerd"


def test_replayed_04_nobody_authorises_themselves(scene: Scene, noor: Visitor) -> None:
    issued = noor.do("/machtigingen", scene.body(), 201)
    for act in ("inzien", "bevestigen", "weigeren"):
        assert noor.refused(f"/codes/{act}", {"code": issued["code"]}) == (404, "code-unknown")
    assert noor.read(f"/machtigingen/{issued['id']}")["status"] == "aangevraagd"


def test_replayed_05_a_second_grant_between_the_pair_is_refused(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    scene.given(noor, anja)
    second = noor.do("/machtigingen", scene.body(), 201)
    assert anja.refused("/codes/bevestigen", {"code": second["code"]}) == (409, "already-authorised")


def test_replayed_06_a_use_names_who_acted_for_whom(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    given = scene.given(noor, anja)
    claims = scene.claims(anja, given)
    assert claims["sub"] == scene.claims(anja, "zelf")["sub"]
    assert claims["represents"]["sub"] == scene.claims(noor, "zelf")["sub"]
    for reader in (noor, anja):
        (use,) = reader.read(f"/machtigingen/{given}/gebruik")["resultaten"]
        assert (use["dienst"], use["handelingen"]) == (AANVULLENDE_BEURS, ["informatie_opvragen"])


def test_replayed_07_who_acts_for_themself_leaves_no_trace_of_a_delegate(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja)
    scene.token(noor, "zelf")
    assert noor.read(f"/machtigingen/{given}/gebruik")["resultaten"] == []
    assert noor.read(f"/machtigingen/{given}")["gebruikt"] == 0


def test_replayed_09_an_unknown_scope_is_refused(scene: Scene, noor: Visitor) -> None:
    unknown = "urn:uuid:00000000-0000-0000-0000-000000000000"
    for services in ((unknown,), (AANVULLENDE_BEURS, unknown)):
        assert noor.refused("/machtigingen", scene.body(*services)) == (422, "service-unknown")


def test_replayed_10_what_the_representative_asks_waits_and_gives_nothing(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    asked = anja.do("/verzoeken", scene.body(), 201)
    assert (asked["status"], asked["rol"]) == ("aangevraagd", "vertegenwoordiger")
    assert scene.offered(anja) == []
    assert noor.read("/machtigingen")["resultaten"] == []


BAD: list[tuple[dict[str, Any], str]] = [
    ({"geldig_tot": "2026-11-23"}, "end-in-the-past"),
    ({"geldig_tot": ""}, "invalid-input"),
    ({"geldig_tot": "31-12-2026"}, "invalid-input"),
    ({"geldig_tot": None}, "invalid-input"),
    ({"geldig_tot": "2050-01-01"}, "period-too-long"),
    ({"geldig_van": "2027-12-01"}, "end-before-start"),
    ({"diensten": [""]}, "service-unknown"),
    ({"diensten": ["x" * 101]}, "invalid-input"),
    ({"diensten": []}, "nothing-chosen"),
    ({"label": "x" * 81}, "invalid-input"),
]


@pytest.mark.parametrize(("change", "code"), BAD)
@pytest.mark.parametrize("path", ["/machtigingen", "/verzoeken"])
def test_replayed_11_bad_input_is_refused_with_a_code(
    scene: Scene, noor: Visitor, path: str, change: dict[str, Any], code: str
) -> None:
    assert noor.refused(path, {**scene.body(), **change}) == (422, code)
    assert noor.read("/machtigingen")["resultaten"] == []


def test_replayed_11_an_end_must_be_named(scene: Scene, noor: Visitor) -> None:
    body = scene.body()
    del body["geldig_tot"]
    assert noor.refused("/machtigingen", body) == (422, "invalid-input")


def test_replayed_12_after_acceptance_the_delegate_ends_it_by_giving_it_up(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    issued = noor.do("/machtigingen", scene.body(), 201)
    anja.do("/codes/bevestigen", {"code": issued["code"]})
    assert anja.refused("/codes/weigeren", {"code": issued["code"]}) == (404, "code-unknown")
    assert anja.do(f"/machtigingen/{issued['id']}/opzeggen")["status"] == "opgezegd"
    assert scene.offered(anja) == []
    assert scene.history(noor, issued["id"])[-1] == "opgezegd door vertegenwoordiger"


# -- Altinn ------------------------------------------------------------------------------------------


def test_replayed_14_access_that_was_asked_for_is_there_once_it_is_approved(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    asked = anja.do("/verzoeken", scene.body(), 201)
    approved = noor.do("/codes/bevestigen", {"code": asked["code"]})
    assert (approved["status"], approved["rol"]) == ("actief", "vertegenwoordigde")
    assert scene.offered(anja) == [asked["id"]]
    assert anja.read(f"/machtigingen/{asked['id']}")["status"] == "actief"


def test_replayed_15_nobody_approves_their_own_request(scene: Scene, anja: Visitor) -> None:
    asked = anja.do("/verzoeken", scene.body(), 201)
    assert anja.refused("/codes/bevestigen", {"code": asked["code"]}) == (404, "code-unknown")
    assert scene.offered(anja) == []


def test_replayed_16_what_ends_takes_along_what_hangs_below_and_ends_once(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja, doormachtigen=1)
    eva = scene.visitor("eva")
    code = anja.do(f"/machtigingen/{given}/doormachtigen", {})["code"]
    link = eva.do("/codes/bevestigen", {"code": code})["id"]
    noor.do(f"/machtigingen/{given}/intrekken")
    assert eva.read(f"/machtigingen/{link}")["status"] == "beeindigd"
    assert noor.refused(f"/machtigingen/{given}/intrekken") == (409, "already-ended")
    assert noor.refused("/machtigingen/unknown/intrekken") == (404, "not-found")


def test_replayed_18_nobody_gives_to_a_party_that_does_not_answer(scene: Scene, noor: Visitor) -> None:
    """There is nobody to name: a party becomes one by its own act, and no other way is offered."""
    given = {**scene.body(), "vertegenwoordiger": "anja"}
    assert noor.refused("/machtigingen", given) == (422, "invalid-input")
    assert noor.refused("/machtigingen", {**scene.body(), "bsn": "999990019"}) == (422, "invalid-input")


def test_replayed_20_what_was_not_given_to_be_passed_on_is_not(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja)
    assert "doormachtigen" not in anja.read(f"/machtigingen/{given}")["acties"]
    assert anja.refused(f"/machtigingen/{given}/doormachtigen", {}) == (422, "chain-too-long")


def test_replayed_21_guessing_is_stopped_for_an_hour(scene: Scene, noor: Visitor) -> None:
    issued = noor.do("/machtigingen", scene.body(), 201)
    guesser = scene.visitor("fatima")
    for number in range(10):
        path = ("/codes/inzien", "/codes/bevestigen", "/codes/weigeren")[number % 3]
        assert guesser.refused(path, {"code": "AAAA-AAAA-AAAA"}) == (404, "code-unknown")
    right = {"code": issued["code"]}
    assert guesser.refused("/codes/inzien", right) == (429, "too-many-attempts")
    scene.house.passes(minutes=59)
    again = scene.visitor("fatima")
    assert again.refused("/codes/bevestigen", right) == (429, "too-many-attempts")
    scene.house.passes(minutes=1)
    assert scene.visitor("fatima").do("/codes/bevestigen", right)["status"] == "actief"


def test_replayed_24_each_power_is_listed_once(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    given = scene.given(noor, anja, AANVULLENDE_BEURS, REISPRODUCT)
    for service in (AANVULLENDE_BEURS, REISPRODUCT):
        found = anja.read(f"/vertegenwoordigden?dienst={service}")["resultaten"]
        assert [one["id"] for one in found] == [given]
    assert [one["id"] for one in anja.read("/machtigingen")["resultaten"]] == [given]
    assert scene.offered(anja) == [given]


# -- Pääsuke -----------------------------------------------------------------------------------------


def test_replayed_25_who_stands_in_nothing_gets_an_empty_list(scene: Scene) -> None:
    stranger = scene.visitor("fatima")
    empty = {"resultaten": [], "volgende": None}
    assert stranger.read("/machtigingen") == empty
    unknown = "urn:uuid:00000000-0000-0000-0000-000000000000"
    for service in (AANVULLENDE_BEURS, ONLY_READING, unknown):
        assert stranger.read(f"/vertegenwoordigden?dienst={service}") == empty
    for malformed in ("unknown", "%00", "urn:uuid:x"):
        assert stranger.get(f"/vertegenwoordigden?dienst={malformed}").status_code == 400
    assert stranger.get(f"/vertegenwoordigden?dienst={'x' * 101}").status_code == 422
    assert stranger.get("/machtigingen/unknown").status_code == 404


def test_replayed_26_what_has_ended_is_not_passed_on(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    given = scene.given(noor, anja, doormachtigen=1)
    noor.do(f"/machtigingen/{given}/intrekken")
    assert anja.refused(f"/machtigingen/{given}/doormachtigen", {}) == (409, "already-ended")
    assert len(anja.read("/machtigingen")["resultaten"]) == 1


def test_replayed_27_children_end_with_their_parent_or_neither_does(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja, doormachtigen=1)
    eva = scene.visitor("eva")
    code = anja.do(f"/machtigingen/{given}/doormachtigen", {})["code"]
    link = eva.do("/codes/bevestigen", {"code": code})["id"]
    token = scene.token(eva, link)

    def fail(_session: Session, identifier: str, _now: object) -> None:
        if identifier == link:
            raise sa.exc.OperationalError("the child cannot be ended", None, Exception())

    hooks = scene.house.machtigingen.on_end
    hooks.append(fail)
    assert noor.post(f"/machtigingen/{given}/intrekken").status_code >= 500
    assert [noor.read(f"/machtigingen/{given}")["status"], eva.read(f"/machtigingen/{link}")["status"]] == [
        "actief",
        "actief",
    ]
    assert scene.lives(token)
    hooks.remove(fail)
    noor.do(f"/machtigingen/{given}/intrekken")
    ended = eva.read(f"/machtigingen/{link}")
    assert (ended["status"], ended["reden"]) == ("beeindigd", "parent-ended")
    assert not scene.lives(token)
    assert scene.history(eva, link)[-1] == "beeindigd door stelsel"


def test_the_level_of_the_login_limits_what_was_registered_higher(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja, min_niveau="substantieel")
    assert scene.offered(anja) == [given]
    low = scene.visitor("anja", Niveau.LAAG)
    assert low.read(f"/vertegenwoordigden?dienst={AANVULLENDE_BEURS}")["resultaten"] == []
