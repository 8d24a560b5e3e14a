"""How a proposal stands, and whether an obligation is collected meanwhile. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from rechten.errors import ObligationUnknown, ProposalClosed, ProposalOpen
from rechten.registers.model import Gegeven, Register
from rechten.registers.rules import valid_at
from rechten.voorstellen.model import (
    Aangenomen,
    Afgewezen,
    Afloop,
    Gepauzeerd,
    Ingetrokken,
    Invordering,
    Loopt,
    Open,
    Toestand,
    Vervallen,
    Voorstel,
)

# The reasonable term for a decision where no law names another (Awb 4:13): who has not answered by then
# goes on collecting, and a proposal that nobody reads does not pause for ever.
ANSWER_WITHIN = timedelta(weeks=8)


def toestand(voorstel: Voorstel, now: datetime) -> Toestand:
    """How it stands at `now`."""
    lapses = voorstel.ingediend_op + ANSWER_WITHIN
    end = voorstel.beeindiging
    if end is None:
        return Vervallen(lapses) if now >= lapses else Open(voorstel.ingediend_op, lapses)
    if end.afloop is Afloop.AFGEWEZEN:
        return Afgewezen(end.op, end.motivering or "")
    return Aangenomen(end.op) if end.afloop is Afloop.AANGENOMEN else Ingetrokken(end.op)


def invordering(voorstellen: Iterable[Voorstel], verplichting: str, now: datetime) -> Invordering:
    """Whether this obligation is collected at `now`."""
    for voorstel in voorstellen:
        state = toestand(voorstel, now)
        if voorstel.verplichting == verplichting and isinstance(state, Open):
            return Gepauzeerd(state.sinds, voorstel.id)
    return Loopt()


def first_of(records: Iterable[Gegeven], gegeven: Gegeven) -> str:
    """The id of an obligation: of the first record in the line of corrections that ends in this one."""
    earlier = {record.id: record.corrigeert for record in records}
    identifier, seen = gegeven.id, {gegeven.id}
    while (before := earlier.get(identifier)) is not None and before not in seen:
        identifier = before
        seen.add(before)
    return identifier


def obligations(
    register: Register, records: Iterable[Gegeven], categorieen: frozenset[str], now: datetime
) -> dict[str, Gegeven]:
    """The obligations that hold at `now`, of these categories, by id."""
    known = list(records)
    wanted = categorieen & register.verplichtingen()
    return {first_of(known, record): record for record in valid_at(known, now) if record.categorie in wanted}


def check_new(
    found: dict[str, Gegeven], verplichting: str, earlier: Iterable[Voorstel], now: datetime
) -> Gegeven:
    """The obligation that a new proposal is about. Raises ObligationUnknown, ProposalOpen."""
    if verplichting not in found:
        raise ObligationUnknown
    if isinstance(invordering(earlier, verplichting, now), Gepauzeerd):
        raise ProposalOpen
    return found[verplichting]


def check_end(voorstel: Voorstel, now: datetime) -> None:
    """Only an open proposal can be accepted, declined or withdrawn. Raises ProposalClosed."""
    if not isinstance(toestand(voorstel, now), Open):
        raise ProposalClosed
