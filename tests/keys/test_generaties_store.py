"""Generations in the registry's database: what was there is of the first one, and nothing is written over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command

from keys.doelen import store
from keys.doelen.errors import (
    GenerationOutOfOrder,
    NamesNotCarried,
    ShareGenerationUnknown,
    SharesBeingRefreshed,
    UnknownGeneration,
)
from keys.doelen.generaties import Carried, Generaties
from keys.doelen.model import DomainKey, GeneratieStand
from keys.doelen.service import Doelen
from keys.kernel.database import Database, _config, migrate
from keys.kernel.log import Log
from keys.kernel.pep.names import Context
from tests.keys.test_doelen_store import ACTOR, DOMAIN, NOW, TARGET

CONTEXT = Context(DOMAIN, 1)


@pytest.fixture
def registry(database_url: str) -> Iterator[Database]:
    """A registry with a domain that has a key."""
    migrate(database_url, "keys")
    database = Database(database_url)

    def fill(session: object) -> None:
        store.add_actor(session, ACTOR, NOW)  # type: ignore[arg-type]
        store.add_domein(session, DOMAIN, NOW)  # type: ignore[arg-type]
        store.add_key(session, DomainKey(CONTEXT, b"p" * 32, ("a", "b")), NOW)  # type: ignore[arg-type]
        store.add_commitment(session, CONTEXT, 1, "t1", "one", NOW)  # type: ignore[arg-type]

    database.write(fill)
    yield database
    database.close()


@pytest.fixture
def generaties(registry: Database) -> Generaties:
    return Generaties(registry, Log("keys", None))


def carried(nummer: int) -> Carried:
    return Carried(
        CONTEXT, {"t1": "one", "t2": "two", "t3": "three"},
        dict.fromkeys(("t1", "t2", "t3"), f"new-{nummer}"), f"proof-{nummer}",
    )  # fmt: skip


def test_a_generation_is_begun_filled_and_put_into_use_each_once(
    generaties: Generaties, registry: Database
) -> None:
    assert (generaties.in_use(), generaties.was_in_use(1), generaties.was_in_use(2)) == (1, True, False)
    begun, is_new = generaties.begin(2, NOW)
    assert (begun.nummer, begun.vorige, begun.stand, is_new) == (2, 1, GeneratieStand.BEGONNEN, True)
    assert generaties.begin(2, NOW) == (begun, False)
    with pytest.raises(SharesBeingRefreshed):
        generaties.begin(3, NOW)
    with pytest.raises(NamesNotCarried):
        generaties.enter(2, NOW)
    for _ in range(2):
        generaties.record(2, [carried(2)], NOW)
    assert generaties.enter(2, NOW) == generaties.enter(2, NOW)
    assert generaties.in_use() == 2
    with pytest.raises(GenerationOutOfOrder):
        generaties.give_up(2, NOW)
    with pytest.raises(GenerationOutOfOrder):
        generaties.record(2, [carried(2)], NOW)
    kept = [registry.read(lambda session, one=one: store.list_commitments(session, CONTEXT, one))  # type: ignore[misc]
            for one in (1, 2)]  # fmt: skip
    assert kept == [{"t1": "one", "t2": "two", "t3": "three"}, dict.fromkeys(("t1", "t2", "t3"), "new-2")]
    generation, names = generaties.find(2)
    assert [(one.key.context, one.proof) for one in names] == [(CONTEXT, "proof-2")]
    assert generation.stand is GeneratieStand.INGEGAAN


def test_numbers_go_up_and_one_that_was_given_up_is_never_used_again(generaties: Generaties) -> None:
    for number in (1, 3):
        with pytest.raises(GenerationOutOfOrder):
            generaties.begin(number, NOW)
    generaties.begin(2, NOW)
    assert generaties.give_up(2, NOW) == generaties.give_up(2, NOW)
    with pytest.raises(GenerationOutOfOrder):
        generaties.enter(2, NOW)
    with pytest.raises(GenerationOutOfOrder):
        generaties.begin(2, NOW)
    begun, _ = generaties.begin(3, NOW)
    assert begun.vorige == 1
    with pytest.raises(UnknownGeneration):
        generaties.find(9)


def test_no_name_is_added_while_shares_are_refreshed(generaties: Generaties, registry: Database) -> None:
    doelen = Doelen(registry, Log("keys", None))
    later = DomainKey(Context(DOMAIN, 2), b"q" * 32, ("a", "b"))
    generaties.begin(2, NOW)
    for act in (
        lambda: doelen.register_domein(TARGET, NOW),
        lambda: doelen.record_key(later, NOW),
        lambda: generaties.require_issuable(later.context, 1),
    ):
        with pytest.raises(SharesBeingRefreshed):
            act()
    generaties.require_issuable(CONTEXT, 1)
    assert doelen.record_key(DomainKey(CONTEXT, b"p" * 32, ("a", "b")), NOW).public == b"p" * 32
    with pytest.raises(ShareGenerationUnknown):
        doelen.record_commitments(CONTEXT, 2, {"t1": "early"}, NOW)
    generaties.record(2, [carried(2)], NOW)
    generaties.enter(2, NOW)
    for generation in (1, 2):
        if generation == 1:
            with pytest.raises(ShareGenerationUnknown):
                generaties.require_issuable(later.context, generation)
            with pytest.raises(ShareGenerationUnknown):
                doelen.record_key(later, NOW)
    generaties.require_issuable(later.context, 2)


@pytest.mark.slow
def test_commitments_from_before_are_of_the_first_generation(database_url: str) -> None:
    config = _config(database_url, "keys")
    command.upgrade(config, "0004")
    engine = sa.create_engine(database_url)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    insert = (
        "INSERT INTO toezeggingen (domein, epoch, partij, verklaring, vastgelegd_op)"
        " VALUES (:domein, 1, :partij, :verklaring, :op)"
    )
    values = [{"domein": str(DOMAIN), "partij": party, "verklaring": f"v-{party}", "op": moment}
              for party in ("t1", "t2")]  # fmt: skip
    with engine.begin() as connection:
        who = {"actor": ACTOR.id, "domein": str(DOMAIN), "op": moment}
        for statement in (
            "INSERT INTO actoren (actor, oin, onderactor, naam, rol, geregistreerd_op)"
            " VALUES (:actor, '1', 'x', 'x', 'register', :op)",
            "INSERT INTO domeinen (domein, actor, geregistreerd_op) VALUES (:domein, :actor, :op)",
        ):
            connection.execute(sa.text(statement), who)
        for row in values:
            connection.execute(sa.text(insert), row)
    migrate(database_url, "keys")
    with engine.begin() as connection:
        rows = connection.execute(sa.text(
            "SELECT partij, generatie, verklaring FROM toezeggingen ORDER BY partij")).all()  # fmt: skip
        assert [tuple(row) for row in rows] == [("t1", 1, "v-t1"), ("t2", 1, "v-t2")]
        # a process of the version before writes without the column
        connection.execute(sa.text(insert), {**values[0], "partij": "t3"})
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="insert-only"):
        connection.execute(sa.text("UPDATE toezeggingen SET generatie = 2"))
    command.downgrade(config, "0004")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM toezeggingen")).scalar_one() == 3
    engine.dispose()
