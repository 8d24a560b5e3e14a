"""A token that is refused because it had been revoked: told from one that is only old, and noted.

The status list says that a token was revoked and not since when, and says nothing of one that expired
meanwhile. So `machtigen` is asked, once for each token: what it answers never changes. Whatever fails
here, the refusal stands.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from keys.kernel.caller import PeerUnavailable
from keys.kernel.jws import InvalidJws
from keys.kernel.pep import Pseudonym
from keys.wire.trace import Trace
from machtigen.verifier import CouldNotCheck as VerifierCouldNotCheck
from machtigen.verifier import InvalidEvidence
from rechten.doelen.service import Doelen
from rechten.errors import LogUnavailable, RegisterNotReady, TokenRefused
from rechten.registers.geopend import OpenRegister
from rechten.storingen.model import Aanbieding, Telaat
from rechten.storingen.rules import judge
from rechten.storingen.service import note, token_digest
from rechten.toegang.bewijs import Bewijzen

REVOKED, EXPIRED = "revoked", "expired"
REMEMBERED = 10_000
FAILURES = (
    PeerUnavailable, InvalidJws, InvalidEvidence, VerifierCouldNotCheck, LogUnavailable, RegisterNotReady,
)  # fmt: skip

FindEnd = Callable[[str], datetime | None]
Report = Callable[[str, str], None]


class Ingetrokken:
    """`find_end(token)`: since when it is revoked, None: it never was; may raise PeerUnavailable.
    `opened(register, trace_id)` is told of a new storing, `failed(register, error)` of one not noted."""

    def __init__(
        self,
        bewijzen: Bewijzen,
        doelen: Doelen,
        find_end: FindEnd,
        actor_url: str,
        opened: Report,
        failed: Report,
    ) -> None:
        self._bewijzen = bewijzen
        self._doelen = doelen
        self._find_end = find_end
        self._actor_url = actor_url
        self._report_opened = opened
        self._report_failed = failed
        self._ends: OrderedDict[bytes, datetime | None] = OrderedDict()
        self._lock = threading.Lock()

    def notice(
        self, opened: OpenRegister, token: str, doel: str, trace: Trace, refused: TokenRefused, now: datetime
    ) -> None:
        """Note a refused token as a storing when it was shown too long after its revocation. Never raises
        what it may meet: the refusal is the answer."""
        cause = refused.__cause__
        if not isinstance(cause, InvalidEvidence) or cause.code not in {REVOKED, EXPIRED}:
            return
        try:
            self._note(opened, token, doel, trace, cause.code, now)
        except FAILURES as error:
            self._report_failed(opened.register.id, type(error).__name__)

    def _note(
        self, opened: OpenRegister, token: str, doel: str, trace: Trace, code: str, now: datetime
    ) -> None:
        voormalig = self._bewijzen.read_refused(token, opened)  # first: only a token of ours costs a call
        ended = self._end_of(token, code)
        if ended is None or not isinstance(judge(ended, now), Telaat):
            return
        bewijs = voormalig.bewijs
        known = self._doelen.find(doel)
        aanbieding = Aanbieding(
            token=token_digest(opened, voormalig.issuer, voormalig.jti),
            afnemer=bewijs.afnemer,
            client_id=bewijs.client_id,
            doel=known.versie if known else self._doelen.require_version(opened.register.doel),
            handelende=bewijs.handelende,
            ingetrokken_op=ended,
            trace=trace,
        )
        if isinstance(bewijs.betrokkene, Pseudonym):
            processor = f"{self._actor_url}/{bewijs.afnemer}"
            new = note(opened, bewijs.betrokkene, aanbieding, processor, now)
            if new is not None:
                self._report_opened(opened.register.id, trace.trace_id)

    def _end_of(self, token: str, code: str) -> datetime | None:
        """Since when it is revoked. Of a token that has expired this never changes any more, nor of one
        that was revoked: that much is remembered, without the token."""
        key = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        with self._lock:
            if key in self._ends:
                self._ends.move_to_end(key)
                return self._ends[key]
        found = self._find_end(token)
        if found is not None or code == EXPIRED:
            with self._lock:
                self._ends[key] = found
                while len(self._ends) > REMEMBERED:
                    self._ends.popitem(last=False)
        return found
