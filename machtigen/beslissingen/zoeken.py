"""Zoeken (search): who may do what where (AuthZEN 1.0 section 8), among what the caller knows."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from keys.kernel.database import Lookup
from machtigen.beslissingen.aanroepers import Aanroeper
from machtigen.beslissingen.model import Action, Evaluation, Page, Search
from machtigen.beslissingen.oordeel import HANDELINGEN, Found, Oordeel, question
from machtigen.bevoegdheidsverklaringen import naamstore
from machtigen.diensten.model import Dienst, Handeling
from machtigen.machtigingen import toets, toetsstore

Result = dict[str, Any]


class Results(Struct, frozen=True):
    """What was found; `next_token` None: the question is about nothing that this caller knows."""

    results: list[Result]
    found: Found
    next_token: str | None = None

    def body(self) -> dict[str, Any]:
        """As it leaves."""
        if self.next_token is None:
            return {"results": self.results}
        return {"results": self.results, "page": {"next_token": self.next_token}}


class Zoeken:
    """The three searches."""

    def __init__(self, oordeel: Oordeel) -> None:
        self._oordeel = oordeel

    def actions(self, lookup: Lookup, caller: Aanroeper, search: Search, now: datetime) -> Results:
        """What this person may do at this service."""
        asked = search.evaluation
        found = self._oordeel.find(lookup, caller, asked)
        dienst = self._oordeel.service(lookup, caller, asked.resource.type, asked.resource.id)
        if dienst is None or not self._about_persons(asked, found):
            return Results([], found)
        allowed = [{"name": one.value} for one in self._allowed(lookup, found, asked, dienst, now)]
        return _paged(allowed, search.page, replace(found, purposes=dienst.doelen))

    def resources(self, lookup: Lookup, caller: Aanroeper, search: Search, now: datetime) -> Results:
        """At which of the caller's services this person may do this."""
        asked = search.evaluation
        found = self._oordeel.find(lookup, caller, asked)
        handeling = HANDELINGEN.get(asked.action.name or "")
        known = asked.resource.type in self._oordeel.services and self._about_persons(asked, found)
        if handeling is None or not known:
            return Results([], found)
        results = []
        for identifier in sorted(caller.diensten):
            dienst = self._oordeel.service(lookup, caller, asked.resource.type, identifier)
            if dienst is not None:
                outcome = self._oordeel.check(lookup, found, asked, dienst, handeling, now)
                if outcome.besluit.allowed:
                    results.append({"type": asked.resource.type, "id": identifier})
        return _paged(results, search.page, found)

    def subjects(self, lookup: Lookup, caller: Aanroeper, search: Search, now: datetime) -> Results:
        """Who may do this: for the person that `represents` names, or, without it, for themselves."""
        asked = replace(search.evaluation, subject=replace(search.evaluation.subject, id=None))
        found = self._oordeel.find(lookup, caller, asked)
        dienst = self._oordeel.service(lookup, caller, asked.resource.type, asked.resource.id)
        handeling = HANDELINGEN.get(asked.action.name or "")
        known = asked.subject.type in self._oordeel.persons and not found.unknown
        if dienst is None or handeling is None or not known:
            return Results([], found)
        if found.parties:
            subs = list(self._representatives(lookup, caller, asked, found, dienst, handeling, now))
            known_found = replace(found, purposes=dienst.doelen)
            return _paged([{"type": asked.subject.type, "id": sub} for sub in subs], search.page, known_found)
        return self._known_persons(lookup, caller, search, dienst, handeling, now)

    def _about_persons(self, asked: Evaluation, found: Found) -> bool:
        return asked.subject.type in self._oordeel.persons and not found.unknown

    def _allowed(
        self, lookup: Lookup, found: Found, asked: Evaluation, dienst: Dienst, now: datetime
    ) -> Iterator[Handeling]:
        for handeling in sorted(dienst.handelingen):
            one = replace(asked, action=Action(handeling.value))
            if self._oordeel.check(lookup, found, one, dienst, handeling, now).besluit.allowed:
                yield handeling

    def _representatives(
        self,
        lookup: Lookup,
        caller: Aanroeper,
        asked: Evaluation,
        found: Found,
        dienst: Dienst,
        handeling: Handeling,
        now: datetime,
    ) -> Sequence[str]:
        """Those whose name the caller was given before: nobody becomes known to it by this."""
        vraag = question(asked, dienst, handeling, now, found.parties[:-1] or None)
        ketens = toetsstore.list_ketens_for(lookup, found.parties[-1], self._oordeel.most_links())
        able = {
            keten.schakel.vertegenwoordiger
            for keten in self._oordeel.left_of(ketens, vraag)
            if not toets.refusals(keten, vraag)
        }
        subs = {self._oordeel.pairwise.subject(caller.sector, partij): partij for partij in able}
        names = {self._oordeel.pairwise.naam(caller.sector, sub): sub for sub in subs}
        return sorted(names[naam] for naam in naamstore.find_names(lookup, caller.sector, names))

    def _known_persons(
        self,
        lookup: Lookup,
        caller: Aanroeper,
        search: Search,
        dienst: Dienst,
        handeling: Handeling,
        now: datetime,
    ) -> Results:
        page = search.page
        rows = naamstore.list_names(lookup, caller.sector, _after(page), page.limit + 1)
        results = []
        for _, partij in rows[: page.limit]:
            alone = Found((partij,))
            outcome = self._oordeel.check_own(alone, search.evaluation, dienst, handeling, now)
            if outcome.besluit.allowed:
                sub = self._oordeel.pairwise.subject(caller.sector, partij)
                results.append({"type": search.evaluation.subject.type, "id": sub})
        more = _token(rows[page.limit - 1][0]) if len(rows) > page.limit else ""
        return Results(results, Found(purposes=dienst.doelen), more)


def _paged(results: list[Result], page: Page, found: Found) -> Results:
    """A part of results that stand in order of their last field."""

    def place(result: Result) -> str:
        return str(result.get("id") or result.get("name"))

    after = _after(page)
    rest = [result for result in sorted(results, key=place) if place(result) > after]
    shown = rest[: page.limit]
    return Results(shown, found, _token(place(shown[-1])) if len(rest) > len(shown) else "")


def _token(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


def _after(page: Page) -> str:
    """The place that a token stands for; one that we did not make stands for the beginning."""
    try:
        return base64.urlsafe_b64decode((page.token or "").encode()).decode()
    except ValueError:
        return ""
