"""What the tests of machtigen are built from: services, people, a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from machtigen.diensten.model import Dienst, DienstId, Grond, Handeling, Niveau
from machtigen.machtigingen.model import Aanvraag
from machtigen.partijen.model import PartijId

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOOR = PartijId("noor-party-number-0001")
ANJA = PartijId("anja-party-number-0002")
STRANGER = PartijId("strn-party-number-0003")
ACTOR = "oin:00000001003214345000:studiefinanciering"
AANVULLENDE_BEURS = DienstId("urn:uuid:a9e17a2e-d358-406d-9d5f-ad6045f712ba")
REISPRODUCT = DienstId("urn:uuid:b1e17a2e-d358-406d-9d5f-ad6045f712bb")
ONLY_READING = DienstId("urn:uuid:c2e17a2e-d358-406d-9d5f-ad6045f712bc")
NOT_DELEGABLE = DienstId("urn:uuid:d3e17a2e-d358-406d-9d5f-ad6045f712bd")
ONLY_GEZAG = DienstId("urn:uuid:e4e17a2e-d358-406d-9d5f-ad6045f712be")
HIGH = DienstId("urn:uuid:f5e17a2e-d358-406d-9d5f-ad6045f712bf")
READ, ARRANGE, PAY = Handeling.INFORMATIE_OPVRAGEN, Handeling.ZAKEN_REGELEN, Handeling.BETALEN


def dienst(
    identifier: DienstId = AANVULLENDE_BEURS,
    naam: str = "Aanvullende beurs aanvragen",
    *,
    handelingen: frozenset[Handeling] = frozenset({READ, ARRANGE}),
    gronden: frozenset[Grond] = frozenset({Grond.MACHTIGING}),
    min_niveau: Niveau = Niveau.SUBSTANTIEEL,
    machtigbaar: bool = True,
) -> Dienst:
    """A service of DUO-Studiefinanciering."""
    return Dienst(
        id=identifier,
        naam=naam,
        actor=ACTOR,
        handelingen=handelingen,
        gronden=gronden,
        doelen=("studiefinanciering",),
        min_niveau=min_niveau,
        machtigbaar=machtigbaar,
        audience="https://api.duo.example.nl",
        upl_naam="studiefinanciering",
        omschrijving={"nl": "Extra geld bij één ouder met een laag inkomen", "en": "Supplementary grant"},
        wettelijke_grondslag=("WSF 2000 art. 3.9",),
    )


CATALOGUE = (
    dienst(),
    dienst(REISPRODUCT, "Studentenreisproduct", handelingen=frozenset({READ, ARRANGE, PAY})),
    dienst(ONLY_READING, "Diploma inzien", handelingen=frozenset({READ}), min_niveau=Niveau.LAAG),
    dienst(NOT_DELEGABLE, "Wachtwoord wijzigen", machtigbaar=False),
    dienst(ONLY_GEZAG, "Verzuim bekijken", gronden=frozenset({Grond.GEZAG})),
    dienst(HIGH, "Schuld kwijtschelden", min_niveau=Niveau.HOOG),
)
KNOWN = {known.id: known for known in CATALOGUE}


def aanvraag(
    *diensten: str,
    handelingen: frozenset[Handeling] = frozenset({READ}),
    start: datetime | None = None,
    end: datetime = NOW + 200 * DAY,
    zaak: str | None = None,
    label: str | None = None,
    organisatie: PartijId | None = None,
    functie: str | None = None,
) -> Aanvraag:
    """A request for the supplementary grant, to read, 200 days, unless said otherwise."""
    return Aanvraag(
        diensten=diensten or (AANVULLENDE_BEURS,),
        handelingen=handelingen,
        geldig_van=start,
        geldig_tot=end,
        zaak=zaak,
        label=label,
        organisatie=organisatie,
        functie=functie,
    )
