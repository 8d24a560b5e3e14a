"""Machtigingen of every kind, made by the rules alone: voluntary, by law, and the links of a chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from machtigen.diensten.model import Grond, Handeling, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.beperkingen import AlleenHandelingen, Periode
from machtigen.machtigingen.model import Aanvraag, Actief, Machtiging, Rol
from machtigen.partijen.model import PartijId
from tests.machtigen.world import ANJA, DAY, KNOWN, NOOR, NOW, READ, aanvraag

EVA = PartijId("eva0-party-number-0004")
TOM = PartijId("tom0-party-number-0005")


def asked(wish: Aanvraag | None = None, *, door: PartijId = NOOR, identifier: str = "m1") -> Machtiging:
    """An open request by who would be represented."""
    return rules.request(
        wish or aanvraag(), KNOWN, identifier=identifier, door=door, rol=Rol.VERTEGENWOORDIGDE,
        niveau=Niveau.SUBSTANTIEEL, code_hash=b"h" * 32, now=NOW,
    )  # fmt: skip


def given(
    wish: Aanvraag | None = None,
    *,
    van: PartijId = NOOR,
    aan: PartijId = ANJA,
    identifier: str = "m1",
    **changes: object,
) -> Machtiging:
    """A machtiging that stands."""
    found = rules.confirm(asked(wish, door=van, identifier=identifier), aan, Niveau.SUBSTANTIEEL, [], NOW)
    return replace(found, **changes)  # type: ignore[arg-type]  # fields of a test


def by_law(
    grond: Grond = Grond.MENTORSCHAP, *, lease_tot: datetime | None = NOW + DAY, identifier: str = "w1"
) -> Machtiging:
    """A power that a court gave Anja over Noor."""
    return Machtiging(
        id=identifier, initiatief=Rol.VERTEGENWOORDIGDE, aanvrager=NOOR, wederpartij=ANJA,
        beperkingen=(AlleenHandelingen(frozenset(Handeling)), Periode(NOW, NOW + 9000 * DAY)),
        niveau=Niveau.HOOG, status=Actief(sinds=NOW), grond=grond, bron="ccbr", lease_tot=lease_tot,
    )  # fmt: skip


def below(parent: Machtiging, wish: Aanvraag | None = None, aan: PartijId = EVA) -> Machtiging:
    """What Anja passes on to somebody else: a link below `parent`."""
    return given(wish or aanvraag(handelingen=frozenset({READ})), van=ANJA, aan=aan, identifier="k1",
                 boven=parent.id)  # fmt: skip
