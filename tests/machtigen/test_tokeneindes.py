"""Since when a token is refused: `rechten` is told, of tokens that were ended early, for a week."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from keys.kernel.caller import assertion
from keys.kernel.jws import Jwks, SigningKey
from machtigen.api import tokeneindes
from machtigen.bevoegdheidsverklaringen.store import KEEP, KEEP_ENDED
from tests.machtigen.scene import Scene
from tests.machtigen.token_flow import Flow
from tests.machtigen.token_house import OWN, TokenHouse

RECHTEN, OPERATOR = SigningKey.generate("ES256"), SigningKey.generate("ES256")
MOMENT = timedelta(seconds=1)


@pytest.fixture
def scene(house: TokenHouse, flow: Flow) -> Scene:
    services = house.app.state.services
    services.caller_keys = {"rechten": Jwks.of(RECHTEN), "beheer": Jwks.of(OPERATOR)}.get
    services.find_token_end = house.tokens.introspectie.ended
    house.app.include_router(tokeneindes.router)
    return Scene(house, flow)


def ask(scene: Scene, token: str, who: str = "rechten", key: SigningKey = RECHTEN) -> httpx2.Response:
    proof = assertion(who, key, OWN, scene.house.now)
    headers = {"Authorization": f"Bearer {proof}"}
    return scene.house.http.post("/machtigen/api/v1/tokeneindes", json={"token": token}, headers=headers)


def test_an_ended_token_has_a_moment_and_nothing_else_is_told(scene: Scene) -> None:
    noor, anja = scene.visitor("noor"), scene.visitor("anja")
    given = scene.given(noor, anja)
    token = scene.token(anja, given)
    living = ask(scene, token)
    assert (living.status_code, living.json()["code"]) == (404, "not-found")
    scene.house.passes(minutes=1)
    ended_at = scene.house.now
    noor.do(f"/machtigingen/{given}/intrekken")
    scene.house.passes(hours=1)
    answer = ask(scene, token)
    assert (answer.status_code, set(answer.json())) == (200, {"geeindigd_op"})
    assert answer.json()["geeindigd_op"] == ended_at.isoformat().replace("+00:00", "Z")


def test_a_token_that_expired_by_itself_has_none_also_when_the_machtiging_ended_later(scene: Scene) -> None:
    noor, anja = scene.visitor("noor"), scene.visitor("anja")
    given = scene.given(noor, anja)
    token = scene.token(anja, given)
    scene.house.passes(minutes=6)
    noor.do(f"/machtigingen/{given}/intrekken")
    assert ask(scene, token).status_code == 404


@pytest.mark.parametrize(("after", "status"), [(KEEP + MOMENT, 200), (KEEP_ENDED, 404)])
def test_it_is_forgotten_a_week_after_the_token_would_have_expired(
    scene: Scene, after: timedelta, status: int
) -> None:
    noor, anja = scene.visitor("noor"), scene.visitor("anja")
    given = scene.given(noor, anja)
    token = scene.token(anja, given)
    noor.do(f"/machtigingen/{given}/intrekken")
    scene.house.passes(seconds=301 + after.total_seconds())
    scene.house.tokens.verklaringen.upkeep(scene.house.now)
    assert ask(scene, token).status_code == status


@pytest.mark.parametrize("token", ["abc", "e30.e30.e30"])
def test_what_is_no_token_of_ours_has_none(scene: Scene, token: str) -> None:
    assert ask(scene, token).status_code == 404


def test_nobody_else_may_ask(scene: Scene) -> None:
    assert ask(scene, "abc", "beheer", OPERATOR).status_code == 403
    assert ask(scene, "abc", "duo-portaal", RECHTEN).status_code == 401
    assert scene.house.http.post("/machtigen/api/v1/tokeneindes", json={"token": "abc"}).status_code == 401
