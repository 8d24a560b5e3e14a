"""States, proposals and joint confirmations as the database keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from machtigen.machtigingen.model import Medebevestiging, Verlengingsvoorstel
from machtigen.machtigingen.toestanden import (
    Aangevraagd,
    Actief,
    Beeindigd,
    Betwist,
    Gepauzeerd,
    Geweigerd,
    Ingetrokken,
    Opgezegd,
    Rol,
    Status,
    Verlopen,
)
from machtigen.partijen.model import PartijId

_PLAIN: dict[str, type[Geweigerd | Opgezegd | Verlopen]] = {
    Geweigerd.naam: Geweigerd,
    Opgezegd.naam: Opgezegd,
    Verlopen.naam: Verlopen,
}


def status_from(
    naam: str, op: datetime, door: str | None, reden: str | None, code: tuple[bytes | None, datetime | None]
) -> Status:
    """The state that a row says. `code`: its hash and how long it may be used."""
    code_hash, code_geldig_tot = code
    if naam == Aangevraagd.naam and code_hash is not None and code_geldig_tot is not None:
        return Aangevraagd(op, code_hash, code_geldig_tot)
    if naam == Actief.naam:
        return Actief(op)
    if naam == Beeindigd.naam and reden is not None:
        return Beeindigd(op, reden)
    if door is None:
        return _PLAIN[naam](op)
    by = Rol(door)
    if naam == Gepauzeerd.naam:
        return Gepauzeerd(op, by)
    return Betwist(op, by, _before(str(reden))) if naam == Betwist.naam else Ingetrokken(op, by)


def _before(text: str) -> Actief | Gepauzeerd:
    was, _, since = text.partition(" ")
    moment = datetime.fromisoformat(since)
    return Actief(moment) if was == Actief.naam else Gepauzeerd(moment, Rol(was.partition("-")[2]))


def reason_of(status: Status) -> str | None:
    """What else a state says: why it ended, or which state a contest froze."""
    if isinstance(status, Beeindigd):
        return status.reden
    if not isinstance(status, Betwist):
        return None
    was = status.was
    if isinstance(was, Actief):
        return f"{Actief.naam} {was.sinds.isoformat()}"
    return f"{Gepauzeerd.naam}-{was.door.value} {was.op.isoformat()}"


def proposal_from(stored: Mapping[str, Any] | None) -> Verlengingsvoorstel | None:
    """A stored proposal to extend."""
    if not stored:
        return None
    geldig_tot, op = (datetime.fromisoformat(stored[name]) for name in ("geldig_tot", "op"))
    return Verlengingsvoorstel(geldig_tot, Rol(stored["door"]), op)


def proposal_to(proposal: Verlengingsvoorstel | None) -> dict[str, Any] | None:
    """A proposal to extend as stored."""
    if proposal is None:
        return None
    moments = {"geldig_tot": proposal.geldig_tot.isoformat(), "op": proposal.op.isoformat()}
    return {**moments, "door": proposal.door.value}


def joint_from(stored: Mapping[str, Any] | None) -> Medebevestiging | None:
    """A stored joint confirmation."""
    if not stored:
        return None
    given = tuple((PartijId(who), datetime.fromisoformat(op)) for who, op in stored["gegeven"])
    return Medebevestiging(stored["nodig"], tuple(PartijId(who) for who in stored["kring"]), given)


def joint_to(joint: Medebevestiging | None) -> dict[str, Any] | None:
    """A joint confirmation as stored."""
    if joint is None:
        return None
    given = [[who, op.isoformat()] for who, op in joint.gegeven]
    return {"nodig": joint.nodig, "kring": list(joint.kring), "gegeven": given}
