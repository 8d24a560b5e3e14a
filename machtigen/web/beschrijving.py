"""A machtiging as templates show it: everything in words that can be translated, nothing to decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from machtigen.diensten.model import Dienst
from machtigen.machtigingen import changes, rules
from machtigen.machtigingen.model import ENDED, Beeindigd, Betwist, Gepauzeerd, Machtiging, Rol
from machtigen.partijen.model import PartijId
from machtigen.web.teksten import (
    BRONNEN,
    GRONDEN,
    HANDELINGEN,
    KANALEN,
    SOORTEN,
    STATUSSEN,
    reason_text,
)

A_MOMENT = timedelta(microseconds=1)


def other_party(machtiging: Machtiging, reader: PartijId) -> PartijId | None:
    """The other side: of a party, or of who may answer the request."""
    rol = machtiging.role_of(reader)
    return machtiging.party(rol.other) if rol is not None else machtiging.aanvrager


def purposes_of(diensten: Iterable[Dienst]) -> list[str]:
    """The purposes of these services; empty where none has more than one, so that there is no choice."""
    known = list(diensten)
    if all(len(dienst.doelen) < 2 for dienst in known):
        return []
    return list(dict.fromkeys(doel for dienst in known for doel in dienst.doelen))


def described(
    one: Machtiging,
    reader: PartijId,
    now: datetime,
    known: Mapping[Any, Dienst],
    frame: str | None,
) -> dict[str, Any]:
    """One machtiging, as this reader may see it: a party, or who holds its code. `frame`: with the
    name of the other side."""
    rol = one.role_of(reader) or one.initiatief.other
    other = other_party(one, reader)
    return {
        "id": one.id,
        "rol": rol.value,
        "ik_word_vertegenwoordigd": rol is Rol.VERTEGENWOORDIGDE,
        "zelf_gevraagd": reader == one.aanvrager,
        "diensten": [known[dienst] for dienst in one.diensten if dienst in known],
        "handelingen": [HANDELINGEN[handeling] for handeling in HANDELINGEN if handeling in one.handelingen],
        "label": one.label if reader == one.aanvrager else None,
        "naam": frame,
        "heeft_ander": other is not None,
        "acties": rules.acties(one, rol, now) if one.role_of(reader) else (),
        **_state(one, rol, now),
        **_limits(one, now),
    }


def _state(one: Machtiging, rol: Rol, now: datetime) -> dict[str, Any]:
    status = rules.status_at(one, now)
    proposed = changes.open_proposal(one, now)
    frozen = isinstance(status, Gepauzeerd | Betwist)
    return {
        "status": status.naam,
        "status_tekst": STATUSSEN[status.naam],
        "geeindigd": isinstance(status, ENDED),
        "reden": reason_text(status.reden) if isinstance(status, Beeindigd) else None,
        "stil_sinds": status.op if isinstance(status, Gepauzeerd | Betwist) else None,
        "stil_door_mij": frozen and getattr(status, "door", None) is rol,
        "code_tot": getattr(status, "code_geldig_tot", None),
        "nog_niet_begonnen": now < one.geldig_van,
        "voorstel": proposed
        and {
            "tot": proposed.geldig_tot.isoformat(),
            "laatste_dag": proposed.geldig_tot - A_MOMENT,
            "door_mij": proposed.door is rol,
        },
    }


def _limits(one: Machtiging, now: datetime) -> dict[str, Any]:
    limit = one.max_gebruik
    return {
        "soort_tekst": SOORTEN[one.kind],
        "wettelijk": not one.is_vrijwillig,
        "grond_tekst": GRONDEN[one.grond],
        "bron": one.bron,
        "bron_tekst": BRONNEN.get(one.bron or ""),
        "bevestigd_tot": one.lease_tot,
        "bron_te_laat": one.lease_tot is not None and now >= one.lease_tot,
        "geldig_van": one.geldig_van,
        "laatste_dag": rules.last_moment(one) - A_MOMENT,
        "zaak": one.zaak,
        "doelen": None if one.doelen is None else [show_purpose(doel) for doel in sorted(one.doelen)],
        "niveau": one.niveau.value,
        "min_niveau": one.min_niveau.value,
        "max_gebruik": limit,
        "gebruikt": one.gebruikt,
        "over": None if limit is None else max(0, limit - one.gebruikt),
        "mag_doorgeven": one.max_diepte > 0,
        "in_keten": one.boven is not None,
        "kanaal_tekst": KANALEN.get(one.kanaal, one.kanaal),
        "online": one.kanaal == "digitaal",
        "functie": one.functie,
    }


def show_purpose(doel: str) -> str:
    """A purpose as people read it: the catalogue has only its slug."""
    return doel.replace("-", " ")
