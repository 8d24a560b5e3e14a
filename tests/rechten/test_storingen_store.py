"""Storingen and proposals in a register's database: whole, one open at a time, and never changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from keys.kernel.database import Database
from keys.kernel.pep import Domain, Pseudonym, origin_point
from keys.wire.trace import new_trace
from rechten.errors import ProposalOpen
from rechten.logboek.model import Handelende
from rechten.registers import store as registerstore
from rechten.registers.geopend import OpenRegister, RegisterKeys
from rechten.registers.model import Categorie, Gegeven, GegevenStatus, Register
from rechten.storingen import service, store
from rechten.storingen.model import Aanbieding, Door, Gezet, Soort, Stap, Storing
from rechten.storingen.rules import CONFIRM_WITHIN, MOST_NOTED, is_open
from rechten.voorstellen import service as voorstellen
from rechten.voorstellen import store as voorstelstore
from rechten.voorstellen.model import Afloop, Betalingsvoorstel, Voorstel
from tests.races import at_once
from tests.rechten.test_logboek_store import VERSION

NOW = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
DAY = timedelta(days=1)
ACTOR = "oin:00000001003214345000:terugbetalen"
DOMAIN = Domain(ACTOR, "terugbetalen")
CLIENT = "portaal"
REGISTER = Register(
    "terugbetalen", {"nl": "Terugbetalen"}, ACTOR, DOMAIN, (Categorie("schuld", {}, verplichting=True),),
    "https://terugbetalen.test",
)  # fmt: skip


def refuse(*_anything: Any) -> Any:
    raise AssertionError("not asked here")


@pytest.fixture
def opened(register_database: Database, tmp_path: Path) -> OpenRegister:
    """A register that knows nobody."""
    keys = RegisterKeys(tmp_path / "sleutels", generate=True)
    return OpenRegister(REGISTER, keys, register_database, refuse, refuse, "https://rechten.test/tag")


def person(name: str) -> Pseudonym:
    return Pseudonym(DOMAIN, origin_point(name.encode().ljust(64, b"-")))


def shown(token: str, client_id: str = CLIENT, *, namens: bool = True) -> Aanbieding:
    return Aanbieding(
        token=token,
        afnemer=ACTOR,
        client_id=client_id,
        doel=VERSION,
        handelende=Handelende("sub", namens, "mp", "iss"),
        ingetrokken_op=NOW - timedelta(hours=1),
        trace=new_trace(),
    )


def note(opened: OpenRegister, token: str, who: str = "noor", now: datetime = NOW, **more: Any) -> str | None:
    return service.note(opened, person(who), shown(token, **more), f"https://keys.test/{ACTOR}", now)


def everything(opened: OpenRegister) -> list[Storing]:
    return service.list_for(opened, ACTOR)


def test_one_storing_holds_what_a_client_shows_and_another_client_has_its_own(opened: OpenRegister) -> None:
    first = note(opened, "t1")
    assert first is not None
    assert note(opened, "t2", "anja", NOW + DAY) is None
    assert note(opened, "t1", now=NOW + 2 * DAY) is None
    other = note(opened, "t3", client_id="ander")
    assert other not in {None, first}
    found = service.find_for(opened, first, ACTOR)
    assert [voorval.momenten for voorval in found.voorvallen] == [(NOW, NOW + 2 * DAY), (NOW + DAY,)]
    assert found.voorvallen[0].na == timedelta(hours=1)
    assert len(found.betrokkenen) == 2
    references = {service.reference(opened, found, pid) for pid in found.betrokkenen}
    elsewhere = service.find_for(opened, str(other), ACTOR)
    assert len(references) == 2
    assert service.reference(opened, elsewhere, found.voorvallen[0].pid) not in references


def test_a_flood_of_one_token_is_counted_up_to_a_bound(opened: OpenRegister) -> None:
    for number in range(MOST_NOTED + 5):
        note(opened, "t1", now=NOW + timedelta(seconds=number))
    (storing,) = everything(opened)
    (voorval,) = storing.voorvallen
    assert len(voorval.momenten) == MOST_NOTED
    assert count(opened.database, "logregel") == 1


def test_after_it_closed_the_next_presentation_opens_another(opened: OpenRegister) -> None:
    first = note(opened, "t1")
    for stap in (Stap.OORZAAK_WEGGENOMEN, Stap.HERSTELD):
        service.report(opened, str(first), stap, ACTOR, None, NOW + DAY)
    later = NOW + DAY + CONFIRM_WITHIN
    second = note(opened, "t1", now=later)
    assert second not in {None, first}
    states = [(one.volgnummer, is_open(one, later)) for one in everything(opened)]
    assert sorted(states) == [(1, False), (2, True)]


def test_it_is_all_there_after_a_restart(opened: OpenRegister, tmp_path: Path) -> None:
    note(opened, "t1")
    before = everything(opened)
    again = Database(opened.database.url)
    keys = RegisterKeys(tmp_path / "sleutels", generate=False)
    reopened = OpenRegister(REGISTER, keys, again, refuse, refuse, "https://rechten.test/tag")
    try:
        assert everything(reopened) == before
        assert note(reopened, "t1", now=NOW + DAY) is None
        assert len(everything(reopened)[0].voorvallen) == 1
    finally:
        again.close()


def act_of(opened: OpenRegister, token: str, who: str) -> Callable[[], str | None]:
    return lambda: note(opened, token, who)


def test_of_presentations_at_once_one_opens_the_storing(opened: OpenRegister) -> None:
    """On PostgreSQL all of them stand at the lock before the first goes on."""
    who = [f"iemand-{number}" for number in range(4)]
    acts = [act_of(opened, f"t{number}", name) for number, name in enumerate(who)]
    if opened.database.is_sqlite:
        results: list[Any] = [act() for act in acts]
    else:
        held = (
            "SELECT pg_advisory_xact_lock(hashtextextended("
            "'storing' || chr(10) || :actor || chr(10) || :client || chr(10) || 'W5', 0))"
        )
        results = at_once(opened.database, held, {"actor": ACTOR, "client": CLIENT}, *acts)
    assert results.count(None) == 3
    (storing,) = everything(opened)
    assert len(storing.voorvallen) == 4


def test_one_token_shown_twice_at_once_is_one_occurrence(opened: OpenRegister) -> None:
    note(opened, "t0")
    acts = [act_of(opened, "t1", "anja") for _ in range(3)]
    if opened.database.is_sqlite:
        results: list[Any] = [act() for act in acts]
    else:
        held = (
            "SELECT pg_advisory_xact_lock(hashtextextended("
            "'storing' || chr(10) || :actor || chr(10) || :client || chr(10) || 'W5', 0))"
        )
        results = at_once(opened.database, held, {"actor": ACTOR, "client": CLIENT}, *acts)
    assert results == [None] * 3
    (storing,) = everything(opened)
    assert sorted(len(voorval.momenten) for voorval in storing.voorvallen) == [1, 3]


# -- proposals ---------------------------------------------------------------------------------------


def owe(opened: OpenRegister, who: str = "fatima") -> str:
    """A debt; the row key of who has it."""

    def act(session: Session) -> str:
        found = opened.admit_person(session, person(who), NOW)
        debt = Gegeven(
            f"schuld-{who}", "schuld", {"bedrag": 1}, "DUO", NOW - DAY, None, NOW,
            GegevenStatus.VASTGESTELD, "terugbetalen",
        )  # fmt: skip
        registerstore.add_record(session, found.pid, debt)
        return found.pid

    return opened.database.write(act)


def propose(opened: OpenRegister, pid: str, now: datetime = NOW, who: str = "fatima") -> Voorstel:
    inhoud = Betalingsvoorstel(25, now.date())
    return opened.database.write(
        lambda session: voorstellen.file(
            session, REGISTER, pid, f"schuld-{who}", inhoud, REGISTER.verplichtingen(), now, namens=True
        )
    )


def test_a_proposal_comes_back_whole_and_with_its_end(opened: OpenRegister) -> None:
    pid = owe(opened)
    filed = propose(opened, pid)
    assert opened.database.read(lambda session: voorstellen.list_of(session, pid)) == [filed]
    assert opened.database.read(lambda session: voorstellen.list_open(session, NOW)) == [filed]
    ended = opened.database.write(
        lambda session: voorstellen.end(session, filed.id, Afloop.AFGEWEZEN, NOW + DAY, motivering="Te laag.")
    )
    assert opened.database.read(lambda session: voorstelstore.find(session, filed.id)) == ended
    assert ended.beeindiging is not None
    assert ended.beeindiging.motivering == "Te laag."
    assert opened.database.read(lambda session: voorstellen.list_open(session, NOW)) == []
    second = propose(opened, pid, NOW + 2 * DAY)
    assert (second.volgnummer, second.id != filed.id) == (2, True)


def test_of_proposals_at_once_about_one_debt_one_is_filed(opened: OpenRegister) -> None:
    pid = owe(opened)
    acts = [lambda: propose(opened, pid) for _ in range(3)]
    results: list[Any] = []
    if opened.database.is_sqlite:
        for act in acts:
            try:
                results.append(act())
            except ProposalOpen as refused:
                results.append(refused)
    else:
        held = "SELECT pg_advisory_xact_lock(hashtextextended('voorstel' || chr(10) || :debt, 0))"
        results = at_once(opened.database, held, {"debt": "schuld-fatima"}, *acts)
    assert sorted(type(one).__name__ for one in results) == ["ProposalOpen", "ProposalOpen", "Voorstel"]


# -- insert-only -------------------------------------------------------------------------------------

TABLES = {
    "storing": "client_id", "storing_voorval": "doel", "storing_aanbieding": "op", "storing_stap": "door",
    "voorstel": "bedrag_per_maand", "voorstel_beeindiging": "afloop",
}  # fmt: skip


def count(database: Database, table: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - our own names


@pytest.mark.parametrize("table", TABLES)
def test_nothing_of_it_is_changed_or_removed(opened: OpenRegister, table: str) -> None:
    storing_id = str(note(opened, "t1"))
    service.report(opened, storing_id, Stap.OORZAAK_WEGGENOMEN, None, None, NOW + DAY)
    filed = propose(opened, owe(opened))
    opened.database.write(lambda session: voorstellen.end(session, filed.id, Afloop.INGETROKKEN, NOW))
    column = TABLES[table]
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608 - our own names
        with opened.database.engine.connect() as connection:
            with pytest.raises(DBAPIError, match="insert-only"):
                connection.execute(sa.text(statement))
            connection.rollback()
    assert count(opened.database, table) == 1


def test_a_step_twice_in_one_place_is_refused_by_the_database(opened: OpenRegister) -> None:
    storing_id = str(note(opened, "t1"))
    gezet = Gezet(Stap.OORZAAK_WEGGENOMEN, Door.ACTOR, NOW)

    def act(session: Session) -> None:
        store.add_stap(session, storing_id, 1, gezet)

    opened.database.write(act)
    with pytest.raises(sa.exc.IntegrityError):
        opened.database.write(act)


def test_two_storingen_with_one_number_are_refused_by_the_database(opened: OpenRegister) -> None:
    note(opened, "t1")
    with pytest.raises(sa.exc.IntegrityError):
        opened.database.write(lambda session: store.add(session, ACTOR, CLIENT, Soort.W5, 1, NOW))
