"""What a party without capacity may still do, and what a fact ends. Pure.

Sources: BW 1:233 and 1:234 (minors), 1:246 (no authority over children), 1:381 (curatele), 1:449 and 1:462
(bewind and mentorschap end when curatele begins), 3:72 (death or curatele of either side ends a power),
4:144 (an executor acts after death). Inspection of one's own data is never taken away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from machtigen import errors
from machtigen.diensten.model import Dienst, Grond, Handeling
from machtigen.feiten.model import Bekwaamheid, Feit

READING = frozenset({Handeling.INFORMATIE_OPVRAGEN})
OF_CHILDREN = frozenset({Grond.GEZAG, Grond.VOOGDIJ})
CURATELE, MEERDERJARIG, OVERLEDEN = "curatele", "meerderjarig", "overleden"  # reasons, in terms of law


@dataclass(frozen=True)
class Einde:
    """Einde (end) that a fact brings about: what a party stands in, on these grounds, and why.

    `als_vertegenwoordigde` None: on either side.
    """

    gronden: frozenset[Grond]
    reden: str
    als_vertegenwoordigde: bool | None = None


def own_actions(bekwaamheid: Bekwaamheid, dienst: Dienst) -> frozenset[Handeling]:
    """What someone may do for themself at a service. Without capacity: only read, never nothing."""
    if bekwaamheid.overleden or bekwaamheid.onder_curatele:
        return READING
    if bekwaamheid.minderjarig and not dienst.minderjarigen_zelf:
        return READING
    return dienst.handelingen


def require_may_grant(bekwaamheid: Bekwaamheid, diensten: Iterable[Dienst]) -> None:
    """Whether someone may give a power over their own matters at these services. Raises NoCapacity."""
    if bekwaamheid.overleden or bekwaamheid.onder_curatele:
        raise errors.NoCapacity
    if bekwaamheid.minderjarig and not all(dienst.minderjarigen_zelf for dienst in diensten):
        raise errors.NoCapacity


def ends_when(feit: Feit) -> tuple[Einde, ...]:
    """What ends when this fact begins to hold."""
    if feit is Feit.OVERLEDEN:
        others = frozenset(Grond) - {Grond.EXECUTEUR}
        return (
            Einde(others, OVERLEDEN),
            Einde(frozenset({Grond.EXECUTEUR}), OVERLEDEN, als_vertegenwoordigde=False),
        )
    if feit is Feit.ONDER_CURATELE:
        return (
            Einde(frozenset({Grond.MACHTIGING}), CURATELE),
            Einde(frozenset({Grond.BEWIND, Grond.MENTORSCHAP}), CURATELE, als_vertegenwoordigde=True),
            Einde(OF_CHILDREN, CURATELE, als_vertegenwoordigde=False),
        )
    return ()


def ends_after(feit: Feit) -> tuple[Einde, ...]:
    """What ends when this fact no longer holds."""
    if feit is Feit.MINDERJARIG:
        return (Einde(OF_CHILDREN, MEERDERJARIG, als_vertegenwoordigde=True),)
    return ()


def bars(grond: Grond, vertegenwoordigde: Bekwaamheid, vertegenwoordiger: Bekwaamheid) -> bool:
    """Whether what is known of both makes a power on this ground impossible, whatever a late event says."""
    if vertegenwoordiger.overleden or (vertegenwoordigde.overleden and grond is not Grond.EXECUTEUR):
        return True
    if grond in OF_CHILDREN:
        return vertegenwoordiger.onder_curatele or vertegenwoordiger.minderjarig
    return vertegenwoordigde.onder_curatele and grond in {Grond.BEWIND, Grond.MENTORSCHAP}
