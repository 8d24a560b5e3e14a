"""Life events from a source to the power that they change: identiteit, keys and machtigen together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from identiteit.gebeurtenissen import leeftijd
from machtigen.errors import NoCapacity
from tests.gebeurtenissen.house import House

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("gebeurtenissen"))
    for name in ("anja", "ben", "karim", "willem", "bakker", "smit", "curator"):
        made.live(name)
    yield made
    made.close()


def test_a_power_by_law_is_there_after_the_source_told_it(house: House) -> None:
    house.live("sem", "2012-06-06")
    house.tells("gezag", "sem", "karim")
    house.round()
    assert house.bezit("karim") == ["gezag"]
    assert house.letters("karim") == house.letters("sem") == ["vastgelegd"]
    house.tells("gezag-einde", "sem", "karim")
    house.round()
    assert house.bezit("karim") == []
    assert house.ended("sem") == {("gezag", "bron")}


def test_death_ends_voluntary_powers_and_gezag_and_sends_no_letter_to_the_dead(house: House) -> None:
    house.live("sem", "2012-06-06")
    house.tells("gezag", "sem", "karim")
    house.tells("gezag", "sem", "anja")
    house.round()
    house.grant("karim", "ben")
    house.round()
    before = len(house.letters("karim"))
    house.tells("overlijden", "karim")
    house.round()
    assert house.bezit("karim") == house.bezit("ben") == []
    assert house.bezit("anja") == ["gezag"]
    assert house.ended("karim") == {("machtiging", "overleden"), ("gezag", "overleden")}
    assert len(house.letters("karim")) == before
    assert house.letters("ben")[0] == "beeindigd"
    with pytest.raises(NoCapacity):
        house.grant("karim", "ben")


def test_an_executor_reads_after_death_and_not_before(house: House) -> None:
    house.tells("executeur", "karim", "ben")
    house.round()
    assert house.bezit("ben") == []
    house.tells("overlijden", "karim")
    house.round()
    assert house.bezit("ben") == ["executeur"]
    house.tells("executeur-einde", "karim", "ben")
    house.round()
    assert house.bezit("ben") == []


def test_the_eighteenth_birthday_ends_gezag_at_midnight_with_its_reason_and_an_offer(house: House) -> None:
    born = house.born_before(house.now() + timedelta(days=1))
    midnight = leeftijd.of_age_at(born)
    house.live("sem", born)
    house.tells("gezag", "sem", "karim")
    house.round()
    (power,) = house.powers_of("karim")
    assert power.geldig_tot == midnight  # no token that rests on it lives longer
    with house.later(midnight - house.now() - timedelta(seconds=30)):
        assert house.bezit("karim") == ["gezag"]
    with house.later(midnight - house.now() + timedelta(seconds=1)):
        assert house.bezit("karim") == []  # before any job has run
        house.round()
        assert house.ended("karim") == {("gezag", "meerderjarig")}
        assert "beeindigd" in house.letters("karim")
        assert "aanbod" in house.letters("sem")
        assert "aanbod" not in house.letters("karim")
        house.grant("sem", "karim")


def test_a_birthday_further_away_is_not_told(house: House) -> None:
    born = house.born_before(house.now() + timedelta(days=3))
    house.live("sem", born)
    house.tells("gezag", "sem", "karim")
    house.round()
    (power,) = house.powers_of("karim")
    assert power.geldig_tot > house.now() + 23 * HOUR
    assert power.geldig_tot != leeftijd.of_age_at(born)


def test_a_corrected_birth_date_moves_the_end(house: House) -> None:
    house.live("sem", "2012-06-06")
    house.tells("gezag", "sem", "karim")
    house.round()
    tomorrow = house.born_before(house.now() + timedelta(days=1))
    house.tells("geboortedatum", "sem", per=leeftijd.start_of(tomorrow).isoformat())
    house.round()
    (power,) = house.powers_of("karim")
    assert power.geldig_tot == leeftijd.of_age_at(tomorrow)
    house.tells("geboortedatum", "sem", per=leeftijd.start_of(tomorrow.replace(year=2012)).isoformat())
    house.round()
    with house.later(25 * HOUR):
        house.round(times=2)
        assert house.bezit("karim") == ["gezag"]


def test_curatele_replaces_bewind_and_mentorship_and_limits_own_acts(house: House) -> None:
    house.tells("mentorschap", "willem", "bakker")
    house.tells("bewind", "willem", "smit")
    house.round()
    house.grant("willem", "ben")
    assert (house.bezit("bakker"), house.bezit("smit")) == (["mentorschap"], ["bewind"])
    house.tells("curatele", "willem", "curator")
    house.tells("maatregel-einde", "willem", "bakker")
    house.tells("maatregel-einde", "willem", "smit")
    house.round()
    assert house.bezit("bakker") == house.bezit("smit") == house.bezit("ben") == []
    assert house.bezit("curator") == ["curatele"]
    assert house.ended("willem") == {
        ("mentorschap", "curatele"), ("bewind", "curatele"), ("machtiging", "curatele"),
    }  # fmt: skip
    with pytest.raises(NoCapacity):
        house.grant("willem", "ben")
    house.tells("maatregel-einde", "willem", "curator", maatregel="curatele")
    house.round()
    assert house.bezit("curator") == []
    house.grant("willem", "ben")


def test_a_lease_is_renewed_while_the_source_stands_and_ends_when_identiteit_is_silent(house: House) -> None:
    house.live("sem", "2012-06-06")
    house.tells("gezag", "sem", "karim")
    house.round()
    with house.later(9 * HOUR):
        house.round()
    with house.later(26 * HOUR):
        assert house.bezit("karim") == ["gezag"]
    with house.later(34 * HOUR):  # nothing was said for more than a day
        assert house.bezit("karim") == []
        house.round(times=2)
        assert house.bezit("karim") == ["gezag"]


def test_data_under_investigation_freeze_the_power_until_they_are_not(house: House) -> None:
    house.live("sem", "2012-06-06")
    house.tells("gezag", "sem", "karim", inOnderzoek=True)
    house.round()
    assert house.bezit("karim") == []
    assert [one.status.naam for one in house.powers_of("karim")] == ["betwist"]
    house.tells("gezag", "sem", "karim")
    house.round()
    assert house.bezit("karim") == ["gezag"]


def test_a_future_event_waits_for_its_day(house: House) -> None:
    house.live("sem", "2012-06-06")
    house.tells("gezag", "sem", "karim", per=(house.now() + 5 * HOUR).isoformat())
    house.round()
    assert house.powers_of("karim") == []
    with house.later(6 * HOUR):
        house.round()
        assert house.bezit("karim") == ["gezag"]


# -- lost, doubled, out of order -----------------------------------------------------------------------


def story(house: House, kind: str) -> str:
    """Plays up to the event that counts, which is told and not yet delivered; gives who must lose power."""
    house.live("sem", "2012-06-06")
    if kind == "birthday":
        house.people.pop("sem")
        house.live("sem", house.born_before(house.now() + timedelta(days=1)))
    house.tells("gezag", "sem", "karim")
    house.tells("bewind", "willem", "smit")
    if kind == "birthday":
        return "karim"
    house.round()
    if kind == "death":
        house.tells("overlijden", "karim")
        return "karim"
    house.tells("curatele", "willem", "curator")
    return "smit"


@pytest.mark.parametrize("kind", ["death", "birthday", "curatele"])
@pytest.mark.parametrize(
    "plan", [["lose"], ["double"], ["hold"], ["lose", "lose"], ["hold", "double"], ["arrive", "double"]]
)
def test_whatever_happens_on_the_way_the_end_is_the_same(house: House, kind: str, plan: list[str]) -> None:
    loser = story(house, kind)
    house.carrier.plan[:] = plan
    house.round()
    house.tells("mentorschap", "anja", "bakker")  # a later event, by which a gap is seen
    house.round()
    house.carrier.release()
    with house.later(timedelta(minutes=2)):  # the last one may be lost too: it is looked for each minute
        house.round(times=3)
    ahead = 25 * HOUR if kind == "birthday" else timedelta(0)
    with house.later(ahead):
        house.round(times=2)
        assert house.bezit(loser) == []
        reason = {"death": "overleden", "birthday": "meerderjarig", "curatele": "curatele"}[kind]
        assert {why for _, why in house.ended(loser)} == {reason}
        assert house.bezit("bakker") == ["mentorschap"]
    assert house.rooms.ontvangst.count_missing() == 0


def test_a_gap_stops_nothing_is_told_and_is_filled(house: House) -> None:
    house.live("sem", "2012-06-06")
    house.tells("gezag", "sem", "karim")
    house.carrier.plan[:] = ["lose"]
    house.app.state.upkeep()
    house.tells("bewind", "willem", "smit")
    house.app.state.upkeep()
    assert house.bezit("smit") == ["bewind"]
    assert house.rooms.ontvangst.count_missing() > 0
    assert "life-events-missing" in (house.folder / "machtigen" / "machtigen.jsonl").read_text()
    house.round(times=2)
    assert house.bezit("karim") == ["gezag"]
    assert house.rooms.ontvangst.count_missing() == 0


def test_machtigen_away_keeps_the_order_and_loses_nothing(house: House) -> None:
    house.live("sem", "2012-06-06")
    with house.without("machtigen"):
        house.tells("gezag", "sem", "karim")
        house.tells("overlijden", "karim")
        house.round()
    with house.later(timedelta(minutes=6)):
        house.round()
        assert house.bezit("karim") == []
        (stand,) = house.services.gebeurtenissen.state()
        assert (stand.wachtend, stand.dood) == (0, ())


def test_a_process_that_dies_between_delivery_and_its_note_delivers_again_without_effect(
    house: House,
) -> None:
    house.live("sem", "2012-06-06")
    house.round()
    house.tells("gezag", "sem", "karim")
    house.carrier.plan[:] = ["die"]
    with pytest.raises(KeyboardInterrupt):
        house.app.state.upkeep()
    assert house.bezit("karim") == ["gezag"]
    with house.later(timedelta(minutes=2)):
        house.round()
        (stand,) = house.services.gebeurtenissen.state()
        assert stand.wachtend == 0
        assert house.letters("karim") == ["vastgelegd"]


def test_a_refused_token_becomes_a_dead_letter_and_is_delivered_on_request(house: House) -> None:
    house.round()
    house.live("sem", "2012-06-06")
    right = house.services.bezorging._key
    house.services.bezorging._key = house.operator  # a key that identiteit does not publish
    house.tells("gezag", "sem", "karim")
    for minutes in (0, 6, 12):
        with house.later(timedelta(minutes=minutes)):
            house.app.state.upkeep()
    shown = house.operator_sees_deliveries()
    assert len(shown["dood"]) == 1
    house.services.bezorging._key = right
    house.tells("bewind", "willem", "smit")
    with house.later(timedelta(minutes=13)):
        house.app.state.upkeep()
        assert house.bezit("smit") == ["bewind"]
        assert house.bezit("karim") == []
        again = {"ontvanger": "machtigen", "van": shown["dood"][0], "tot": shown["dood"][0]}
        answer = house.call("beheer", house.operator, "leveringen/herleveren", again)
        assert (answer.status_code, answer.json()) == (202, {"aantal": 1})
        house.round()
        assert house.bezit("karim") == ["gezag"]
    assert house.operator_sees_deliveries()["dood"] == []
