"""Do an act once for one Idempotency-Key, in the transaction of the act itself.

The first answer is kept for 24 hours and given again. Refusals are not kept: nothing was done, and
the same request may succeed later.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from keys.kernel.database import Database
from machtigen.base import Perform
from machtigen.errors import IdempotencyKeyReused
from machtigen.herhalingen import store
from machtigen.herhalingen.model import KEPT_FOR, Answer, Repeatable, derive
from machtigen.sealing import Seal

__all__ = ["Herhalingen", "Perform"]

T = TypeVar("T")


class _Repeated(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Herhalingen:
    """First answers, sealed. `secret` is 32 bytes; without the request's own key it opens nothing."""

    def __init__(self, database: Database, secret: bytes) -> None:
        self._database = database
        self._secret = secret

    def once(
        self,
        request: Repeatable | None,
        now: datetime,
        do: Callable[[Perform], T],
        render: Callable[[T], Answer],
    ) -> Answer:
        """Let `do` run its act, or give the first answer again. Without a request: just do it.

        Raises IdempotencyKeyReused when the key came with another request before.
        """
        if request is None:
            return render(do(self._database.write))
        try:
            return self._attempt(request, now, do, render)
        except _Repeated as repeated:
            return repeated.answer
        except Exception:  # whatever it is: raised again, unless the twin of this request has an answer
            # The same request came twice at the same moment and the other was first: then its answer is
            # there, and this one met either its row or a rule that forbids doing the same again.
            first = self._database.read(lambda session: self._first(session, request))
            if first is None:
                raise
            return first

    def _attempt(
        self, request: Repeatable, now: datetime, do: Callable[[Perform], T], render: Callable[[T], Answer]
    ) -> Answer:
        def perform(act: Callable[[Session], T]) -> T:
            def within(session: Session) -> T:
                self._raise_first(session, request)
                result = act(session)
                answer = render(result)
                sealed = self._seal(request).seal(json.dumps(answer.body), request.digest)
                digest = self._digest(request)
                store.add(session, self._id(request), digest, answer.status, sealed, now)
                return result

            return self._database.write(within)

        # A rule that runs before the act (a throttle, a spent code) must not hide the first answer.
        self._database.read(lambda session: self._raise_first(session, request))
        return render(do(perform))  # type: ignore[arg-type]  # `perform` serves the one act of this `do`

    def _raise_first(self, session: Session, request: Repeatable) -> None:
        first = self._first(session, request)
        if first is not None:
            raise _Repeated(first)

    def _first(self, session: Session, request: Repeatable) -> Answer | None:
        kept = store.find(session, self._id(request))
        if kept is None:
            return None
        digest, status, sealed = kept
        if digest != self._digest(request):
            raise IdempotencyKeyReused
        return Answer(status, json.loads(self._seal(request).open(sealed, request.digest)))

    def _id(self, request: Repeatable) -> str:
        return derive(self._secret, request, "id").hex()

    def _digest(self, request: Repeatable) -> str:
        """What is kept of the body. A plain hash would let who has the database guess a label or a code."""
        return derive(self._secret, request, f"digest/{request.digest}").hex()

    def _seal(self, request: Repeatable) -> Seal:
        return Seal(derive(self._secret, request, "seal"))

    def forget(self, now: datetime) -> None:
        """Throw away what is older than 24 hours."""
        before = now - KEPT_FOR
        if self._database.read(lambda session: store.any_before(session, before)):
            self._database.write(lambda session: store.forget(session, before))
