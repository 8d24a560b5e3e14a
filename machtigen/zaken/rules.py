"""Pure rules of cases: what a professional may do in one, and whose interest stands in the way.

Sources: Awb 2:1 and 8:24 (a lawyer needs no written machtiging), Awb 2:4 (no personal interest).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from machtigen import errors
from machtigen.diensten.model import Dienst, Grond, Handeling
from machtigen.machtigingen.errors import ProfessionNotAccepted
from machtigen.partijen.model import PartijId
from machtigen.zaken.model import Zaak


def professional_actions(dienst: Dienst, professions: Mapping[str, str]) -> tuple[str, frozenset[Handeling]]:
    """(profession, actions) with which somebody of these professions acts in a case of this service.

    Raises GroundNotAccepted, ProfessionNotAccepted.
    """
    if Grond.BEROEPSMATIG not in dienst.gronden:
        raise errors.GroundNotAccepted
    for beroep in sorted(professions):
        actions = dienst.beroepsmatig.get(beroep)
        if actions:
            return beroep, actions
    raise ProfessionNotAccepted


def conflicts(zaak: Zaak | None, handelenden: Collection[PartijId]) -> bool:
    """Whether one of those who act has an opposite interest in this case."""
    return zaak is not None and not zaak.wederpartijen.isdisjoint(handelenden)
