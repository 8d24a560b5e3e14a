"""The chained history: every act a line that holds on to the one before it; changes are seen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from keys.kernel.database import Database
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.jws.signature import unverified_claims
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import geschiedenisstore
from machtigen.machtigingen.geschiedenis import broken, changed, content_of
from machtigen.machtigingen.model import Gebeurtenis, Inperking, Regel
from machtigen.machtigingen.zegels import EVERY, Zegels, fingerprint
from machtigen.verifier.geschiedenis import read_export, to_text, verify_export
from tests import races
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import AANVULLENDE_BEURS, ANJA, ARRANGE, DAY, NOOR, NOW, READ, aanvraag

MIDDLE = Niveau.SUBSTANTIEEL
KEY = SigningKey.generate("ES256")
KEYS = Jwks.of(KEY)
ISSUER = "https://machtigen.example.nl/machtigen"


def active(rooms: Rooms) -> str:
    """A machtiging with two lines."""
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    return rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW + DAY).id


def meddle(database: Database, statement: str, **values: object) -> None:
    """As somebody who owns the database and takes the triggers away first."""
    with database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        else:
            for name in ("machtiging_geschiedenis", "geschiedenis_zegel"):
                for verb in ("update", "delete"):
                    connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {name}_no_{verb}"))
        connection.execute(sa.text(statement), values)


@pytest.fixture
def zegels(database: Database) -> Zegels:
    """The seals."""
    return Zegels(database, KEY, ISSUER)


def test_every_act_is_a_line_behind_the_one_before(rooms: Rooms) -> None:
    identifier = active(rooms)
    rooms.machtigingen.revoke(identifier, NOOR, NOW + 2 * DAY)
    lines = rooms.machtigingen.chained(identifier, NOOR)
    assert [(line.nummer, line.regel.gebeurtenis.value) for line in lines] == [
        (1, "aangevraagd"), (2, "bevestigd"), (3, "ingetrokken"),
    ]  # fmt: skip
    assert [line.vorige for line in lines] == [bytes(32), lines[0].hash, lines[1].hash]
    assert list(broken(identifier, lines)) == []


def test_the_first_line_says_what_was_given_and_no_label(rooms: Rooms) -> None:
    asked = aanvraag(label="voor mama", zaak="2026-1")
    issued = rooms.machtigingen.grant(asked, NOOR, MIDDLE, NOW)
    (line,) = rooms.machtigingen.chained(issued.machtiging.id, NOOR)
    assert line.regel.inhoud == {
        "diensten": [AANVULLENDE_BEURS],
        "handelingen": ["informatie_opvragen"],
        "geldig_van": "2026-11-24T10:00:00.000000Z",
        "geldig_tot": "2027-06-12T10:00:00.000000Z",
        "min_niveau": "substantieel",
        "een_zaak": True,
    }
    assert line.regel.inhoud == content_of(issued.machtiging)
    assert changed(issued.machtiging, issued.machtiging) is None


def test_a_line_says_what_an_act_changed_and_nothing_else(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(handelingen=frozenset({READ, ARRANGE})), NOOR, MIDDLE, NOW)
    identifier = rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW).id
    rooms.machtigingen.narrow(identifier, Inperking(handelingen=frozenset({READ})), ANJA, NOW)
    rooms.machtigingen.narrow(identifier, Inperking(zaak="2026-1"), NOOR, NOW)
    rooms.machtigingen.extend(identifier, NOW + 300 * DAY, NOOR, MIDDLE, NOW)
    rooms.machtigingen.extend(identifier, NOW + 300 * DAY, ANJA, MIDDLE, NOW)
    rooms.machtigingen.pause(identifier, NOOR, NOW)
    lines = rooms.machtigingen.chained(identifier, NOOR)[2:]
    assert [(line.regel.gebeurtenis.value, line.regel.inhoud) for line in lines] == [
        ("beperkt", {"handelingen": ["informatie_opvragen"]}),
        ("beperkt", {"een_zaak": True}),
        ("verlenging_gevraagd", None),
        ("verlengd", {"geldig_tot": "2027-09-20T10:00:00.000000Z"}),
        ("gepauzeerd", None),
    ]


def test_what_a_stored_line_says_is_what_is_exported_on_either_database(
    rooms: Rooms, zegels: Zegels, database: Database
) -> None:
    identifier = active(rooms)
    odd = Regel(
        datetime.fromisoformat("2026-11-24T12:00:00.120001+02:00"),
        Gebeurtenis.BEEINDIGD,
        "stelsel",
        reden="parent-ended",
        functie="bestuurder — één",
        inhoud={"geldig_tot": "2027-01-01T00:00:00.000000Z", "handelingen": ["b", "a"], "aantal": 3},
    )
    database.write(lambda session: geschiedenisstore.add_line(session, identifier, odd))
    lines = rooms.machtigingen.chained(identifier, NOOR)
    assert lines[-1].exported()["op"] == "2026-11-24T10:00:00.120001Z"
    content = {"geschiedenis": [{"machtiging": identifier, "regels": [line.exported() for line in lines]}]}
    found = verify_export(zegels.export("machtiging", content, NOW), KEYS, issuer=ISSUER)
    assert (found.machtigingen, found.regels) == ((identifier,), 3)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_acts_at_once_never_fork_the_chain(rooms: Rooms) -> None:
    """Both wait for the row of the machtiging; neither takes it itself before it adds its line."""
    identifier = active(rooms)
    line = Regel(NOW, Gebeurtenis.BEEINDIGD, "stelsel")

    def add() -> None:
        rooms.database.write(lambda session: geschiedenisstore.add_line(session, identifier, line))

    held = "SELECT 1 FROM machtiging WHERE id = :id FOR UPDATE"
    outcome = races.at_once(rooms.database, held, {"id": identifier}, add, add, add)
    assert outcome == [None, None, None]
    lines = rooms.machtigingen.chained(identifier, NOOR)
    assert [one.nummer for one in lines] == [1, 2, 3, 4, 5]
    assert list(broken(identifier, lines)) == []


def test_the_database_refuses_a_second_line_with_one_number(rooms: Rooms, database: Database) -> None:
    identifier = active(rooms)
    again = (
        "INSERT INTO machtiging_geschiedenis (machtiging_id, op, gebeurtenis, door, nummer, vorige, hash) "
        "SELECT machtiging_id, op, gebeurtenis, door, nummer, vorige, hash FROM machtiging_geschiedenis "
        "WHERE machtiging_id = :id AND nummer = 2"
    )
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(sa.text(again), {"id": identifier})


# -- seals -------------------------------------------------------------------------------------------


def test_a_seal_stands_for_all_lines_and_for_the_seal_before(rooms: Rooms, zegels: Zegels) -> None:
    active(rooms)
    first = zegels.seal(NOW)
    active_again = rooms.machtigingen.grant(aanvraag(zaak="z"), NOOR, MIDDLE, NOW)
    second = zegels.seal(NOW + DAY)
    assert (first.nummer, first.aantal, second.nummer, second.aantal) == (1, 2, 2, 3)
    claims = unverified_claims(second.jws)
    assert (claims["iss"], claims["vorige"], claims["aantal"]) == (ISSUER, fingerprint(first), 3)
    assert zegels.check(KEYS) == []
    assert zegels.list_after(1) == [second]
    assert rooms.machtigingen.find(active_again.machtiging.id) is not None


def test_without_new_lines_there_is_no_new_seal(rooms: Rooms, zegels: Zegels) -> None:
    zegels.upkeep(NOW)
    assert zegels.last() is None
    active(rooms)
    zegels.upkeep(NOW)
    first = zegels.last()
    zegels.upkeep(NOW + EVERY)
    assert zegels.last() == first == zegels.seal(NOW + EVERY)
    active_by = rooms.machtigingen.grant(aanvraag(zaak="z"), NOOR, MIDDLE, NOW)
    zegels.upkeep(NOW + EVERY / 2)
    assert zegels.last() == first
    zegels.upkeep(NOW + EVERY)
    assert first is not None
    assert zegels.last() != first
    assert active_by.machtiging.id


CHANGED = "UPDATE machtiging_geschiedenis SET door = 'stelsel' WHERE machtiging_id = :id AND nummer = 2"
REMOVED_LAST = "DELETE FROM machtiging_geschiedenis WHERE machtiging_id = :id AND nummer = 2"
REMOVED_FIRST = "DELETE FROM machtiging_geschiedenis WHERE machtiging_id = :id AND nummer = 1"
REMOVED_ALL = "DELETE FROM machtiging_geschiedenis WHERE machtiging_id = :id"


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (CHANGED, "line 2 was changed"),
        (REMOVED_FIRST, "line 1 was changed"),
        (REMOVED_LAST, "Seal 1: the lines 1 to 2 are not those that were sealed."),
        (REMOVED_ALL, "its history is missing"),
    ],
)
def test_who_changes_the_database_is_found_out(
    rooms: Rooms, zegels: Zegels, database: Database, statement: str, sentence: str
) -> None:
    identifier = active(rooms)
    zegels.seal(NOW)
    meddle(database, statement, id=identifier)
    assert [said for said in zegels.check(KEYS) if sentence in said]


def test_who_makes_a_whole_chain_anew_is_found_out_by_the_seal(
    rooms: Rooms, zegels: Zegels, database: Database
) -> None:
    identifier = active(rooms)
    zegels.seal(NOW)
    meddle(database, REMOVED_ALL, id=identifier)
    for event in (Gebeurtenis.AANGEVRAAGD, Gebeurtenis.GEWEIGERD):
        line = Regel(NOW, event, "vertegenwoordiger")
        database.write(lambda session, line=line: geschiedenisstore.add_line(session, identifier, line))  # type: ignore[misc]  # bound in the loop
    assert list(broken(identifier, rooms.machtigingen.chained(identifier, NOOR))) == []
    assert len(zegels.check(KEYS)) == 1


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE geschiedenis_zegel SET jws = 'a.b.c' WHERE nummer = 1", "Seal 1: the signature"),
        ("DELETE FROM geschiedenis_zegel WHERE nummer = 1", "Seal 2: the lines"),
        ("UPDATE geschiedenis_zegel SET aantal = 1 WHERE nummer = 1", "Seal 2: the lines"),
        ("UPDATE geschiedenis_zegel SET toppen = :other WHERE nummer = 2", "Seal 2: the lines"),
    ],
)
def test_seals_cannot_be_changed_or_removed_unseen(
    rooms: Rooms, zegels: Zegels, database: Database, statement: str, sentence: str
) -> None:
    active(rooms)
    zegels.seal(NOW)
    rooms.machtigingen.grant(aanvraag(zaak="z"), NOOR, MIDDLE, NOW)
    zegels.seal(NOW + DAY)
    meddle(database, statement, **({"other": b"x" * 32} if ":other" in statement else {}))
    assert [said for said in zegels.check(KEYS) if said.startswith(sentence)]


def test_with_another_key_no_seal_holds(rooms: Rooms, zegels: Zegels) -> None:
    active(rooms)
    zegels.seal(NOW)
    assert zegels.check(Jwks.of(SigningKey.generate("ES256"))) == [
        "Seal 1: the signature does not hold under our keys."
    ]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_seal_waits_for_a_line_that_is_on_its_way(rooms: Rooms, zegels: Zegels) -> None:
    """A line with a lower number that commits after the seal would make the seal false."""
    identifier = active(rooms)
    number = "SELECT nextval('machtiging_geschiedenis_volgnummer_seq')"
    insert = (
        "INSERT INTO machtiging_geschiedenis (volgnummer, machtiging_id, op, gebeurtenis, door, nummer, "
        "vorige, hash) VALUES (:v, :id, now(), 'beeindigd', 'stelsel', 9, :h, :h)"
    )
    with rooms.database.engine.connect() as slow, ThreadPoolExecutor(1) as pool:
        low = slow.execute(sa.text(number)).scalar_one()
        slow.execute(sa.text(insert), {"v": low, "id": identifier, "h": b"h" * 32})
        waiting = pool.submit(zegels.seal, NOW)
        races.wait_until(rooms.database, 1)
        assert not waiting.done()
        slow.commit()
        made = waiting.result(timeout=30)
    assert (made.aantal, made.tot) == (3, low)


def test_an_export_is_a_file_that_can_be_read_back(rooms: Rooms, zegels: Zegels) -> None:
    identifier = active(rooms)
    seal = zegels.seal(NOW)
    lines = [line.exported() for line in rooms.machtigingen.chained(identifier, NOOR)]
    document = zegels.export(
        "machtiging", {"geschiedenis": [{"machtiging": identifier, "regels": lines}]}, NOW
    )
    assert verify_export(read_export(json.dumps(document).encode()), KEYS).regels == 2
    assert document["inhoud"]["zegel"] == seal.jws
    assert lines[0]["vorige"] == to_text(bytes(32))
