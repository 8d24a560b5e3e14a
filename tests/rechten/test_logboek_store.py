"""The processing log in a database: what goes in comes out, found by the person's tags only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from keys.kernel.database import Database
from keys.wire.trace import continue_trace, new_trace
from rechten.doelen.model import DoelVersie
from rechten.logboek.model import Handelende, Logdetail, Rol, Status, Tegenpartij, Weigering
from rechten.logboek.service import Actie, Logboek
from rechten.logboek.tags import new_seed, tag_at
from rechten.logboek.zegel import UnreadableDetail, Zegel

NOW = datetime(2026, 11, 24, 12, 0, 0, 250_000, tzinfo=UTC)
VERSION = DoelVersie(
    "doel", 2, "d1g3st", "https://keys.test/doelen/doel/v2", {"nl": "Doel"}, ("Wet, artikel 1",)
)
DETAIL = Logdetail(
    doel=VERSION,
    rol=Rol.VERSTREKKING,
    categorieen=("toekenning",),
    geweigerd=(Weigering("nationaliteit", "category-not-in-purpose"),),
    redenen=(),
    gebruiksgrond="grond-1",
    tegenpartij=Tegenpartij("oin:00000001003214345000:x", {"nl": "DUO", "en": "DUO"}, "portaal"),
    handelende=Handelende(
        sub="wie-handelde", namens=True, machtiging="mp_1", machtiging_iss="https://m.test"
    ),
)
ZEGEL = Zegel(b"k" * 32)
LOGBOEK = Logboek(ZEGEL, subject_type="https://rechten.test/id-typen/logtag/x", resource="register-x")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def actie(zaad: bytes | None, **changes: object) -> Actie:
    base = Actie(
        "Gegevens opgevraagd", continue_trace(PARENT), NOW, DETAIL, zaad, "https://keys.test/actoren/x"
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # fields of Actie


def test_a_line_carries_the_fields_of_the_standard_and_no_invented_attributes(
    register_database: Database,
) -> None:
    zaad = new_seed()
    register_database.write(
        lambda session: LOGBOEK.append(session, actie(zaad), NOW + timedelta(milliseconds=3))
    )
    found = register_database.read(lambda session: LOGBOEK.find(session, zaad, NOW.date(), NOW.date()))
    regel = found[0].regel
    assert regel.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert regel.parent_span_id == "b7ad6b7169203331"
    assert len(regel.span_id) == 16
    assert regel.status is Status.OK
    assert (regel.end_time - regel.start_time, regel.start_time % 1000) == (3, 250)
    assert regel.attributes() == {
        "dpl.core.processing_activity_id": VERSION.uri,
        "dpl.core.data_subject_id": tag_at(zaad, NOW),
        "dpl.core.data_subject_id_type": "https://rechten.test/id-typen/logtag/x",
        "dpl.core.foreign_operation.processor": "https://keys.test/actoren/x",
    }
    assert found[0].detail == DETAIL


def test_lines_are_found_by_the_seed_and_within_the_days(register_database: Database) -> None:
    mine, other = new_seed(), new_seed()
    for days in (0, 1, 400):
        moment = NOW - timedelta(days=days)
        for zaad in (mine, other):
            one = actie(zaad, trace=new_trace(), begonnen_op=moment)
            register_database.write(
                lambda session, one=one, moment=moment: LOGBOEK.append(session, one, moment)
            )  # type: ignore[misc]  # bound in the loop

    def days_found(van: int, tot: int) -> list[int]:
        first, last = (NOW - timedelta(days=days) for days in (van, tot))
        found = register_database.read(lambda session: LOGBOEK.find(session, mine, first.date(), last.date()))
        return [(NOW - datetime.fromtimestamp(one.regel.end_time / 1000, UTC)).days for one in found]

    assert days_found(0, 0) == [0]
    assert days_found(5, 0) == [0, 1]
    assert days_found(7_300, 0) == [0, 1, 400]
    assert days_found(10, 2) == []


def test_a_line_may_be_about_nobody(register_database: Database) -> None:
    register_database.write(lambda session: LOGBOEK.append(session, actie(None), NOW))
    with register_database.engine.connect() as connection:
        tag, attributes = connection.execute(
            sa.text("SELECT data_subject_id, attributes FROM logregel")
        ).one()
    assert tag is None
    assert "data_subject" not in str(attributes)


def test_the_open_line_says_nothing_of_the_detail(register_database: Database) -> None:
    register_database.write(lambda session: LOGBOEK.append(session, actie(new_seed()), NOW))
    with register_database.engine.connect() as connection:
        row = str(connection.execute(sa.text("SELECT * FROM logregel")).one())
        sealed = bytes(connection.execute(sa.text("SELECT verzegeld FROM logdetail")).scalar_one())
    for secret in ("toekenning", "nationaliteit", "wie-handelde", "mp_1", "portaal"):
        assert secret not in row
        assert secret.encode() not in sealed


@pytest.mark.parametrize(
    "place",
    [("a" * 32, "b" * 16, "other"), ("c" * 32, "b" * 16, "d1g3st"), ("a" * 32, "c" * 16, "d1g3st")],
    ids=["purpose", "trace", "span"],
)
def test_a_detail_opens_at_its_own_line_and_purpose_only(place: tuple[str, str, str]) -> None:
    sealed = ZEGEL.seal(DETAIL, "a" * 32, "b" * 16)
    assert ZEGEL.open(sealed, "a" * 32, "b" * 16, "d1g3st") == DETAIL
    with pytest.raises(UnreadableDetail):
        ZEGEL.open(sealed, *place)
    with pytest.raises(UnreadableDetail):
        Zegel(b"x" * 32).open(sealed, "a" * 32, "b" * 16, "d1g3st")
    with pytest.raises(UnreadableDetail):
        ZEGEL.open(sealed[:5], "a" * 32, "b" * 16, "d1g3st")
