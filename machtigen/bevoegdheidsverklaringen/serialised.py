"""Requests and awards as JSON for the database, and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from machtigen.bevoegdheidsverklaringen.model import Inlogverzoek, Inperking, Toekenning
from machtigen.diensten.model import DienstId, Handeling, Niveau
from machtigen.partijen.model import PartijId


def inperking_to(inperking: Inperking) -> dict[str, Any]:
    """A narrowing as stored."""
    return {
        "actions": None if inperking.actions is None else sorted(inperking.actions),
        "doelen": None if inperking.doelen is None else list(inperking.doelen),
        "zaak": inperking.zaak,
    }


def inperking_from(stored: dict[str, Any]) -> Inperking:
    """A stored narrowing."""
    actions, doelen = stored["actions"], stored["doelen"]
    return Inperking(
        actions=None if actions is None else frozenset(Handeling(value) for value in actions),
        doelen=None if doelen is None else tuple(doelen),
        zaak=stored["zaak"],
    )


def verzoek_to(verzoek: Inlogverzoek) -> dict[str, Any]:
    """A request to log in as stored."""
    return {
        "client_id": verzoek.client_id,
        "redirect_uri": verzoek.redirect_uri,
        "dienst": verzoek.dienst,
        "scope": verzoek.scope,
        "state": verzoek.state,
        "nonce": verzoek.nonce,
        "code_challenge": verzoek.code_challenge,
        "niveau": verzoek.niveau.value,
        "inperking": inperking_to(verzoek.inperking),
        "max_age_s": verzoek.max_age_s,
        "prompt": verzoek.prompt,
    }


def verzoek_from(stored: dict[str, Any]) -> Inlogverzoek:
    """A stored request to log in."""
    return Inlogverzoek(
        **{
            **stored,
            "dienst": DienstId(stored["dienst"]),
            "niveau": Niveau(stored["niveau"]),
            "inperking": inperking_from(stored["inperking"]),
        }
    )


def toekenning_to(toekenning: Toekenning) -> dict[str, Any]:
    """An award as stored."""
    return {
        "client_id": toekenning.client_id,
        "redirect_uri": toekenning.redirect_uri,
        "dienst": toekenning.dienst,
        "scope": toekenning.scope,
        "nonce": toekenning.nonce,
        "code_challenge": toekenning.code_challenge,
        "inperking": inperking_to(toekenning.inperking),
        "partij": toekenning.partij,
        "vertegenwoordigde": toekenning.vertegenwoordigde,
        "machtiging": toekenning.machtiging,
        "niveau": toekenning.niveau.value,
        "auth_op": toekenning.auth_op.isoformat(),
        "alt_sub": list(toekenning.alt_sub),
        "alt_sub_vertegenwoordigde": list(toekenning.alt_sub_vertegenwoordigde),
        "tussenpersonen": list(toekenning.tussenpersonen),
        "alt_sub_tussen": [list(entries) for entries in toekenning.alt_sub_tussen],
    }


def toekenning_from(stored: dict[str, Any]) -> Toekenning:
    """A stored award."""
    other = stored["vertegenwoordigde"]
    return Toekenning(
        **{
            **stored,
            "dienst": DienstId(stored["dienst"]),
            "inperking": inperking_from(stored["inperking"]),
            "partij": PartijId(stored["partij"]),
            "vertegenwoordigde": None if other is None else PartijId(other),
            "niveau": Niveau(stored["niveau"]),
            "auth_op": datetime.fromisoformat(stored["auth_op"]),
            "alt_sub": tuple(stored["alt_sub"]),
            "alt_sub_vertegenwoordigde": tuple(stored["alt_sub_vertegenwoordigde"]),
            "tussenpersonen": tuple(PartijId(one) for one in stored.get("tussenpersonen", ())),
            "alt_sub_tussen": tuple(tuple(entries) for entries in stored.get("alt_sub_tussen", ())),
        }
    )
