"""What machtigingen asks about organisations. The room above fills it in; by itself there are none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlmodel import Session

from machtigen.partijen.model import PartijId


@dataclass
class Verbanden:
    """Verbanden (ties) of people and organisations, asked in the transaction of an act.

    `belongs(session, organisation, person)`: works there; who leaves meanwhile waits.
    `directors(session, organisation)`: how many must agree, and who they are.
    `acted(session, machtiging)`: who acted on it for an organisation.
    """

    belongs: Callable[[Session, PartijId, PartijId], bool] = lambda _session, _organisation, _person: False
    directors: Callable[[Session, PartijId], tuple[int, Collection[PartijId]]] = lambda _session, _org: (
        1,
        (),
    )
    acted: Callable[[Session, str], Collection[PartijId]] = lambda _session, _machtiging: ()
