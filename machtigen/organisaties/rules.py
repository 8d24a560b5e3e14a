"""Pure rules of organisations: who may act for one, who may let whom in, and who may send whom away.

Sources: BW 2:240 and Hrw 18 (directors), BW 2:140 (supervisory directors have no power), eToegang (an
administrator registers at most up to their own level).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

from machtigen.diensten.errors import InvalidRegistration
from machtigen.diensten.model import Niveau
from machtigen.errors import LevelTooLow, NotFound, WrongRole
from machtigen.organisaties.model import Lid, Lidrol, Organisatie, Uitnodiging

VALID_FOR = timedelta(days=14)
ACTING = frozenset({Lidrol.BESTUURDER, Lidrol.BEHEERDER})
INVITES = {  # who lets whom in; directors and supervisory directors come from the source only
    Lidrol.BESTUURDER: frozenset({Lidrol.BEHEERDER, Lidrol.MEDEWERKER}),
    Lidrol.BEHEERDER: frozenset({Lidrol.BEHEERDER, Lidrol.MEDEWERKER}),
}
REMOVES = {
    Lidrol.BESTUURDER: frozenset({Lidrol.BEHEERDER, Lidrol.MEDEWERKER}),
    Lidrol.BEHEERDER: frozenset({Lidrol.MEDEWERKER}),
}
BY_SOURCE = frozenset({Lidrol.BESTUURDER, Lidrol.COMMISSARIS})
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LABEL = b"machtigen/uitnodiging/v1\x00"


def digest(code: str, key: bytes) -> bytes:
    """What is stored of a join code: 32 bytes, another value than that of the same code elsewhere."""
    return hmac.new(key, _LABEL + code.encode("ascii"), hashlib.sha256).digest()


def check_organisatie(organisatie: Organisatie) -> Organisatie:
    """The organisation, when it can be registered. Raises InvalidRegistration."""
    if not _SLUG.fullmatch(organisatie.slug) or not organisatie.naam.get("nl", "").strip():
        raise InvalidRegistration
    if organisatie.vereist_aantal < 1:
        raise InvalidRegistration
    return organisatie


def may_act(lid: Lid | None) -> bool:
    """Whether this member acts as the organisation."""
    return lid is not None and lid.geeindigd_op is None and lid.rol in ACTING


def check_invites(door: Lid, rol: Lidrol, niveau: Niveau, login: Niveau) -> Niveau:
    """The level up to which who is invited may register: at most that of who invites, and of their login.

    Raises WrongRole, LevelTooLow.
    """
    if rol not in INVITES.get(door.rol, frozenset()):
        raise WrongRole
    if not Niveau.weakest(door.niveau, login).reaches(niveau):
        raise LevelTooLow
    return niveau


def check_removes(door: Lid, other: Lid) -> None:
    """Whether this member may send that one away. Raises NotFound, WrongRole."""
    if other.geeindigd_op is not None or other.organisatie != door.organisatie:
        raise NotFound
    if other.id != door.id and other.rol not in REMOVES.get(door.rol, frozenset()):
        raise WrongRole


def is_open(uitnodiging: Uitnodiging, now: datetime) -> bool:
    """Whether somebody may still come with its code."""
    return uitnodiging.gebruikt_op is None and now < uitnodiging.geldig_tot
