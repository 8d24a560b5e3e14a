"""Life events between two processes, whatever happens on the way: the end is the same.

A death, an eighteenth birthday and the beginning of curatele go from identiteit to machtigen, each a process
of its own, over a road on which the message is lost, doubled or passed by another; or a process is killed
while it is on its way. What is checked is what people, a service and the operator see over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.e2e.apart import Apart, becomes, running_apart
from tests.e2e.citizens import Citizens
from tests.e2e.life_stories import STORIES, Story
from tests.e2e.road import Fate, Road

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
A_CLAIM = timedelta(minutes=1)  # how long a push is left to the process that began it
NOT_DELIVERED = "life-event-not-delivered"
Trouble = Callable[[Story, Road], None]


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with running_apart(tmp_path_factory.mktemp("apart")) as started:
        yield started


@pytest.fixture
def town(apart: Apart) -> Iterator[Citizens]:
    people = Citizens(apart)
    yield people
    people.close()


@pytest.fixture
def story(town: Citizens, event: str) -> Story:
    """Everyone has their powers, all of which were used; the event is still to come."""
    begun = STORIES[event](town)
    begun.begin()
    town.apart.road.clear()
    return begun


def has_met(story: Story, fate: Fate, times: int = 1) -> None:
    """Wait until this has happened to the life event on its way."""
    becomes(lambda: story.town.apart.road.met(story.kind, fate) >= times, True)


# -- what happens on the way ---------------------------------------------------------------------------


def lost(story: Story, road: Road) -> None:
    """First without an answer; then its sender believes that it arrived, until a later one shows the gap."""
    road.plan(story.kind, Fate.LOSE, Fate.SWALLOW)
    story.happens()
    has_met(story, Fate.SWALLOW)
    assert road.met(story.kind, Fate.LOSE) == 1
    assert story.kind not in road.arrivals()
    story.tell(story.later)


def doubled(story: Story, road: Road) -> None:
    """Its answer is lost, so it is sent again; of what is sent again two copies come at the same moment."""
    road.plan(story.kind, Fate.UNANSWERED, Fate.DOUBLE)
    story.happens()
    has_met(story, Fate.DOUBLE, 2)
    assert road.arrivals().count(story.kind) == 3


def passed_by_a_later_one(story: Story, road: Road) -> None:
    road.delay(story.kind, behind=story.later[0])
    story.happens()
    has_met(story, Fate.DELAY)
    story.tell(story.later)
    becomes(lambda: story.kind in road.arrivals(), True)
    in_order_of_arrival(road, story.later[0], story.kind)


def passes_an_earlier_one(story: Story, road: Road) -> None:
    road.delay(story.earlier[0], behind=story.kind)
    story.tell(story.earlier)
    becomes(lambda: road.met(story.earlier[0], Fate.DELAY) >= 1, True)
    story.happens()
    becomes(lambda: story.earlier[0] in road.arrivals(), True)
    in_order_of_arrival(road, story.kind, story.earlier[0])


def in_order_of_arrival(road: Road, first: str, second: str) -> None:
    arrivals = road.arrivals()
    assert arrivals.index(first) < arrivals.index(second), arrivals


WITH_A_LATER_ONE = (lost, passed_by_a_later_one)
TROUBLES: tuple[Trouble, ...] = (lost, doubled, passed_by_a_later_one, passes_an_earlier_one)


@pytest.mark.parametrize("event", list(STORIES))
@pytest.mark.parametrize("trouble", TROUBLES)
def test_whatever_happens_on_the_way_the_end_is_the_same(
    town: Citizens, story: Story, trouble: Trouble
) -> None:
    trouble(story, town.apart.road)
    story.ends_as_it_must()
    _, of_earlier = story.earlier
    ground, of_later = story.later
    assert town.may(of_earlier) == []
    assert town.may(of_later) == ([ground] if trouble in WITH_A_LATER_ONE else [])


# -- a process is killed -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "fate"),
    [
        ("death", Fate.HALFWAY),
        ("birthday", Fate.HALFWAY),
        ("death", Fate.ANSWER_HELD),
        ("curatele", Fate.ANSWER_HELD),
    ],
)
def test_machtigen_is_killed_while_an_event_comes_in(town: Citizens, story: Story, fate: Fate) -> None:
    apart = town.apart
    apart.road.plan(story.kind, fate)
    story.happens()
    becomes(apart.road.something_stands_still, True)
    apart.kill("machtigen")
    apart.road.go_on()
    has_met(story, fate)
    had_it = story.kind in apart.road.arrivals()
    assert had_it == (fate is Fate.ANSWER_HELD)
    apart.start("machtigen")
    story.ends_as_it_must()
    assert apart.road.arrivals().count(story.kind) == (2 if had_it else 1)


@pytest.mark.parametrize("event", ["death", "curatele"])
def test_identiteit_is_killed_with_an_event_in_its_outbox(town: Citizens, story: Story) -> None:
    apart = town.apart
    before = apart.log_of("identiteit").count(NOT_DELIVERED)
    apart.road.plan(story.kind, *[Fate.LOSE] * 20)
    story.happens()
    becomes(lambda: apart.log_of("identiteit").count(NOT_DELIVERED) > before, True)
    assert apart.deliveries()["wachtend"] == 1
    apart.kill("identiteit")
    apart.road.plan(story.kind)
    apart.start("identiteit")
    story.ends_as_it_must()
    assert apart.road.arrivals().count(story.kind) == 1


def test_identiteit_is_killed_before_it_noted_that_an_event_arrived(town: Citizens) -> None:
    apart, story = town.apart, STORIES["curatele"](town)
    story.begin()
    apart.road.clear()
    apart.road.plan(story.kind, Fate.ANSWER_HELD)
    story.happens()
    becomes(apart.road.something_stands_still, True)
    apart.kill("identiteit")
    apart.road.go_on()
    town.close()
    apart.move_clock_to(apart.now() + 2 * A_CLAIM)
    story.ends_as_it_must()
    assert apart.road.arrivals().count(story.kind) == 2
