"""Only registered directions, for registered purposes, from one's own domain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from keys.client import TranslationRefused
from keys.kernel.jws import SigningKey
from keys.kernel.pep import Domain
from tests.keys.conftest import DIPLOMA, MACHTIGEN, OORSPRONG, START, STUDIE, World, doel
from tests.keys.signing import code, permit_claims, send


def refusal(world: World, van: Domain, naar: Domain, purpose: str) -> tuple[int, str]:
    data = [world.encrypted(world.person()).data]
    return code(send(world, "t1", van.actor, permit_claims(world, van, naar, purpose, data), data))


def test_a_direction_without_a_ground_is_refused(world: World) -> None:
    assert refusal(world, STUDIE, DIPLOMA, "aanmelding") == (403, "direction-not-registered")


def test_nothing_leads_back_to_the_origin(world: World) -> None:
    assert refusal(world, STUDIE, OORSPRONG, "aanmelding") == (403, "origin-is-no-target")


def test_an_unregistered_purpose_is_refused(world: World) -> None:
    assert refusal(world, OORSPRONG, STUDIE, "bestaat-niet") == (403, "purpose-not-registered")


def test_a_purpose_of_another_direction_is_refused(world: World) -> None:
    assert refusal(world, OORSPRONG, STUDIE, "inloggen") == (403, "direction-not-registered")


def test_a_domain_is_not_translated_to_itself(world: World) -> None:
    assert refusal(world, STUDIE, STUDIE, "aanmelding") == (403, "same-domain")


def test_a_purpose_that_has_ended_is_refused(world: World, new_register: Callable[[], Domain]) -> None:
    register = new_register()
    purpose = f"eind-{register.doel}"
    world.allow(OORSPRONG, register, purpose)
    client = world.client(OORSPRONG.actor)
    item = world.encrypted(world.person())
    assert client.transcrypt([item], naar=register, doel=purpose)
    world.beheer.end_doel(purpose, START - timedelta(minutes=1))
    with pytest.raises(TranslationRefused) as refused:
        client.transcrypt([item], naar=register, doel=purpose)
    assert refused.value.code == "purpose-ended"


def test_a_withdrawn_ground_is_refused_at_once(world: World, new_register: Callable[[], Domain]) -> None:
    register = new_register()
    ground = world.allow(OORSPRONG, register, "aanmelding")
    client = world.client(OORSPRONG.actor)
    item = world.encrypted(world.person())
    assert client.transcrypt([item], naar=register, doel="aanmelding")
    world.beheer.withdraw(ground)
    with pytest.raises(TranslationRefused) as refused:
        client.transcrypt([item], naar=register, doel="aanmelding")
    assert refused.value.code == "direction-not-registered"
    assert client.find_gebruiksgrond(OORSPRONG, register, "aanmelding") is None


def test_a_ground_that_is_over_or_not_yet_begun_is_refused(
    world: World, new_register: Callable[[], Domain]
) -> None:
    register = new_register()
    world.beheer.publish_doel(doel("aanmelding"))
    hour = timedelta(hours=1)
    world.beheer.grant(OORSPRONG, register, "aanmelding", START - 3 * hour, START - 2 * hour)
    world.beheer.grant(OORSPRONG, register, "aanmelding", START + 2 * hour, START + 3 * hour)
    assert refusal(world, OORSPRONG, register, "aanmelding") == (403, "direction-not-registered")


def test_an_actor_cannot_translate_from_anothers_domain(world: World) -> None:
    data = [world.encrypted(world.person()).data]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data, iss=STUDIE.actor)
    assert code(send(world, "t1", STUDIE.actor, claims, data)) == (403, "permit-of-other-actor")


def test_a_permit_of_another_actor_is_refused(world: World) -> None:
    data = [world.encrypted(world.person()).data]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    stolen = world.signing[OORSPRONG.actor]
    assert code(send(world, "t1", STUDIE.actor, claims, data, key=stolen)) == (403, "permit-invalid")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"aud": "http://elders.test/keys"}, (403, "permit-invalid")),
        ({"jti": "kort"}, (403, "permit-invalid")),
        ({"van": "geen domein"}, (403, "permit-invalid")),
        ({"van_epoch": "1"}, (403, "permit-invalid")),
        ({"doel": "GEEN SLUG"}, (403, "permit-invalid")),
        ({"items": None}, (403, "permit-invalid")),
        ({"trace_id": "met spatie"}, (403, "permit-invalid")),
        ({"exp": 1}, (403, "permit-expired")),
        ({"exp": 99_999_999_999}, (403, "permit-expired")),
        ({"paar": ["t1", "t1"]}, (403, "wrong-pair")),
        ({"paar": ["t2", "t3"]}, (403, "wrong-pair")),
        ({"paar": "t1t2"}, (403, "wrong-pair")),
        ({"aantal": 2}, (422, "wrong-number-of-items")),
        ({"aantal": 1001}, (422, "wrong-number-of-items")),
        ({"aantal": True}, (403, "permit-invalid")),
        ({"items": "x" * 43}, (422, "items-differ")),
        ({"naar_epoch": 2}, (409, "key-not-certified")),
    ],
)
def test_a_permit_that_says_something_else_is_refused(
    world: World, changes: dict[str, object], expected: tuple[int, str]
) -> None:
    data = [world.encrypted(world.person()).data]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data, **changes)
    assert code(send(world, "t1", OORSPRONG.actor, claims, data)) == expected


def test_a_permit_under_an_unregistered_key_or_of_another_type_is_refused(world: World) -> None:
    data = [world.encrypted(world.person()).data]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    own = SigningKey.generate("ES256")
    assert code(send(world, "t1", OORSPRONG.actor, claims, data, key=own)) == (403, "permit-invalid")
    assert code(send(world, "t1", OORSPRONG.actor, claims, data, typ="jwt")) == (403, "permit-invalid")


def test_an_unknown_caller_is_refused_before_anything_is_read(world: World) -> None:
    stranger = "oin:00000001003214345000:onbekend"
    world.signing[stranger] = SigningKey.generate("ES256")
    data = [world.encrypted(world.person()).data]
    claims = permit_claims(world, OORSPRONG, STUDIE, "aanmelding", data)
    assert code(send(world, "t1", stranger, claims, data)) == (401, "caller-rejected")


def test_machtigen_cannot_reach_a_register_it_has_no_ground_for(world: World) -> None:
    assert refusal(world, MACHTIGEN, DIPLOMA, "inzage-namens") == (403, "direction-not-registered")
