"""A party that signs something else than what was asked: the requester notices, and uses nothing of it."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from keys.client import TranslationRefused
from keys.kernel.jws import Jwks, sign, verify
from keys.wire.transcrypties import TYP_HOP
from tests.keys.conftest import DIPLOMA, OORSPRONG, STUDIE, World


class Liar(httpx2.BaseTransport):
    """Reaches the real parties, and changes one member of what `party` signed, with its own key."""

    def __init__(self, world: World, party: str, changes: dict[str, Any]) -> None:
        self._world = world
        self._party = party
        self._changes = changes
        self.lies = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._world.http.send(request)
        if not request.url.path.endswith(f"/{self._party}/v1/transcrypties"):
            return answer
        key = self._world.app.state.keys.parties[self._party].partij.signing_key
        body = answer.json()
        said = verify(body["antwoord"], Jwks.of(key), typ=TYP_HOP)
        assert self._changes.keys() <= said.keys()
        self.lies += 1
        return httpx2.Response(
            200, json={**body, "antwoord": sign({**said, **self._changes}, key, typ=TYP_HOP)}
        )


LIES: dict[str, dict[str, Any]] = {
    "from-another-domain": {"van": f"{DIPLOMA}|e1"},
    "from-another-epoch": {"van": f"{OORSPRONG}|e2"},
    "to-another-domain": {"naar": f"{DIPLOMA}|e1"},
    "to-another-epoch": {"naar": f"{STUDIE}|e2"},
    "for-another-purpose": {"doel": "inloggen"},
    "of-another-permit": {"jti": "x" * 32},
    "of-another-batch": {"invoer": "x"},
    "with-another-outcome": {"uitvoer": "x"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_second_party_that_signs_something_else_is_not_believed(world: World, lie: str) -> None:
    liar = Liar(world, "t2", LIES[lie])
    with httpx2.Client(transport=liar) as http:
        client = world.client(OORSPRONG.actor, http=http)
        with pytest.raises(TranslationRefused) as refused:
            client.transcrypt([world.encrypted(world.person())], naar=STUDIE, doel="aanmelding")
    assert (refused.value.code, liar.lies) == ("answer-invalid", 1)


def test_a_party_that_signs_what_was_asked_is_believed(world: World) -> None:
    with httpx2.Client(transport=Liar(world, "t2", {})) as http:
        client = world.client(OORSPRONG.actor, http=http)
        assert client.transcrypt([world.encrypted(world.person())], naar=STUDIE, doel="aanmelding")
