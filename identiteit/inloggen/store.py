"""Rows of logging in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from identiteit.inloggen.model import Code, Inlogwens, Niveau, Poging, Sessie
from identiteit.inloggen.tables import CodeRow, DeelnemerRow, PogingRow, SessieRow, ToegangRow, UitgaandRow
from keys.kernel.gebeurtenis import add as add_message

OUTBOX = UitgaandRow  # the table from which messages to packages leave


def _wish_from(document: dict[str, Any] | None) -> Inlogwens | None:
    return Inlogwens(**{**document, "minimum": Niveau(document["minimum"])}) if document else None


def _session(row: SessieRow) -> Sessie:
    return Sessie(row.persoon_id, Niveau(row.niveau), row.auth_op, row.sid, row.csrf)


def add_attempt(session: Session, poging: Poging, browser_hash: str, ends: datetime) -> None:
    """Keep an open login page."""
    wens = {**asdict(poging.wens), "minimum": poging.wens.minimum.value} if poging.wens else None
    row = PogingRow(id=poging.id, browser_hash=browser_hash, csrf=poging.csrf, wens=wens, verloopt_op=ends)
    session.add(row)


def find_attempt(session: Session, identifier: str, browser_hash: str, now: datetime) -> Poging | None:
    """An open login page of this browser."""
    row = session.get(PogingRow, identifier)
    if row is None or row.browser_hash != browser_hash or row.verloopt_op <= now:
        return None
    return Poging(row.id, row.csrf, _wish_from(row.wens))


def close_attempt(session: Session, identifier: str) -> bool:
    """Close a login page; False when it was closed already."""
    return bool(
        session.connection().execute(sa.delete(PogingRow).where(col(PogingRow.id) == identifier)).rowcount
    )


def add_session(session: Session, id_hash: str, sessie: Sessie, ends: datetime) -> None:
    """Keep a new session."""
    row = SessieRow(
        id_hash=id_hash,
        persoon_id=sessie.persoon_id,
        niveau=sessie.niveau.value,
        auth_op=sessie.auth_op,
        sid=sessie.sid,
        csrf=sessie.csrf,
        verloopt_op=ends,
    )
    session.add(row)


def find_session(session: Session, id_hash: str, now: datetime) -> Sessie | None:
    """A live session by the hash of its secret."""
    row = session.get(SessieRow, id_hash)
    return _session(row) if row is not None and row.verloopt_op > now else None


def find_session_by_sid(session: Session, sid: str, now: datetime) -> Sessie | None:
    """A live session by the id that the packages know."""
    row = session.exec(select(SessieRow).where(SessieRow.sid == sid)).first()
    return _session(row) if row is not None and row.verloopt_op > now else None


def end_session(session: Session, sid: str, now: datetime) -> int:
    """End a session and put a log-out message for every package in it into the outbox; their number."""
    told = list(session.exec(select(DeelnemerRow.client_id).where(DeelnemerRow.sid == sid)))
    for client_id in told:
        add_message(session, UitgaandRow, "uitloggen", {"client_id": client_id, "sid": sid}, now)
    connection = session.connection()
    connection.execute(sa.delete(ToegangRow).where(col(ToegangRow.sid) == sid))
    connection.execute(sa.delete(DeelnemerRow).where(col(DeelnemerRow.sid) == sid))
    connection.execute(sa.delete(SessieRow).where(col(SessieRow.sid) == sid))
    return len(told)


def add_code(session: Session, id_hash: str, code: Code, ends: datetime) -> None:
    """Keep a code, and the package that gets it as a participant of the session."""
    content = {**asdict(code), "auth_op": code.auth_op.isoformat(), "alt_sub": list(code.alt_sub)}
    session.add(CodeRow(id_hash=id_hash, inhoud=content, verloopt_op=ends))
    if session.get(DeelnemerRow, (code.sid, code.client_id)) is None:
        session.add(DeelnemerRow(sid=code.sid, client_id=code.client_id))


def find_code(session: Session, id_hash: str) -> tuple[Code, bool, datetime] | None:
    """(code, used before, ends) by the hash of the code."""
    row = session.get(CodeRow, id_hash)
    if row is None:
        return None
    content = dict(row.inhoud)
    content["auth_op"] = datetime.fromisoformat(content["auth_op"])
    content["alt_sub"] = tuple(content["alt_sub"])
    return Code(**content), row.gebruikt_op is not None, row.verloopt_op


def spend_code(session: Session, id_hash: str, token_hash: str | None, now: datetime) -> bool:
    """Use a code up; False when another request was first."""
    unused = (col(CodeRow.id_hash) == id_hash) & col(CodeRow.gebruikt_op).is_(None)
    query = sa.update(CodeRow).where(unused).values(gebruikt_op=now, token_hash=token_hash)
    return bool(session.connection().execute(query).rowcount)


def end_token_of(session: Session, id_hash: str) -> None:
    """End the access token that a code gave (RFC 6749 section 4.1.2)."""
    row = session.get(CodeRow, id_hash)
    if row is not None and row.token_hash is not None:
        session.connection().execute(sa.delete(ToegangRow).where(col(ToegangRow.id_hash) == row.token_hash))


def add_token(session: Session, id_hash: str, client_id: str, sid: str) -> None:
    """Keep an access token."""
    session.add(ToegangRow(id_hash=id_hash, client_id=client_id, sid=sid))


def find_token(session: Session, id_hash: str) -> tuple[str, str] | None:
    """(client id, sid) of an access token."""
    row = session.get(ToegangRow, id_hash)
    return (row.client_id, row.sid) if row else None


def sweep(session: Session, now: datetime) -> None:
    """Forget what has expired."""
    ended = list(session.exec(select(SessieRow.sid).where(col(SessieRow.verloopt_op) <= now).limit(500)))
    for sid in ended:
        end_session(session, sid, now)
    connection = session.connection()
    connection.execute(sa.delete(PogingRow).where(col(PogingRow.verloopt_op) <= now))
    connection.execute(sa.delete(CodeRow).where(col(CodeRow.verloopt_op) <= now))
