"""Opzet (set-up): the decision point put together. Called by `app.py` only."""

from __future__ import annotations

from keys.kernel.database import Database
from keys.kernel.jws import SigningKey
from machtigen.beslissingen.aanroepers import Aanroepers
from machtigen.beslissingen.logboek import Logboek
from machtigen.beslissingen.oordeel import Oordeel, OwnActs
from machtigen.beslissingen.service import Beslissingen
from machtigen.bevoegdheidsverklaringen.opzet import Verklaringsdienst
from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from machtigen.machtigingen.service import Machtigingen


def assemble(
    *,
    database: Database,
    tokens: Verklaringsdienst,
    token_key: SigningKey,
    pairwise: Pairwise,
    machtigingen: Machtigingen,
    own_acts: OwnActs = lambda _partij, _dienst, _now: None,
) -> Beslissingen:
    """On the database and the token service of this package; `own_acts` as in `Oordeel`."""
    return Beslissingen(
        database=database,
        aanroepers=Aanroepers(tokens.clients, token_key, tokens.own_url),
        oordeel=Oordeel(tokens.own_url, pairwise, lambda: machtigingen.maximum_links, own_acts),
        logboek=Logboek(database),
        now=tokens.now,
    )
