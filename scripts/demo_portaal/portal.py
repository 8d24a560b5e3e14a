"""The portal itself: what it is registered as, who is on their way in, and who is in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx2

from demo_portaal.errors import AttemptUnknown, EvidenceRefused, NotReady, ServiceUnknown
from demo_portaal.login import TIMEOUT_S, Login
from demo_portaal.register import Outcome, has_ended, read_dossier
from demo_portaal.registration import Registration, read_registration
from demo_portaal.sessions import Session, Sessions
from demo_portaal.words import LEVELS
from keys.kernel.oidc.browser import secret_hash
from machtigen.verifier import CouldNotCheck, InvalidEvidence, Verifier, Vertegenwoordiging
from machtigen.verifier.pseudonyms import OpenedVertegenwoordiging


@dataclass(frozen=True)
class Ready:
    """Everything that follows from the registration."""

    registration: Registration
    login: Login
    verifier: Verifier


@dataclass(frozen=True)
class Look:
    """One look at a record: the outcome, and who acts for whom when the token holds."""

    outcome: Outcome
    wie: Vertegenwoordiging | None = field(repr=False, default=None)
    opened: OpenedVertegenwoordiging | None = field(repr=False, default=None)


class Portal:
    """Thread-safe. `transport` carries every call to the neighbours; `clock` gives aware UTC."""

    def __init__(
        self,
        folder: Path,
        rechten_url: str,
        redirect_uri: str,
        transport: httpx2.BaseTransport,
        clock: Callable[[], datetime],
    ) -> None:
        self.sessions = Sessions(clock)
        self._folder = folder
        self._rechten_url = rechten_url
        self._redirect_uri = redirect_uri
        self._transport = transport
        self._http = httpx2.Client(transport=transport, timeout=TIMEOUT_S, follow_redirects=False)
        self._clock = clock
        self._lock = threading.Lock()
        self._ready: Ready | None = None

    def require(self) -> Ready:
        """The registration, read at first need. Raises NotReady while its folder is not filled."""
        with self._lock:
            if self._ready is None:
                registration = read_registration(self._folder)
                if registration is None:
                    raise NotReady
                self._ready = Ready(
                    registration,
                    Login(registration, self._redirect_uri, self._transport, self._clock),
                    Verifier(
                        issuer=registration.issuer,
                        audience=registration.audience,
                        http=self._http,
                        clock=self._clock,
                    ),
                )
            return self._ready

    def begin(self, dienst: str, browser: str) -> str:
        """Where to send the browser (with this cookie) to log in. Raises ServiceUnknown."""
        ready = self.require()
        if dienst not in ready.registration.diensten:
            raise ServiceUnknown
        url, attempt = ready.login.begin(dienst, secret_hash(browser))
        self.sessions.keep(attempt)
        return url

    def finish(self, answer: Mapping[str, str], browser: str | None) -> str:
        """The secret of a new session, when the answer of the issuer holds. Raises a PortaalError."""
        ready = self.require()
        attempt = self.sessions.take(answer.get("state", ""), browser)
        if attempt is None:
            raise AttemptUnknown
        tokens = ready.login.finish(attempt, answer)
        try:
            wie = ready.verifier.verify(tokens.representation)
            ready.registration.opener.open(wie)
        except InvalidEvidence as error:
            raise EvidenceRefused from error
        # Both tokens must be of one login: the same person, for the service that was asked.
        if wie.sub != tokens.claims.get("sub") or wie.client_id != ready.registration.client_id:
            raise EvidenceRefused
        if wie.dienst != attempt.dienst:
            raise EvidenceRefused
        return self.sessions.open(Session(attempt.dienst, tokens.representation, LEVELS[wie.acr]))

    def look(self, session: Session) -> Look:
        """Check the token again, then read the register. A refusal is an outcome, not an error."""
        ready = self.require()
        try:
            wie = ready.verifier.verify(session.token)
            opened = ready.registration.opener.open(wie)
        except InvalidEvidence as error:
            code = "token-expired" if error.code == "expired" else "token-refused"
            return Look(Outcome(401, code))
        except CouldNotCheck:
            return Look(Outcome(503, "could-not-check"))
        register_url = f"{self._rechten_url}/api/v1/registers/{ready.registration.register}"
        outcome = read_dossier(self._http, register_url, session.token, wie.doelen[0])
        if outcome.status == 401 and has_ended(wie.verloopt_op, self._clock()):
            outcome = Outcome(401, "token-expired", outcome.trace_id)
        return Look(outcome, wie, opened)
