"""Rows of life events, and of what stands because of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from identiteit.gebeurtenissen.model import (
    Gebeurtenis,
    Gemeld,
    Grond,
    Hoedanigheid,
    Soort,
    Verhouding,
)
from identiteit.gebeurtenissen.tables import GebeurtenisRow, GemeldRow, VerhoudingRow, WachtendRow
from identiteit.personen.model import Bsn

NOBODY = ""  # how a fact, which has no party, stands in a primary key


def add(
    session: Session, gebeurtenis: Gebeurtenis, caller: str, kenmerk: str | None, now: datetime
) -> int | None:
    """Keep an event; gives its number, or None when this source told it before under this `kenmerk`."""
    if kenmerk is not None:
        told = select(GebeurtenisRow.volgnummer).where(
            GebeurtenisRow.aanvrager == caller, GebeurtenisRow.kenmerk == kenmerk
        )
        if session.exec(told).first() is not None:
            return None
    row = GebeurtenisRow(
        soort=gebeurtenis.soort.value,
        persoon_bsn=gebeurtenis.persoon.value,
        partij_bsn=gebeurtenis.partij.value if gebeurtenis.partij else None,
        per=gebeurtenis.per,
        bron=gebeurtenis.bron,
        aanvrager=caller,
        ontvangen_op=now,
        kenmerk=kenmerk,
        in_onderzoek=gebeurtenis.in_onderzoek,
        hoedanigheid=gebeurtenis.hoedanigheid.value,
        maatregel=gebeurtenis.maatregel.value if gebeurtenis.maatregel else None,
    )
    session.add(row)
    session.flush()
    return row.volgnummer


def find(session: Session, volgnummer: int) -> tuple[Gebeurtenis, str]:
    """An event, and which client told it."""
    row = session.get_one(GebeurtenisRow, volgnummer)
    event = Gebeurtenis(
        soort=Soort(row.soort),
        persoon=Bsn(row.persoon_bsn),
        partij=Bsn(row.partij_bsn) if row.partij_bsn else None,
        per=row.per,
        bron=row.bron,
        in_onderzoek=row.in_onderzoek,
        hoedanigheid=Hoedanigheid(row.hoedanigheid or Hoedanigheid.OUDER),
        maatregel=Grond(row.maatregel) if row.maatregel else None,
    )
    return event, row.aanvrager


def count_by_kind(session: Session) -> dict[str, int]:
    """How many events of each kind were taken in."""
    query = select(GebeurtenisRow.soort, sa.func.count()).group_by(GebeurtenisRow.soort)
    return dict(session.exec(query).all())


def let_wait(session: Session, volgnummer: int, per: datetime) -> None:
    """This event has no effect yet."""
    session.add(WachtendRow(volgnummer=volgnummer, per=per))


def stop_waiting(session: Session, volgnummer: int) -> None:
    """This event has its effect now."""
    session.execute(sa.delete(WachtendRow).where(col(WachtendRow.volgnummer) == volgnummer))


def due(session: Session, now: datetime, known: sa.Select[Any], limit: int) -> list[int]:
    """Waiting events whose moment has come and whose persons are all known, oldest moment first.

    `known`: the BSNs of everybody who is known here.
    """
    query = (
        select(WachtendRow.volgnummer)
        .join(GebeurtenisRow, col(GebeurtenisRow.volgnummer) == col(WachtendRow.volgnummer))
        .where(
            col(WachtendRow.per) <= now,
            col(GebeurtenisRow.persoon_bsn).in_(known),
            sa.or_(col(GebeurtenisRow.partij_bsn).is_(None), col(GebeurtenisRow.partij_bsn).in_(known)),
        )
        .order_by(col(WachtendRow.per), col(WachtendRow.volgnummer))
        .limit(limit)
    )
    return list(session.exec(query))


# -- relations ---------------------------------------------------------------------------------------


def _verhouding(row: VerhoudingRow) -> Verhouding:
    return Verhouding(
        grond=Grond(row.grond),
        persoon=row.persoon_id,
        partij=row.partij_id,
        sinds=row.sinds,
        bron=row.bron,
        in_onderzoek=row.in_onderzoek,
        hoedanigheid=Hoedanigheid(row.hoedanigheid),
    )


def keep_relation(session: Session, verhouding: Verhouding) -> None:
    """From now on this stands; what its source says anew takes the place of what it said."""
    key = (verhouding.grond.value, verhouding.persoon, verhouding.partij)
    known = session.get(VerhoudingRow, key)
    row = known or VerhoudingRow(
        grond=key[0], persoon_id=key[1], partij_id=key[2], sinds=verhouding.sinds, bron="",
        in_onderzoek=False, hoedanigheid="",
    )  # fmt: skip
    row.sinds, row.bron = verhouding.sinds, verhouding.bron
    row.in_onderzoek, row.hoedanigheid = verhouding.in_onderzoek, verhouding.hoedanigheid.value
    session.add(row)
    session.flush()


def end_relation(session: Session, verhouding: Verhouding) -> None:
    """This stands no longer."""
    key = (verhouding.grond.value, verhouding.persoon, verhouding.partij)
    row = session.get(VerhoudingRow, key)
    if row is not None:
        session.delete(row)
        session.flush()


def relations_for(session: Session, persoon: str) -> list[Verhouding]:
    """Relations in which someone has a power for this person."""
    query = select(VerhoudingRow).where(VerhoudingRow.persoon_id == persoon)
    return [_verhouding(row) for row in session.exec(query)]


def represented_by(session: Session, partij: str) -> list[str]:
    """For whom this person has, or would have, a power."""
    query = select(VerhoudingRow.persoon_id).where(VerhoudingRow.partij_id == partij).distinct()
    return list(session.exec(query))


# -- what was told -----------------------------------------------------------------------------------


def _gemeld(row: GemeldRow) -> Gemeld:
    return Gemeld(
        soort=row.soort,
        persoon=row.persoon_id,
        partij=row.partij_id or None,
        sinds=row.sinds,
        bron=row.bron,
        in_onderzoek=row.in_onderzoek,
        tot=row.tot,
    )


def told_about(session: Session, persoon: str) -> list[Gemeld]:
    """What receivers hold about this person."""
    return [_gemeld(row) for row in session.exec(select(GemeldRow).where(GemeldRow.persoon_id == persoon))]


def note_told(session: Session, gemeld: Gemeld, now: datetime) -> None:
    """Receivers are told that this holds."""
    key = (gemeld.soort, gemeld.persoon, gemeld.partij or NOBODY)
    row = session.get(GemeldRow, key) or GemeldRow(
        soort=key[0], persoon_id=key[1], partij_id=key[2], sinds=gemeld.sinds, bron="", in_onderzoek=False,
        gezegd_op=now,
    )  # fmt: skip
    row.bron, row.in_onderzoek, row.tot, row.gezegd_op = gemeld.bron, gemeld.in_onderzoek, gemeld.tot, now
    session.add(row)


def note_ended(session: Session, gemeld: Gemeld) -> None:
    """Receivers are told that this holds no longer."""
    row = session.get(GemeldRow, (gemeld.soort, gemeld.persoon, gemeld.partij or NOBODY))
    if row is not None:
        session.delete(row)


def to_renew(session: Session, before: datetime, limit: int) -> list[Gemeld]:
    """Powers that were last spoken of before then, longest ago first."""
    query = (
        select(GemeldRow)
        .where(GemeldRow.partij_id != NOBODY, col(GemeldRow.gezegd_op) <= before)
        .order_by(col(GemeldRow.gezegd_op))
        .limit(limit)
    )
    return [_gemeld(row) for row in session.exec(query)]


def renewed(session: Session, gemeld: Iterable[Gemeld], now: datetime) -> None:
    """These were spoken of again."""
    for one in gemeld:
        row = session.get_one(GemeldRow, (one.soort, one.persoon, one.partij or NOBODY))
        row.gezegd_op = now
        session.add(row)


def not_told_as(session: Session, soort: str, persons: sa.Select[Any], limit: int) -> list[str]:
    """Of these persons (a column of ids), those of whom receivers were not told this fact."""
    one = persons.subquery()
    told = sa.exists().where(col(GemeldRow.persoon_id) == one.c.id, col(GemeldRow.soort) == soort)
    return list(session.scalars(sa.select(one.c.id).where(sa.not_(told)).limit(limit)))


def told_without_end(session: Session, soort: str, persons: sa.Select[Any], limit: int) -> list[str]:
    """Of these persons, those of whom receivers were told this fact, and no end of it."""
    query = (
        select(GemeldRow.persoon_id)
        .where(GemeldRow.soort == soort, col(GemeldRow.tot).is_(None), col(GemeldRow.persoon_id).in_(persons))
        .limit(limit)
    )
    return list(session.exec(query))


def over(session: Session, now: datetime, limit: int) -> list[str]:
    """Persons about whom something was told that has ended by now."""
    query = select(GemeldRow.persoon_id).where(col(GemeldRow.tot) <= now).distinct().limit(limit)
    return list(session.exec(query))
