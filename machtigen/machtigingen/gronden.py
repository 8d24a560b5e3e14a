"""Pure rules of grounds: which ground does not reach services of which nature, and who is competent there.

Sources: BW 1:441 (bewind: the goods, not the person), BW 1:453 (mentorschap: care and guidance, not
money), Fw 287 and 295 (WSNP: the estate, not the person).
"""

from __future__ import annotations

from machtigen.diensten.model import Aard, Grond

COMPETENT: dict[tuple[Grond, Aard], Grond] = {  # ground and nature → whose ground it is instead
    (Grond.MENTORSCHAP, Aard.FINANCIEEL): Grond.BEWIND,
    (Grond.BEWIND, Aard.PERSOONLIJK): Grond.MENTORSCHAP,
    (Grond.WSNP, Aard.PERSOONLIJK): Grond.MENTORSCHAP,
}


def competent(grond: Grond, aard: Aard) -> Grond | None:
    """On which ground somebody else is competent, when this ground does not reach such services."""
    return COMPETENT.get((grond, aard))


def refuses(grond: Grond, aard: Aard) -> str | None:
    """The reason why not, which names who is competent (`not-competent:bewind`), or None."""
    other = competent(grond, aard)
    return None if other is None else f"not-competent:{other.value}"
