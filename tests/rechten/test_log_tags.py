"""Day tags: no tag recurs on another day, none equals a row key, none can be told to be of one person."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from keys.kernel.pep.encoding import to_base64url
from rechten.logboek.tags import day_tag, new_seed, tag_at, tags_between
from tests.rechten.wereld import Wereld

SEEDS = st.binary(min_size=32, max_size=32)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@given(SEEDS, DAYS)
def test_the_tag_is_the_construction_of_the_design(seed: bytes, day: date) -> None:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=f"log|{day.isoformat()}".encode()).derive(seed)
    assert day_tag(seed, day) == to_base64url(hmac.digest(key, b"tag", hashlib.sha256)[:16])


@given(SEEDS, DAYS, DAYS)
def test_a_tag_recurs_on_its_own_day_only(seed: bytes, one: date, other: date) -> None:
    assert (day_tag(seed, one) == day_tag(seed, other)) == (one == other)


def test_days_are_utc() -> None:
    seed = new_seed()
    evening = datetime.fromisoformat("2026-11-25T00:30:00+01:00")
    assert tag_at(seed, evening) == day_tag(seed, date(2026, 11, 24))


def test_a_year_has_a_tag_for_each_day() -> None:
    seed = new_seed()
    tags = tags_between(seed, date(2026, 1, 1), date(2026, 12, 31))
    assert len(set(tags)) == 365
    assert tags[-1] == day_tag(seed, date(2026, 12, 31))


def test_a_seed_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        day_tag(b"short", date(2026, 1, 1))


def rows(wereld: Wereld, register: str, query: str) -> list[tuple[object, ...]]:
    services = wereld.app.state.services
    engine = services.registers.require(register).database.engine
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_no_tag_in_two_registers_on_two_days_recurs_or_equals_a_row_key(wereld: Wereld) -> None:
    everyone = ("noor", "anja", "sem")
    record = wereld.record(categorie="diploma", doel="diplomaregister")
    for persoon in everyone:
        wereld.deliver(persoon)
        wereld.deliver(persoon, "diplomaregister", record)
        wereld.deliver(persoon)
    tomorrow = wereld.reopened(klok=str(int(timedelta(days=1).total_seconds())))
    for persoon in everyone:
        tomorrow.inspect(persoon)
        tomorrow.inspect(persoon, "diplomaregister")
    tags: dict[tuple[str, str], set[object]] = {}
    pids: set[object] = set()
    for register in ("studiefinanciering", "diplomaregister"):
        pids |= {row[0] for row in rows(tomorrow, register, "SELECT pid FROM betrokkene")}
        for tag, moment in rows(tomorrow, register, "SELECT data_subject_id, end_time FROM logregel"):
            day = datetime.fromtimestamp(int(str(moment)) / 1000, UTC).date().isoformat()
            tags.setdefault((register, day), set()).add(tag)
    tomorrow.close()
    assert len(tags) == 4
    seen = [tag for found in tags.values() for tag in found]
    assert len(seen) == len(set(seen)) == 4 * len(everyone)
    assert not pids & set(seen)
