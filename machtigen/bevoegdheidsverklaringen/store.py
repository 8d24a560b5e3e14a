"""The only SQL of requests, codes and issued tokens. Status lists have `statusstore`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from keys.kernel.database import Lookup, UtcDateTime
from machtigen.bevoegdheidsverklaringen.model import Levend, Plaats
from machtigen.bevoegdheidsverklaringen.tables import (
    AutorisatiecodeRow,
    InlogverzoekRow,
    UitgifteRow,
    UitgifteSchakelRow,
)
from machtigen.partijen.model import PartijId

KEEP = timedelta(hours=1)
# A service that keeps tokens must be found out by the first register at which it shows an ended one. The
# register of use, which stays, says more about a token than this row.
KEEP_ENDED = timedelta(days=7)


def add_verzoek(
    session: Session, id_hash: str, soort: str, client_id: str, inhoud: dict[str, Any], verloopt_op: datetime
) -> None:
    """Keep a request."""
    session.add(
        InlogverzoekRow(
            id_hash=id_hash, soort=soort, client_id=client_id, inhoud=inhoud, verloopt_op=verloopt_op
        )
    )


def find_verzoek(
    session: Session, id_hash: str, soort: str, now: datetime
) -> tuple[dict[str, Any], datetime] | None:
    """An unused, unexpired request, and when it expires."""
    row = session.get(InlogverzoekRow, id_hash)
    if row is None or row.soort != soort or row.gebruikt_op is not None or row.verloopt_op <= now:
        return None
    return row.inhoud, row.verloopt_op


def spend_verzoek(session: Session, id_hash: str, now: datetime) -> bool:
    """Mark it used and forget what it asked; False when it was used already (a race has one winner).

    A used request that kept its `nonce` would tie the person to the client's own records.
    """
    spent = session.connection().execute(
        sa.update(InlogverzoekRow)
        .where(col(InlogverzoekRow.id_hash) == id_hash, col(InlogverzoekRow.gebruikt_op).is_(None))
        .values(gebruikt_op=now, inhoud={})
    )
    return bool(spent.rowcount == 1)


def add_code(
    session: Session, code_hash: str, client_id: str, inhoud: dict[str, Any], verloopt_op: datetime
) -> None:
    """Keep a code."""
    session.add(
        AutorisatiecodeRow(code_hash=code_hash, client_id=client_id, inhoud=inhoud, verloopt_op=verloopt_op)
    )


@dataclass(frozen=True)
class Code:
    """A code as stored; `inhoud` is empty once it was used."""

    client_id: str
    inhoud: dict[str, Any]
    verloopt_op: datetime
    gebruikt_op: datetime | None
    jti: str | None


def find_code(session: Session, code_hash: str) -> Code | None:
    """A code, used and expired ones too."""
    row = session.get(AutorisatiecodeRow, code_hash)
    if row is None:
        return None
    return Code(row.client_id, row.inhoud, row.verloopt_op, row.gebruikt_op, row.jti)


def spend_code(session: Session, code_hash: str, jti: str, now: datetime) -> bool:
    """Mark it used for the token `jti` and forget what it stood for; False when it was used already."""
    spent = session.connection().execute(
        sa.update(AutorisatiecodeRow)
        .where(col(AutorisatiecodeRow.code_hash) == code_hash, col(AutorisatiecodeRow.gebruikt_op).is_(None))
        .values(gebruikt_op=now, jti=jti, inhoud={})
    )
    return bool(spent.rowcount == 1)


def add_uitgifte(
    session: Session,
    *,
    jti: str,
    client_id: str,
    partij: str,
    machtiging: str | None,
    plaats: Plaats | None,
    verloopt_op: datetime,
    schakels: tuple[str, ...] = (),
) -> None:
    """Remember a token that is about to leave. `schakels`: the other links that it rests on."""
    session.add(
        UitgifteRow(
            jti=jti,
            client_id=client_id,
            partij=partij,
            machtiging=machtiging,
            lijst=plaats.lijst if plaats else None,
            idx=plaats.idx if plaats else None,
            verloopt_op=verloopt_op,
            schakels=list(schakels) or None,
        )
    )
    for link in schakels:
        session.add(UitgifteSchakelRow(jti=jti, machtiging=link))


def end_uitgifte(session: Session, jti: str, now: datetime) -> list[Plaats]:
    """End one token; the places whose status must flip (none when it had ended or is unknown)."""
    return _end(session, col(UitgifteRow.jti) == jti, now)


def end_uitgiftes_of(session: Session, machtiging: str, now: datetime) -> list[Plaats]:
    """End every live token that rests on a machtiging; the places whose status must flip."""
    as_link = select(UitgifteSchakelRow.jti).where(UitgifteSchakelRow.machtiging == machtiging)
    rests_on = sa.or_(col(UitgifteRow.machtiging) == machtiging, col(UitgifteRow.jti).in_(as_link))
    return _end(session, rests_on, now)


def _end(session: Session, which: sa.ColumnElement[bool], now: datetime) -> list[Plaats]:
    live = [which, col(UitgifteRow.geeindigd_op).is_(None), col(UitgifteRow.verloopt_op) > now]
    rows = session.exec(select(UitgifteRow.lijst, UitgifteRow.idx).where(*live)).all()
    session.connection().execute(sa.update(UitgifteRow).where(*live).values(geeindigd_op=now))
    return [Plaats(lijst, idx) for lijst, idx in rows if lijst is not None and idx is not None]


def sweep(session: Session, now: datetime) -> None:
    """Forget what expired over an hour ago, of tokens that were ended over a week ago. The register of
    use is not touched: that stays."""
    before = now - KEEP
    for table in (InlogverzoekRow, AutorisatiecodeRow):
        session.connection().execute(sa.delete(table).where(col(table.verloopt_op) < before))
    by_itself = col(UitgifteRow.geeindigd_op).is_(None) & (col(UitgifteRow.verloopt_op) < before)
    long_over = col(UitgifteRow.verloopt_op) < now - KEEP_ENDED
    session.connection().execute(sa.delete(UitgifteRow).where(by_itself | long_over))
    gone = ~sa.exists().where(col(UitgifteRow.jti) == col(UitgifteSchakelRow.jti))
    session.connection().execute(sa.delete(UitgifteSchakelRow).where(gone))


def find_end(session: Session, jti: str) -> datetime | None:
    """When a token was ended before it expired."""
    query = select(UitgifteRow.geeindigd_op).where(col(UitgifteRow.jti) == jti)
    return session.exec(query).first()


# Hot path of introspection: one statement, no rows of the ORM.
LIVE = (
    sa.text(
        "SELECT client_id, machtiging, partij, schakels FROM uitgifte"
        " WHERE jti = :jti AND geeindigd_op IS NULL AND verloopt_op > :now"
    )
    .bindparams(sa.bindparam("now", type_=UtcDateTime()))
    .columns(schakels=sa.JSON())
)


def find_live(session: Session, jti: str, now: datetime) -> Levend | None:
    """A token that has neither ended nor expired."""
    row = session.connection().execute(LIVE, {"jti": jti, "now": now}).first()
    return Levend(row[0], row[1], PartijId(row[2]), tuple(row[3] or ())) if row else None


LOOK_LIVE = (
    "SELECT client_id, machtiging, partij FROM uitgifte"
    " WHERE jti = :jti AND geeindigd_op IS NULL AND verloopt_op > :now"
)


def look_live(lookup: Lookup, jti: str, now: datetime) -> Levend | None:
    """The same straight on the driver, without the other links that it rests on."""
    rows = lookup.rows(LOOK_LIVE, {"jti": jti, "now": lookup.at(now)})
    return Levend(rows[0][0], rows[0][1], PartijId(rows[0][2])) if rows else None
