"""Pure rules of interest: who may not handle, because they stand too near. The most restrictive counts.

Source: Awb 2:4 (an administrative body sees to it that nobody with a personal interest influences it).
"""

from __future__ import annotations

from collections.abc import Collection

from machtigen.machtigingen.model import Besluit
from machtigen.partijen.model import PartijId

OWN_CASE = "own-case"
TIED = "ties-with-party"


def may_handle(
    behandelaar: PartijId, betrokkenen: Collection[PartijId], verbonden: Collection[PartijId]
) -> Besluit:
    """Whether an official may handle a case of these people. `verbonden`: whom the official represents, or
    by whom the official is represented, by themself or by way of an organisation."""
    reasons = []
    if behandelaar in betrokkenen:
        reasons.append(OWN_CASE)
    if not set(betrokkenen).isdisjoint(verbonden):
        reasons.append(TIED)
    return Besluit(allowed=not reasons, reasons=tuple(reasons))
