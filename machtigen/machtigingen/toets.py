"""Pure rules of the check: may this representative act for that person at this service, now?

Every link of a chain is judged, and all reasons why not are given (English slugs). The level that counts is
the weakest of the login and the registration of every link (GDI: a chain is as strong as its weakest link).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from machtigen.diensten.model import Dienst, Handeling, Niveau
from machtigen.machtigingen import gronden, rules
from machtigen.machtigingen.beperkingen import Vraag
from machtigen.machtigingen.keten import Keten, is_circular, is_for_all_clients, reaches
from machtigen.machtigingen.model import Besluit
from machtigen.partijen.model import PartijId

NO_POWER = "no-power"
LEVEL_TOO_LOW = "level-too-low"
VERSION = "toets/1"  # of these rules, as the decision log names it


class Toetsvraag(Struct, frozen=True):
    """Toetsvraag (question of the check). None: not asked for one in particular.

    `niveau`: of the login; None: whoever asks judges that. `via`: who must stand in between, nearest to who
    acts first; None: whoever does.
    """

    dienst: Dienst
    now: datetime
    handeling: Handeling | None = None
    niveau: Niveau | None = None
    zaak: str | None = None
    doel: str | None = None
    via: tuple[PartijId, ...] | None = None


class Toetsing(Struct, frozen=True):
    """Toetsing (outcome of the check). `keten`: on which chain it is allowed.

    `niveau_nodig`: the login with which it would be allowed, when only that is missing.
    """

    besluit: Besluit
    keten: Keten | None = None
    niveau_nodig: Niveau | None = None


def judge(ketens: Iterable[Keten], vraag: Toetsvraag) -> Toetsing:
    """Whether one of the chains between two parties allows it; the shortest that does."""
    reasons: dict[str, None] = {}
    needed: list[Niveau] = []
    for keten in sorted(ketens, key=lambda one: len(one.schakels)):
        why_not = refusals(keten, vraag)
        if not why_not:
            return Toetsing(Besluit(allowed=True), keten)
        reasons.update(dict.fromkeys(why_not))
        if why_not == (LEVEL_TOO_LOW,):
            needed.append(needed_login(keten, vraag.dienst))
    nodig = min(needed, key=lambda niveau: niveau.rank, default=None)
    return Toetsing(Besluit(allowed=False, reasons=tuple(reasons) or (NO_POWER,)), niveau_nodig=nodig)


def judge_own(vraag: Toetsvraag, allowed: frozenset[Handeling] | None = None) -> Toetsing:
    """Whether someone may do this for themselves; `allowed`: what their own capacity leaves, None: all."""
    reasons = [*_about_service(vraag), *_about_login(vraag)]
    if allowed is not None and (vraag.handeling not in allowed if vraag.handeling else not allowed):
        reasons.insert(0, "own-capacity")
    nodig = vraag.dienst.min_niveau if reasons == [LEVEL_TOO_LOW] else None
    return Toetsing(Besluit(allowed=not reasons, reasons=tuple(reasons)), niveau_nodig=nodig)


def refusals(keten: Keten, vraag: Toetsvraag) -> tuple[str, ...]:
    """Every reason why this chain does not allow it: the service's, the levels', and those of each link."""
    dienst = vraag.dienst
    found: dict[str, None] = {}
    if vraag.via is not None and keten.tussenpersonen != vraag.via:
        found["other-chain"] = None
    if not dienst.machtigbaar:
        found["service-not-delegable"] = None
    if keten.grond not in dienst.gronden:
        found["ground-not-accepted"] = None
    found.update(dict.fromkeys(_about_form(keten, dienst)))
    found.update(dict.fromkeys(_about_service(vraag)))
    login = vraag.niveau or Niveau.HOOG
    for link in keten.schakels:
        asked = Vraag(dienst.id, login, vraag.now, vraag.handeling, vraag.zaak, vraag.doel, link.gebruikt)
        found.update(dict.fromkeys(rules.decide(link, asked).reasons))
        if not link.covers(dienst.id):
            found["service-outside"] = None
        if not link.niveau.reaches(dienst.min_niveau):
            found["registered-level-too-low"] = None
    if vraag.handeling is None and not together(keten) & dienst.handelingen:
        found["action-outside"] = None
    found.update(dict.fromkeys(_about_login(vraag)))
    return tuple(found)


def _about_form(keten: Keten, dienst: Dienst) -> list[str]:
    """The ground at services of this nature, and how the links hang together."""
    found = [reason] if (reason := gronden.refuses(keten.grond, dienst.aard)) else []
    if is_circular(keten):
        found.append("circular-chain")
    for link, above in pairwise(keten.schakels):
        if link.boven is None and not is_for_all_clients(link):
            found.append("for-the-organisation-only")
        if link.boven is None and not reaches(link, above):
            found.append("other-function")
    return found


def together(keten: Keten) -> frozenset[Handeling]:
    """The actions that all links leave."""
    first, *others = (link.handelingen for link in keten.schakels)
    return first.intersection(*others)


def needed_login(keten: Keten, dienst: Dienst) -> Niveau:
    """The lowest login with which this chain can be used at this service."""
    floors = [dienst.min_niveau, *(link.min_niveau for link in keten.schakels)]
    return max(floors, key=lambda niveau: niveau.rank)


def effective_level(keten: Keten, login: Niveau) -> Niveau:
    """What a use counts for: the weakest of login and every registration."""
    return Niveau.weakest(login, *(link.niveau for link in keten.schakels))


def without_doubles(ketens: Sequence[Keten]) -> list[Keten]:
    """Leave out what another chain for the same person gives already; order kept."""
    together = [(keten, keten.effectief) for keten in ketens]

    def covered(place: int) -> bool:
        keten, own = together[place]
        return any(
            other.vertegenwoordigde == keten.vertegenwoordigde
            and own.handelingen <= their.handelingen
            and their.zaak in {None, own.zaak}
            and (own.handelingen < their.handelingen or own.zaak != their.zaak or number < place)
            for number, (other, their) in enumerate(together)
            if number != place
        )

    return [keten for place, (keten, _) in enumerate(together) if not covered(place)]


def _about_service(vraag: Toetsvraag) -> list[str]:
    found = []
    if vraag.handeling is not None and vraag.handeling not in vraag.dienst.handelingen:
        found.append("action-not-offered")
    if vraag.doel is not None and vraag.doel not in vraag.dienst.doelen:
        found.append("purpose-outside")
    return found


def _about_login(vraag: Toetsvraag) -> list[str]:
    return (
        [LEVEL_TOO_LOW]
        if vraag.niveau is not None and not vraag.niveau.reaches(vraag.dienst.min_niveau)
        else []
    )
