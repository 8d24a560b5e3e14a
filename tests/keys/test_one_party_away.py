"""One transcryptor may be away: the other two serve, with the same pseudonyms. Two away: nobody serves."""

from __future__ import annotations

import httpx2
import pytest

from keys.client import PeerUnavailable
from keys.kernel.pep import decrypt
from tests.keys.conftest import OORSPRONG, STUDIE, World


class Away(httpx2.BaseTransport):
    """Reaches the real parties, save those that are away; counts what it could not deliver."""

    def __init__(self, world: World, *parties: str, halfway: bool = False) -> None:
        self._world = world
        self._parties = parties
        self._halfway = halfway
        self.missed = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if any(f"/keys/{party}/" in request.url.path for party in self._parties):
            self.missed += 1
            if self._halfway and request.url.path.endswith("transcrypties"):
                self._world.http.send(request)  # it did its work, and was killed before it answered
            raise httpx2.ConnectError("away", request=request)
        return self._world.http.send(request)


@pytest.mark.parametrize("party", ["t1", "t2", "t3"])
@pytest.mark.parametrize("halfway", [False, True])
def test_one_party_away_is_served_by_the_other_two(world: World, party: str, halfway: bool) -> None:
    people = [world.person() for _ in range(3)]
    usual = world.client(OORSPRONG.actor)
    expected = usual.transcrypt([world.encrypted(one) for one in people], naar=STUDIE, doel="aanmelding")
    with httpx2.Client(transport=Away(world, party, halfway=halfway)) as http:
        client = world.client(OORSPRONG.actor, http=http)
        found = client.transcrypt([world.encrypted(one) for one in people], naar=STUDIE, doel="aanmelding")
    key = world.keys[STUDIE]
    assert [decrypt(one, key) for one in found] == [decrypt(one, key) for one in expected]


def test_two_parties_away_is_an_error_that_may_be_tried_again_and_never_half(world: World) -> None:
    with httpx2.Client(transport=Away(world, "t1", "t2")) as http:
        client = world.client(OORSPRONG.actor, http=http)
        with pytest.raises(PeerUnavailable):
            client.transcrypt([world.encrypted(world.person())], naar=STUDIE, doel="aanmelding")


def test_a_key_can_be_obtained_from_any_two(world: World) -> None:
    for away in ("t1", "t2", "t3"):
        with httpx2.Client(transport=Away(world, away)) as http:
            assert (
                world.client(STUDIE.actor, http=http).obtain_key(STUDIE).public == world.keys[STUDIE].public
            )
