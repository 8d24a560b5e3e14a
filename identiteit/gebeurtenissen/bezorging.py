"""Deliver events to their receivers as Security Event Tokens (RFC 8417), pushed over HTTP (RFC 8935).

In order for each receiver: the next one leaves when the one before it was acknowledged. The pseudonyms are
translated at every attempt, outside any transaction, and the token is signed anew with the same `jti`.
No answer: tried again with growing pauses, for as long as it takes. A refusal: tried `REFUSALS` times, then
dead, and the next ones go on; the receiver sees the gap and may ask for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

from identiteit.gebeurtenissen import leverstore
from identiteit.gebeurtenissen.model import Levering
from identiteit.personen.service import Personen
from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.database import Database
from keys.kernel.gebeurtenis.token import SecurityEvent, sign_event
from keys.kernel.jws import SigningKey
from keys.kernel.pep import Ciphertext, Domain

DOEL = "gebeurtenissen"
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(seconds=300)
CLAIM = timedelta(seconds=60)
BATCH = 8  # at most 800 persons: one batch of `keys`
REFUSALS = 3
KEPT = timedelta(days=30)

Translate = Callable[[Sequence[bytes], Domain, str], list[Ciphertext]]


class Refused(Exception):
    """The receiver answered that it does not take this token. `err`: its code (RFC 8935 section 2.4)."""

    def __init__(self, err: str) -> None:
        super().__init__(err)
        self.err = err


class Push(Protocol):
    """Brings a token to an address. Raises Refused, PeerUnavailable."""

    def __call__(self, url: str, token: str) -> None:
        """Bring it."""
        ...


class Tell(Protocol):
    """Tells the log what went wrong with a delivery, in words of the catalogue."""

    def __call__(self, *, ontvanger: str, volgnummer: int, fout: str, dood: bool) -> None:
        """Tell it."""
        ...


@dataclass(frozen=True)
class Ontvanger:
    """Ontvanger (receiver) of events: its address, its audience, and the domain of its pseudonyms."""

    naam: str
    url: str
    audience: str
    domein: Domain


class Bezorging:
    """Bezorging (delivery): a round for each receiver."""

    def __init__(
        self,
        *,
        database: Database,
        personen: Personen,
        translate: Translate,
        key: SigningKey,
        issuer: str,
        ontvangers: Sequence[Ontvanger],
        push: Push,
        tell: Tell,
    ) -> None:
        self._database = database
        self._personen = personen
        self._translate = translate
        self._key = key
        self._issuer = issuer
        self._ontvangers = tuple(ontvangers)
        self._push = push
        self._tell = tell

    def deliver(self, now: datetime) -> int:
        """Deliver what is due; gives how many arrived. Quick when nothing is."""
        return sum(self._round(ontvanger, now) for ontvanger in self._ontvangers)

    def forget(self, now: datetime) -> None:
        """Throw away what arrived long ago."""
        self._database.write(lambda session: leverstore.forget(session, now - KEPT))

    def _round(self, ontvanger: Ontvanger, now: datetime) -> int:
        arrived = 0
        while self._database.read(lambda session: leverstore.any_due(session, ontvanger.naam, now)):
            claimed = self._database.write(
                lambda session: leverstore.claim(session, ontvanger.naam, now, CLAIM, BATCH)
            )
            done = self._deliver(ontvanger, claimed, now)
            arrived += done
            if done < len(claimed) or not claimed:
                break
        return arrived

    def _deliver(self, ontvanger: Ontvanger, claimed: Sequence[Levering], now: datetime) -> int:
        """Bring these in order, up to the first that does not arrive."""
        try:
            subjects = self._subjects(ontvanger, claimed)
        except (PeerUnavailable, TranslationRefused) as error:
            if claimed:
                self._fails(claimed, "translation", now, refused=False)
                self._tell_of(claimed[0], type(error).__name__, dood=False)
            return 0
        for place, levering in enumerate(claimed):
            try:
                self._push(ontvanger.url, self._token(ontvanger, levering, subjects, now))
            except Refused as error:
                self._fails(claimed[place:], error.err, now, refused=True)
                return place
            except PeerUnavailable:
                self._fails(claimed[place:], "no-answer", now, refused=False)
                return place
            self._database.write(partial(leverstore.arrived, levering=levering, now=now))
        return len(claimed)

    def _subjects(self, ontvanger: Ontvanger, claimed: Sequence[Levering]) -> Mapping[str, Ciphertext]:
        names = list(dict.fromkeys(who for levering in claimed for who in levering.personen))
        if not names:
            return {}
        found = self._translate(self._personen.seeds(names), ontvanger.domein, DOEL)
        return dict(zip(names, found, strict=True))

    def _token(
        self, ontvanger: Ontvanger, levering: Levering, subjects: Mapping[str, Ciphertext], now: datetime
    ) -> str:
        people = levering.personen
        place = {who: number for number, who in enumerate(people)}

        def on_the_wire(change: Mapping[str, Any]) -> dict[str, Any]:
            return {
                name: place[value] if name in {"persoon", "partij"} else value
                for name, value in change.items()
            }

        event = SecurityEvent(
            jti=levering.jti,
            sequence=levering.volgnummer,
            toe=levering.per,
            type=f"{self._issuer}/gebeurtenis/v1",
            body={
                "soort": levering.soort,
                "wijzigingen": [on_the_wire(one) for one in levering.wijzigingen],
            },
            subjects=tuple(subjects[who] for who in people),
        )
        return sign_event(event, issuer=self._issuer, audience=ontvanger.audience, key=self._key, now=now)

    def _fails(self, rest: Sequence[Levering], fout: str, now: datetime, *, refused: bool) -> None:
        first, *others = rest
        pause = min(FIRST_PAUSE * 2 ** min(first.pogingen - 1, 20), LONGEST_PAUSE)
        dood = refused and first.pogingen >= REFUSALS
        again = None if dood else now + pause

        def act(session: Any) -> None:
            leverstore.failed(session, first, fout, again, now)
            leverstore.not_tried(session, others, again or now)

        self._database.write(act)
        self._tell_of(first, fout, dood=dood)

    def _tell_of(self, levering: Levering, fout: str, *, dood: bool) -> None:
        self._tell(ontvanger=levering.ontvanger, volgnummer=levering.volgnummer, fout=fout, dood=dood)
