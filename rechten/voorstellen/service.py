"""File, end and list proposals, in the transaction that also writes the processing log."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlmodel import Session

from rechten.errors import ProposalUnknown
from rechten.registers import store as registerstore
from rechten.registers.model import Register
from rechten.voorstellen import store
from rechten.voorstellen.model import Afloop, Beeindiging, Betalingsvoorstel, Open, Voorstel
from rechten.voorstellen.rules import check_end, check_new, obligations, toestand


def file(
    session: Session,
    register: Register,
    pid: str,
    verplichting: str,
    inhoud: Betalingsvoorstel,
    categorieen: frozenset[str],
    now: datetime,
    *,
    namens: bool,
) -> Voorstel:
    """A new proposal about one of a person's obligations in these categories.

    Raises ObligationUnknown, ProposalOpen.
    """
    store.wait_for(session, verplichting)
    earlier = store.list_of(session, pid)
    found = obligations(register, registerstore.list_records(session, pid), categorieen, now)
    gegeven = check_new(found, verplichting, earlier, now)
    voorstel = Voorstel(
        id=secrets.token_urlsafe(12),
        pid=pid,
        verplichting=verplichting,
        categorie=gegeven.categorie,
        volgnummer=sum(one.verplichting == verplichting for one in earlier) + 1,
        inhoud=inhoud,
        namens=namens,
        ingediend_op=now,
    )
    store.add(session, voorstel)
    return voorstel


def end(
    session: Session,
    voorstel_id: str,
    afloop: Afloop,
    now: datetime,
    *,
    pid: str | None = None,
    categorieen: frozenset[str] | None = None,
    motivering: str | None = None,
) -> Voorstel:
    """End an open proposal; with `pid` only one of this person, with `categorieen` only about these.

    Raises ProposalUnknown, ProposalClosed.
    """
    voorstel = store.find(session, voorstel_id)
    if voorstel is None or (pid is not None and voorstel.pid != pid):
        raise ProposalUnknown
    if categorieen is not None and voorstel.categorie not in categorieen:
        raise ProposalUnknown
    store.wait_for(session, voorstel.verplichting)
    present = store.find(session, voorstel_id) or voorstel
    check_end(present, now)
    store.add_end(session, voorstel_id, Beeindiging(afloop, now, motivering))
    return store.find(session, voorstel_id) or voorstel


def list_of(session: Session, pid: str) -> list[Voorstel]:
    """The proposals about a person's obligations, newest first."""
    return store.list_of(session, pid)


def list_open(session: Session, now: datetime) -> list[Voorstel]:
    """The proposals that wait for an answer, newest first."""
    return [one for one in store.list_unanswered(session) if isinstance(toestand(one, now), Open)]
