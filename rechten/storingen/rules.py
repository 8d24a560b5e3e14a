"""When a presentation is a storing, what becomes of it, and when it may close. Pure.

    gemeld → oorzaak_weggenomen → hersteld → gesloten

It closes only when its actor reported both that the cause was removed and that the state of the persons
was restored, and then every person confirmed or the term went by. A person who says that it is not
restored takes it one step back; a token that is shown again takes it back to the begin.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from rechten.errors import StoringStateForbids
from rechten.storingen.model import (
    BY_WHOM,
    Door,
    Gemeld,
    Gesloten,
    Gezet,
    Hersteld,
    OorzaakWeggenomen,
    Stap,
    Storing,
    Telaat,
    Tijdig,
    Toestand,
)

# A status list stands at most 15 s after a revocation and is kept for at most 60 s; clocks differ by 10 s.
# Twice that, rounded: whoever is later did not look.
GRACE = timedelta(minutes=3)
# As long as one has to object to a decision (Awb 6:7): who is away for some weeks is not passed over.
CONFIRM_WITHIN = timedelta(weeks=6)
# Times that one token is noted between two steps: enough to see a loop for what it is.
MOST_NOTED = 20


def judge(ingetrokken_op: datetime, now: datetime, grace: timedelta = GRACE) -> Tijdig | Telaat:
    """Whether who shows a token `now` should have known that it was revoked."""
    na = now - ingetrokken_op
    return Telaat(na) if na > grace else Tijdig()


def toestand(storing: Storing, now: datetime) -> Toestand:
    """How it stands at `now`: everything that happened, in order, and the time that went by."""
    state: Toestand = Gemeld(storing.geopend_op)
    for op, gezet in _in_order(storing):
        state = _passed(state, op)
        state = _after(state, gezet, storing) if gezet else _seen_again(state, op)
    return _passed(state, now)


def check_step(storing: Storing, stap: Stap, door: Door, now: datetime, pid: str | None = None) -> None:
    """Whether this step fits. Raises StoringStateForbids."""
    state = toestand(storing, now)
    fits = {
        Stap.OORZAAK_WEGGENOMEN: isinstance(state, Gemeld),
        Stap.HERSTELD: isinstance(state, OorzaakWeggenomen),
        Stap.BEVESTIGD: isinstance(state, Hersteld) and pid not in state.bevestigd,
        Stap.TEGENGESPROKEN: isinstance(state, Hersteld),
    }[stap]
    if not fits or door not in BY_WHOM[stap]:
        raise StoringStateForbids


def is_open(storing: Storing, now: datetime) -> bool:
    """Whether what happens now belongs to this one."""
    return not isinstance(toestand(storing, now), Gesloten)


def must_note(momenten: Iterable[datetime], last_step: datetime | None) -> bool:
    """Whether one more presentation of a token is written down, or only makes the flood longer."""
    since = [op for op in momenten if last_step is None or op > last_step]
    return len(since) < MOST_NOTED


def _in_order(storing: Storing) -> list[tuple[datetime, Gezet | None]]:
    """Presentations (None) and steps; of one moment the presentations first."""
    seen = [(op, None) for voorval in storing.voorvallen for op in voorval.momenten]
    steps = [(gezet.op, gezet) for gezet in storing.stappen]
    return sorted([*seen, *steps], key=lambda one: (one[0], one[1] is not None))


def _passed(state: Toestand, now: datetime) -> Toestand:
    if isinstance(state, Hersteld) and now >= state.sluit_op:
        return Gesloten(state.sluit_op, verlopen=True)
    return state


def _seen_again(state: Toestand, op: datetime) -> Toestand:
    return Gemeld(op) if isinstance(state, OorzaakWeggenomen | Hersteld) else state


def _after(state: Toestand, gezet: Gezet, storing: Storing) -> Toestand:
    op = gezet.op
    if isinstance(state, Gemeld) and gezet.stap is Stap.OORZAAK_WEGGENOMEN:
        return OorzaakWeggenomen(op)
    if isinstance(state, OorzaakWeggenomen) and gezet.stap is Stap.HERSTELD:
        return Hersteld(op, op + CONFIRM_WITHIN)
    if isinstance(state, Hersteld) and gezet.stap is Stap.TEGENGESPROKEN:
        return OorzaakWeggenomen(op)
    if isinstance(state, Hersteld) and gezet.stap is Stap.BEVESTIGD and gezet.pid is not None:
        confirmed = state.bevestigd | {gezet.pid}
        if confirmed >= storing.betrokkenen:
            return Gesloten(op, verlopen=False)
        return Hersteld(state.sinds, state.sluit_op, confirmed)
    return state
