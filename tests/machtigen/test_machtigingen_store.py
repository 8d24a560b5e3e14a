"""Machtigingen in a database: every state comes back with its data, and lists find the right ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from keys.kernel.database import Database
from machtigen.diensten.model import Niveau
from machtigen.machtigingen import geschiedenisstore, rules, store
from machtigen.machtigingen.model import (
    Aangevraagd,
    Actief,
    Beeindigd,
    Betwist,
    Gebeurtenis,
    Gepauzeerd,
    Geweigerd,
    Ingetrokken,
    Machtiging,
    Opgezegd,
    Regel,
    Rol,
    Status,
    Verlopen,
)
from machtigen.machtigingen.store import MachtigingStore
from machtigen.machtigingen.zoekstore import Zoekstore
from machtigen.sealing import Seal, Unsealable
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ANJA,
    DAY,
    KNOWN,
    NOOR,
    NOW,
    REISPRODUCT,
    STRANGER,
    aanvraag,
)

PRECISE = NOW + timedelta(microseconds=3)
STATES: list[Status] = [
    Aangevraagd(PRECISE, b"h" * 32, PRECISE + DAY),
    Actief(PRECISE),
    Geweigerd(PRECISE),
    Gepauzeerd(PRECISE, Rol.VERTEGENWOORDIGER),
    Betwist(PRECISE, Rol.VERTEGENWOORDIGDE, Actief(NOW)),
    Betwist(PRECISE, Rol.VERTEGENWOORDIGER, Gepauzeerd(NOW, Rol.VERTEGENWOORDIGDE)),
    Ingetrokken(PRECISE, Rol.VERTEGENWOORDIGDE),
    Ingetrokken(PRECISE, Rol.VERTEGENWOORDIGER),
    Opgezegd(PRECISE),
    Verlopen(PRECISE),
    Beeindigd(PRECISE, "overleden"),
]
STORE = MachtigingStore(Seal(b"l" * 32))
ZOEK = Zoekstore(STORE)


def machtiging(identifier: str = "m1", **changes: object) -> Machtiging:
    """An open request of Noor, for the services that she chose."""
    made = rules.request(
        aanvraag(AANVULLENDE_BEURS, REISPRODUCT, zaak="ZAAK-1", label="Mijn moeder 💛"), KNOWN,
        identifier=identifier, door=NOOR, rol=Rol.VERTEGENWOORDIGDE, niveau=Niveau.HOOG,
        code_hash=identifier.encode().ljust(32, b"h"), now=NOW,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of Machtiging


def put(database: Database, *ones: Machtiging) -> None:
    for one in ones:
        database.write(lambda session, one=one: STORE.add(session, one, NOW))  # type: ignore[misc]  # bound in the loop


@pytest.mark.parametrize("status", STATES, ids=lambda status: status.naam)
def test_every_state_comes_back_with_its_data(database: Database, status: Status) -> None:
    answered = None if isinstance(status, Aangevraagd) else ANJA
    put(database, machtiging())
    changed = machtiging(status=status, wederpartij=answered)
    database.write(lambda session: STORE.save(session, changed))
    assert database.read(lambda session: STORE.find(session, "m1")) == changed


def test_a_request_of_the_representative_keeps_the_sides_apart(database: Database) -> None:
    asked = machtiging(initiatief=Rol.VERTEGENWOORDIGER, aanvrager=ANJA, wederpartij=NOOR, status=Actief(NOW))
    put(database, asked)
    assert database.read(lambda session: STORE.find(session, "m1")) == asked
    assert database.read(lambda session: STORE.between(session, NOOR, ANJA)) == [asked]


def test_an_open_request_is_found_by_its_code_and_no_longer_once_answered(database: Database) -> None:
    opened = machtiging()
    put(database, opened)
    assert isinstance(opened.status, Aangevraagd)
    code_hash = opened.status.code_hash
    assert database.read(lambda session: STORE.find_by_code(session, code_hash)) == opened
    answered = machtiging(status=Actief(NOW), wederpartij=ANJA)
    database.write(lambda session: STORE.save(session, answered))
    assert database.read(lambda session: STORE.find_by_code(session, code_hash)) is None


def test_one_code_cannot_stand_for_two_requests(database: Database) -> None:
    put(database, machtiging())
    with pytest.raises(sa.exc.IntegrityError):
        put(database, machtiging("m2", status=machtiging().status))
    assert database.read(lambda session: STORE.find(session, "m2")) is None


def test_between_two_people_only_what_is_active_counts(database: Database) -> None:
    active = machtiging("m1", status=Actief(NOW), wederpartij=ANJA)
    put(
        database, active, machtiging("m2", status=Opgezegd(NOW), wederpartij=ANJA),
        machtiging("m3", status=Actief(NOW), wederpartij=STRANGER), machtiging("m4"),
    )  # fmt: skip
    for pair in ((NOOR, ANJA), (ANJA, NOOR)):
        assert database.read(lambda session, pair=pair: STORE.between(session, *pair)) == [active]  # type: ignore[misc]  # bound in the loop


def test_a_representative_finds_the_power_within_its_period_only(database: Database) -> None:
    active = machtiging(status=Actief(NOW), wederpartij=ANJA)
    put(database, active)

    def found(now: object, dienst: object = REISPRODUCT) -> list[Machtiging]:
        ketens = database.read(lambda session: ZOEK.ketens(session, ANJA, dienst, now, 2))  # type: ignore[arg-type]  # passed on
        return [keten.schakel for keten in ketens]

    assert found(active.geldig_van) == found(active.geldig_van, AANVULLENDE_BEURS) == [active]
    assert found(active.geldig_van - timedelta(microseconds=1)) == []
    assert found(active.geldig_tot) == []


def test_what_time_has_ended_is_listed_until_it_is_written_down(database: Database) -> None:
    active = machtiging("m1", status=Actief(NOW), wederpartij=ANJA)
    put(database, active, machtiging("m2"))
    opened = machtiging("m2")
    assert isinstance(opened.status, Aangevraagd)

    def overdue(now: object, limit: int = 10) -> list[str]:
        listed = database.read(lambda session: ZOEK.list_overdue(session, now, limit))  # type: ignore[arg-type]  # a moment
        return [one.id for one in listed]

    assert overdue(NOW) == []
    assert overdue(opened.status.code_geldig_tot) == ["m2"]
    assert overdue(active.geldig_tot) == ["m2", "m1"]  # in the order in which they ended
    assert overdue(active.geldig_tot, 1) == ["m2"]
    expired = rules.expire(active, active.geldig_tot)
    database.write(lambda session: STORE.save(session, expired))
    assert overdue(active.geldig_tot) == ["m2"]


def test_the_history_is_read_in_the_order_it_was_written(database: Database) -> None:
    put(database, machtiging("m1"), machtiging("m2"))
    lines = [
        Regel(PRECISE, gebeurtenis, "stelsel")
        for gebeurtenis in (Gebeurtenis.BEVESTIGD, Gebeurtenis.AANGEVRAAGD)
    ]
    for line in lines:
        database.write(lambda session, line=line: geschiedenisstore.add_line(session, "m1", line))  # type: ignore[misc]  # bound in the loop
    assert [
        line.regel for line in database.read(lambda session: geschiedenisstore.list_lines(session, "m1"))
    ] == lines
    assert database.read(lambda session: geschiedenisstore.list_lines(session, "m2")) == []


def test_history_of_a_machtiging_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        database.write(
            lambda session: geschiedenisstore.add_line(
                session, "none", Regel(NOW, Gebeurtenis.BEVESTIGD, "stelsel")
            )
        )


def test_a_label_opens_in_its_own_row_only(database: Database) -> None:
    put(database, machtiging("m1"), machtiging("m2", label=None))
    moved = "UPDATE machtiging SET label = (SELECT label FROM machtiging WHERE id = 'm1')"
    database.write(lambda session: session.connection().execute(sa.text(moved)))
    assert database.read(lambda session: STORE.find(session, "m1")) == machtiging("m1")
    with pytest.raises(Unsealable):
        database.read(lambda session: STORE.find(session, "m2"))


def test_wrong_codes_are_counted_per_person_and_in_total_within_the_window(database: Database) -> None:
    for place, who in enumerate((ANJA, ANJA, STRANGER)):
        database.write(
            lambda session, who=who, op=NOW + place * DAY: store.add_attempt(session, who, op)  # type: ignore[misc]  # bound in the loop
        )

    def count(since: object, who: object = None) -> int:
        return database.read(lambda session: store.count_attempts(session, since, who))  # type: ignore[arg-type]  # passed on

    assert (count(NOW - DAY), count(NOW), count(NOW - DAY, ANJA), count(NOW, ANJA)) == (3, 2, 2, 1)
    assert database.read(lambda session: store.any_attempt_before(session, NOW))
    database.write(lambda session: store.forget_attempts(session, NOW))
    assert not database.read(lambda session: store.any_attempt_before(session, NOW))
    assert count(NOW - DAY) == 2
