"""Event: two directors agree, or one agrees while another leaves, at the same moment, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from machtigen.diensten.model import Niveau
from machtigen.machtigingen.errors import NotAMember
from machtigen.machtigingen.model import Machtiging, Uitgegeven
from machtigen.organisaties.model import Lidrol, Organisatie
from machtigen.partijen.model import PartijId
from tests import races
from tests.machtigen.conftest import Rooms
from tests.machtigen.world import ANJA, NOOR, NOW, STRANGER, aanvraag

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
MIDDLE = Niveau.SUBSTANTIEEL
HELPER = PartijId("help-party-number-0004")
Act = Callable[[], Machtiging | None]


def board(rooms: Rooms, needed: int) -> PartijId:
    """An organisation with Noor, Anja and a third as directors, of whom `needed` decide jointly."""
    wanted = Organisatie(PartijId(""), "de-brug", {"nl": "De Brug"}, "1", "handelsregister", needed)
    organisation, _ = rooms.organisaties.register(wanted, NOW)
    for person in (NOOR, ANJA, STRANGER):
        invited = rooms.organisaties.invite_by_source("de-brug", Lidrol.BESTUURDER, None, NOW)
        rooms.organisaties.join(invited.code, person, MIDDLE, NOW)
    return organisation.id


def waits(rooms: Rooms, organisation: PartijId) -> Uitgegeven:
    return rooms.machtigingen.grant(aanvraag(), organisation, MIDDLE, NOW, mens=NOOR)


def at_once(rooms: Rooms, identifier: str, *acts: Act) -> list[Machtiging | Exception | None]:
    held = "SELECT 1 FROM machtiging WHERE id = :id FOR UPDATE"
    return races.at_once(rooms.database, held, {"id": identifier}, *acts)


def test_two_agreements_at_once_both_count(rooms: Rooms) -> None:
    issued = waits(rooms, board(rooms, 3))
    identifier = issued.machtiging.id
    acts: list[Act] = [
        lambda who=who: rooms.machtigingen.agree(identifier, who, MIDDLE, NOW)  # type: ignore[misc]  # bound in the loop
        for who in (ANJA, STRANGER)
    ]
    at_once(rooms, identifier, *acts)
    stored = rooms.machtigingen.find(identifier)
    assert stored is not None
    assert stored.bevestiging is not None
    assert [who for who, _ in stored.bevestiging.gegeven] == [NOOR, ANJA, STRANGER]
    assert rooms.machtigingen.confirm(issued.code, HELPER, MIDDLE, NOW).status.naam == "actief"


def test_one_agreement_given_twice_at_once_counts_once(rooms: Rooms) -> None:
    issued = waits(rooms, board(rooms, 3))
    identifier = issued.machtiging.id
    act: Act = lambda: rooms.machtigingen.agree(identifier, ANJA, MIDDLE, NOW)  # noqa: E731 - the act itself
    first, second = at_once(rooms, identifier, act, act)
    assert isinstance(first, Machtiging)
    assert isinstance(second, Exception)
    stored = rooms.machtigingen.find(identifier)
    assert stored is not None
    assert stored.bevestiging is not None
    assert len(stored.bevestiging.gegeven) == 2


def test_of_agreement_and_refusal_the_first_wins(rooms: Rooms) -> None:
    issued = waits(rooms, board(rooms, 2))
    identifier = issued.machtiging.id
    refused, agreed = at_once(
        rooms,
        identifier,
        lambda: rooms.machtigingen.refuse_jointly(identifier, STRANGER, NOW),
        lambda: rooms.machtigingen.agree(identifier, ANJA, MIDDLE, NOW),
    )
    assert isinstance(refused, Machtiging)
    assert isinstance(agreed, Exception)
    stored = rooms.machtigingen.find(identifier)
    assert stored is not None
    assert stored.status.naam == "geweigerd"


def test_who_is_sent_away_while_they_accept_has_nothing(rooms: Rooms) -> None:
    organisation = board(rooms, 1)
    director = rooms.organisaties.require_acting("de-brug", NOOR)
    invited = rooms.organisaties.invite(director, Lidrol.MEDEWERKER, "chef", MIDDLE, MIDDLE, NOW)
    rooms.organisaties.join(invited.code, HELPER, MIDDLE, NOW)
    asked = aanvraag(functie="chef")
    issued = rooms.machtigingen.grant(asked, organisation, MIDDLE, NOW, mens=NOOR)
    held = "SELECT 1 FROM organisatie_lid WHERE id = :id FOR UPDATE"
    gone, accepted = races.at_once(
        rooms.database,
        held,
        {"id": invited.uitnodiging.id},
        lambda: rooms.organisaties.remove(director, invited.uitnodiging.id, NOW),
        lambda: rooms.machtigingen.confirm(issued.code, HELPER, MIDDLE, NOW),  # type: ignore[arg-type, return-value]  # either
    )
    assert gone is None
    assert isinstance(accepted, NotAMember)
