"""Rows of persons."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from identiteit.personen.model import Adres, Bsn, Persoon, Persoonsgegevens
from identiteit.personen.tables import PersoonRow

SEED_BYTES = 64


def _person(row: PersoonRow) -> Persoon:
    gegevens = Persoonsgegevens(
        bsn=Bsn(row.bsn),
        voornaam=row.voornaam,
        achternaam=row.achternaam,
        geboortedatum=row.geboortedatum,
        adres=Adres(**row.adres),
        demo_id=row.demo_id,
    )
    return Persoon(row.id, gegevens, row.overleden_op)


def add(session: Session, gegevens: Persoonsgegevens, now: datetime) -> str:
    """A new person, with a fresh origin seed; gives the id."""
    adres = gegevens.adres
    row = PersoonRow(
        id=secrets.token_urlsafe(16),
        bsn=gegevens.bsn.value,
        voornaam=gegevens.voornaam,
        achternaam=gegevens.achternaam,
        geboortedatum=gegevens.geboortedatum,
        adres={
            "straat": adres.straat,
            "huisnummer": adres.huisnummer,
            "postcode": adres.postcode,
            "woonplaats": adres.woonplaats,
        },
        demo_id=gegevens.demo_id,
        oorsprong=secrets.token_bytes(SEED_BYTES),
        ingeschreven_op=now,
    )
    session.add(row)
    session.flush()
    return row.id


def find(session: Session, identifier: str) -> Persoon | None:
    """By id."""
    row = session.get(PersoonRow, identifier)
    return _person(row) if row else None


def find_by_bsn(session: Session, bsn: Bsn) -> Persoon | None:
    """By BSN; used for registration and for enrolment by registered sources only."""
    row = session.exec(select(PersoonRow).where(PersoonRow.bsn == bsn.value)).first()
    return _person(row) if row else None


def find_by_demo_id(session: Session, demo_id: str) -> Persoon | None:
    """By the id that the simulated login provider knows."""
    row = session.exec(select(PersoonRow).where(PersoonRow.demo_id == demo_id)).first()
    return _person(row) if row else None


def find_by_display_pid(session: Session, pid: str) -> Persoon | None:
    """By pseudonym in the domain of names."""
    row = session.exec(select(PersoonRow).where(PersoonRow.weergave_pid == pid)).first()
    return _person(row) if row else None


def list_demo(session: Session) -> list[Persoon]:
    """The living whom the simulated login provider knows, by name."""
    query = (
        select(PersoonRow)
        .where(col(PersoonRow.demo_id).is_not(None), col(PersoonRow.overleden_op).is_(None))
        .order_by(PersoonRow.voornaam)
    )
    return [_person(row) for row in session.exec(query)]


def seeds(session: Session, identifiers: Sequence[str]) -> dict[str, bytes]:
    """Origin seeds (64 bytes each) by id."""
    query = select(PersoonRow.id, PersoonRow.oorsprong).where(col(PersoonRow.id).in_(identifiers))
    return dict(session.exec(query).all())


def without_display(session: Session, limit: int) -> list[str]:
    """Ids of persons who are not yet enrolled in the domain of names."""
    query = select(PersoonRow.id).where(col(PersoonRow.weergave_pid).is_(None)).limit(limit)
    return list(session.exec(query))


def enrol_display(session: Session, identifier: str, pid: str, wrapped: bytes) -> None:
    """Keep a person's pseudonym in the domain of names, wrapped."""
    row = session.get(PersoonRow, identifier)
    if row is not None and row.weergave_pid is None:
        row.weergave_pid = pid
        row.weergave_verpakt = wrapped
        session.add(row)


def life_of(session: Session, identifier: str) -> tuple[date, datetime | None]:
    """(birth date, when this person died)."""
    row = session.get_one(PersoonRow, identifier)
    return row.geboortedatum, row.overleden_op


def note_death(session: Session, identifier: str, per: datetime) -> None:
    """This person died then."""
    row = session.get_one(PersoonRow, identifier)
    row.overleden_op = per
    session.add(row)
    session.flush()


def correct_birth(session: Session, identifier: str, born: date) -> None:
    """The source says that this is the birth date."""
    row = session.get_one(PersoonRow, identifier)
    row.geboortedatum = born
    session.add(row)
    session.flush()


def known_bsns() -> sa.Select[Any]:
    """A query for the BSNs of everybody, as a part of another one."""
    return sa.select(col(PersoonRow.bsn))


def born_after(day: date) -> sa.Select[Any]:
    """A query for the ids of the living who were born later, as a part of another one."""
    return sa.select(col(PersoonRow.id)).where(
        col(PersoonRow.geboortedatum) > day, col(PersoonRow.overleden_op).is_(None)
    )


def born_by(day: date) -> sa.Select[Any]:
    """A query for the ids of those who were born on this day or before it, as a part of another one."""
    return sa.select(col(PersoonRow.id)).where(col(PersoonRow.geboortedatum) <= day)
