"""Who has authority over a child. Pure.

Sources: BW 1:245 (minors stand under authority), 1:246 (who is a minor, under curatele, or mentally
unfit has none), 1:253b, 1:253f (after a parent's death the other exercises it alone), 1:253t and 1:253x
(a third who had it with a parent becomes guardian after that parent's death), 1:280, 1:295 (guardians).
Kinds and reasons are those of the BRP interface *gezag*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from identiteit.gebeurtenissen.model import Grond, Hoedanigheid, Toestand, Verhouding


class GezagSoort(StrEnum):
    """Kind of authority, as the BRP words it."""

    TWEEHOOFDIG = "TweehoofdigOuderlijkGezag"
    EENHOOFDIG = "EenhoofdigOuderlijkGezag"
    GEZAMENLIJK = "GezamenlijkGezag"
    VOOGDIJ = "Voogdij"
    TIJDELIJK_GEEN = "TijdelijkGeenGezag"
    NIET_TE_BEPALEN = "GezagNietTeBepalen"
    GEEN = "GeenGezag"


@dataclass(frozen=True)
class Gezag:
    """Gezag (authority) over one child: its kind, who has it, and why it is not more.

    `houders`: (relation, ground on which its party acts), oldest first.
    """

    soort: GezagSoort
    houders: tuple[tuple[Verhouding, Grond], ...] = ()
    redenen: tuple[str, ...] = ()

    @property
    def in_onderzoek(self) -> bool:
        """Whether any of the data that it rests on are under investigation."""
        return any(verhouding.in_onderzoek for verhouding, _ in self.houders)


def why_unable(toestand: Toestand) -> str | None:
    """Why this person can have no authority over a child (BW 1:246), or None."""
    if toestand.overleden:
        return "overleden"
    if toestand.onder_curatele:
        return "onder-curatele"
    return "minderjarig" if toestand.minderjarig else None


def gezag_over(
    kind: Toestand, verhoudingen: Iterable[Verhouding], toestand_van: Callable[[str], Toestand]
) -> Gezag:
    """The authority over a child, from what sources say about it and the condition of everyone in it."""
    if kind.overleden or not kind.minderjarig:
        return Gezag(GezagSoort.GEEN, redenen=("overleden" if kind.overleden else "meerderjarig",))
    known = sorted(verhoudingen, key=lambda one: (one.sinds, one.partij))
    with_authority = [one for one in known if one.grond is Grond.GEZAG]
    unable = {one.partij: why for one in known if (why := why_unable(toestand_van(one.partij)))}
    able = [one for one in with_authority if one.partij not in unable]
    voogden = [one for one in known if one.grond is Grond.VOOGDIJ and one.partij not in unable]
    redenen = tuple(dict.fromkeys(unable[one.partij] for one in known if one.partij in unable))
    if voogden:
        return Gezag(GezagSoort.VOOGDIJ, tuple((one, Grond.VOOGDIJ) for one in voogden), redenen)
    if not able:
        kinds = GezagSoort.TIJDELIJK_GEEN if known else GezagSoort.NIET_TE_BEPALEN
        return Gezag(kinds, redenen=redenen)
    return _of_able(able, with_authority, unable, redenen)


def _of_able(
    able: list[Verhouding], all_of_them: list[Verhouding], unable: dict[str, str], redenen: tuple[str, ...]
) -> Gezag:
    ouders = [one for one in able if one.hoedanigheid is Hoedanigheid.OUDER]
    if not ouders:  # only the third is left
        parents = [one.partij for one in all_of_them if one.hoedanigheid is Hoedanigheid.OUDER]
        if parents and all(unable.get(parent) == "overleden" for parent in parents):
            return Gezag(GezagSoort.VOOGDIJ, tuple((one, Grond.VOOGDIJ) for one in able), redenen)
        return Gezag(GezagSoort.EENHOOFDIG, tuple((one, Grond.GEZAG) for one in able), redenen)
    houders = tuple((one, Grond.GEZAG) for one in able)
    if len(able) == 1:
        return Gezag(GezagSoort.EENHOOFDIG, houders, redenen)
    joint = len(ouders) < len(able)
    return Gezag(GezagSoort.GEZAMENLIJK if joint else GezagSoort.TWEEHOOFDIG, houders, redenen)
