"""Event: many pairs of acts meet on PostgreSQL, each pair on one machtiging at the same moment.

The order of two acts on a row is that in which they held it, so a number that each takes while it holds
the row tells which was first, whatever clocks say. No update is lost, no use is written down after the end
or the narrowing that forbids it, and the history tells the order.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from machtigen import errors
from machtigen.diensten.model import Niveau
from machtigen.gebruik.model import Gebruik
from machtigen.gebruik.service import Gebruiken
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Inperking, Machtiging
from machtigen.partijen.model import PartijId
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import AANVULLENDE_BEURS, ACTOR, ARRANGE, NOW, READ, REISPRODUCT, aanvraag

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]
THREADS = 16
MIDDLE = Niveau.SUBSTANTIEEL
FEWER = Inperking(diensten=(AANVULLENDE_BEURS,))
LESS = Inperking(handelingen=frozenset({READ}))
Act = Callable[[], object]


@dataclass
class Register:
    """The rooms, and the numbers that acts took while they held their row."""

    rooms: Rooms
    uses: dict[str, list[int]] = field(default_factory=dict)
    barred: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with self.rooms.database.engine.begin() as connection:
            connection.execute(sa.text("CREATE SEQUENCE volgorde"))
        self.gebruiken = Gebruiken(self.rooms.database)
        self.rooms.machtigingen.on_end.append(self._bar)

    @staticmethod
    def _number(session: Session) -> int:
        return int(session.connection().execute(sa.text("SELECT nextval('volgorde')")).scalar_one())

    def _bar(self, session: Session, identifier: str, _now: datetime) -> None:
        self.barred.setdefault(identifier, []).append(self._number(session))

    def use(self, judged: Keten) -> None:
        """What the issue of a token does in its transaction."""
        jti = secrets.token_urlsafe(16)

        def act(session: Session) -> int:
            self.rooms.machtigingen.note_use(session, judged.ids, NOW, judged.schakels)
            line = Gebruik(
                jti=jti, op=NOW, persoon=judged.schakel.vertegenwoordiger,
                vertegenwoordigde=judged.vertegenwoordigde, machtiging=judged.id, identifier=None,
                sector=ACTOR, client_id="duo", dienst=AANVULLENDE_BEURS, handelingen=(READ,),
                doelen=("studiefinanciering",),
            )  # fmt: skip
            self.gebruiken.record(session, line)
            return self._number(session)

        number = self.rooms.database.write(act)
        self.uses.setdefault(judged.id, []).append(number)


def pairs(register: Register) -> Iterator[tuple[str, str, Act, Act]]:
    """A fresh machtiging and two acts on it, of every kind in turn."""
    room = register.rooms.machtigingen
    wish = aanvraag(AANVULLENDE_BEURS, REISPRODUCT, handelingen=frozenset({READ, ARRANGE}))
    for number in count():
        van, aan = PartijId(f"giver-{number}"), PartijId(f"taker-{number}")
        issued = room.grant(wish, van, MIDDLE, NOW)
        one, code = issued.machtiging.id, issued.code

        def confirm(code: str = code, aan: PartijId = aan) -> Machtiging:
            return room.confirm(code, aan, MIDDLE, NOW)

        def revoke(one: str = one, van: PartijId = van) -> Machtiging:
            return room.revoke(one, van, NOW)

        def narrow(left: Inperking, who: PartijId, one: str = one) -> Machtiging:
            return room.narrow(one, left, who, NOW)

        kind = ("accept-revoke", "narrow-narrow", "use-revoke", "use-narrow", "use-use")[number % 5]
        if kind == "accept-revoke":
            yield kind, one, confirm, revoke
            continue
        judged = Keten((confirm(),))

        def use(judged: Keten = judged) -> None:
            register.use(judged)

        first = {"narrow-narrow": lambda van=van, narrow=narrow: narrow(FEWER, van)}.get(kind, use)  # type: ignore[misc]  # bound in the loop
        second = {
            "narrow-narrow": lambda aan=aan, narrow=narrow: narrow(LESS, aan),  # type: ignore[misc]  # bound in the loop
            "use-revoke": revoke,
            "use-narrow": lambda van=van, narrow=narrow: narrow(LESS, van),  # type: ignore[misc]  # bound in the loop
            "use-use": use,
        }[kind]
        yield (kind, one, first, second) if number % 2 else (kind, one, second, first)


def outcome(done: Future[object]) -> object:
    """What came of it: what it gave, or the refusal. Any other failure is one of the test."""
    try:
        return done.result(timeout=60)
    except errors.MachtigenError as refused:
        return refused


def test_of_many_pairs_none_loses_an_update_or_is_used_after_its_end(
    rooms: Rooms, pytestconfig: pytest.Config
) -> None:
    wanted: int = pytestconfig.getoption("--pairs")
    register = Register(rooms)
    made = pairs(register)
    played: list[tuple[str, str, object, object]] = []
    with ThreadPoolExecutor(THREADS) as pool:
        while len(played) < wanted:
            batch = [next(made) for _ in range(min(100, wanted - len(played)))]
            running = [(kind, one, pool.submit(a), pool.submit(b)) for kind, one, a, b in batch]
            played += [(kind, one, outcome(a), outcome(b)) for kind, one, a, b in running]
    for kind, one, first, second in played:
        check(rooms, kind, one, first, second)
    assert_uses(register)
    kinds = {(kind, type(first).__name__, type(second).__name__) for kind, _, first, second in played}
    assert len(kinds) > 5  # they did meet, in either order


def check(rooms: Rooms, kind: str, one: str, first: object, second: object) -> None:
    """What stands, and its history, follow from what the two acts were told."""
    stands = rooms.machtigingen.find(one)
    assert stands is not None
    lines = [line.gebeurtenis.value for line in rooms.machtigingen.history(one, stands.aanvrager, NOW)]
    refused = [result for result in (first, second) if isinstance(result, errors.MachtigenError)]
    if kind == "accept-revoke":
        assert stands.status.naam == "ingetrokken"
        assert [type(result) for result in refused] in ([], [errors.CodeUnknown])
        assert lines == ["aangevraagd", *(["bevestigd"] if not refused else []), "ingetrokken"]
    if kind == "narrow-narrow":
        assert refused == []
        assert (stands.diensten, stands.handelingen) == ((AANVULLENDE_BEURS,), frozenset({READ}))
        assert lines == ["aangevraagd", "bevestigd", "beperkt", "beperkt"]
    if kind in {"use-revoke", "use-narrow"}:
        assert all(type(result) is errors.NotActive for result in refused)
        assert stands.gebruikt == 1 - len(refused)
        assert lines[-1] == {"use-revoke": "ingetrokken", "use-narrow": "beperkt"}[kind]
    if kind == "use-use":
        assert (stands.gebruikt, refused) == (2, [])


def assert_uses(register: Register) -> None:
    """As many lines as were counted, and none taken after what barred it."""
    question = sa.text(
        "SELECT count(*) FROM machtiging m WHERE m.gebruikt <>"
        " (SELECT count(*) FROM gebruik g WHERE g.machtiging = m.id)"
    )
    with register.rooms.database.engine.connect() as connection:
        assert connection.execute(question).scalar_one() == 0
        lines = connection.execute(sa.text("SELECT count(*) FROM gebruik")).scalar_one()
    assert lines == sum(map(len, register.uses.values())) > 0
    for one, numbers in register.uses.items():
        assert max(numbers) < min(register.barred.get(one, [max(numbers) + 1]))
