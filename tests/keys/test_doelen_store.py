"""The registry in a database: what goes in comes out, the newest counts, nothing is written over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from keys.doelen import store
from keys.doelen.model import Actor, Doel, DoelInhoud, DomainKey, Gebruiksgrond, Overschrijding, Rol
from keys.kernel.database import Database, migrate
from keys.kernel.pep.names import Context, Domain

NOW = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
START = NOW.replace(microsecond=0)  # what is published is in whole seconds
ACTOR = Actor("00000001003214345000", "studiefinanciering", "DUO é", Rol.REGISTER, {"keys": [{"kid": "1"}]})
OTHER = replace(ACTOR, onderactor="diplomaregister")
DOMAIN = Domain(ACTOR.id, "studiefinanciering")
TARGET = Domain(OTHER.id, "diplomaregister")
INHOUD = DoelInhoud(
    "toeslag", "Toeslag", "Waarom", "Benefit", "Why", "Wet, artikel 1", "avg-6-1-e", ("inkomen", "adres"),
    "P7Y", START, START + timedelta(days=900), ("Jansen", "De Vries"),
)  # fmt: skip
DOEL = Doel(INHOUD, 1, "d" * 64)
GROND = Gebruiksgrond("g1", DOMAIN, TARGET, "toeslag", NOW, None, 10, Overschrijding.WEIGEREN)


@pytest.fixture
def registry(database_url: str) -> Iterator[Database]:
    """A registry with two actors."""
    migrate(database_url, "keys")
    database = Database(database_url)
    for actor in (ACTOR, OTHER):
        database.write(lambda session, actor=actor: store.add_actor(session, actor, NOW))  # type: ignore[misc]  # bound in the loop
    yield database
    database.close()


def test_an_actor_comes_back_with_its_newest_keys(registry: Database) -> None:
    assert registry.read(lambda session: store.find_actor(session, ACTOR.id)) == ACTOR
    newer = {"keys": [{"kid": "2"}, {"kid": "3"}]}
    registry.write(lambda session: store.add_actor_keys(session, ACTOR.id, newer, NOW))
    assert registry.read(lambda session: store.find_actor(session, ACTOR.id)) == replace(ACTOR, jwks=newer)
    assert registry.read(lambda session: store.find_actor(session, "oin:x")) is None
    assert registry.read(store.list_actors) == [OTHER, replace(ACTOR, jwks=newer)]


def test_an_actor_is_registered_once(registry: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        registry.write(lambda session: store.add_actor(session, replace(ACTOR, naam="Iemand anders"), NOW))
    assert registry.read(lambda session: store.find_actor(session, ACTOR.id)) == ACTOR


def test_keys_and_domains_of_an_unknown_actor_are_refused(registry: Database) -> None:
    unknown = "oin:00000001003214345000:onbekend"
    with pytest.raises(sa.exc.IntegrityError):
        registry.write(lambda session: store.add_actor_keys(session, unknown, {}, NOW))
    with pytest.raises(sa.exc.IntegrityError):
        registry.write(lambda session: store.add_domein(session, Domain(unknown, "doel"), NOW))


def test_every_version_of_a_purpose_stays_and_the_newest_counts(registry: Database) -> None:
    second = Doel(replace(INHOUD, uitleg="Anders", geldig_tot=None), 2, "e" * 64)
    for doel in (DOEL, second):
        registry.write(lambda session, doel=doel: store.add_doel(session, doel, NOW))  # type: ignore[misc]  # bound in the loop
    assert registry.read(lambda session: store.find_doel(session, "toeslag")) == second
    assert registry.read(lambda session: store.find_doel(session, "toeslag", 1)) == DOEL
    assert registry.read(lambda session: store.find_doel(session, "toeslag", 3)) is None
    assert registry.read(store.list_doelen) == [second]
    with pytest.raises(sa.exc.IntegrityError):
        registry.write(lambda session: store.add_doel(session, replace(second, digest="f" * 64), NOW))


def test_an_end_holds_for_its_version_and_those_before_and_the_earliest_counts(registry: Database) -> None:
    versions = [replace(DOEL, versie=number) for number in (1, 2, 3)]
    for doel in versions:
        registry.write(lambda session, doel=doel: store.add_doel(session, doel, NOW))  # type: ignore[misc]  # bound in the loop
    late, early = NOW + timedelta(days=9), NOW + timedelta(days=3)
    registry.write(lambda session: store.end_doel(session, versions[1], early, NOW))
    registry.write(lambda session: store.end_doel(session, versions[2], late, NOW))
    ends = [
        registry.read(lambda session, number=number: store.find_doel(session, "toeslag", number))  # type: ignore[misc]  # bound in the loop
        for number in (1, 2, 3)
    ]
    assert [doel.beeindigd_per for doel in ends if doel] == [early, early, late]


def test_domains_and_their_keys_come_back_by_epoch(registry: Database) -> None:
    registry.write(lambda session: store.add_domein(session, DOMAIN, NOW))
    keys = [DomainKey(Context(DOMAIN, epoch), bytes([epoch]) * 32, ("eerste", "tweede")) for epoch in (1, 2)]
    for key in reversed(keys):
        registry.write(lambda session, key=key: store.add_key(session, key, NOW))  # type: ignore[misc]  # bound in the loop
    assert registry.read(lambda session: store.list_keys(session, DOMAIN)) == keys
    assert registry.read(lambda session: store.find_key(session, Context(DOMAIN, 2))) == keys[1]
    assert registry.read(lambda session: store.find_key(session, Context(DOMAIN, 3))) is None
    assert registry.read(store.list_domeinen) == [DOMAIN]
    assert registry.read(lambda session: store.has_domein(session, TARGET)) is False
    with pytest.raises(sa.exc.IntegrityError):
        registry.write(lambda session: store.add_key(session, replace(keys[0], public=b"x" * 32), NOW))


def test_grounds_are_found_by_direction_and_purpose_withdrawn_ones_too(registry: Database) -> None:
    later = replace(GROND, id="a-later", geldig_tot=NOW + timedelta(days=1), max_per_dag=None)
    back = replace(
        GROND, id="g2", van=TARGET, naar=DOMAIN, doel="anders", bij_overschrijding=Overschrijding.ALARM
    )
    for number, grond in enumerate((GROND, later, back)):
        registry.write(
            lambda session, grond=grond, op=NOW + timedelta(seconds=number): store.add_gebruiksgrond(  # type: ignore[misc]  # bound in the loop
                session, grond, op
            )
        )
    registry.write(lambda session: store.end_gebruiksgrond(session, "g1", NOW))
    ended = replace(GROND, ingetrokken_op=NOW)

    def listed(*narrowed: str | None) -> list[Gebruiksgrond]:
        return registry.read(lambda session: store.list_gebruiksgronden(session, *narrowed))

    assert listed() == [ended, later, back]
    assert listed(str(DOMAIN), str(TARGET), "toeslag") == [ended, later]
    assert listed(None, None, "anders") == [back]
    assert listed(str(DOMAIN), str(DOMAIN)) == []
    assert registry.read(lambda session: store.find_gebruiksgrond(session, "g1")) == ended
    with pytest.raises(sa.exc.IntegrityError):
        registry.write(lambda session: store.end_gebruiksgrond(session, "g1", NOW))
    with pytest.raises(sa.exc.IntegrityError):
        registry.write(lambda session: store.end_gebruiksgrond(session, "unknown", NOW))


def test_the_facts_of_a_direction_hold_what_is_registered_and_none_for_what_is_not(
    registry: Database,
) -> None:
    registry.write(lambda session: store.add_gebruiksgrond(session, GROND, NOW))
    van, naar = Context(DOMAIN, 1), Context(TARGET, 1)
    facts = registry.read(lambda session: store.direction_facts(session, ACTOR.id, "toeslag", van, naar))
    assert (facts.actor, facts.gebruiksgronden) == (ACTOR, (GROND,))
    assert (facts.doel, facts.van_key, facts.naar_key) == (None, None, None)
