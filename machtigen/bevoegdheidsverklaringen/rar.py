"""Rich authorization requests (RFC 9396): read the wish of a client, write what was granted.

A client can only ask for less. One object of one of our two types, about the service in `scope`;
an unknown field is an error, because what is not understood cannot be obeyed (section 5).
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from machtigen.bevoegdheidsverklaringen.errors import InvalidAuthorizationDetails
from machtigen.bevoegdheidsverklaringen.model import Inperking
from machtigen.diensten.model import Client, Dienst, Handeling

MACHTIGING = "/rar/machtiging/v1"
DIENST = "/rar/dienst/v1"
FIELDS = frozenset({"type", "dienst", "actions", "doelen", "locations", "zaak"})
MAXIMUM_CHARACTERS = 10_000
MAXIMUM_ZAAK = 100


def types_of(house: str) -> tuple[str, str]:
    """Our types; `house` is the token issuer, such as `https://…/machtigen`."""
    return house + MACHTIGING, house + DIENST


def read_wish(text: str | None, dienst: Dienst, client: Client, house: str) -> Inperking:
    """The narrowing that a request parameter asks. Raises InvalidAuthorizationDetails."""
    if not text:
        return Inperking()
    wish = _one_object(text)
    if wish.get("type") not in types_of(house):
        raise InvalidAuthorizationDetails("unknown type")
    if not wish.keys() <= FIELDS:
        raise InvalidAuthorizationDetails("unknown field")
    if wish.get("dienst", dienst.id) != dienst.id:
        raise InvalidAuthorizationDetails("not the service of the scope")
    locations = _texts(wish, "locations")
    if locations is not None and not set(locations) <= {client.audience}:
        raise InvalidAuthorizationDetails("not a location of this client")
    return Inperking(
        actions=_actions(_texts(wish, "actions"), dienst),
        doelen=_doelen(_texts(wish, "doelen"), dienst),
        zaak=_zaak(wish.get("zaak")),
    )


def write_detail(
    dienst: Dienst,
    client: Client,
    house: str,
    inperking: Inperking,
    actions: tuple[Handeling, ...],
    doelen: tuple[str, ...],
    machtiging: dict[str, Any] | None,
) -> dict[str, Any]:
    """The granted detail; `machtiging` holds `identifier`, `grond`, `geldig_tot`, `schakels` or is None."""
    mandated, own = types_of(house)
    detail: dict[str, Any] = {
        "type": mandated if machtiging else own,
        "locations": [client.audience],
        "dienst": dienst.id,
        "actions": [action.value for action in actions],
        "doelen": list(doelen),
        "min_acr": dienst.min_niveau.acr,
        **(machtiging or {}),
    }
    if inperking.zaak is not None:
        detail["zaak"] = inperking.zaak
    return detail


def granted_doelen(available: frozenset[str] | None, dienst: Dienst, inperking: Inperking) -> tuple[str, ...]:
    """The purposes of the service, less what was not asked and what the power (None: all) does not give."""
    wanted = inperking.doelen
    left = (doel for doel in dienst.doelen if wanted is None or doel in wanted)
    return tuple(doel for doel in left if available is None or doel in available)


def granted_actions(
    available: frozenset[Handeling], dienst: Dienst, inperking: Inperking
) -> tuple[Handeling, ...]:
    """The actions of `available` that the service knows and the client asks, in a fixed order."""
    wanted = inperking.actions
    left = available & dienst.handelingen
    return tuple(action for action in Handeling if action in left and (wanted is None or action in wanted))


def coarse_end(moment: datetime, now: datetime) -> datetime:
    """The end as services see it: down to the hour, near the end to the minute.

    An end to the microsecond is as good as a number: two services could match it.
    """
    for step in (timedelta(hours=1), timedelta(minutes=1)):
        rounded = datetime.fromtimestamp(
            moment.timestamp() // step.total_seconds() * step.total_seconds(), moment.tzinfo
        )
        if rounded > now + timedelta(minutes=10):
            return rounded
    return moment


def _one_object(text: str) -> dict[str, Any]:
    if len(text) > MAXIMUM_CHARACTERS:
        raise InvalidAuthorizationDetails("too long")
    try:
        wishes = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidAuthorizationDetails("not JSON") from error
    if not isinstance(wishes, list) or len(wishes) != 1 or not isinstance(wishes[0], dict):
        raise InvalidAuthorizationDetails("not an array of one object")
    return wishes[0]


def _texts(wish: dict[str, Any], name: str) -> list[str] | None:
    if name not in wish:
        return None
    values = wish[name]
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise InvalidAuthorizationDetails(f"{name} is not a list of strings")
    return values


def _actions(values: list[str] | None, dienst: Dienst) -> frozenset[Handeling] | None:
    if values is None:
        return None
    if not set(values) <= {action.value for action in dienst.handelingen}:
        raise InvalidAuthorizationDetails("not an action of this service")
    return frozenset(Handeling(value) for value in values)


def _doelen(values: list[str] | None, dienst: Dienst) -> tuple[str, ...] | None:
    if values is None:
        return None
    if not set(values) <= set(dienst.doelen):
        raise InvalidAuthorizationDetails("not a purpose of this service")
    return tuple(values)


def _zaak(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= MAXIMUM_ZAAK or not value.isprintable():
        raise InvalidAuthorizationDetails("zaak is not a short text")
    return value
