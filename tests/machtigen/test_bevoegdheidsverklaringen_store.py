"""Requests, codes and issued tokens in a database: used once, ended at once, forgotten in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.bevoegdheidsverklaringen import store
from machtigen.bevoegdheidsverklaringen.model import Levend, Plaats
from tests.machtigen.world import ANJA, NOW

SOON = NOW + timedelta(minutes=5)
MOMENT = timedelta(microseconds=1)


def issue(session: Session, jti: str, machtiging: str | None = "m", plaats: Plaats | None = None) -> None:
    store.add_uitgifte(
        session, jti=jti, client_id="duo", partij=ANJA, machtiging=machtiging, plaats=plaats, verloopt_op=SOON
    )


def test_a_request_is_found_by_its_kind_until_it_is_used_or_expires(database: Database) -> None:
    content = {"scope": "openid", "niveau": "hoog", "diep": {"lijst": [1, None, "é"]}}
    database.write(lambda session: store.add_verzoek(session, "h", "par", "duo", content, SOON))

    def find(soort: str = "par", now: datetime = NOW) -> object:
        return database.read(lambda session: store.find_verzoek(session, "h", soort, now))

    assert find(now=SOON - MOMENT) == (content, SOON)
    assert find("keuze") is None
    assert find(now=SOON) is None
    assert database.write(lambda session: store.spend_verzoek(session, "h", NOW))
    assert not database.write(lambda session: store.spend_verzoek(session, "h", NOW))
    assert find() is None


def test_a_used_request_says_nothing_any_more(database: Database) -> None:
    content = {"nonce": "canary-nonce", "state": "canary-state"}
    database.write(lambda session: store.add_verzoek(session, "h", "keuze", "duo", content, SOON))
    database.write(lambda session: store.spend_verzoek(session, "h", NOW))
    with database.engine.connect() as connection:
        row = str(connection.execute(sa.text("SELECT * FROM inlogverzoek")).one())
    assert "canary" not in row


def test_a_code_is_spent_once_and_then_says_nothing_but_its_token(database: Database) -> None:
    database.write(lambda session: store.add_code(session, "c", "duo", {"partij": ANJA}, SOON))
    assert database.write(lambda session: store.spend_code(session, "c", "jti-1", NOW))
    assert not database.write(lambda session: store.spend_code(session, "c", "jti-2", NOW))
    assert not database.write(lambda session: store.spend_code(session, "unknown", "jti-3", NOW))
    found = database.read(lambda session: store.find_code(session, "c"))
    assert found == store.Code("duo", {}, SOON, NOW, "jti-1")


def test_a_token_lives_until_it_expires_or_is_ended(database: Database) -> None:
    database.write(lambda session: issue(session, "jti-1", plaats=Plaats(2, 7)))

    def live(now: datetime) -> object:
        return database.read(lambda session: store.find_live(session, "jti-1", now))

    assert live(SOON - MOMENT) == Levend("duo", "m", ANJA)
    assert live(SOON) is None
    assert database.write(lambda session: store.end_uitgifte(session, "jti-1", NOW)) == [Plaats(2, 7)]
    assert database.write(lambda session: store.end_uitgifte(session, "jti-1", NOW)) == []
    assert live(NOW) is None


def test_the_end_of_a_machtiging_ends_all_its_tokens_and_no_others(database: Database) -> None:
    def act(session: Session) -> None:
        issue(session, "a", plaats=Plaats(1, 1))
        issue(session, "b", plaats=Plaats(2, 2))
        issue(session, "without a place")
        issue(session, "other", "other", Plaats(1, 3))
        issue(session, "nobody", None, Plaats(1, 4))

    database.write(act)
    ended = database.write(lambda session: store.end_uitgiftes_of(session, "m", NOW))
    assert sorted(ended, key=str) == [Plaats(1, 1), Plaats(2, 2)]
    live = [
        jti
        for jti in ("a", "b", "without a place", "other", "nobody")
        if database.read(lambda session, jti=jti: store.find_live(session, jti, NOW))  # type: ignore[misc]  # bound in the loop
    ]
    assert live == ["other", "nobody"]


@pytest.mark.parametrize(("after", "left"), [(store.KEEP, 1), (store.KEEP + MOMENT, 0)])
def test_the_sweep_keeps_what_expired_within_the_hour(
    database: Database, after: timedelta, left: int
) -> None:
    def act(session: Session) -> None:
        store.add_verzoek(session, "h", "par", "duo", {}, SOON)
        store.add_code(session, "c", "duo", {}, SOON)
        issue(session, "jti-1")

    database.write(act)
    database.write(lambda session: store.sweep(session, SOON + after))
    with database.engine.connect() as connection:
        for table in ("inlogverzoek", "autorisatiecode", "uitgifte"):
            assert connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() == left  # noqa: S608 - own tables
