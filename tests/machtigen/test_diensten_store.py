"""The catalogue in a database: services come back whole, are searched, and do not change silently."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keys.kernel.database import Database
from machtigen.diensten import errors
from machtigen.diensten.model import Client, DienstId, Grond
from machtigen.diensten.service import Diensten
from tests.machtigen.world import AANVULLENDE_BEURS, ACTOR, CATALOGUE, NOW, ONLY_READING, dienst

CLIENT = Client(
    client_id="duo-portaal", naam="DUO", actor=ACTOR, domein=f"{ACTOR}|doel:studiefinanciering|v1",
    redirect_uris=("https://portaal.duo.example.nl/terug",), diensten=(AANVULLENDE_BEURS,),
    jwks={"keys": [{"kty": "EC", "x": "é"}]}, audience="https://api.duo.example.nl", gegevensdienst=True,
)  # fmt: skip


@pytest.fixture
def diensten(database: Database) -> Diensten:
    made = Diensten(database)
    for one in CATALOGUE:
        assert made.register(one, NOW)
    return made


def names(diensten: Diensten, zoek: str) -> list[str]:
    return [one.naam for one in diensten.list(zoek).resultaten]


def test_every_service_comes_back_as_it_was_registered(diensten: Diensten) -> None:
    assert [diensten.find(one.id) for one in CATALOGUE] == list(CATALOGUE)
    unknown = DienstId("urn:uuid:00000000-0000-0000-0000-000000000000")
    assert diensten.find(unknown) is None
    assert diensten.find_many([ONLY_READING, unknown]) == {ONLY_READING: diensten.find(ONLY_READING)}


def test_the_list_is_in_order_of_name_whatever_case_and_accents(diensten: Diensten) -> None:
    for number, naam in enumerate(("élan", "ELAN b", "zebra")):
        diensten.register(
            dienst(DienstId(f"urn:uuid:00000000-0000-0000-0000-00000000000{number}"), naam), NOW
        )
    listed = names(diensten, "")
    assert listed[:4] == ["Aanvullende beurs aanvragen", "Diploma inzien", "élan", "ELAN b"]
    assert listed[-1] == "zebra"


@pytest.mark.parametrize(
    ("zoek", "found"),
    [
        ("DIPLOMA", ["Diploma inzien"]),
        ("inzien diploma", ["Diploma inzien"]),
        ("dïploma", ["Diploma inzien"]),
        ("één ouder reisproduct", ["Studentenreisproduct"]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE dienst; --", []),
    ],
)
def test_search_finds_every_word_in_any_order_and_knows_no_wildcards(
    diensten: Diensten, zoek: str, found: list[str]
) -> None:
    assert names(diensten, zoek) == found


def test_pages_of_the_list_hold_each_service_once_also_with_equal_names(diensten: Diensten) -> None:
    for number in range(3):
        diensten.register(
            dienst(DienstId(f"urn:uuid:00000000-0000-0000-0000-00000000000{number}"), "Gelijk"), NOW
        )
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = diensten.list(na=cursor, limit=2)
        found += [one.id for one in page.resultaten]
        cursor = page.volgende
        if cursor is None:
            break
    assert found == [one.id for one in diensten.list().resultaten]
    assert len(set(found)) == len(CATALOGUE) + 3


def test_registering_the_same_again_changes_nothing_and_something_else_is_refused(diensten: Diensten) -> None:
    assert not diensten.register(dienst(), NOW)
    with pytest.raises(errors.RegistrationDiffers):
        diensten.register(replace(dienst(), naam="Iets anders"), NOW)
    assert diensten.find(AANVULLENDE_BEURS) == dienst()


def test_a_client_comes_back_whole_and_names_known_services_only(diensten: Diensten) -> None:
    assert diensten.register_client(CLIENT, NOW)
    assert not diensten.register_client(CLIENT, NOW)
    assert diensten.find_client("duo-portaal") == CLIENT
    assert diensten.list_clients() == (CLIENT,)
    unknown = DienstId("urn:uuid:00000000-0000-0000-0000-000000000000")
    with pytest.raises(errors.InvalidRegistration):
        diensten.register_client(replace(CLIENT, client_id="ander", diensten=(unknown,)), NOW)
    assert diensten.find_client("ander") is None


def test_a_client_follows_its_domain_to_a_newer_version_and_not_back(diensten: Diensten) -> None:
    newer = replace(CLIENT, domein=f"{ACTOR}|doel:studiefinanciering|v2")
    diensten.register_client(CLIENT, NOW)
    assert not diensten.replace_client(newer, NOW)
    assert diensten.find_client(CLIENT.client_id) == newer
    assert not diensten.replace_client(newer, NOW)
    for wrong in (CLIENT.domein, f"{ACTOR}|doel:studiefinanciering|v2|e1", f"{ACTOR}|doel:anders|v3"):
        with pytest.raises(errors.RegistrationDiffers):
            diensten.replace_client(replace(CLIENT, domein=wrong), NOW)
    assert diensten.find_client(CLIENT.client_id) == newer


def test_a_client_moves_and_gets_new_keys_but_stays_of_its_actor(diensten: Diensten) -> None:
    moved = replace(
        CLIENT, redirect_uris=("https://nieuw.duo.example.nl/terug",), jwks={"keys": [{"kty": "OKP"}]}
    )
    assert diensten.replace_client(CLIENT, NOW)
    assert not diensten.replace_client(moved, NOW)
    assert diensten.find_client(CLIENT.client_id) == moved
    other = f"{ACTOR[:-1]}x"
    for taken in (
        replace(moved, actor=other, domein=f"{other}|doel:a|v1"),
        replace(moved, domein=f"{ACTOR}|doel:a|v1"),
    ):
        with pytest.raises(errors.RegistrationDiffers):
            diensten.replace_client(taken, NOW)
    with pytest.raises(errors.InvalidRegistration):
        diensten.replace_client(
            replace(moved, diensten=(DienstId("urn:uuid:" + "0" * 8 + "-0000" * 3 + "-" + "0" * 12),)), NOW
        )
    assert diensten.find_client(CLIENT.client_id) == moved


def test_services_that_want_several_holders_are_found_by_ground(diensten: Diensten) -> None:
    school = replace(
        dienst(DienstId("urn:uuid:00000000-0000-0000-0000-000000000009"), "Schoolkeuze"),
        quorum={Grond.GEZAG: 2, Grond.VOOGDIJ: 1},
    )
    closed = replace(school, id=DienstId("urn:uuid:00000000-0000-0000-0000-000000000008"), machtigbaar=False)
    for one in (school, closed):
        diensten.register(one, NOW)
    assert list(diensten.list_joint(Grond.GEZAG)) == [school]
    assert list(diensten.list_joint(Grond.VOOGDIJ)) == []
