"""Pure decisions of the desk: who may record, who may approve, at which level, until when.

Sources: Awb 2:1 (anyone may be represented; a body may ask for a machtiging in writing), eIDAS
2015/1502 2.1.2 (substantieel: a person whose document was seen), GDI MV01 (recorded, confirmed, two sides).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from machtigen.balie import errors as refusals
from machtigen.balie.model import (
    Afgekeurd,
    Controle,
    Goedgekeurd,
    Medewerker,
    Papier,
    Registratie,
    Stand,
    Vervallen,
    Wachtend,
)
from machtigen.diensten.model import Dienst, DienstId, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.asking import (
    asked_niveau,
    check_diensten,
    check_niveau,
    check_period,
    restrictions_of,
)
from machtigen.machtigingen.beperkingen import Beperking
from machtigen.machtigingen.model import ENDED, Actief, Machtiging, Rol
from machtigen.partijen.model import PartijId

WAITS_FOR = timedelta(days=14)
CLERK_NIVEAU = Niveau.SUBSTANTIEEL
CHANNEL = "balie"
_SCAN = re.compile(r"[0-9a-f]{64}")
WINDOW = timedelta(hours=1)
PER_ORIGIN = 10  # wrong verification codes in an hour
IN_TOTAL = 1000


def read_scan(text: str) -> str:
    """The SHA-256 of a scan: 64 hex digits, in lower case. Raises InvalidScanHash."""
    scan = text.strip().lower()
    if not _SCAN.fullmatch(scan):
        raise refusals.InvalidScanHash
    return scan


def niveau_of(papier: Papier) -> Niveau:
    """At which level a paper is registered: substantieel at most, and only when documents were seen."""
    return Niveau.SUBSTANTIEEL if papier.gelegitimeerd else Niveau.LAAG


def require_independent(clerk: PartijId, parties: Iterable[PartijId], *, linked: bool) -> None:
    """A clerk handles nothing of their own, nor of whom they represent or are represented by.

    `linked`: whether such a power stands between the clerk and one of the parties. Raises ConflictOfInterest.
    """
    if clerk in parties or linked:
        raise refusals.ConflictOfInterest


def check(papier: Papier, known: Mapping[DienstId, Dienst], now: datetime) -> tuple[Beperking, ...]:
    """What a paper gives, from now on. Raises InvalidMachtiging, LevelTooLow, SamePerson.

    A paper is often signed before it is brought: a start in the past counts from now.
    """
    if papier.vertegenwoordigde == papier.vertegenwoordiger:
        raise refusals.SamePerson
    asked = papier.aanvraag
    if asked.geldig_van is not None and asked.geldig_van < now:
        asked = replace(asked, geldig_van=None)
    diensten = check_diensten(asked, known)
    needed = asked_niveau(asked, (known[dienst] for dienst in diensten))
    check_niveau(niveau_of(papier), needed)
    return restrictions_of(asked, diensten, check_period(asked, now), needed)


def record(identifier: str, papier: Papier, clerk: Medewerker, now: datetime) -> Registratie:
    """A paper that waits for a second clerk."""
    return Registratie(identifier, papier, clerk.partij, clerk.loket, now, Wachtend(now + WAITS_FOR))


def stand_at(registratie: Registratie, now: datetime) -> Stand:
    """What became of it: nobody writes down that time passed."""
    stand = registratie.stand
    if isinstance(stand, Wachtend) and now >= stand.tot:
        return Vervallen(stand.tot)
    return stand


def _require_second(registratie: Registratie, clerk: PartijId, now: datetime) -> None:
    if not isinstance(stand_at(registratie, now), Wachtend):
        raise refusals.NotWaiting
    if clerk == registratie.door:
        raise refusals.SameClerk


def approve(
    registratie: Registratie,
    clerk: PartijId,
    known: Mapping[DienstId, Dienst],
    machtiging: str,
    now: datetime,
) -> tuple[Registratie, Machtiging]:
    """The second clerk agrees: the machtiging with this id stands. Raises NotWaiting, SameClerk, and as
    `check`."""
    _require_second(registratie, clerk, now)
    papier = registratie.papier
    made = Machtiging(
        id=machtiging,
        initiatief=Rol.VERTEGENWOORDIGDE,
        aanvrager=papier.vertegenwoordigde,
        wederpartij=papier.vertegenwoordiger,
        beperkingen=check(papier, known, now),
        niveau=niveau_of(papier),
        status=Actief(sinds=now),
        kanaal=CHANNEL,
    )
    return replace(registratie, stand=Goedgekeurd(now, clerk, machtiging)), made


def refuse(registratie: Registratie, clerk: PartijId, now: datetime) -> Registratie:
    """The second clerk does not agree: nothing comes of it. Raises NotWaiting, SameClerk."""
    _require_second(registratie, clerk, now)
    return replace(registratie, stand=Afgekeurd(now, clerk))


def look(machtiging: Machtiging, now: datetime) -> Controle:
    """What whoever holds the paper may know: whether it stands. Why it does not is for the parties."""
    status = rules.status_at(machtiging, now)
    if isinstance(status, ENDED):
        return Controle("voorbij", machtiging)
    usable = isinstance(status, Actief) and machtiging.geldig_van <= now < machtiging.geldig_tot
    return Controle("geldig" if usable else "nu-niet", machtiging)


def too_many(own: int, total: int) -> bool:
    """Whether somebody guessed too often; a total that is reached shuts out only who was wrong before."""
    return own >= PER_ORIGIN or (own > 0 and total >= IN_TOTAL)
