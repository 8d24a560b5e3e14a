"""The only SQL of organisations."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from machtigen.diensten.model import Niveau
from machtigen.organisaties.model import (
    Beroepsregistratie,
    Handelende,
    Lid,
    Lidrol,
    Organisatie,
    Uitnodiging,
)
from machtigen.organisaties.tables import (
    BeroepsregistratieRow,
    HandelendeRow,
    LidRow,
    OrganisatieRow,
    UitnodigingRow,
)
from machtigen.partijen.model import PartijId


def find(session: Session, name: str) -> Organisatie | None:
    """The organisation with this id or slug."""
    row = session.get(OrganisatieRow, name)
    if row is None:
        row = session.exec(select(OrganisatieRow).where(OrganisatieRow.slug == name)).first()
    if row is None:
        return None
    return Organisatie(
        PartijId(row.id), row.slug, dict(row.naam), row.nummer, row.bron, row.vereist_aantal, row.lease
    )


def add(session: Session, organisatie: Organisatie, now: datetime) -> None:
    """Store a new organisation."""
    session.add(
        OrganisatieRow(
            id=organisatie.id,
            slug=organisatie.slug,
            naam=dict(organisatie.naam),
            nummer=organisatie.nummer,
            bron=organisatie.bron,
            vereist_aantal=organisatie.vereist_aantal,
            lease=organisatie.lease,
            ingeschreven_op=now,
        )
    )


def _lid(row: LidRow) -> Lid:
    return Lid(
        id=row.id,
        organisatie=PartijId(row.organisatie),
        partij=PartijId(row.partij),
        rol=Lidrol(row.rol),
        functie=row.functie,
        niveau=Niveau(row.niveau),
        sinds=row.sinds,
        geeindigd_op=row.geeindigd_op,
    )


def find_member(session: Session, identifier: str, *, lock: bool = False) -> Lid | None:
    """The member with this id; `lock` keeps others from changing it in this transaction."""
    row = session.get(LidRow, identifier, with_for_update=lock or None)
    return _lid(row) if row else None


def find_membership(session: Session, organisatie: str, partij: PartijId, *, lock: bool = False) -> list[Lid]:
    """In which roles this person is there now, oldest first."""
    query = (
        select(LidRow)
        .where(LidRow.organisatie == organisatie, LidRow.partij == partij, col(LidRow.geeindigd_op).is_(None))
        .order_by(col(LidRow.sinds), col(LidRow.id))
    )
    rows = session.exec(query.with_for_update() if lock else query)
    return [_lid(row) for row in rows]


def list_members(session: Session, organisatie: str) -> list[Lid]:
    """Who is there now, by when they came."""
    query = (
        select(LidRow)
        .where(LidRow.organisatie == organisatie, col(LidRow.geeindigd_op).is_(None))
        .order_by(col(LidRow.sinds), col(LidRow.id))
    )
    return [_lid(row) for row in session.exec(query)]


def list_memberships(session: Session, partij: PartijId) -> list[tuple[Organisatie, Lid]]:
    """Where this person is now."""
    query = (
        select(LidRow)
        .where(LidRow.partij == partij, col(LidRow.geeindigd_op).is_(None))
        .order_by(col(LidRow.sinds), col(LidRow.id))
    )
    found = [(find(session, row.organisatie), _lid(row)) for row in session.exec(query)]
    return [(organisatie, lid) for organisatie, lid in found if organisatie is not None]


def add_member(session: Session, lid: Lid) -> None:
    """Somebody joins."""
    session.add(
        LidRow(
            id=lid.id,
            organisatie=lid.organisatie,
            partij=lid.partij,
            rol=lid.rol.value,
            functie=lid.functie,
            niveau=lid.niveau.value,
            sinds=lid.sinds,
        )
    )


def end_member(session: Session, identifier: str, now: datetime) -> None:
    """Somebody left."""
    row = session.get_one(LidRow, identifier)
    row.geeindigd_op = now
    session.add(row)
    session.flush()


def add_invitation(session: Session, uitnodiging: Uitnodiging) -> None:
    """Keep an invitation."""
    session.add(
        UitnodigingRow(
            id=uitnodiging.id,
            organisatie=uitnodiging.organisatie,
            beroep=uitnodiging.beroep,
            bron=uitnodiging.bron,
            rol=uitnodiging.rol.value if uitnodiging.rol else None,
            functie=uitnodiging.functie,
            niveau=uitnodiging.niveau.value,
            code_hash=uitnodiging.code_hash,
            geldig_tot=uitnodiging.geldig_tot,
        )
    )


def find_invitation(session: Session, code_hash: bytes) -> Uitnodiging | None:
    """The invitation with this code, locked: a code has one winner."""
    query = select(UitnodigingRow).where(UitnodigingRow.code_hash == code_hash).with_for_update()
    row = session.exec(query).first()
    if row is None:
        return None
    return Uitnodiging(
        id=row.id,
        organisatie=PartijId(row.organisatie) if row.organisatie else None,
        beroep=row.beroep,
        bron=row.bron,
        rol=Lidrol(row.rol) if row.rol else None,
        functie=row.functie,
        niveau=Niveau(row.niveau),
        code_hash=row.code_hash,
        geldig_tot=row.geldig_tot,
        gebruikt_op=row.gebruikt_op,
    )


def close_invitation(session: Session, identifier: str, now: datetime) -> None:
    """Its code was used, or it is withdrawn."""
    row = session.get_one(UitnodigingRow, identifier)
    row.gebruikt_op = now
    session.add(row)


def add_profession(session: Session, registratie: Beroepsregistratie) -> None:
    """Somebody stands in a professional register."""
    session.add(
        BeroepsregistratieRow(
            id=registratie.id,
            partij=registratie.partij,
            beroep=registratie.beroep,
            bron=registratie.bron,
            sinds=registratie.sinds,
        )
    )


def list_professions(session: Session, partij: PartijId) -> list[Beroepsregistratie]:
    """In which professional registers this person stands now."""
    query = select(BeroepsregistratieRow).where(
        BeroepsregistratieRow.partij == partij, col(BeroepsregistratieRow.geeindigd_op).is_(None)
    )
    return [
        Beroepsregistratie(row.id, PartijId(row.partij), row.beroep, row.bron, row.sinds)
        for row in session.exec(query)
    ]


def end_profession(session: Session, identifier: str, now: datetime) -> Beroepsregistratie | None:
    """The register struck somebody off; None when nobody stood there under this id."""
    row = session.get(BeroepsregistratieRow, identifier, with_for_update=True)
    if row is None or row.geeindigd_op is not None:
        return None
    row.geeindigd_op = now
    session.add(row)
    return Beroepsregistratie(row.id, PartijId(row.partij), row.beroep, row.bron, row.sinds, now)


def add_act(session: Session, handelende: Handelende) -> None:
    """Write down who acted for an organisation."""
    session.add(
        HandelendeRow(
            machtiging_id=handelende.machtiging,
            zijde=handelende.zijde,
            organisatie=handelende.organisatie,
            persoon=handelende.persoon,
            rol=handelende.rol,
            functie=handelende.functie,
            op=handelende.op,
        )
    )


def list_acts(session: Session, machtiging: str) -> list[Handelende]:
    """Who acted on it for an organisation, oldest first."""
    query = (
        select(HandelendeRow)
        .where(HandelendeRow.machtiging_id == machtiging)
        .order_by(col(HandelendeRow.volgnummer))
    )
    return [
        Handelende(
            machtiging=row.machtiging_id,
            zijde=row.zijde,
            organisatie=PartijId(row.organisatie),
            persoon=PartijId(row.persoon),
            rol=row.rol,
            functie=row.functie,
            op=row.op,
        )
        for row in session.exec(query)
    ]
