"""Life events at machtigen: each once, in any order, each whole; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from keys.kernel.gebeurtenis.token import InvalidSet, SecurityEvent
from keys.kernel.log import Log
from keys.kernel.pep import Vault
from machtigen.diensten.model import Niveau
from machtigen.errors import NoCapacity
from machtigen.feiten.service import Feiten
from machtigen.ontvangst.service import ASK_PAUSE, LOOK_EVERY, Ontvangst
from machtigen.partijen.model import PartijId
from machtigen.partijen.service import Partijen
from machtigen.sealing import Seal
from tests.machtigen.conftest import Rooms
from tests.machtigen.sender import DOMAIN, Sender, fact, power
from tests.machtigen.world import ARRANGE, NOW, READ, aanvraag

LEASE = NOW + timedelta(hours=24)
LATER = NOW + timedelta(minutes=5)


class Scene:
    """The rooms, with a sender of events."""

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.sender = Sender()
        self.partijen = Partijen(rooms.database, Vault(b"v" * 32), DOMAIN)
        self.feiten = Feiten(rooms.database, Seal(b"f" * 32))
        rooms.machtigingen.silent, rooms.machtigingen.may_grant = self.feiten.is_dead, self.feiten.may_grant
        self.ontvangst: Ontvangst = self.sender.reception(
            rooms.database, self.partijen, self.feiten, rooms.machtigingen, Log("machtigen", None)
        )

    def hears(self, *events: SecurityEvent, now: datetime = NOW) -> list[bool]:
        return [self.ontvangst.receive(self.sender.token(event, now), now) for event in events]

    def partij(self, name: str) -> PartijId:
        return self.partijen.admit(self.sender.pseudonym(name), NOW)

    def grant(self, van: str, aan: str) -> str:
        asked = aanvraag(handelingen=frozenset({READ, ARRANGE}))
        issued = self.rooms.machtigingen.grant(asked, self.partij(van), Niveau.HOOG, NOW)
        return self.rooms.machtigingen.confirm(issued.code, self.partij(aan), Niveau.HOOG, NOW).id

    def stands(self, now: datetime = LATER) -> set[tuple[str, str, str]]:
        """(ground, status, who acts) of everything that has not ended, as far as these people go."""
        names = {self.partij(name): name for name in ("sem", "karim", "anja", "willem", "smit", "bakker")}
        return {
            (one.grond.value, one.status.naam, names[one.vertegenwoordiger])
            for who in names
            for one in self.rooms.machtigingen.list_for(who, now).resultaten
            if one.status.naam in {"actief", "betwist"} and now < one.geldig_tot
        }

    def reasons(self, name: str) -> set[str]:
        page = self.rooms.machtigingen.list_for(self.partij(name), LATER)
        return {one.status.reden for one in page.resultaten if one.status.naam == "beeindigd"}

    def letters(self, name: str) -> list[str]:
        self.rooms.upkeep(LATER)
        found = self.rooms.berichten.list_for(self.partij(name)).resultaten
        return sorted(one.soort.value for one in found)


@pytest.fixture
def scene(rooms: Rooms) -> Scene:
    return Scene(rooms)


def test_a_power_is_mirrored_renewed_and_ended(scene: Scene) -> None:
    begin = scene.sender.event("gezag", power("gezag", "sem", "karim", lease=LEASE), per=NOW)
    assert scene.hears(begin) == [True]
    assert scene.stands() == {("gezag", "actief", "karim")}
    assert scene.stands(LEASE) == set()
    more = power("gezag", "sem", "karim", lease=LEASE + timedelta(hours=8))
    later = NOW + timedelta(hours=8)
    scene.hears(scene.sender.event("verlenging", more, per=later), now=later)
    assert scene.stands(LEASE) == {("gezag", "actief", "karim")}
    end = power("gezag", "sem", "karim", geldt=False, reden="bron")
    scene.hears(scene.sender.event("gezag-einde", end, per=later), now=later)
    assert scene.stands() == set()
    assert scene.reasons("karim") == {"bron"}


def test_the_same_event_again_has_no_effect_and_is_acknowledged(scene: Scene) -> None:
    event = scene.sender.event("gezag", power("gezag", "sem", "karim", lease=LEASE), per=NOW)
    assert scene.hears(event, event) == [True, False]
    assert scene.letters("karim") == ["vastgelegd"]


def test_another_event_under_the_same_number_is_refused(scene: Scene) -> None:
    one = scene.sender.event("gezag", power("gezag", "sem", "karim", lease=LEASE), per=NOW)
    other = scene.sender.event(
        "gezag", power("gezag", "sem", "anja", lease=LEASE), per=NOW, number=one.sequence
    )
    scene.hears(one)
    with pytest.raises(InvalidSet):
        scene.hears(other)
    assert scene.stands() == {("gezag", "actief", "karim")}


def death(scene: Scene) -> Sequence[SecurityEvent]:
    return (
        scene.sender.event("gezag", power("gezag", "sem", "karim", lease=LEASE), per=NOW),
        scene.sender.event("verlenging", power("gezag", "sem", "karim", lease=LEASE), per=NOW),
        scene.sender.event(
            "overlijden", fact("overleden", "karim"),
            power("gezag", "sem", "karim", geldt=False, reden="overleden"), per=NOW,
        ),
    )  # fmt: skip


def majority(scene: Scene) -> Sequence[SecurityEvent]:
    of_age = NOW + timedelta(minutes=2)
    begin = power("gezag", "sem", "karim", lease=LEASE)
    return (
        scene.sender.event("gezag", fact("minderjarig", "sem"), begin, per=NOW),
        scene.sender.event("leeftijd", fact("minderjarig", "sem", tot=of_age), per=NOW),
        scene.sender.event("verlenging", begin, per=NOW),
    )


def curatele(scene: Scene) -> Sequence[SecurityEvent]:
    return (
        scene.sender.event("bewind", power("bewind", "willem", "smit", lease=LEASE), per=NOW),
        scene.sender.event(
            "curatele", fact("onder-curatele", "willem"),
            power("bewind", "willem", "smit", geldt=False, reden="curatele"),
            power("curatele", "willem", "bakker", lease=LEASE), per=NOW,
        ),
        scene.sender.event("gezag", power("gezag", "sem", "anja", lease=LEASE), per=NOW),
    )  # fmt: skip


def lifted(scene: Scene) -> Sequence[SecurityEvent]:
    """Curatele that is lifted again, by which the administrator is back."""
    begin = power("bewind", "willem", "smit", lease=LEASE)
    return (
        scene.sender.event("bewind", begin, per=NOW),
        scene.sender.event(
            "curatele", fact("onder-curatele", "willem"),
            power("bewind", "willem", "smit", geldt=False, reden="curatele"),
            power("curatele", "willem", "bakker", lease=LEASE), per=NOW,
        ),
        scene.sender.event(
            "maatregel-einde", fact("onder-curatele", "willem", geldt=False),
            power("curatele", "willem", "bakker", geldt=False, reden="bron"), begin, per=NOW,
        ),
    )  # fmt: skip


Story = Callable[[Scene], Sequence[SecurityEvent]]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize(
    ("story", "end"),
    [
        (death, set()),
        (majority, set()),
        (curatele, {("curatele", "actief", "bakker"), ("gezag", "actief", "anja")}),
        (lifted, {("bewind", "actief", "smit")}),
    ],
    ids=["death", "majority", "curatele", "lifted"],
)
def test_in_whatever_order_events_come_the_same_stands_in_the_end(
    scene: Scene, story: Story, end: set[tuple[str, str, str]], order: Sequence[int]
) -> None:
    scene.grant("willem", "anja")
    if story is death:
        scene.grant("karim", "anja")
    events = story(scene)
    scene.hears(*(events[place] for place in order))
    scene.ontvangst.settle(LATER)
    left = {("machtiging", "actief", "anja")} if story in (death, majority) else set()
    assert scene.stands() == end | left


def test_death_ends_both_sides_and_the_dead_get_no_letter(scene: Scene) -> None:
    scene.grant("karim", "anja")
    scene.grant("sem", "karim")
    before = scene.letters("karim")
    scene.hears(scene.sender.event("overlijden", fact("overleden", "karim"), per=NOW))
    assert scene.stands() == set()
    assert scene.letters("karim") == before
    assert scene.letters("anja").count("beeindigd") == scene.letters("sem").count("beeindigd") == 1
    with pytest.raises(NoCapacity):
        scene.grant("karim", "anja")


def test_at_the_moment_of_majority_nothing_is_left_to_a_job(scene: Scene) -> None:
    of_age = NOW + timedelta(hours=1)
    scene.hears(*majority(scene)[:1])
    scene.hears(scene.sender.event("leeftijd", fact("minderjarig", "sem", tot=of_age), per=NOW))
    assert scene.stands(of_age - timedelta(seconds=1)) == {("gezag", "actief", "karim")}
    assert scene.stands(of_age) == set()
    assert scene.feiten.find(scene.partij("sem"), of_age).feiten == frozenset()
    assert scene.ontvangst.settle(of_age - timedelta(seconds=1)) == 0
    assert (scene.ontvangst.settle(of_age), scene.ontvangst.settle(of_age)) == (1, 0)
    assert scene.reasons("karim") == {"meerderjarig"}
    scene.rooms.upkeep(of_age)
    sem, karim = scene.partij("sem"), scene.partij("karim")
    assert "aanbod" in [one.soort.value for one in scene.rooms.berichten.list_for(sem).resultaten]
    assert "aanbod" not in [one.soort.value for one in scene.rooms.berichten.list_for(karim).resultaten]


def test_a_minor_grants_nothing_and_confirms_nothing(scene: Scene) -> None:
    scene.hears(scene.sender.event("leeftijd", fact("minderjarig", "sem"), per=NOW))
    with pytest.raises(NoCapacity):
        scene.grant("sem", "karim")
    asked = scene.rooms.machtigingen.ask(aanvraag(), scene.partij("karim"), Niveau.HOOG, NOW)
    with pytest.raises(NoCapacity):
        scene.rooms.machtigingen.confirm(asked.code, scene.partij("sem"), Niveau.HOOG, NOW)
    scene.grant("anja", "sem")  # acting for somebody else is another thing (BW 3:63)


def test_a_power_by_law_does_not_stand_in_the_way_of_a_machtiging(scene: Scene) -> None:
    """A service may accept the one and not the other: then the child authorises the parent."""
    scene.hears(scene.sender.event("bewind", power("bewind", "willem", "smit", lease=LEASE), per=NOW))
    scene.grant("willem", "smit")
    assert scene.stands() == {("bewind", "actief", "smit"), ("machtiging", "actief", "smit")}


def test_an_investigation_freezes_and_its_end_thaws_but_not_what_a_person_contested(scene: Scene) -> None:
    said = power("gezag", "sem", "karim", lease=LEASE)
    scene.hears(scene.sender.event("gezag", {**said, "inOnderzoek": True}, per=NOW))
    assert scene.stands() == {("gezag", "betwist", "karim")}
    scene.hears(scene.sender.event("gezag", said, per=NOW))
    assert scene.stands() == {("gezag", "actief", "karim")}
    (one,) = scene.rooms.machtigingen.list_for(scene.partij("sem"), NOW).resultaten
    scene.rooms.machtigingen.contest(one.id, "het klopt niet", scene.partij("sem"), NOW)
    scene.hears(scene.sender.event("gezag", {**said, "inOnderzoek": True}, per=NOW))
    scene.hears(scene.sender.event("gezag", said, per=NOW))
    assert scene.stands() == {("gezag", "betwist", "karim")}


def test_what_was_judged_wrong_is_not_renewed_into_being(scene: Scene) -> None:
    said = power("gezag", "sem", "karim", lease=LEASE)
    scene.hears(scene.sender.event("gezag", said, per=NOW))
    scene.hears(scene.sender.event("gezag-einde", {**said, "geldt": False}, per=NOW))
    scene.hears(scene.sender.event("verlenging", said, per=NOW))
    assert scene.stands() == set()


def test_a_gap_is_asked_for_with_growing_pauses_until_it_is_filled(scene: Scene) -> None:
    first, lost, last = death(scene)
    scene.hears(first, last)
    assert scene.ontvangst.count_missing() == 1
    assert (scene.ontvangst.ask_again(NOW), scene.ontvangst.ask_again(NOW)) == (1, 0)
    scene.ontvangst.ask_again(NOW + ASK_PAUSE)
    scene.ontvangst.ask_again(NOW + 2 * ASK_PAUSE)
    assert scene.sender.asked == [(2, 2), (2, 2)]
    scene.hears(lost)
    assert scene.ontvangst.count_missing() == 0
    assert scene.ontvangst.ask_again(LATER) == 0


def test_what_was_lost_last_is_found_by_asking_how_far_the_stream_has_come(scene: Scene) -> None:
    events = death(scene)
    scene.hears(events[0])
    assert (scene.ontvangst.look_for_last(NOW), scene.ontvangst.look_for_last(NOW)) == (2, 0)
    scene.ontvangst.ask_again(NOW)
    assert scene.sender.asked == [(2, 3)]
    scene.hears(*events[1:])
    assert scene.ontvangst.look_for_last(NOW + LOOK_EVERY) == 0
    assert scene.ontvangst.count_missing() == 0


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"wat": "machtiging", "persoon": "sem", "partij": "karim", "geldt": True},
        {"wat": "bestuurder", "persoon": "sem", "partij": "karim", "geldt": True},
        {"wat": "gezag", "persoon": "sem", "partij": "sem", "geldt": True},
        {"wat": "gezag", "persoon": "sem", "geldt": True},
        {"wat": "gezag", "persoon": "sem", "partij": "karim", "geldt": "ja"},
        {"wat": "gezag", "persoon": "sem", "partij": "karim", "geldt": True, "lease_tot": "morgen"},
        {"wat": "gezag", "persoon": "sem", "partij": "karim", "geldt": True, "sinds": "2026-01-01T00:00:00"},
        {"wat": "gezag", "persoon": "sem", "partij": "karim", "geldt": True, "reden": "Jan de Vries"},
    ],
)
def test_a_change_that_cannot_be_is_refused_whole(scene: Scene, change: dict[str, object]) -> None:
    good = power("gezag", "sem", "anja", lease=LEASE)
    with pytest.raises(InvalidSet):
        scene.hears(scene.sender.event("gezag", good, change, per=NOW))
    assert scene.stands() == set()
    assert scene.ontvangst.count_missing() == 0


def test_nothing_in_the_database_ties_a_party_to_the_number_of_an_event(scene: Scene) -> None:
    """identiteit knows the same numbers, and whom they are about."""
    scene.hears(*death(scene), *curatele(scene))
    with scene.rooms.database.engine.connect() as connection:
        for table in ("feit", "gespiegeld"):
            rows = connection.execute(sa.text(f"SELECT orde FROM {table}")).all()  # noqa: S608 - a constant
            assert rows
            assert not any(bytes(row[0]).isdigit() for row in rows)
        columns = set(connection.execute(sa.text("SELECT * FROM ontvangst")).keys())
    assert columns == {"volgnummer", "jti", "soort", "dag"}
    with pytest.raises(sa.exc.DBAPIError):
        scene.rooms.database.write(
            lambda session: session.connection().execute(sa.text("DELETE FROM ontvangst"))
        )
