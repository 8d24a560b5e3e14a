"""The people of the demo world, and their records in the registers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import httpx2
from inrichting import START
from operating import Caller, CallFailed, Operator

from demo_world.services import known_domains
from keys.kernel.jws import SigningKey


def born(person: Mapping[str, Any], today: date) -> date:
    """The birth date: given, or such that the person has the given age today."""
    if "geboren" in person:
        given: date = person["geboren"]
        return given
    age = person["leeftijd"]
    months = today.year * 12 + today.month - 1 - age["jaren"] * 12 - age["maanden"]
    return date(months // 12, months % 12 + 1, min(today.day, 28))


def register_people(world: Mapping[str, Any], operator: Operator, today: date) -> None:
    """Register everybody at identiteit; twice is the same as once."""
    for person in world["personen"]:
        straat, huisnummer, postcode, woonplaats = person["adres"]
        voornaam, achternaam = person["naam"]
        body = {
            "bsn": person["bsn"],
            "voornaam": voornaam,
            "achternaam": achternaam,
            "geboortedatum": born(person, today).isoformat(),
            "adres": {
                "straat": straat,
                "huisnummer": huisnummer,
                "postcode": postcode,
                "woonplaats": woonplaats,
            },
            "demo_id": person["id"],
        }
        operator.tell("identiteit", "/api/v1/personen", body)


def register_clerks(world: Mapping[str, Any], operator: Operator) -> None:
    """Let the clerks of the demo work at their desk, at both packages; the number goes to identiteit only."""
    numbers = {person["id"]: person["bsn"] for person in world["personen"]}
    for clerk in world["baliemedewerkers"]:
        asked = {"bsn": numbers[clerk["persoon"]], "loket": clerk["loket"]}
        ticket = operator.tell("identiteit", "/api/v1/baliemedewerkers", asked)["ticket"]
        body = {"ticket": ticket, "loket": clerk["loket"]}
        operator.tell("machtigen", "/api/v1/beheer/baliemedewerkers", body)


def deliver_records(
    world: Mapping[str, Any],
    operator: Operator,
    folder: Path,
    http: httpx2.Client,
    clock: Callable[[], datetime],
) -> None:
    """Deliver every record as a source would: BSN to identiteit, the ticket it gives to the register."""
    source = Caller("duo-bron", SigningKey.load(folder / "duo-bron" / "jwk.json"), http, clock)
    numbers = {person["id"]: person["bsn"] for person in world["personen"]}
    domains = known_domains(operator)
    for register in world["registers"]:
        identifier = register["id"]
        people = [person for person, records in world["gegevens"].items() if identifier in records]
        asked = {
            "register": str(domains[identifier]),
            "personen": [{"bsn": numbers[person]} for person in people],
        }
        answer = source.post(operator.endpoints["identiteit"], "/api/v1/aanmeldingen", asked)
        for person, entry in zip(people, answer["aanmeldingen"], strict=True):
            if "ticket" not in entry:
                raise CallFailed("a person of the demo world is not known at identiteit")
            records = [_record(record, identifier) for record in world["gegevens"][person][identifier]]
            source.post(
                operator.endpoints["rechten"],
                f"/api/v1/registers/{identifier}/gegevens",
                {"aanmelding": entry["ticket"], "gegevens": records},
                {"Idempotency-Key": f"demo-{world['versie']}-{identifier}-{person}"},
            )


def _record(record: Mapping[str, Any], register: str) -> dict[str, Any]:
    written = {
        "categorie": record["categorie"],
        "waarde": record["waarde"],
        "bron": record["bron"],
        "geldig_van": _midnight(record["van"]),
        "doel": register,
    }
    return {**written, "geldig_tot": _midnight(record["tot"])} if "tot" in record else written


def _midnight(day: date) -> str:
    return datetime.combine(day, time(), START.tzinfo).isoformat()
