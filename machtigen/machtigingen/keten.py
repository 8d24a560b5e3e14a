"""Pure rules of chains (ketenmachtiging): a link is never wider than the link above it.

    schakels[0]    held by who acts           R2 for R1
    schakels[-1]   given by who is represented  R1 for V

All that a machtiging says is the intersection of its restrictions; so a chain is one machtiging with the
restrictions of every link, at the weakest registered level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import structs

from machtigen import errors
from machtigen.diensten.model import Dienst, Grond, Niveau
from machtigen.machtigingen import gronden, rules
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.model import Actief, Besluit, Machtiging, Rol
from machtigen.partijen.model import PartijId, is_organisation

MAXIMUM_LINKS = 2  # an organisation and its employee; a setting may allow more


@dataclass(frozen=True)
class Keten:
    """Keten (chain): links from who acts up to who is represented; one link is the ordinary case."""

    schakels: tuple[Machtiging, ...]

    @property
    def schakel(self) -> Machtiging:
        """The link of who acts; its id stands for the chain."""
        return self.schakels[0]

    @property
    def id(self) -> str:
        """What the chain is called: its first link that is about one power. Who acts for a whole
        organisation has one link for all that it was given, which names none of these."""
        return next((link.id for link in self.schakels if not _is_general(link)), self.schakel.id)

    @property
    def andere_ids(self) -> tuple[str, ...]:
        """The other links, outermost first."""
        return tuple(one for one in self.ids if one != self.id)

    @property
    def functie(self) -> str | None:
        """In which function who acts does so, when it is for an organisation."""
        return next((link.functie for link in self.schakels if link.functie), None)

    @property
    def vertegenwoordigde(self) -> PartijId:
        """Who is represented in the end."""
        return self.schakels[-1].vertegenwoordigde

    @property
    def tussenpersonen(self) -> tuple[PartijId, ...]:
        """Who stands in between, nearest to who acts first."""
        return tuple(link.vertegenwoordigde for link in self.schakels[:-1])

    @property
    def partijen(self) -> tuple[PartijId, ...]:
        """Everybody in it, who acts first and who is represented last."""
        return (*(link.vertegenwoordiger for link in self.schakels), self.vertegenwoordigde)

    @property
    def grond(self) -> Grond:
        """The ground of the power itself: that of the top link."""
        return self.schakels[-1].grond

    @property
    def ids(self) -> tuple[str, ...]:
        """Every link, outermost (nearest to who acts) first."""
        return tuple(link.id for link in self.schakels)

    @property
    def effectief(self) -> Machtiging:
        """What all links together leave, as one machtiging."""
        first, *others = self.schakels
        parts = tuple(part for link in self.schakels for part in link.beperkingen)
        leases = [link.lease_tot for link in self.schakels if link.lease_tot is not None]
        niveau = Niveau.weakest(first.niveau, *(link.niveau for link in others))
        return replace(
            first, beperkingen=parts, niveau=niveau, grond=self.grond, lease_tot=min(leases, default=None)
        )


def _is_general(link: Machtiging) -> bool:
    return link.boven is None and is_organisation(link.vertegenwoordigde)


def usable(keten: Keten, dienst: Dienst, now: datetime) -> bool:
    """Whether every link stands and counts at this service, and together they leave something to do."""
    top = keten.schakels[-1]
    if not dienst.machtigbaar or top.grond not in dienst.gronden:
        return False
    if gronden.refuses(top.grond, dienst.aard) or is_circular(keten):
        return False
    own_rules = replace(dienst, gronden=dienst.gronden | {link.grond for link in keten.schakels})
    if not all(rules.usable(link, own_rules, now) for link in keten.schakels):
        return False
    together = keten.effectief
    cases = {link.zaak for link in keten.schakels if link.zaak is not None}  # of two none is left
    purposes = together.doelen is None or not together.doelen.isdisjoint(dienst.doelen)
    left = together.covers(dienst.id) and not together.handelingen.isdisjoint(dienst.handelingen)
    return left and purposes and len(cases) <= 1


def is_circular(keten: Keten) -> bool:
    """Whether somebody stands in it twice: a director, say, who would act for themself by way of their own
    organisation."""
    partijen = [link.party(Rol.VERTEGENWOORDIGER) for link in keten.schakels]
    partijen.append(keten.schakels[-1].party(Rol.VERTEGENWOORDIGDE))  # None: nobody has answered yet
    return len(set(partijen)) < len(partijen)


def is_for_all_clients(link: Machtiging) -> bool:
    """Whether who acts for an organisation by this link acts in what others gave to that organisation: a
    director does, and who has a function in it. Others act for the organisation itself only."""
    return _is_general(link) and (link.grond is Grond.BESTUURDER or link.functie is not None)


def reaches(link: Machtiging, above: Machtiging) -> bool:
    """Whether that general link reaches what was given to the organisation: not when it was given to
    another function in it."""
    return above.gericht_functie is None or above.gericht_functie == link.functie


def decide(keten: Keten, vraag: Vraag) -> Besluit:
    """All reasons why not, of every link; allowed when there is none."""
    found = [rules.decide(link, structs.replace(vraag, gebruikt=link.gebruikt)) for link in keten.schakels]
    reasons = tuple(dict.fromkeys(reason for one in found for reason in one.reasons))
    return Besluit(allowed=not reasons, reasons=reasons)


def require_room(parents: Sequence[Machtiging], maximum: int) -> None:
    """Whether one more link may stand below `parents` (nearest first). Raises ChainTooLong."""
    if len(parents) + 1 > maximum:
        raise errors.ChainTooLong
    if any(link.max_diepte < depth for depth, link in enumerate(parents, start=1)):
        raise errors.ChainTooLong


def require_within(new: Machtiging, parents: Sequence[Machtiging], now: datetime) -> None:
    """The new link gives nothing that the chain above does not. Raises NotActive, WiderThanParent."""
    if not all(isinstance(rules.status_at(link, now), Actief) and _is_leased(link, now) for link in parents):
        raise errors.NotActive
    above = Keten(tuple(parents)).effectief
    purposes = above.doelen is None or (new.doelen is not None and new.doelen <= above.doelen)
    narrower = (
        all(above.covers(dienst) for dienst in new.diensten)
        and new.handelingen <= above.handelingen
        and rules.last_moment(new) <= rules.last_moment(above)
        and above.zaak in {None, new.zaak}
        and purposes
        and new.min_niveau.reaches(above.min_niveau)
    )
    if not narrower:
        raise errors.WiderThanParent


def _is_leased(link: Machtiging, now: datetime) -> bool:
    return link.lease_tot is None or now < link.lease_tot


def require_no_cycle(new: Machtiging, parents: Sequence[Machtiging]) -> None:
    """Nobody stands twice in a chain. Raises CircularChain."""
    above = {party for link in parents for party in (link.vertegenwoordigde, link.vertegenwoordiger)}
    if new.vertegenwoordiger in above:
        raise errors.CircularChain
