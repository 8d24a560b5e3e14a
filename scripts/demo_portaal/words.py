"""What codes mean for people, in Dutch; the English stands in `en.po`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ACTIONS = {
    "informatie_opvragen": "informatie opvragen",
    "zaken_regelen": "zaken regelen",
    "post_ontvangen": "post ontvangen",
    "betalen": "betalen",
    "bezwaar_maken": "bezwaar maken",
}
LEVELS = {
    "http://eidas.europa.eu/LoA/low": "laag",
    "http://eidas.europa.eu/LoA/substantial": "substantieel",
    "http://eidas.europa.eu/LoA/high": "hoog",
}
# Why there is no dossier: what happened, and what one can do.
OUTCOMES = {
    "token-expired": "Uw bewijs is verlopen. Het geldt een paar minuten. Log opnieuw in om verder te gaan.",
    "token-refused": (
        "Uw bewijs geldt niet meer. Misschien is de machtiging ingetrokken. Log opnieuw in; "
        "u ziet dan voor wie u nog mag handelen."
    ),
    "invalid-token": (
        "Het register aanvaardt uw bewijs niet meer. Misschien is de machtiging ingetrokken. "
        "Log opnieuw in; u ziet dan voor wie u nog mag handelen."
    ),
    "could-not-check": "Uw bewijs kan nu niet worden nagekeken. Probeer het straks opnieuw.",
    "register-unavailable": "Het register geeft nu geen antwoord. Probeer het straks opnieuw.",
    "action-not-allowed": (
        "U mag hier geen informatie opvragen voor deze persoon. Log opnieuw in of vraag een ruimere "
        "machtiging."
    ),
    "machtiging-ended": "De machtiging is afgelopen. Log opnieuw in; u ziet dan voor wie u nog mag handelen.",
    "refused": "Het register geeft deze gegevens niet. Log opnieuw in of neem contact op met DUO.",
}
# Why one category is not given.
REASONS = {
    "category-unknown": "Dit soort gegevens heeft het register niet.",
    "category-not-in-purpose": "Dit is voor deze dienst niet nodig.",
    "category-not-granted": "Het portaal mag dit niet krijgen.",
    "category-not-in-machtiging": "De machtiging geldt niet voor deze gegevens.",
}
REASON_OTHERWISE = "Het register geeft dit niet."
YES, NO = "ja", "nee"


def all_texts() -> Iterator[str]:
    """Every Dutch text here, for the test that each has its English."""
    for table in (ACTIONS, LEVELS, OUTCOMES, REASONS):
        yield from table.values()
    yield from (REASON_OTHERWISE, YES, NO)


def plain(value: Any) -> str:
    """A value of a record as text: lists and objects without brackets, truth as yes or no."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dict):
        return "; ".join(f"{label(str(name))}: {plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(plain(inner) for inner in value)
    return "–" if value is None else str(value)


def label(name: str) -> str:
    """`bedrag_per_maand` and `inkomen-ouders` as words."""
    return name.replace("_", " ").replace("-", " ")
