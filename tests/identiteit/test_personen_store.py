"""Persons in the database: registered once, with an origin that is computed from nothing."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from identiteit.errors import PersonDiffers
from identiteit.personen.model import Bsn
from identiteit.personen.service import Personen
from keys.kernel.database import Database, check, migrate, pending
from keys.kernel.pep import Domain, Pseudonym, Vault, origin_point
from tests.identiteit.people import ANJA, NOOR, POSTED, fresh_bsn, gegevens

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEERGAVE = Domain("oin:00000099000000001000:identiteit", "weergave")
noor, anja = gegevens(POSTED[NOOR]), gegevens(POSTED[ANJA])


@pytest.fixture
def personen(database: Database) -> Personen:
    return Personen(database, Vault(b"l" * 32))


def test_the_tables_are_those_of_the_migrations(database_url: str) -> None:
    migrate(database_url, "identiteit")
    assert not pending(database_url, "identiteit")
    check(database_url, "identiteit")


def test_a_person_is_found_as_registered(personen: Personen) -> None:
    identifier = personen.register(noor, NOW)
    for found in (
        personen.find(identifier),
        personen.find_by_demo_id(NOOR),
        personen.find_all_by_bsn([noor.bsn])[0],
    ):
        assert found is not None
        assert (found.id, found.gegevens) == (identifier, noor)


def test_the_same_person_twice_is_one_person_with_one_origin(personen: Personen) -> None:
    identifier = personen.register(noor, NOW)
    before = personen.seeds([identifier])
    assert personen.register(gegevens(POSTED[NOOR]), NOW) == identifier
    assert personen.seeds([identifier]) == before
    assert len(personen.list_demo()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"voornaam": "Anders"},
        {"geboortedatum": "2006-02-18"},
        {"demo_id": "other"},
        {"demo_id": None},
        {"adres": {**POSTED[NOOR]["adres"], "huisnummer": "1"}},
    ],
)
def test_other_data_for_the_same_number_are_refused_and_change_nothing(
    personen: Personen, change: dict[str, object]
) -> None:
    identifier = personen.register(noor, NOW)
    with pytest.raises(PersonDiffers):
        personen.register(gegevens({**POSTED[NOOR], **change}), NOW)
    found = personen.find(identifier)
    assert found is not None
    assert found.gegevens == noor


def test_one_demo_id_cannot_be_two_people(personen: Personen) -> None:
    personen.register(noor, NOW)
    with pytest.raises(IntegrityError):
        personen.register(gegevens({**POSTED[ANJA], "demo_id": NOOR}), NOW)
    assert personen.find_all_by_bsn([anja.bsn]) == [None]


def test_origins_have_64_bytes_are_all_different_and_new_each_time(
    personen: Personen, tmp_path: object
) -> None:
    bodies = [{**POSTED[NOOR], "bsn": fresh_bsn(), "demo_id": None} for _ in range(20)]
    seeds = personen.seeds([personen.register(gegevens(body), NOW) for body in bodies])
    assert {len(seed) for seed in seeds} == {64}
    assert len(set(seeds)) == 20
    other_url = f"sqlite:///{tmp_path}/other.db"
    migrate(other_url, "identiteit")
    other = Database(other_url)
    again = Personen(other, Vault(b"l" * 32))
    repeated = again.seeds([again.register(gegevens(body), NOW) for body in bodies])
    other.close()
    assert not set(seeds) & set(repeated)  # the same people, and nothing the same


def test_seeds_come_in_the_order_asked_and_for_known_people_only(personen: Personen) -> None:
    one, two = personen.register(noor, NOW), personen.register(anja, NOW)
    assert personen.seeds([two, one]) == personen.seeds([one, two])[::-1]
    with pytest.raises(KeyError):
        personen.seeds([one, "unknown"])


def test_unknown_numbers_keep_their_place(personen: Personen) -> None:
    personen.register(noor, NOW)
    found = personen.find_all_by_bsn([Bsn(fresh_bsn()), noor.bsn, anja.bsn])
    assert [person.gegevens if person else None for person in found] == [None, noor, None]


def test_a_name_is_found_by_pseudonym_and_kept_wrapped(personen: Personen, database: Database) -> None:
    identifier = personen.register(noor, NOW)
    assert personen.without_display() == [identifier]
    pseudonym = Pseudonym(WEERGAVE, origin_point(secrets.token_bytes(64)))
    other = Pseudonym(WEERGAVE, origin_point(secrets.token_bytes(64)))
    personen.enrol_display([(identifier, pseudonym)])
    assert personen.without_display() == []
    found = personen.find_shown(pseudonym)
    assert found is not None
    assert found.id == identifier
    assert personen.find_shown(other) is None
    with database.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT weergave_pid, weergave_verpakt FROM persoon")).one()
    assert pseudonym.point not in bytes(row[1])
    assert pseudonym.point.hex() not in row[0]


def test_a_name_that_is_enrolled_stays_as_it_is(personen: Personen) -> None:
    identifier = personen.register(noor, NOW)
    first, second = (Pseudonym(WEERGAVE, origin_point(secrets.token_bytes(64))) for _ in range(2))
    personen.enrol_display([(identifier, first)])
    personen.enrol_display([(identifier, second)])
    assert personen.find_shown(first) is not None
    assert personen.find_shown(second) is None
