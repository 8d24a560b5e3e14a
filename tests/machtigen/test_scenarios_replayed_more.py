"""Cases of other systems, replayed: HMRC (36-40), OPG (41-43), Aidants Connect (45-48); and our own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from machtigen.diensten.model import Niveau
from machtigen.machtigingen import vastleggen
from machtigen.verifier import InvalidEvidence
from tests.machtigen.scene import Scene, Visitor
from tests.machtigen.token_flow import Flow, action_of, claims_of, form_of
from tests.machtigen.token_house import TokenHouse
from tests.machtigen.world import AANVULLENDE_BEURS, REISPRODUCT

pytestmark = pytest.mark.slow
NOBODY = (404, "code-unknown")


@pytest.fixture
def scene(house: TokenHouse, flow: Flow) -> Scene:
    return Scene(house, flow)


@pytest.fixture
def noor(scene: Scene) -> Visitor:
    return scene.visitor("noor")


@pytest.fixture
def anja(scene: Scene) -> Visitor:
    return scene.visitor("anja")


# -- HMRC --------------------------------------------------------------------------------------------


def test_replayed_36_who_may_accept_and_when(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    asked = anja.do("/verzoeken", scene.body(), 201)
    code = {"code": asked["code"]}
    assert anja.refused("/codes/bevestigen", code) == NOBODY
    assert anja.read(f"/machtigingen/{asked['id']}")["status"] == "aangevraagd"
    first = noor.post("/codes/bevestigen", code, Idempotency_Key="once")
    again = noor.post("/codes/bevestigen", code, Idempotency_Key="once")
    assert (first.status_code, first.text) == (again.status_code, again.text)
    assert noor.refused("/codes/bevestigen", code) == NOBODY
    assert noor.refused("/codes/bevestigen", {"code": "AAAA-AAAA-AAAA"}) == NOBODY
    late = anja.do("/verzoeken", scene.body(REISPRODUCT), 201)
    scene.house.passes(days=14)
    assert scene.visitor("noor").refused("/codes/bevestigen", {"code": late["code"]}) == NOBODY


def test_replayed_37_when_acceptance_cannot_be_written_down_it_still_waits(
    scene: Scene, noor: Visitor, anja: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = noor.do("/machtigingen", scene.body(), 201)
    code = {"code": issued["code"]}

    def fail(*_anything: Any) -> None:
        raise sa.exc.OperationalError("the outbox cannot be written", None, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(vastleggen.store, "add_notice", fail)
        assert anja.post("/codes/bevestigen", code).status_code >= 500
    assert noor.read(f"/machtigingen/{issued['id']}")["status"] == "aangevraagd"
    assert scene.history(noor, issued["id"]) == ["aangevraagd door vertegenwoordigde"]
    assert scene.offered(anja) == []
    assert anja.do("/codes/bevestigen", code)["status"] == "actief"


@pytest.mark.parametrize(
    ("side", "act", "status"), [("noor", "intrekken", "ingetrokken"), ("anja", "opzeggen", "opgezegd")]
)
def test_replayed_38_either_side_ends_it_and_only_once(
    scene: Scene, noor: Visitor, anja: Visitor, side: str, act: str, status: str
) -> None:
    given = scene.given(noor, anja)
    who = {"noor": noor, "anja": anja}[side]
    assert who.do(f"/machtigingen/{given}/{act}")["status"] == status
    for person, verb in ((noor, "intrekken"), (anja, "opzeggen")):
        assert person.refused(f"/machtigingen/{given}/{verb}") == (409, "already-ended")
    assert scene.offered(anja) == []


@pytest.mark.parametrize("path", ["/machtigingen", "/verzoeken"])
def test_replayed_39_the_same_open_request_is_refused_and_after_a_declined_one_not(
    scene: Scene, noor: Visitor, anja: Visitor, path: str
) -> None:
    body = scene.body()
    first = noor.do(path, body, 201)
    assert noor.refused(path, body) == (409, "already-requested")
    assert noor.do(path, {**body, "label": "voor iemand anders"}, 201)["id"] != first["id"]
    assert anja.do(path, body, 201)["id"] != first["id"]
    anja.do("/codes/weigeren", {"code": first["code"]})
    again = noor.do(path, body, 201)
    scene.visitor("eva").do("/codes/bevestigen", {"code": again["code"]})
    assert noor.do(path, body, 201)["status"] == "aangevraagd"


# -- OPG ---------------------------------------------------------------------------------------------


def test_replayed_41_who_made_a_code_withdraws_it_and_nobody_else(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    issued = noor.do("/machtigingen", scene.body(), 201)
    path = f"/machtigingen/{issued['id']}/intrekken"
    for other in (anja, scene.visitor("fatima")):
        assert other.refused(path) == (404, "not-found")
    assert noor.do(path)["status"] == "ingetrokken"
    assert anja.refused("/codes/bevestigen", {"code": issued["code"]}) == NOBODY


def test_replayed_42_both_sides_see_which_services_relied_on_it_also_afterwards(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    """Unlike in the source: what was seen stays visible after a revocation; nobody else ever sees it."""
    given = scene.given(noor, anja)
    scene.token(anja, given)
    noor.do(f"/machtigingen/{given}/intrekken")
    for reader in (noor, anja):
        (use,) = reader.read(f"/machtigingen/{given}/gebruik")["resultaten"]
        assert use["client"] == "DUO Studiefinanciering"
    assert scene.visitor("fatima").get(f"/machtigingen/{given}/gebruik").status_code == 404


def test_replayed_43_a_code_is_good_or_every_kind_of_bad_alike(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    good = noor.do("/machtigingen", scene.body(), 201)["code"]
    withdrawn = noor.do("/machtigingen", scene.body(REISPRODUCT), 201)
    noor.do(f"/machtigingen/{withdrawn['id']}/intrekken")
    assert anja.do("/codes/inzien", {"code": good.lower().replace("-", " ")})["status"] == "aangevraagd"
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")
    bad = [anja.post("/codes/inzien", {"code": code}) for code in (withdrawn["code"], wrong, "", "x")]
    scene.house.passes(days=14)
    bad.append(scene.visitor("anja").post("/codes/inzien", {"code": good}))
    assert {(answer.status_code, answer.text) for answer in bad} == {(404, bad[0].text)}


# -- Aidants Connect ---------------------------------------------------------------------------------


def test_replayed_40_a_warning_of_the_end_comes_once(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    scene.given(noor, anja, days=60)
    for days, expected in ((31, 1), (1, 1), (5, 1), (16, 2), (6, 2)):
        scene.house.passes(days=days)
        for name in ("noor", "anja"):
            assert scene.notices(scene.visitor(name)).count("herinnering") == expected


def test_replayed_45_what_has_expired_is_not_offered_and_choosing_it_is_refused(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja, days=1)
    assert scene.offered(anja) == [given]
    scene.house.passes(days=1)
    later = scene.visitor("anja")
    page = scene.flow.open(later.browser, scene.flow.begin().url)
    assert given not in page.text
    answer = later.browser.post(action_of(page), data=form_of(page, namens=given))
    assert "code=" not in answer.headers.get("location", "")
    assert scene.visitor("noor").read(f"/machtigingen/{given}/gebruik")["resultaten"] == []


def test_replayed_46_each_use_is_a_line_that_stays(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    given = scene.given(noor, anja)
    for _ in range(2):
        scene.token(anja, given)
    assert len(noor.read(f"/machtigingen/{given}/gebruik")["resultaten"]) == 2
    assert noor.read(f"/machtigingen/{given}")["gebruikt"] == 2
    for statement in ("UPDATE gebruik SET persoon = 'x'", "DELETE FROM gebruik"):
        with pytest.raises(sa.exc.DBAPIError), scene.house.database.engine.begin() as connection:
            connection.execute(sa.text(statement))
    assert len(anja.read(f"/machtigingen/{given}/gebruik")["resultaten"]) == 2


def test_replayed_47_one_service_is_taken_away_and_the_others_live(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja, AANVULLENDE_BEURS, REISPRODUCT)
    token = scene.token(anja, given)
    noor.do(f"/machtigingen/{given}/beperken", {"diensten": [REISPRODUCT]})
    assert not scene.lives(token)
    assert scene.offered(anja) == []
    assert scene.offered(anja, scope=f"openid {REISPRODUCT}") == [given]
    assert noor.refused(f"/machtigingen/{given}/beperken", {"diensten": []}) == (422, "nothing-chosen")
    noor.do(f"/machtigingen/{given}/intrekken")
    assert scene.offered(anja, scope=f"openid {REISPRODUCT}") == []


def test_replayed_48_only_what_ends_within_the_window_is_found(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    soon = scene.given(noor, anja, days=20)
    scene.given(noor, anja, REISPRODUCT, days=100)
    ended = scene.given(noor, anja, handelingen=["zaken_regelen"], days=10)
    noor.do(f"/machtigingen/{ended}/intrekken")
    waiting = noor.do("/machtigingen", scene.body(REISPRODUCT, days=5), 201)
    for reader in (noor, anja):
        found = reader.read("/machtigingen?verloopt_binnen=30")["resultaten"]
        assert [one["id"] for one in found] == [soon]
    assert waiting["status"] == "aangevraagd"
    assert noor.read("/machtigingen?verloopt_binnen=19")["resultaten"] == []


# -- our own -----------------------------------------------------------------------------------------


def test_s1_a_voluntary_mandate_to_a_parent(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    body = {**scene.body(), "handelingen": ["zaken_regelen"], "geldig_tot": "2027-09-01"}
    issued = noor.do("/machtigingen", body, 201)
    assert scene.offered(anja) == []
    anja.do("/codes/bevestigen", {"code": issued["code"]})
    token = scene.token(anja, issued["id"])
    verified = scene.house.verifier().verify(token)
    claims = claims_of(token)
    (detail,) = claims["authorization_details"]
    assert detail["actions"] == ["zaken_regelen"]
    assert claims["acr"] == Niveau.SUBSTANTIEEL.acr
    assert detail["geldig_tot"].startswith("2027-09-01")
    assert claims["sub"] != claims["represents"]["sub"]
    assert verified is not None
    for person in (noor, anja):
        assert "bevestigd" in scene.notices(person)
    assert len(noor.read(f"/machtigingen/{issued['id']}/gebruik")["resultaten"]) == 1
    assert scene.offered(anja, scope=f"openid {REISPRODUCT}") == []


def test_s2_the_representative_takes_the_initiative_and_is_declined(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    asked = anja.do("/verzoeken", scene.body(), 201)
    assert anja.read("/machtigingen")["resultaten"][0]["id"] == asked["id"]
    noor.do("/codes/weigeren", {"code": asked["code"]})
    told = anja.read(f"/machtigingen/{asked['id']}")
    assert (told["status"], told["reden"], told["acties"]) == ("geweigerd", None, [])
    assert scene.notices(anja) == ["geweigerd"]
    assert scene.offered(anja) == []
    assert anja.refused("/codes/bevestigen", {"code": asked["code"]}) == NOBODY


def test_s7_who_left_acts_no_more_and_the_others_go_on(scene: Scene, noor: Visitor, anja: Visitor) -> None:
    given = scene.given(noor, anja, doormachtigen=1)
    people = {name: scene.visitor(name) for name in ("ali", "eva")}
    links = {}
    for name, person in people.items():
        code = anja.do(f"/machtigingen/{given}/doormachtigen", {"label": name})["code"]
        links[name] = person.do("/codes/bevestigen", {"code": code})["id"]
    tokens = {name: scene.token(person, links[name]) for name, person in people.items()}
    claims = claims_of(tokens["eva"])
    assert claims["represents"]["represents"]["sub"] == scene.claims(noor, "zelf")["sub"]
    anja.do(f"/machtigingen/{links['ali']}/intrekken")
    assert (scene.lives(tokens["ali"]), scene.lives(tokens["eva"])) == (False, True)
    assert scene.offered(people["ali"]) == []
    assert people["eva"].refused(f"/machtigingen/{links['eva']}/doormachtigen", {}) == (422, "chain-too-long")
    uses = noor.read(f"/machtigingen/{given}/gebruik")["resultaten"]
    assert len(uses) == 2


def test_s23_a_service_that_kept_a_token_of_before_the_revocation_is_refused(
    scene: Scene, noor: Visitor, anja: Visitor
) -> None:
    given = scene.given(noor, anja)
    token = scene.token(anja, given)
    verifier = scene.house.verifier()
    assert verifier.verify(token) is not None
    noor.do(f"/machtigingen/{given}/intrekken")
    assert not scene.lives(token)
    scene.house.now += timedelta(seconds=20)  # longer than a status list is kept
    with pytest.raises(InvalidEvidence):
        verifier.verify(token)
    scene.house.passes(hours=1)
    assert not scene.lives(token)
    with pytest.raises(InvalidEvidence):
        scene.house.verifier().verify(token)
