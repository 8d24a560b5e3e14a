"""Tickets with which `machtigen` knows who stood at a desk, without ever learning a number or a name.

    ticket = JWS, typ balieticket+jwt
    claims = iss, aud (`machtigen`), jti, iat, exp = iat + 900 s, gebruik ("balie" | "medewerker"), loket,
             sid (of the clerk's session, as `machtigen` knows it; not for "medewerker"),
             alt_sub [E(P@machtigen)]

A clerk is a person who is logged in here and whom the operator registered. Each look-up is written down
before the ticket leaves. Gives: only that clerk, in that session, can use the ticket, once. Does not give:
that the person at the desk is who the document says; that is what the clerk looks at it for.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from identiteit.balie import store
from identiteit.balie.model import Gevonden, Medewerker
from identiteit.balie.rules import WINDOW, too_many
from identiteit.errors import CallerNotAllowed, NotFound, TooManyLookups
from identiteit.personen.model import Bsn, Persoon
from identiteit.personen.service import Personen
from keys.kernel.database import Database
from keys.kernel.jws import SigningKey, sign, timestamp
from keys.kernel.pep import Ciphertext, Domain

Translate = Callable[[Sequence[bytes], Domain, str], list[Ciphertext]]
TYP = "balieticket+jwt"
PURPOSE = "balie"
LIVES = timedelta(seconds=900)  # a clerk types over what stands on the paper


class Balie:
    """Registers clerks and looks people up for them. `audience`: base address of `machtigen`."""

    def __init__(
        self,
        *,
        database: Database,
        personen: Personen,
        translate: Translate,
        key: SigningKey,
        issuer: str,
        audience: str,
        domain: Domain,
    ) -> None:
        self._database = database
        self._personen = personen
        self._translate = translate
        self._key = key
        self._issuer = issuer
        self._audience = audience
        self._domain = domain

    def register(self, bsn: Bsn, loket: str, now: datetime) -> str:
        """Let this person work at a desk; gives the ticket with which `machtigen` registers them too.

        Raises NotFound, PeerUnavailable, TranslationRefused.
        """
        person = self._require(bsn)
        clerk = Medewerker(person.id, loket)
        ticket = self._ticket("medewerker", self._ciphertexts([person])[0], loket, None, now)
        self._database.write(lambda session: store.put(session, clerk, now))
        return ticket

    def end(self, bsn: Bsn, now: datetime) -> str:
        """This person works at no desk any more; gives a ticket to tell `machtigen` so.

        Raises NotFound, PeerUnavailable, TranslationRefused.
        """
        person = self._require(bsn)
        if not self._database.write(lambda session: store.end(session, person.id, now)):
            raise NotFound
        return self._ticket("medewerker", self._ciphertexts([person])[0], "", None, now)

    def find_clerk(self, persoon_id: str) -> Medewerker | None:
        """Who this is at a desk, if they work at one."""
        return self._database.read(lambda session: store.find(session, persoon_id))

    def look_up(
        self, persoon_id: str, sid: str, numbers: Sequence[Bsn | None], now: datetime
    ) -> list[Gevonden | None]:
        """For a clerk, in order: who has these numbers; None for who is unknown.

        `sid`: the clerk's session as `machtigen` knows it. Raises CallerNotAllowed, TooManyLookups,
        PeerUnavailable, TranslationRefused.
        """
        known = iter(self._personen.find_all_by_bsn([bsn for bsn in numbers if bsn is not None]))
        people = [next(known) if bsn is not None else None for bsn in numbers]

        def act(session: Session) -> Medewerker:
            clerk = store.find(session, persoon_id, lock=True)
            if clerk is None:
                raise CallerNotAllowed
            if too_many(*store.count_lookups(session, persoon_id, now - WINDOW), asked=len(people)):
                raise TooManyLookups
            for person in people:
                store.add_lookup(session, clerk, person.id if person else None, now)
            return clerk

        clerk = self._database.write(act)
        found = [person for person in people if person is not None]
        ciphertexts = iter(self._ciphertexts(found))
        return [
            None
            if person is None
            else Gevonden(
                person.gegevens.naam, self._ticket("balie", next(ciphertexts), clerk.loket, sid, now)
            )
            for person in people
        ]

    def _require(self, bsn: Bsn) -> Persoon:
        person = self._personen.find_all_by_bsn([bsn])[0]
        if person is None:
            raise NotFound
        return person

    def _ciphertexts(self, people: Sequence[Persoon]) -> list[Ciphertext]:
        if not people:
            return []
        seeds = self._personen.seeds([person.id for person in people])
        return self._translate(seeds, self._domain, PURPOSE)

    def _ticket(self, use: str, ciphertext: Ciphertext, loket: str, sid: str | None, now: datetime) -> str:
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "jti": secrets.token_urlsafe(24),
            "iat": timestamp(now),
            "exp": timestamp(now + LIVES),
            "gebruik": use,
            "loket": loket,
            "alt_sub": [ciphertext.to_alt_sub()],
        }
        if sid is not None:
            claims["sid"] = sid
        return sign(claims, self._key, typ=TYP)
