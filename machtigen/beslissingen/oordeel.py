"""Oordeel (judgement) of one question: names to parties, chains from the database, rules over them.

A denial does not say why, save that a higher login would do (AuthZEN NL GOV: `acr_values`). A name that the
caller was never given takes the same way as any other, and is denied like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from keys.kernel.database import Lookup
from machtigen.beslissingen.aanroepers import Aanroeper
from machtigen.beslissingen.model import Decision, Evaluation
from machtigen.bevoegdheidsverklaringen import naamstore
from machtigen.bevoegdheidsverklaringen.pairwise import Pairwise
from machtigen.diensten.model import Dienst, Handeling, Niveau
from machtigen.diensten.service import Diensten
from machtigen.machtigingen import toets, toetsstore
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import Besluit
from machtigen.machtigingen.toets import Toetsing, Toetsvraag
from machtigen.partijen.model import PartijId

PERSON, SERVICE = "pseudoniem", "dienst"
VOCABULARY = "https://machtigen.example.nl"  # the linked-data names that the NL GOV profile recommends
HANDELINGEN = {handeling.value: handeling for handeling in Handeling}
MayUse = Callable[[Keten, Dienst, str | None, datetime], bool]
Names = Mapping[str, PartijId]  # by `sub`: those that an actor was given
OwnActs = Callable[[PartijId, Dienst, datetime], frozenset[Handeling] | None]


class Found(Struct, frozen=True):
    """What a question is about, as far as this caller may know it. `unknown`: names it was never given;
    `purposes`: those of the service."""

    parties: tuple[PartijId, ...] = ()
    unknown: frozenset[str] = frozenset()
    purposes: tuple[str, ...] = ()


class Oordeel:
    """Judges. `own_acts`: what a party's own capacity leaves it to do for itself; None: everything.

    `may_use`: whether others who must agree did so, and nobody in the chain has an opposite interest in
    the case; asked only where a service wants agreement, or a case is named.
    """

    def __init__(
        self,
        own_url: str,
        pairwise: Pairwise,
        most_links: Callable[[], int],
        own_acts: OwnActs,
        may_use: MayUse,
    ) -> None:
        self.pairwise = pairwise
        self.most_links = most_links
        self.own_acts = own_acts
        self.may_use = may_use
        bases = (own_url, own_url.rpartition("/")[0], VOCABULARY)
        self.persons = frozenset({PERSON, *(f"{base}/def/Persoon" for base in bases)})
        self.services = frozenset({SERVICE, *(f"{base}/def/Dienst" for base in bases)})

    def judge(
        self, lookup: Lookup, caller: Aanroeper, asked: Evaluation, names: Names, now: datetime
    ) -> tuple[Decision, Found]:
        """The answer to one question, and whose names it named."""
        found = whose(asked, names)
        dienst = self.service(lookup, caller, asked.resource.type, asked.resource.id)
        handeling = HANDELINGEN.get(asked.action.name or "")
        if dienst is None or handeling is None or asked.subject.type not in self.persons:
            return Decision(False, reasons=("not-answerable",)), found
        outcome = self.check(lookup, found, asked, dienst, handeling, now)
        return self.decision(caller, outcome), Found(found.parties, found.unknown, dienst.doelen)

    def names(self, lookup: Lookup, sector: str, asked: Iterable[Evaluation]) -> Names:
        """Whose names stand in questions of one actor, looked up together."""
        subs = {sub for one in asked for sub in one.subject.everybody}
        by_naam = {self.pairwise.naam(sector, sub): sub for sub in subs}
        known = naamstore.find_names(lookup, sector, by_naam)
        return {by_naam[naam]: partij for naam, partij in known.items()}

    def find(self, lookup: Lookup, caller: Aanroeper, asked: Evaluation) -> Found:
        """Whose names stand in one question."""
        return whose(asked, self.names(lookup, caller.sector, [asked]))

    def service(self, lookup: Lookup, caller: Aanroeper, kind: str, identifier: str | None) -> Dienst | None:
        """The service, when this caller may ask about it."""
        if kind not in self.services or identifier not in caller.diensten:
            return None
        return Diensten.look(lookup, identifier or "")

    def check(
        self,
        lookup: Lookup,
        found: Found,
        asked: Evaluation,
        dienst: Dienst,
        handeling: Handeling,
        now: datetime,
    ) -> Toetsing:
        """The fast check for who acts, on what stands between the two at this moment."""
        if len(found.parties) == 1:
            return self.check_own(found, asked, dienst, handeling, now)
        by, of, via = found.parties[0], found.parties[-1], found.parties[1:-1] or None
        vraag = question(asked, dienst, handeling, now, via)
        if via is None:  # the shortest chain that allows it counts, so one link is tried by itself
            outcome = self._judged(toetsstore.find_direct(lookup, by, of), vraag)
            if outcome.besluit.allowed:
                return outcome
        return self._judged(toetsstore.find_ketens(lookup, by, of, self.most_links()), vraag)

    def _judged(self, ketens: Sequence[Keten], vraag: Toetsvraag) -> Toetsing:
        left = self.left_of(ketens, vraag)
        if ketens and not left:
            return Toetsing(Besluit(allowed=False, reasons=("others-must-agree",)))
        return toets.judge(left, vraag)

    def left_of(self, ketens: Sequence[Keten], vraag: Toetsvraag) -> Sequence[Keten]:
        """Those by which one may act without others, or with their agreement."""
        if not vraag.dienst.quorum and vraag.zaak is None:
            return ketens
        return [one for one in ketens if self.may_use(one, vraag.dienst, vraag.zaak, vraag.now)]

    def check_own(
        self,
        found: Found,
        asked: Evaluation,
        dienst: Dienst,
        handeling: Handeling,
        now: datetime,
    ) -> Toetsing:
        """Acts for oneself."""
        allowed = frozenset() if found.unknown else self.own_acts(found.parties[0], dienst, now)
        return toets.judge_own(question(asked, dienst, handeling, now), allowed)

    def decision(self, caller: Aanroeper, outcome: Toetsing) -> Decision:
        """What leaves: on which machtigingen, by this caller's names for them; or which login would do."""
        if outcome.besluit.allowed:
            names = self.names_of(caller, (outcome.keten,) if outcome.keten else ())
            return Decision(True, {"machtigingen": list(names)} if names else {}, powers=names)
        needed = outcome.niveau_nodig
        hint = {"acr_values": needed.acr} if needed is not None else {}
        return Decision(False, hint, outcome.besluit.reasons)

    def names_of(self, caller: Aanroeper, ketens: Iterable[Keten]) -> tuple[str, ...]:
        """The links of these chains towards this caller, nearest to who acts first."""
        ids: Sequence[str] = [identifier for keten in ketens for identifier in keten.ids]
        return tuple(self.pairwise.machtiging(caller.sector, identifier) for identifier in ids)


def whose(asked: Evaluation, names: Names) -> Found:
    """Whose names these are: who acts, then whom they represent, nearest first. An unknown name stands for
    nobody, so that it is looked for as everybody else is."""
    subs = asked.subject.everybody
    unknown = frozenset(sub for sub in subs if sub not in names)
    if not unknown:
        return Found(tuple(names[sub] for sub in subs), unknown)
    return Found(tuple(names.get(sub, PartijId(f"?{sub}")) for sub in subs), unknown)


def question(
    asked: Evaluation,
    dienst: Dienst,
    handeling: Handeling,
    now: datetime,
    via: tuple[PartijId, ...] | None = None,
) -> Toetsvraag:
    """The question for the rules. A level that is no eIDAS level counts as the lowest."""
    acr = asked.subject.acr
    return Toetsvraag(
        dienst=dienst,
        now=now,
        handeling=handeling,
        niveau=None if acr is None else Niveau.from_acr(acr) or Niveau.LAAG,
        zaak=asked.resource.zaak,
        doel=asked.context.purpose,
        via=via,
    )
