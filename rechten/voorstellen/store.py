"""The only SQL of proposals."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import Session, col, select

from rechten.voorstellen.model import Afloop, Beeindiging, Betalingsvoorstel, Voorstel
from rechten.voorstellen.tables import BeeindigingRow, VoorstelRow


def wait_for(session: Session, verplichting: str) -> None:
    """Until the transaction ends nobody else passes here for the same obligation."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        names = f"voorstel\n{verplichting}"
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(names, 0))))


def find(session: Session, voorstel_id: str) -> Voorstel | None:
    """The proposal with this id."""
    found = _read(session, col(VoorstelRow.id) == voorstel_id)
    return found[0] if found else None


def list_of(session: Session, pid: str) -> list[Voorstel]:
    """The proposals about a person's obligations, newest first."""
    return _read(session, col(VoorstelRow.pid) == pid)


def list_unanswered(session: Session) -> list[Voorstel]:
    """Those that nobody ended, lapsed ones too, newest first."""
    return _read(session, col(BeeindigingRow.voorstel_id).is_(None))


def add(session: Session, voorstel: Voorstel) -> None:
    """Store a new proposal."""
    session.add(
        VoorstelRow(
            id=voorstel.id,
            pid=voorstel.pid,
            verplichting=voorstel.verplichting,
            categorie=voorstel.categorie,
            volgnummer=voorstel.volgnummer,
            bedrag_per_maand=voorstel.inhoud.bedrag_per_maand,
            vanaf=voorstel.inhoud.vanaf,
            namens=voorstel.namens,
            ingediend_op=voorstel.ingediend_op,
        )
    )
    session.flush()


def add_end(session: Session, voorstel_id: str, end: Beeindiging) -> None:
    """Store how it ended."""
    session.add(
        BeeindigingRow(voorstel_id=voorstel_id, afloop=end.afloop.value, op=end.op, motivering=end.motivering)
    )
    session.flush()


def _read(session: Session, which: sa.ColumnElement[bool]) -> list[Voorstel]:
    query = (
        select(VoorstelRow, BeeindigingRow)
        .join(BeeindigingRow, col(BeeindigingRow.voorstel_id) == col(VoorstelRow.id), isouter=True)
        .where(which)
        .order_by(col(VoorstelRow.ingediend_op).desc(), col(VoorstelRow.id))
    )
    return [_voorstel(row, end) for row, end in session.exec(query)]


def _voorstel(row: VoorstelRow, end: BeeindigingRow | None) -> Voorstel:
    return Voorstel(
        id=row.id,
        pid=row.pid,
        verplichting=row.verplichting,
        categorie=row.categorie,
        volgnummer=row.volgnummer,
        inhoud=Betalingsvoorstel(row.bedrag_per_maand, row.vanaf),
        namens=row.namens,
        ingediend_op=row.ingediend_op,
        beeindiging=Beeindiging(Afloop(end.afloop), end.op, end.motivering) if end else None,
    )
