"""The only SQL of the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from machtigen.balie.model import (
    Afgekeurd,
    Goedgekeurd,
    Handelingregel,
    Medewerker,
    Papier,
    Registratie,
    Stand,
    Wachtend,
)
from machtigen.balie.tables import (
    BalieticketRow,
    ControlecodeRow,
    ControlepogingRow,
    HandelingRow,
    MedewerkerRow,
    RegistratieRow,
)
from machtigen.diensten.model import Handeling
from machtigen.machtigingen.model import Aanvraag
from machtigen.partijen.model import PartijId


def find_clerk(session: Session, partij: PartijId) -> Medewerker | None:
    """Who works at a desk now."""
    row = session.get(MedewerkerRow, partij)
    return Medewerker(PartijId(row.partij), row.loket) if row is not None and row.tot is None else None


def put_clerk(session: Session, clerk: Medewerker, now: datetime) -> bool:
    """Let a party work at a desk; False when they do already."""
    row = session.get(MedewerkerRow, clerk.partij)
    if row is not None and (row.loket, row.tot) == (clerk.loket, None):
        return False
    if row is None:
        row = MedewerkerRow(partij=clerk.partij, loket=clerk.loket, sinds=now)
    row.loket, row.sinds, row.tot = clerk.loket, now, None
    session.add(row)
    return True


def end_clerk(session: Session, partij: PartijId, now: datetime) -> bool:
    """They work there no longer; False when they did not."""
    row = session.get(MedewerkerRow, partij)
    if row is None or row.tot is not None:
        return False
    row.tot = now
    session.add(row)
    return True


def use_ticket(session: Session, jti: str, until: datetime) -> bool:
    """Take note of a ticket; False when it was used before. Raises IntegrityError when used meanwhile."""
    if session.get(BalieticketRow, jti) is not None:
        return False
    session.add(BalieticketRow(jti=jti, verloopt_op=until))
    session.flush()
    return True


def _stored(asked: Aanvraag) -> dict[str, Any]:
    return {
        "diensten": list(asked.diensten),
        "handelingen": sorted(handeling.value for handeling in asked.handelingen),
        "geldig_van": asked.geldig_van.isoformat() if asked.geldig_van else None,
        "geldig_tot": asked.geldig_tot.isoformat(),
        "zaak": asked.zaak,
    }


def _aanvraag(stored: dict[str, Any]) -> Aanvraag:
    start = stored["geldig_van"]
    return Aanvraag(
        diensten=tuple(stored["diensten"]),
        handelingen=frozenset(Handeling(value) for value in stored["handelingen"]),
        geldig_van=datetime.fromisoformat(start) if start else None,
        geldig_tot=datetime.fromisoformat(stored["geldig_tot"]),
        zaak=stored["zaak"],
    )


def _stand(row: RegistratieRow) -> Stand:
    if row.stand == Goedgekeurd.naam and row.stand_door and row.machtiging_id:
        return Goedgekeurd(row.stand_op, PartijId(row.stand_door), row.machtiging_id)
    if row.stand == Afgekeurd.naam and row.stand_door:
        return Afgekeurd(row.stand_op, PartijId(row.stand_door))
    return Wachtend(row.stand_op)


def _registratie(row: RegistratieRow) -> Registratie:
    papier = Papier(
        _aanvraag(row.inhoud),
        PartijId(row.vertegenwoordigde),
        PartijId(row.vertegenwoordiger),
        row.scan,
        row.gelegitimeerd,
    )
    return Registratie(row.id, papier, PartijId(row.door), row.loket, row.op, _stand(row))


def add(session: Session, registratie: Registratie) -> None:
    """Store a registration."""
    papier = registratie.papier
    row = RegistratieRow(
        id=registratie.id,
        vertegenwoordigde=papier.vertegenwoordigde,
        vertegenwoordiger=papier.vertegenwoordiger,
        inhoud=_stored(papier.aanvraag),
        scan=papier.scan,
        gelegitimeerd=papier.gelegitimeerd,
        door=registratie.door,
        loket=registratie.loket,
        op=registratie.op,
        stand=registratie.stand.naam,
        stand_op=registratie.op,
    )
    _fill(row, registratie.stand)
    session.add(row)


def _fill(row: RegistratieRow, stand: Stand) -> None:
    row.stand = stand.naam
    row.stand_op = stand.tot if isinstance(stand, Wachtend) else stand.op
    row.stand_door = stand.door if isinstance(stand, Goedgekeurd | Afgekeurd) else None
    row.machtiging_id = stand.machtiging if isinstance(stand, Goedgekeurd) else None


def save(session: Session, registratie: Registratie) -> None:
    """Store what became of a registration."""
    row = session.get_one(RegistratieRow, registratie.id)
    _fill(row, registratie.stand)
    session.add(row)


def find(session: Session, identifier: str, *, lock: bool = False) -> Registratie | None:
    """A registration; `lock` keeps others from deciding on it in this transaction."""
    row = session.get(RegistratieRow, identifier, with_for_update=lock or None)
    return _registratie(row) if row else None


def list_waiting(session: Session, now: datetime, limit: int) -> list[Registratie]:
    """What waits for a second clerk, oldest first."""
    query = (
        select(RegistratieRow)
        .where(RegistratieRow.stand == Wachtend.naam, col(RegistratieRow.stand_op) > now)
        .order_by(col(RegistratieRow.op), col(RegistratieRow.id))
        .limit(limit)
    )
    return [_registratie(row) for row in session.exec(query)]


def list_of(session: Session, partij: PartijId) -> list[Registratie]:
    """The papers that this person signed, oldest first."""
    query = (
        select(RegistratieRow)
        .where(
            sa.or_(
                col(RegistratieRow.vertegenwoordigde) == partij,
                col(RegistratieRow.vertegenwoordiger) == partij,
            )
        )
        .order_by(col(RegistratieRow.op), col(RegistratieRow.id))
    )
    return [_registratie(row) for row in session.exec(query)]


def add_act(session: Session, regel: Handelingregel) -> None:
    """Write down what a clerk did."""
    session.add(
        HandelingRow(
            op=regel.op,
            soort=regel.soort,
            medewerker=regel.medewerker,
            loket=regel.loket,
            registratie=regel.registratie,
            machtiging=regel.machtiging,
        )
    )


def list_acts(session: Session, machtiging: str) -> list[Handelingregel]:
    """What clerks did with a machtiging, oldest first."""
    query = (
        select(HandelingRow)
        .where(HandelingRow.machtiging == machtiging)
        .order_by(col(HandelingRow.volgnummer))
    )
    return [
        Handelingregel(
            row.op, row.soort, PartijId(row.medewerker), row.loket, row.registratie, row.machtiging
        )
        for row in session.exec(query)
    ]


def put_code(session: Session, code_hash: bytes, machtiging: str, now: datetime) -> None:
    """The code of the newest print; those before it count no more."""
    session.execute(
        sa.update(ControlecodeRow)
        .where(col(ControlecodeRow.machtiging_id) == machtiging, col(ControlecodeRow.vervallen_op).is_(None))
        .values(vervallen_op=now)
    )
    session.add(ControlecodeRow(code_hash=code_hash, machtiging_id=machtiging, op=now))


def find_by_code(session: Session, code_hash: bytes) -> str | None:
    """The machtiging of a code that counts."""
    row = session.get(ControlecodeRow, code_hash)
    return row.machtiging_id if row is not None and row.vervallen_op is None else None


def add_attempt(session: Session, herkomst: str, now: datetime) -> None:
    """Note a wrong verification code."""
    session.add(ControlepogingRow(herkomst=herkomst, op=now))


def count_attempts(session: Session, herkomst: str, since: datetime) -> tuple[int, int]:
    """(from this origin, in total) wrong verification codes since then."""
    own = sa.func.count(sa.case((col(ControlepogingRow.herkomst) == herkomst, 1)))
    query = select(own, sa.func.count()).where(col(ControlepogingRow.op) > since)
    found = session.exec(query).one()
    return found[0], found[1]


def any_to_forget(session: Session, attempts: datetime, now: datetime) -> bool:
    """Whether there is anything that counts no more."""
    old = select(ControlepogingRow.volgnummer).where(col(ControlepogingRow.op) <= attempts).limit(1)
    spent = select(BalieticketRow.jti).where(col(BalieticketRow.verloopt_op) <= now).limit(1)
    return session.exec(old).first() is not None or session.exec(spent).first() is not None


def forget(session: Session, attempts: datetime, now: datetime) -> None:
    """Throw away what counts no more."""
    session.execute(sa.delete(ControlepogingRow).where(col(ControlepogingRow.op) <= attempts))
    session.execute(sa.delete(BalieticketRow).where(col(BalieticketRow.verloopt_op) <= now))
