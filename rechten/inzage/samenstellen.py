"""The page's side of inspection: ask every register at the same time, name each that does not answer.

The composer holds no pseudonym: for each register it makes a fresh key, lets `identiteit` make a ticket
for that key, and passes the ticket on. What it gathers is given back and stored nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any

from keys.kernel.caller import PeerUnavailable
from keys.kernel.jws import SigningKey
from rechten.inzage.bezit import prove
from rechten.inzage.model import Overzicht, Periode, RegisterAntwoord
from rechten.registers.model import Register

WORKERS = 32

# (access token, domain, public JWK) → ticket; PeerUnavailable, or NotLoggedIn when the session is over
FetchTicket = Callable[[str, str, Mapping[str, Any]], str]
# (url, ticket, proof, period) → the register's answer; PeerUnavailable
AskRegister = Callable[[str, str, str, Periode], Mapping[str, Any]]
# (url, ticket, proof, act, Idempotency-Key) → the register's answer; its refusal, or PeerUnavailable
ActAtRegister = Callable[[str, str, str, Mapping[str, Any], str | None], Mapping[str, Any]]


class Samenstelling:
    """Composes what a person may see. `url_of(register)`: address of its inspection interface."""

    def __init__(
        self,
        *,
        fetch_ticket: FetchTicket,
        ask: AskRegister,
        act: ActAtRegister,
        url_of: Callable[[str], str],
        clock: Callable[[], datetime],
        timeout_s: float,
    ) -> None:
        self._fetch_ticket = fetch_ticket
        self._ask = ask
        self._act = act
        self._url_of = url_of
        self._clock = clock
        self._timeout_s = timeout_s
        self._pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="inzage")

    def compose(self, access_token: str, registers: Sequence[Register], periode: Periode) -> Overzicht:
        """Answers in the order of `registers`. Raises NotLoggedIn when `identiteit` says so."""
        asked = [
            (register, self._pool.submit(self._one, access_token, register, periode))
            for register in registers
        ]
        wait([future for _, future in asked], timeout=self._timeout_s)
        answers: list[RegisterAntwoord] = []
        silent: list[tuple[str, Mapping[str, str]]] = []
        for register, future in asked:
            answer = _answer(future)
            if answer is None:
                silent.append((register.id, register.naam))
            else:
                answers.append(RegisterAntwoord(register.id, register.naam, answer))
        return Overzicht(answers, silent)

    def act(
        self, access_token: str, register: Register, handeling: Mapping[str, Any], key: str | None = None
    ) -> Mapping[str, Any]:
        """Let the person act at one register. Raises NotLoggedIn, PeerUnavailable, and what it refuses."""
        holder = SigningKey.generate("ES256")
        ticket = self._fetch_ticket(access_token, str(register.domein), holder.public_jwk())
        url = f"{self._url_of(register.id)}/handelingen"
        return self._act(url, ticket, prove(ticket, holder, url, self._clock()), handeling, key)

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _one(self, access_token: str, register: Register, periode: Periode) -> Mapping[str, Any]:
        key = SigningKey.generate("ES256")
        ticket = self._fetch_ticket(access_token, str(register.domein), key.public_jwk())
        url = self._url_of(register.id)
        return self._ask(url, ticket, prove(ticket, key, url, self._clock()), periode)


def _answer(future: Future[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What a register answered in time; None for a failure or no answer yet."""
    if not future.done():
        future.cancel()
        return None
    try:
        return future.result()
    except PeerUnavailable:
        return None
