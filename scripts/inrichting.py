"""Registers what every installation has: the packages as actors, their purposes, domains and directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx2
from clock import installation_clock
from installation import Installation
from operating import TIMEOUT_S, Operator

from keys.kernel.pep import Domain

OIN = "00000099000000001000"  # the default of both packages
IDENTITEIT, MACHTIGEN = f"oin:{OIN}:identiteit", f"oin:{OIN}:machtigen"
OORSPRONG = Domain(IDENTITEIT, "oorsprong")
WEERGAVE = Domain(IDENTITEIT, "weergave")
MACHTIGEN_DOMAIN = Domain(MACHTIGEN, "machtigen")
START = datetime(2020, 1, 1, tzinfo=UTC)
APPROVED_BY = ["jurist van machtigen", "producteigenaar van machtigen"]

# id: (name, explanation, both in Dutch and in English, legal ground)
PURPOSES = {
    "oorsprong": (
        "Weten wie iemand is",
        "Identiteit bewaart per mens een willekeurig beginpunt.",
        "Know who someone is",
        "Identiteit keeps a random starting point for each person.",
        "Wet algemene bepalingen burgerservicenummer, artikel 10",
    ),
    "machtigen": (
        "Machtigingen bewaren",
        "Machtigen bewaart wie voor wie mag handelen.",
        "Keep authorisations",
        "Machtigen keeps who may act for whom.",
        "Algemene wet bestuursrecht, artikel 2:1",
    ),
    "weergave": (
        "Namen tonen",
        "Identiteit herkent aan wie een naam getoond mag worden.",
        "Show names",
        "Identiteit recognises to whom a name may be shown.",
        "Wet algemene bepalingen burgerservicenummer, artikel 10",
    ),
    "inloggen": (
        "Inloggen",
        "U logt in om machtigingen te geven of te gebruiken.",
        "Log in",
        "You log in to give or use authorisations.",
        "Wet digitale overheid, artikel 7",
    ),
    "balie": (
        "Aan de balie herkennen",
        "Een medewerker legt aan de balie vast dat u iemand machtigt.",
        "Recognise at the desk",
        "A clerk records at the desk that you authorise somebody.",
        "Algemene wet bestuursrecht, artikel 2:1",
    ),
    "gebeurtenissen": (
        "Levensgebeurtenissen verwerken",
        "Een bron meldt dat iemand is overleden of dat iemand voor een ander mag handelen.",
        "Process life events",
        "A source reports that someone died or that someone may act for another.",
        "Wet basisregistratie personen, artikel 3.1",
    ),
    "naam-tonen": (
        "Een naam tonen",
        "U ziet de naam van wie u machtigde of wie u machtigde.",
        "Show a name",
        "You see the name of the other side of your authorisation.",
        "Algemene wet bestuursrecht, artikel 2:1",
    ),
    "eigen-inzage": (
        "Zelf inzien",
        "U bekijkt wat registers over u bewaren en wie dat gebruikte.",
        "Inspect one's own data",
        "You look at what registers hold about you and who used it.",
        "Algemene verordening gegevensbescherming, artikel 15",
    ),
    "aanmelding": (
        "Aanmelden bij een register",
        "Een bron levert gegevens over u aan een register.",
        "Enrol at a register",
        "A source delivers data about you to a register.",
        "Wet algemene bepalingen burgerservicenummer, artikel 10",
    ),
}


def purpose(identifier: str, texts: tuple[str, str, str, str, str], **more: object) -> dict[str, object]:
    """A purpose as `keys` takes it; `texts`: name, explanation, name and explanation in English, ground."""
    naam, uitleg, naam_en, uitleg_en, grondslag = texts
    return {
        "id": identifier,
        "naam": naam,
        "uitleg": uitleg,
        "naam_en": naam_en,
        "uitleg_en": uitleg_en,
        "wettelijke_grondslag": grondslag,
        "avg_grondslag": "6(1)(e)",
        "geldig_van": START,
        "goedgekeurd_door": APPROVED_BY,
        **more,
    }


def register_system(installation: Installation, report: Callable[[str], None]) -> None:
    """Register the packages themselves. Raises CallFailed, PeerUnavailable, RegistryRefused."""
    with httpx2.Client(timeout=TIMEOUT_S) as http:
        endpoints = installation.endpoints(demo=False)
        operator = Operator(endpoints, installation.operator_key, http, installation_clock())
        report("Registering actors, purposes and directions of the packages")
        keys: Mapping[str, str] = {"identiteit": "/jwks", "machtigen": "/sleutels"}
        for package, path in keys.items():
            jwks = operator.published_keys(package, path)
            operator.keys.register_actor(OIN, package, package.capitalize(), package, jwks)
        for identifier, texts in PURPOSES.items():
            operator.keys.publish_doel(purpose(identifier, texts))
        for domain in (OORSPRONG, WEERGAVE, MACHTIGEN_DOMAIN):
            operator.keys.register_domein(domain)
        # Volumes of a day: logging in raises an alarm above it, showing names is refused.
        operator.keys.grant(
            OORSPRONG, MACHTIGEN_DOMAIN, "inloggen", START, max_per_dag=100_000, bij_overschrijding="alarm"
        )
        operator.keys.grant(OORSPRONG, MACHTIGEN_DOMAIN, "balie", START, max_per_dag=10_000)
        # Of life events too: a death must never wait for the next day.
        operator.keys.grant(
            OORSPRONG,
            MACHTIGEN_DOMAIN,
            "gebeurtenissen",
            START,
            max_per_dag=1_000_000,
            bij_overschrijding="alarm",
        )
        operator.keys.grant(OORSPRONG, WEERGAVE, "naam-tonen", START, max_per_dag=1_000_000)
        operator.keys.grant(MACHTIGEN_DOMAIN, WEERGAVE, "naam-tonen", START, max_per_dag=1_000_000)
