"""Acts over the public interface of machtigen, as people do them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from clock import installation_clock
from visitor import Visitor

ACTIONS = ["informatie_opvragen", "zaken_regelen"]


def service(person: Visitor, name: str = "Aanvullende beurs") -> str:
    """The id of a service."""
    found = person.expect(200, "GET", "machtigen", f"/api/v1/diensten?zoek={name.split()[0].lower()}")
    return str(next(one["id"] for one in found["resultaten"] if one["naam"] == name))


def body_of_a_grant(dienst: str, label: str) -> dict[str, Any]:
    """What a grant asks, for half a year."""
    until = installation_clock()() + timedelta(days=180)
    return {
        "diensten": [dienst],
        "handelingen": ACTIONS,
        "label": label,
        "geldig_tot": until.isoformat(timespec="seconds"),
    }


def grant(person: Visitor, dienst: str, label: str) -> dict[str, Any]:
    """A new machtiging: `id`, `code` and the rest."""
    return person.expect(201, "POST", "machtigen", "/api/v1/machtigingen", body_of_a_grant(dienst, label))
