"""The verbs of machtigingen on a real database."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Actief, Gebeurtenis, Ingetrokken, Machtiging, Regel, Rol, Verlopen
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import (
    AANVULLENDE_BEURS,
    ANJA,
    ARRANGE,
    DAY,
    HIGH,
    NOOR,
    NOW,
    READ,
    REISPRODUCT,
    STRANGER,
    aanvraag,
)

MIDDLE = Niveau.SUBSTANTIEEL


def accepted(rooms: Rooms, **more: object) -> Machtiging:
    issued = rooms.machtigingen.grant(aanvraag(**more), NOOR, MIDDLE, NOW)  # type: ignore[arg-type]  # passed on
    return rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)


def test_noor_grants_and_anja_accepts(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(label="Mijn moeder"), NOOR, MIDDLE, NOW)
    seen = rooms.machtigingen.view(issued.code, ANJA, NOW)
    assert seen.id == issued.machtiging.id
    machtiging = rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)
    assert (machtiging.vertegenwoordigde, machtiging.vertegenwoordiger) == (NOOR, ANJA)
    assert rooms.machtigingen.find(machtiging.id) == machtiging
    assert machtiging.label == "Mijn moeder"
    assert rooms.machtigingen.history(machtiging.id, NOOR, NOW) == [
        Regel(NOW, Gebeurtenis.AANGEVRAAGD, "vertegenwoordigde"),
        Regel(NOW, Gebeurtenis.BEVESTIGD, "vertegenwoordiger"),
    ]


def test_before_acceptance_nothing_can_be_done_with_it(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    assert rooms.machtigingen.list_representable(ANJA, AANVULLENDE_BEURS, NOW) == []
    assert not rooms.machtigingen.is_active(issued.machtiging.id, NOW)


def test_anja_asks_first_and_noor_confirms(rooms: Rooms) -> None:
    issued = rooms.machtigingen.ask(aanvraag(), ANJA, Niveau.HOOG, NOW)
    machtiging = rooms.machtigingen.confirm(issued.code, NOOR, MIDDLE, NOW)
    assert (machtiging.vertegenwoordigde, machtiging.vertegenwoordiger) == (NOOR, ANJA)
    assert machtiging.niveau is MIDDLE


def test_a_request_that_is_declined_says_so_and_nothing_more(rooms: Rooms) -> None:
    issued = rooms.machtigingen.ask(aanvraag(), ANJA, MIDDLE, NOW)
    rooms.machtigingen.decline(issued.code, NOOR, NOW)
    found, rol = rooms.machtigingen.require(issued.machtiging.id, ANJA)
    assert (found.status.naam, rol) == ("geweigerd", Rol.VERTEGENWOORDIGER)
    assert rooms.machtigingen.list_representable(ANJA, AANVULLENDE_BEURS, NOW) == []


def test_the_database_holds_neither_code_nor_label(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(label="Canarische wens"), NOOR, MIDDLE, NOW)
    with rooms.database.engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            rows = str(connection.execute(sa.text(f'SELECT * FROM "{table}"')).all())  # noqa: S608 - own tables
            assert "Canarische" not in rows
            assert issued.code not in rows
            assert issued.code.replace("-", "") not in rows


def test_a_printed_result_does_not_show_the_code(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    assert issued.code not in repr(issued)


def test_it_is_found_by_the_representative_at_its_services_only(rooms: Rooms) -> None:
    machtiging = accepted(rooms)
    assert rooms.machtigingen.list_representable(ANJA, AANVULLENDE_BEURS, NOW) == [Keten((machtiging,))]
    assert rooms.machtigingen.list_representable(ANJA, REISPRODUCT, NOW) == []
    assert rooms.machtigingen.list_representable(NOOR, AANVULLENDE_BEURS, NOW) == []
    find = rooms.machtigingen.find_usable
    assert find(machtiging.id, ANJA, AANVULLENDE_BEURS, NOW) == Keten((machtiging,))
    assert find(machtiging.id, NOOR, AANVULLENDE_BEURS, NOW) is None
    assert find(machtiging.id, ANJA, REISPRODUCT, NOW) is None
    assert find("unknown", ANJA, AANVULLENDE_BEURS, NOW) is None


def test_a_service_that_is_gone_lists_nobody(rooms: Rooms) -> None:
    accepted(rooms)
    unknown = "urn:uuid:00000000-0000-0000-0000-000000000000"
    assert rooms.machtigingen.list_representable(ANJA, unknown, NOW) == []  # type: ignore[arg-type]  # no id of ours


def test_revoking_ends_it_everywhere_at_once(rooms: Rooms) -> None:
    machtiging = accepted(rooms)
    revoked = rooms.machtigingen.revoke(machtiging.id, NOOR, NOW + DAY)
    assert revoked.status == Ingetrokken(op=NOW + DAY, door=Rol.VERTEGENWOORDIGDE)
    assert rooms.machtigingen.list_representable(ANJA, AANVULLENDE_BEURS, NOW + DAY) == []
    assert not rooms.machtigingen.is_active(machtiging.id, NOW + DAY)


def test_the_hook_runs_in_the_transaction_of_the_end(rooms: Rooms) -> None:
    machtiging = accepted(rooms)
    ended: list[tuple[str, datetime]] = []
    rooms.machtigingen.on_end.append(lambda _session, identifier, now: ended.append((identifier, now)))
    rooms.machtigingen.revoke(machtiging.id, NOOR, NOW)
    assert ended == [(machtiging.id, NOW)]


def test_when_the_hook_fails_nothing_has_ended(rooms: Rooms) -> None:
    machtiging = accepted(rooms)

    def fail(_session: Session, _identifier: str, _now: datetime) -> None:
        raise RuntimeError("the status list cannot be written")

    rooms.machtigingen.on_end.append(fail)
    with pytest.raises(RuntimeError):
        rooms.machtigingen.revoke(machtiging.id, NOOR, NOW)
    assert rooms.machtigingen.is_active(machtiging.id, NOW)
    assert len(rooms.machtigingen.history(machtiging.id, NOOR, NOW)) == 2


def test_a_stranger_and_a_wrong_id_get_the_same_answer(rooms: Rooms) -> None:
    machtiging = accepted(rooms)
    for identifier, who in ((machtiging.id, STRANGER), ("unknown", NOOR)):
        with pytest.raises(errors.NotFound):
            rooms.machtigingen.require(identifier, who)
        with pytest.raises(errors.NotFound):
            rooms.machtigingen.revoke(identifier, who, NOW)
        with pytest.raises(errors.NotFound):
            rooms.machtigingen.history(identifier, who, NOW)


def test_lists_run_from_new_to_old_in_pages(rooms: Rooms) -> None:
    made = [
        rooms.machtigingen.grant(
            aanvraag(label=str(place)), NOOR, MIDDLE, NOW + place * DAY / 24
        ).machtiging.id
        for place in range(5)
    ]
    first = rooms.machtigingen.list_for(NOOR, NOW + DAY, limit=2)
    second = rooms.machtigingen.list_for(NOOR, NOW + DAY, limit=2, na=first.volgende)
    third = rooms.machtigingen.list_for(NOOR, NOW + DAY, limit=2, na=second.volgende)
    found = [one.id for page in (first, second, third) for one in page.resultaten]
    assert found == made[::-1]
    assert third.volgende is None


def test_a_cursor_of_ones_own_making_is_refused(rooms: Rooms) -> None:
    for cursor in ("x", "!!", "MjAyNg", "bm90IGEgZGF0ZSBpZA"):
        with pytest.raises(errors.InvalidCursor):
            rooms.machtigingen.list_for(NOOR, NOW, na=cursor)


def test_lists_select_by_role_and_by_status_at_this_moment(rooms: Rooms) -> None:
    active = accepted(rooms)
    short = rooms.machtigingen.grant(aanvraag(REISPRODUCT, end=NOW + DAY), NOOR, MIDDLE, NOW)
    rooms.machtigingen.confirm(short.code, ANJA, MIDDLE, NOW)
    waiting = rooms.machtigingen.grant(
        aanvraag(handelingen=frozenset({ARRANGE})), NOOR, MIDDLE, NOW
    ).machtiging

    def ids(who: object, now: datetime, rol: Rol | None, *statuses: str) -> set[str]:
        page = rooms.machtigingen.list_for(who, now, rol=rol, statuses=frozenset(statuses))  # type: ignore[arg-type]  # a party
        return {one.id for one in page.resultaten}

    short_id = short.machtiging.id
    assert ids(NOOR, NOW, Rol.VERTEGENWOORDIGDE) == {active.id, short_id, waiting.id}
    assert ids(NOOR, NOW, Rol.VERTEGENWOORDIGER) == set()
    assert ids(ANJA, NOW, None) == {active.id, short_id}
    assert ids(NOOR, NOW + 2 * DAY, None, "actief") == {active.id}
    assert ids(NOOR, NOW + 2 * DAY, None, "verlopen") == {short_id}
    assert ids(NOOR, NOW + 20 * DAY, None, "verlopen") == {short_id, waiting.id}
    assert ids(NOOR, NOW + 20 * DAY, None, "aangevraagd") == set()
    assert ids(NOOR, NOW, None, "betwist") == set()


def test_upkeep_only_writes_down_what_time_has_already_done(rooms: Rooms) -> None:
    machtiging = accepted(rooms)
    ended: list[str] = []
    rooms.machtigingen.on_end.append(lambda _session, identifier, _now: ended.append(identifier))
    after = machtiging.geldig_tot + DAY
    assert not rooms.machtigingen.is_active(machtiging.id, after)
    before_upkeep = rooms.machtigingen.history(machtiging.id, NOOR, after)
    assert rooms.machtigingen.settle_expired(after) == 1
    assert rooms.machtigingen.settle_expired(after) == 0
    found = rooms.machtigingen.find(machtiging.id)
    assert found is not None
    assert found.status == Verlopen(op=machtiging.geldig_tot)
    assert rooms.machtigingen.history(machtiging.id, NOOR, after) == before_upkeep
    assert ended == [machtiging.id]


def test_a_withdrawn_code_answers_nothing(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    rooms.machtigingen.revoke(issued.machtiging.id, NOOR, NOW)
    with pytest.raises(errors.CodeUnknown):
        rooms.machtigingen.view(issued.code, ANJA, NOW)


def test_who_accepts_becomes_the_representative_even_when_the_level_is_lower(rooms: Rooms) -> None:
    issued = rooms.machtigingen.grant(aanvraag(HIGH), NOOR, Niveau.HOOG, NOW)
    machtiging = rooms.machtigingen.confirm(issued.code, ANJA, MIDDLE, NOW)
    assert isinstance(machtiging.status, Actief)
    assert machtiging.niveau is Niveau.HOOG
    assert machtiging.min_niveau is Niveau.HOOG


def test_history_cannot_be_changed(rooms: Rooms) -> None:
    accepted(rooms)
    for statement in ("UPDATE machtiging_geschiedenis SET door = 'x'", "DELETE FROM machtiging_geschiedenis"):
        with pytest.raises(sa.exc.DBAPIError), rooms.database.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_both_sides_get_a_notice_of_each_act(rooms: Rooms) -> None:
    machtiging = accepted(rooms, handelingen=frozenset({READ}))
    rooms.machtigingen.revoke(machtiging.id, NOOR, NOW + DAY)
    rooms.upkeep(NOW + DAY)
    for who, rol in ((NOOR, Rol.VERTEGENWOORDIGDE), (ANJA, Rol.VERTEGENWOORDIGER)):
        found = rooms.berichten.list_for(who).resultaten
        assert [notice.soort.value for notice in found] == ["ingetrokken", "bevestigd"]
        assert {notice.rol for notice in found} == {rol}
        assert {notice.machtiging for notice in found} == {machtiging.id}


def test_a_request_tells_nobody_anything(rooms: Rooms) -> None:
    rooms.machtigingen.grant(aanvraag(), NOOR, MIDDLE, NOW)
    rooms.upkeep(NOW)
    assert rooms.berichten.list_for(NOOR).resultaten == ()


def test_a_notice_that_is_delivered_twice_is_there_once(rooms: Rooms) -> None:
    payload = {
        "machtiging": "m", "aan": NOOR, "rol": "vertegenwoordigde", "soort": "verlopen", "door": "stelsel",
        "op": NOW.isoformat(),
    }  # fmt: skip
    rooms.berichten.receive("one", payload)
    rooms.berichten.receive("one", payload)
    assert len(rooms.berichten.list_for(NOOR).resultaten) == 1
    assert rooms.berichten.count_unread(NOOR) == 1
    rooms.berichten.mark_read(NOOR, NOW + DAY)
    assert rooms.berichten.count_unread(NOOR) == 0
    assert rooms.berichten.list_for(NOOR).resultaten[0].gelezen
