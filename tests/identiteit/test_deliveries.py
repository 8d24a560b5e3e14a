"""The stream of events to a receiver: in order, tried again, dead letters, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from identiteit.gebeurtenissen.bezorging import CLAIM, REFUSALS, Bezorging, Ontvanger, Refused
from identiteit.gebeurtenissen.model import Gebeurtenis, Soort
from identiteit.gebeurtenissen.service import Gebeurtenissen
from identiteit.personen.model import Bsn
from identiteit.personen.service import Personen
from keys.kernel.caller import PeerUnavailable
from keys.kernel.database import Database
from keys.kernel.gebeurtenis.token import read_event
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, Vault, encrypt, group, origin_point
from tests.identiteit.people import gegevens, somebody

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DOMAIN = Domain("oin:00000099000000001000:machtigen", "machtigen")
HOLDER = ActorKey(DOMAIN, 1, group().random_scalar())
ISSUER, AUDIENCE = "http://a.test/identiteit", "http://a.test/machtigen"


@dataclass
class Receiver:
    """What machtigen got, and what it answers to the next ones."""

    key: SigningKey
    answers: list[type[Exception] | None] = field(default_factory=list)
    got: list[tuple[int, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    now: datetime = NOW

    def push(self, url: str, token: str) -> None:
        assert url == f"{AUDIENCE}/x"
        answer = self.answers.pop(0) if self.answers else None
        if answer is Refused:
            raise Refused("invalid_request")
        if answer is not None:
            raise answer("machtigen")
        event = read_event(
            token, issuer=ISSUER, audience=AUDIENCE, domain=DOMAIN, keys=lambda _kid: Jwks.of(self.key),
            now=self.now,
        )  # fmt: skip
        self.got.append((event.sequence, str(event.body["soort"])))
        self.tokens.append(token)


class Scene:
    """Two people, a room that takes events in, and the delivery of them."""

    def __init__(self, database: Database) -> None:
        self.personen = Personen(database, Vault(b"v" * 32))
        self.room = Gebeurtenissen(database)
        self.receiver = Receiver(SigningKey.generate())
        self.told: list[tuple[int, str, bool]] = []
        self.bodies = (somebody("2015-03-03"), somebody(), somebody())
        for body in self.bodies:
            self.personen.register(gegevens(body), NOW)
        self.child, self.parent, self.other = (Bsn(body["bsn"]) for body in self.bodies)
        self.delivery = Bezorging(
            database=database, personen=self.personen, translate=self._translate, key=self.receiver.key,
            issuer=ISSUER, ontvangers=[Ontvanger("machtigen", f"{AUDIENCE}/x", AUDIENCE, DOMAIN)],
            push=self.receiver.push, tell=self._tell,
        )  # fmt: skip

    @staticmethod
    def _translate(seeds: Sequence[bytes], naar: Domain, doel: str) -> list[Ciphertext]:
        assert (naar, doel) == (DOMAIN, "gebeurtenissen")
        return [encrypt(Pseudonym(naar, origin_point(seed)), HOLDER.public) for seed in seeds]

    def _tell(self, *, ontvanger: str, volgnummer: int, fout: str, dood: bool) -> None:
        assert ontvanger == "machtigen"
        self.told.append((volgnummer, fout, dood))

    def takes(self, soort: Soort, persoon: Bsn, partij: Bsn | None = None, per: datetime = NOW) -> None:
        self.room.take(Gebeurtenis(soort, persoon, partij, per, "BRP"), "brp", NOW)

    def delivers(self, after: timedelta = timedelta(0)) -> int:
        self.receiver.now = NOW + after
        return self.delivery.deliver(NOW + after)


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


def three(scene: Scene) -> None:
    scene.takes(Soort.GEZAG, scene.child, scene.parent)
    scene.takes(Soort.GEZAG, scene.child, scene.other)
    scene.takes(Soort.OVERLIJDEN, scene.parent)


def test_events_arrive_in_order_each_once_and_hold_no_number_of_anybody(scene: Scene) -> None:
    three(scene)
    assert scene.delivers() == 3
    assert scene.receiver.got == [(1, "gezag"), (2, "gezag"), (3, "overlijden")]
    assert scene.delivers(timedelta(days=1)) == 0
    text = "".join(scene.receiver.tokens)
    assert not any(body["bsn"] in text or body["achternaam"] in text for body in scene.bodies)


def test_what_changes_nothing_is_not_told(scene: Scene) -> None:
    scene.takes(Soort.GEZAG, scene.child, scene.parent)
    scene.takes(Soort.GEZAG, scene.child, scene.parent)
    scene.takes(Soort.VOOGDIJ_EINDE, scene.child, scene.other)
    scene.takes(Soort.GEBOORTEDATUM, scene.parent, per=NOW - timedelta(days=365 * 50))
    assert scene.delivers() == 1


def test_no_answer_holds_up_the_rest_and_is_tried_again_later_for_as_long_as_it_takes(scene: Scene) -> None:
    three(scene)
    scene.receiver.answers = [PeerUnavailable] * 30
    moment = timedelta(0)
    for _ in range(30):
        assert scene.delivers(moment) == 0
        moment += timedelta(minutes=6)
    (stand,) = scene.room.state()
    assert (stand.wachtend, stand.dood, stand.afgehandeld) == (3, (), 0)
    assert scene.delivers(moment) == 3
    assert [number for number, _ in scene.receiver.got] == [1, 2, 3]


def test_a_refused_one_is_dead_after_a_few_times_and_the_rest_goes_on(scene: Scene) -> None:
    three(scene)
    scene.receiver.answers = [None, *[Refused] * REFUSALS]
    for number in range(REFUSALS + 1):
        scene.delivers(timedelta(minutes=6 * number))
    (stand,) = scene.room.state()
    assert (stand.wachtend, stand.dood, stand.afgehandeld) == (0, (2,), 3)
    assert [number for number, _ in scene.receiver.got] == [1, 3]
    assert scene.told[-1] == (2, "invalid_request", True)
    later = timedelta(hours=1)
    assert scene.room.deliver_again("machtigen", 1, 2, NOW + later) == 2
    assert scene.delivers(later) == 2
    assert [number for number, _ in scene.receiver.got] == [1, 3, 1, 2]


def test_keys_away_is_an_attempt_that_failed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_given: object) -> list[Ciphertext]:
        raise PeerUnavailable("keys")

    right: Callable[..., list[Ciphertext]] = scene.delivery._translate
    three(scene)
    monkeypatch.setattr(scene.delivery, "_translate", away)
    assert scene.delivers() == 0
    monkeypatch.setattr(scene.delivery, "_translate", right)
    assert scene.delivers(timedelta(seconds=3)) == 3


def test_a_worker_that_dies_leaves_the_rest_to_another(scene: Scene) -> None:
    three(scene)
    scene.receiver.answers = [None, KeyboardInterrupt]  # type: ignore[list-item]  # not an Exception: the end
    with pytest.raises(KeyboardInterrupt):
        scene.delivers()
    assert scene.delivers(timedelta(seconds=1)) == 0
    assert scene.delivers(CLAIM) == 2
    assert [number for number, _ in scene.receiver.got] == [1, 2, 3]


def test_an_event_waits_for_its_day_and_for_the_person(scene: Scene) -> None:
    new = somebody("2014-01-01")
    scene.takes(Soort.OVERLIJDEN, scene.parent, per=NOW + timedelta(hours=1))
    scene.takes(Soort.GEZAG, Bsn(new["bsn"]), scene.parent)
    assert scene.room.apply_due(NOW) == scene.delivers() == 0
    scene.personen.register(gegevens(new), NOW)
    assert scene.room.apply_due(NOW) == 1
    assert scene.room.apply_due(NOW + timedelta(hours=1)) == 1
    scene.delivers()
    assert [soort for _, soort in scene.receiver.got] == ["gezag", "overlijden"]


def test_minors_are_told_once_and_of_their_majority_a_day_ahead(scene: Scene) -> None:
    young = somebody("2008-11-26")
    scene.personen.register(gegevens(young), NOW)
    assert scene.room.follow_age(NOW) == 2  # the child and this one
    assert scene.room.follow_age(NOW) == 0
    soon = NOW + timedelta(hours=12)
    assert (scene.room.follow_age(soon), scene.room.follow_age(soon)) == (1, 0)
    after = NOW + timedelta(hours=36)
    assert (scene.room.follow_age(after), scene.room.follow_age(after)) == (1, 0)
    scene.delivers(timedelta(hours=36))
    assert [soort for _, soort in scene.receiver.got] == ["leeftijd"] * 3


def test_powers_that_stand_are_said_again_before_their_leases_end(scene: Scene) -> None:
    three(scene)
    assert scene.room.renew_leases(NOW + timedelta(hours=7)) == 0
    assert scene.room.renew_leases(NOW + timedelta(hours=8)) == 1  # the parent died
    assert scene.room.renew_leases(NOW + timedelta(hours=8)) == 0
