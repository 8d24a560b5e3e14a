"""A new request, under a random id of its own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from machtigen.diensten.model import Dienst, DienstId, Grond, Niveau
from machtigen.machtigingen import rules
from machtigen.machtigingen.model import Aanvraag, Machtiging, Rol
from machtigen.partijen.model import PartijId


def new_request(
    aanvraag: Aanvraag,
    known: Mapping[DienstId, Dienst],
    door: PartijId,
    rol: Rol,
    niveau: Niveau,
    now: datetime,
    code_hash: bytes,
    grond: Grond = Grond.MACHTIGING,
) -> Machtiging:
    """As `rules.request`, with an id of 128 random bits."""
    return rules.request(
        aanvraag,
        known,
        grond=grond,
        identifier=secrets.token_urlsafe(16),
        door=door,
        rol=rol,
        niveau=niveau,
        code_hash=code_hash,
        now=now,
    )
