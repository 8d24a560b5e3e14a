"""From revocation to refusal: the very next request. Counted, not timed: how many answers came too late."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benching import filling
from benching.measuring import Row, Size
from keys.kernel.database import Database, migrate
from machtigen.diensten.model import Handeling, Niveau
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import toets, toetsstore
from machtigen.machtigingen.model import Aanvraag
from machtigen.machtigingen.service import Machtigingen
from machtigen.machtigingen.toets import Toetsvraag
from machtigen.partijen.model import PartijId
from machtigen.sealing import Seal

TURNS = 50


def rows(size: Size) -> list[Row]:
    """Give, use, revoke, ask again: by the check of evaluation, the list, and what introspection asks."""
    turns = min(TURNS, size.rounds)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'machtigen.db'}"
        migrate(url, "machtigen")
        database = Database(url)
        diensten = Diensten(database)
        diensten.register(filling.service(), datetime.now(UTC))
        powers = Machtigingen(database, diensten, codes_key=b"c" * 32, seal=Seal(b"l" * 32))
        late = sum(_turn(database, powers, number) for number in range(turns))
        database.close()
    figures = {"revocations": float(turns), "requests": float(3 * turns)}
    measure = "refused by evaluation, list and introspection at the next request"
    return [Row("revocation", measure, 1.0, 1 - late / (3 * turns), figures=figures)]


def _turn(database: Database, powers: Machtigingen, number: int) -> int:
    """How many of three answers still stood after the revocation."""
    of, by = PartijId(f"of-{number}"), PartijId(f"by-{number}")
    now = datetime.now(UTC)
    asked = Aanvraag((filling.DIENST,), frozenset({Handeling.BETALEN}), now + timedelta(days=1))
    issued = powers.grant(asked, of, Niveau.HOOG, now)
    powers.confirm(issued.code, by, Niveau.HOOG, now)
    identifier = issued.machtiging.id
    vraag = Toetsvraag(filling.service(), now, Handeling.BETALEN, Niveau.HOOG)

    def answers() -> list[bool]:
        ketens = database.look(lambda lookup: toetsstore.find_ketens(lookup, by, of, 2))
        return [
            toets.judge(ketens, vraag).besluit.allowed,
            bool(powers.list_representable(by, filling.DIENST, now)),
            powers.is_active(identifier, now),
        ]

    if not all(answers()):
        raise RuntimeError("a power that was given does not count: nothing is measured")
    powers.revoke(identifier, of, now)
    return sum(answers())
