"""The only SQL of the history: add a line behind the last one, read lines, keep seals. Nothing is changed.

Two acts on one machtiging wait for each other on its row, so that its chain never forks; the unique number
of a line stands behind that.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from machtigen.machtigingen.geschiedenis import GeketendeRegel, Zegel, chain
from machtigen.machtigingen.merkle import Boom
from machtigen.machtigingen.model import Gebeurtenis, Regel
from machtigen.machtigingen.tables import GeschiedenisRow, MachtigingRow, ZegelRow

BATCH = 1000
HASH = 32


def _line(row: GeschiedenisRow) -> GeketendeRegel:
    regel = Regel(
        op=row.op,
        gebeurtenis=Gebeurtenis(row.gebeurtenis),
        door=row.door,
        reden=row.reden,
        functie=row.functie,
        inhoud=row.inhoud,
    )
    return GeketendeRegel(regel, row.nummer, row.vorige, row.hash)


def add_line(session: Session, identifier: str, regel: Regel) -> None:
    """Add a line behind the last one of this machtiging, whose row is locked until the act ends."""
    session.execute(
        sa.select(col(MachtigingRow.id)).where(col(MachtigingRow.id) == identifier).with_for_update()
    )
    query = (
        select(GeschiedenisRow)
        .where(GeschiedenisRow.machtiging_id == identifier)
        .order_by(col(GeschiedenisRow.nummer).desc())
        .limit(1)
    )
    last = session.exec(query).first()
    line = chain(identifier, regel, _line(last) if last else None)
    session.add(
        GeschiedenisRow(
            machtiging_id=identifier,
            op=regel.op,
            gebeurtenis=regel.gebeurtenis.value,
            door=regel.door,
            reden=regel.reden,
            functie=regel.functie,
            inhoud=None if regel.inhoud is None else dict(regel.inhoud),
            nummer=line.nummer,
            vorige=line.vorige,
            hash=line.hash,
        )
    )
    session.flush()


def list_lines(session: Session, identifier: str) -> list[GeketendeRegel]:
    """The lines of a machtiging, oldest first."""
    query = (
        select(GeschiedenisRow)
        .where(GeschiedenisRow.machtiging_id == identifier)
        .order_by(col(GeschiedenisRow.nummer))
    )
    return [_line(row) for row in session.exec(query)]


def last_number(session: Session) -> int:
    """The number of the last line of the house, 0 for none; no line below it is still on its way.

    On PostgreSQL numbers are given out before their transactions commit: for this moment writers wait.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # SQLite has one writer
        connection.execute(sa.text("LOCK TABLE machtiging_geschiedenis IN SHARE MODE"))
    return int(session.exec(select(sa.func.max(GeschiedenisRow.volgnummer))).one() or 0)


def hashes(session: Session, after: int, until: int) -> Iterator[bytes]:
    """The hashes of the lines of the house, in their order, after one number up to another."""
    query = (
        sa.select(col(GeschiedenisRow.hash))
        .where(col(GeschiedenisRow.volgnummer) > after, col(GeschiedenisRow.volgnummer) <= until)
        .order_by(col(GeschiedenisRow.volgnummer))
        .execution_options(yield_per=BATCH)
    )
    yield from session.execute(query).scalars()


def chains(session: Session) -> Iterator[tuple[str, list[GeketendeRegel]]]:
    """Every machtiging with its lines, one after the other."""
    query = (
        select(GeschiedenisRow)
        .order_by(col(GeschiedenisRow.machtiging_id), col(GeschiedenisRow.nummer))
        .execution_options(yield_per=BATCH)
    )
    machtiging: str | None = None
    lines: list[GeketendeRegel] = []
    for row in session.exec(query):
        if machtiging is not None and row.machtiging_id != machtiging:
            yield machtiging, lines
            lines = []
        machtiging = row.machtiging_id
        lines.append(_line(row))
    if machtiging is not None:
        yield machtiging, lines


def without_history(session: Session) -> list[str]:
    """Machtigingen without any line: each is born with one, so that one was removed."""
    has_line = sa.exists().where(col(GeschiedenisRow.machtiging_id) == col(MachtigingRow.id))
    return list(session.exec(select(MachtigingRow.id).where(sa.not_(has_line))))


def _seal(row: ZegelRow) -> Zegel:
    peaks = tuple(row.toppen[start : start + HASH] for start in range(0, len(row.toppen), HASH))
    return Zegel(row.nummer, row.op, row.tot, row.aantal, peaks, row.jws)


def last_seal(session: Session) -> Zegel | None:
    """The newest seal."""
    row = session.exec(select(ZegelRow).order_by(col(ZegelRow.nummer).desc()).limit(1)).first()
    return _seal(row) if row else None


def list_seals(session: Session, after: int = 0, limit: int | None = None) -> list[Zegel]:
    """Seals in their order, after a number."""
    query = select(ZegelRow).where(ZegelRow.nummer > after).order_by(col(ZegelRow.nummer)).limit(limit)
    return [_seal(row) for row in session.exec(query)]


def add_seal(session: Session, zegel: Zegel) -> None:
    """Keep a seal."""
    session.add(
        ZegelRow(
            nummer=zegel.nummer,
            op=zegel.op,
            tot=zegel.tot,
            aantal=zegel.aantal,
            toppen=b"".join(zegel.toppen),
            jws=zegel.jws,
        )
    )


def tree_of(zegel: Zegel | None) -> Boom:
    """The tree that a seal stands for."""
    return Boom(zegel.aantal, zegel.toppen) if zegel else Boom()


def any_line_after(session: Session, number: int) -> bool:
    """Whether the house has lines after this one."""
    query = select(GeschiedenisRow.volgnummer).where(col(GeschiedenisRow.volgnummer) > number).limit(1)
    return session.exec(query).first() is not None
