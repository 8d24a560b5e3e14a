"""The only SQL of registers. First their list and the sources, in the package's own database; then the
persons, records, grounds, used tickets and first answers in a register's database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from keys.kernel.database import UtcDateTime
from keys.kernel.pep import Domain
from rechten.registers.model import (
    Bron,
    Categorie,
    Gebruiksgrond,
    Gegeven,
    GegevenStatus,
    Gevoeligheid,
    Register,
)
from rechten.registers.tables import (
    BetrokkeneRow,
    BronRow,
    GebruiksgrondRow,
    GegevenRow,
    HerhalingRow,
    RegisterRow,
    TicketRow,
)

USE_TICKET = sa.text(
    "INSERT INTO gebruikt_ticket (jti, verloopt_op) VALUES (:jti, :verloopt_op) ON CONFLICT DO NOTHING"
).bindparams(sa.bindparam("verloopt_op", type_=UtcDateTime()))


def find_register(session: Session, register_id: str) -> Register | None:
    """The register with this id."""
    row = session.get(RegisterRow, register_id)
    return _register(row) if row else None


def list_registers(session: Session) -> list[Register]:
    """All registers, in order of registration."""
    query = select(RegisterRow).order_by(col(RegisterRow.ingeschreven_op), col(RegisterRow.id))
    return [_register(row) for row in session.exec(query)]


def add_register(session: Session, register: Register, now: datetime) -> None:
    """Store a new register."""
    session.add(
        RegisterRow(
            id=register.id,
            actor=register.actor,
            domein=str(register.domein),
            audience=register.audience,
            naam=dict(register.naam),
            categorieen=_stored(register.categorieen),
            gepauzeerd=register.gepauzeerd,
            ingeschreven_op=now,
        )
    )
    session.flush()


def set_categories(session: Session, register_id: str, categorieen: Iterable[Categorie]) -> None:
    """What a register may keep, in the words of now."""
    row = session.get_one(RegisterRow, register_id)
    row.categorieen = _stored(categorieen)
    session.add(row)


def set_paused(session: Session, register_id: str, paused: bool) -> bool:
    """Put a register in or out of maintenance. False: there is no such register."""
    row = session.get(RegisterRow, register_id)
    if row is None:
        return False
    row.gepauzeerd = paused
    session.add(row)
    return True


def set_domains(session: Session, register_id: str, domein: Domain, vorig: Domain | None) -> None:
    """The domain that a register answers for, and the version before, if any."""
    row = session.get_one(RegisterRow, register_id)
    row.domein, row.vorig_domein = str(domein), str(vorig) if vorig else None
    session.add(row)


def find_bron(session: Session, client_id: str) -> Bron | None:
    """The source with this client id."""
    row = session.get(BronRow, client_id)
    if row is None:
        return None
    return Bron(row.client_id, row.naam, frozenset(row.registers), row.jwks)


def add_bron(session: Session, bron: Bron, now: datetime) -> None:
    """Store a new source."""
    session.add(
        BronRow(
            client_id=bron.client_id,
            naam=dict(bron.naam),
            registers=sorted(bron.registers),
            jwks=dict(bron.jwks),
            ingeschreven_op=now,
        )
    )


def find_person(session: Session, zoekpid: str) -> tuple[str, bytes] | None:
    """(row key, wrapped log seed) of a person; None: this register does not know the person."""
    row = session.exec(select(BetrokkeneRow).where(BetrokkeneRow.zoekpid == zoekpid)).first()
    return (row.pid, row.zaad) if row else None


def find_at(session: Session, pid: str) -> tuple[str, bytes]:
    """(what they are found by, wrapped log seed) of the person at a row key that exists."""
    row = session.get_one(BetrokkeneRow, pid)
    return row.zoekpid, row.zaad


def add_person(
    session: Session, pid: str, verpakt: bytes, zaad: bytes, now: datetime, versie: int = 1
) -> None:
    """Store a person: wrapped pseudonym and wrapped seed, under a version of the domain."""
    session.add(BetrokkeneRow(pid=pid, verpakt=verpakt, zaad=zaad, sinds=now, zoekpid=pid, versie=versie))
    session.flush()


def list_records(session: Session, pid: str, categorieen: Iterable[str] | None = None) -> list[Gegeven]:
    """The records of a person, oldest first; all, or those of some categories."""
    query = (
        select(GegevenRow)
        .where(GegevenRow.pid == pid)
        .order_by(col(GegevenRow.geldig_van), col(GegevenRow.vastgelegd_op), col(GegevenRow.id))
    )
    if categorieen is not None:
        query = query.where(col(GegevenRow.categorie).in_(sorted(categorieen)))
    return [_gegeven(row) for row in session.exec(query)]


def add_record(session: Session, pid: str, gegeven: Gegeven) -> None:
    """Store a record."""
    session.add(
        GegevenRow(
            id=gegeven.id,
            pid=pid,
            categorie=gegeven.categorie,
            waarde=gegeven.waarde,
            bron=gegeven.bron,
            geldig_van=gegeven.geldig_van,
            geldig_tot=gegeven.geldig_tot,
            vastgelegd_op=gegeven.vastgelegd_op,
            status=gegeven.status.value,
            doel=gegeven.doel,
            corrigeert=gegeven.corrigeert,
        )
    )


def list_grounds(session: Session, afnemer: str, doel: str) -> tuple[Gebruiksgrond, ...]:
    """The grounds of a consumer for a purpose, past and future ones too."""
    query = select(GebruiksgrondRow).where(GebruiksgrondRow.afnemer == afnemer, GebruiksgrondRow.doel == doel)
    return tuple(_gebruiksgrond(row) for row in session.exec(query))


def find_consumer_name(session: Session, afnemer: str) -> dict[str, str] | None:
    """How people call a consumer, from any ground that names it."""
    row = session.exec(select(GebruiksgrondRow).where(GebruiksgrondRow.afnemer == afnemer)).first()
    return row.afnemer_naam if row else None


def add_ground(session: Session, grond: Gebruiksgrond) -> None:
    """Store a ground."""
    session.add(
        GebruiksgrondRow(
            id=grond.id,
            afnemer=grond.afnemer,
            afnemer_naam=dict(grond.afnemer_naam),
            doel=grond.doel,
            categorieen=sorted(grond.categorieen),
            geldig_van=grond.geldig_van,
            geldig_tot=grond.geldig_tot,
        )
    )


def use_ticket(session: Session, jti: str, verloopt_op: datetime) -> bool:
    """Take note of a ticket. False: it was used before, or someone else is faster."""
    noted = session.connection().execute(USE_TICKET, {"jti": jti, "verloopt_op": verloopt_op})
    return bool(noted.rowcount == 1)


def find_answer(session: Session, sleutel: str) -> tuple[str, dict[str, Any]] | None:
    """(fingerprint, first answer) of an Idempotency-Key."""
    row = session.get(HerhalingRow, sleutel)
    return (row.vingerafdruk, row.antwoord) if row else None


def add_answer(
    session: Session, sleutel: str, vingerafdruk: str, antwoord: dict[str, Any], now: datetime
) -> None:
    """Keep the first answer."""
    session.add(HerhalingRow(sleutel=sleutel, vingerafdruk=vingerafdruk, antwoord=antwoord, op=now))


def forget(session: Session, tickets_before: datetime, answers_before: datetime) -> None:
    """Delete used tickets that have expired and first answers that are old."""
    session.execute(sa.delete(TicketRow).where(col(TicketRow.verloopt_op) < tickets_before))
    session.execute(sa.delete(HerhalingRow).where(col(HerhalingRow.op) < answers_before))


def _gegeven(row: GegevenRow) -> Gegeven:
    return Gegeven(
        id=row.id,
        categorie=row.categorie,
        waarde=row.waarde,
        bron=row.bron,
        geldig_van=row.geldig_van,
        geldig_tot=row.geldig_tot,
        vastgelegd_op=row.vastgelegd_op,
        status=GegevenStatus(row.status),
        doel=row.doel,
        corrigeert=row.corrigeert,
    )


def _gebruiksgrond(row: GebruiksgrondRow) -> Gebruiksgrond:
    return Gebruiksgrond(
        id=row.id,
        afnemer=row.afnemer,
        afnemer_naam=row.afnemer_naam,
        doel=row.doel,
        categorieen=frozenset(row.categorieen),
        geldig_van=row.geldig_van,
        geldig_tot=row.geldig_tot,
    )


def _register(row: RegisterRow) -> Register:
    return Register(
        id=row.id,
        naam=row.naam,
        actor=row.actor,
        domein=Domain.parse(row.domein),
        categorieen=tuple(
            Categorie(
                entry["id"],
                entry["naam"],
                Gevoeligheid(entry["gevoeligheid"]),
                entry.get("verplichting", False),  # registered before there were any
            )
            for entry in row.categorieen
        ),
        audience=row.audience,
        gepauzeerd=row.gepauzeerd,
        vorig_domein=Domain.parse(row.vorig_domein) if row.vorig_domein else None,
    )


def _stored(categorieen: Iterable[Categorie]) -> list[dict[str, Any]]:
    return [
        {
            "id": categorie.id,
            "naam": dict(categorie.naam),
            "gevoeligheid": categorie.gevoeligheid.value,
            "verplichting": categorie.verplichting,
        }
        for categorie in categorieen
    ]
