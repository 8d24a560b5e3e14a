"""Sessions in a database: opened, found by their secret while they live, ended from either side."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from keys.kernel.database import Database
from machtigen.diensten.model import Niveau
from machtigen.sealing import Seal, Unsealable
from machtigen.sessies.model import ATTEMPT_LIFETIME, LIFETIME, Ingelogd, Inlogpoging
from machtigen.sessies.service import Sessies
from tests.machtigen.world import ANJA, NOOR, NOW

MOMENT = timedelta(microseconds=1)
TABLES = ("sessie", "inlogpoging")
ATTEMPT = Inlogpoging("state-1", "nonce-1", "verifier-1", "/machtigen/berichten")


@pytest.fixture
def sessies(database: Database) -> Sessies:
    return Sessies(database, Seal(b"s" * 32))


def logged_in(sid: str = "sid-anja", partij: str = ANJA, now: datetime = NOW) -> Ingelogd:
    return Ingelogd(partij, Niveau.HOOG, now, sid, "header.canary.signature")  # type: ignore[arg-type]  # a party


def test_a_session_is_found_by_its_secret_until_it_expires(sessies: Sessies) -> None:
    secret = sessies.open(logged_in(), NOW)
    found = sessies.find(secret, NOW + LIFETIME - MOMENT)
    assert found is not None
    assert (found.partij, found.niveau, found.auth_time, found.sid) == (ANJA, Niveau.HOOG, NOW, "sid-anja")
    assert sessies.find(secret, NOW + LIFETIME) is None
    assert sessies.find(secret + "x", NOW) is None


def test_neither_secret_nor_id_token_stands_in_the_database(sessies: Sessies, database: Database) -> None:
    secret = sessies.open(logged_in(), NOW)
    sessies.begin(ATTEMPT, "browser-secret", NOW)
    with database.engine.connect() as connection:
        kept = [connection.execute(sa.text(f"SELECT * FROM {table}")).all() for table in TABLES]  # noqa: S608 - own tables
    assert all(kept)
    for canary in (secret, "canary", "browser-secret", "nonce-1", "verifier-1"):
        assert canary not in str(kept)


def test_a_new_login_ends_the_session_that_it_replaces(sessies: Sessies) -> None:
    old = sessies.open(logged_in(), NOW)
    other = sessies.open(logged_in("sid-noor", NOOR), NOW)
    new = sessies.open(logged_in(), NOW, replaces=old)
    assert sessies.find(old, NOW) is None
    assert sessies.find(new, NOW) is not None
    assert sessies.find(other, NOW) is not None


def test_closing_gives_the_id_token_once(sessies: Sessies) -> None:
    secret = sessies.open(logged_in(), NOW)
    assert sessies.close(secret, NOW) == "header.canary.signature"
    assert sessies.close(secret, NOW) is None


def test_a_log_out_at_identiteit_ends_every_session_of_that_login(sessies: Sessies) -> None:
    ended = [sessies.open(logged_in(), NOW) for _ in range(2)]
    other = sessies.open(logged_in("sid-noor", NOOR), NOW)
    assert sessies.close_by_sid("sid-anja") == 2
    assert sessies.close_by_sid("sid-anja") == 0
    assert [sessies.find(secret, NOW) for secret in ended] == [None, None]
    assert sessies.find(other, NOW) is not None


def test_a_login_on_its_way_is_resumed_once_by_the_browser_that_began_it(sessies: Sessies) -> None:
    sessies.begin(ATTEMPT, "browser", NOW)
    assert sessies.resume("state-1", "other browser", NOW) is None
    assert sessies.resume("other state", "browser", NOW) is None
    assert sessies.resume("state-1", "browser", NOW) == ATTEMPT
    assert sessies.resume("state-1", "browser", NOW) is None


def test_a_login_that_took_too_long_is_gone(sessies: Sessies) -> None:
    sessies.begin(ATTEMPT, "browser", NOW)
    assert sessies.resume("state-1", "browser", NOW + ATTEMPT_LIFETIME) is None


def test_upkeep_throws_away_what_has_expired_and_nothing_else(sessies: Sessies, database: Database) -> None:
    sessies.open(logged_in(), NOW)
    fresh = sessies.open(logged_in("sid-noor", NOOR), NOW + LIFETIME)
    sessies.begin(ATTEMPT, "browser", NOW)
    sessies.forget_expired(NOW + LIFETIME)
    with database.engine.connect() as connection:
        counts = [connection.execute(sa.text(f"SELECT count(*) FROM {table}")) for table in TABLES]  # noqa: S608 - own tables
        left = [count.scalar_one() for count in counts]
    assert left == [1, 0]
    assert sessies.find(fresh, NOW + LIFETIME) is not None


def test_a_sealed_value_moved_to_another_session_does_not_open(sessies: Sessies, database: Database) -> None:
    mine, other = sessies.open(logged_in(), NOW), sessies.open(logged_in("sid-noor", NOOR), NOW)
    moved = "UPDATE sessie SET id_token = (SELECT id_token FROM sessie WHERE sid = 'sid-noor')"
    database.write(lambda session: session.connection().execute(sa.text(moved)))
    assert sessies.close(other, NOW) == "header.canary.signature"
    with pytest.raises(Unsealable):
        sessies.close(mine, NOW)
