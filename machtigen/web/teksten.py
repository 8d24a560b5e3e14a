"""What codes mean in words: Dutch source texts, translated where they are shown."""

from __future__ import annotations

from machtigen.diensten.model import Grond, Handeling, Niveau
from machtigen.machtigingen.model import Gebeurtenis
from machtigen.organisaties.model import Lidrol
from machtigen.web.berichtteksten import BERICHTEN, OTHER_BERICHT
from machtigen.web.gedaan import GEDAAN

__all__ = [  # what notices say is part of it, in a module of its own
    "BERICHTEN", "BRONNEN", "DOOR", "GEBEURTENISSEN", "GRONDEN", "HANDELINGEN", "INSTEMMINGEN", "KANALEN",
    "NIVEAUS",
    "OTHER_BERICHT", "OTHER_REDEN", "REDENEN", "ROLLEN", "ROL_UITLEG",
    "SOORTEN", "STANDEN", "STATUSFILTERS", "STATUSSEN",
    "WAAROM_NIET", "ZONDER_FUNCTIE", "all_texts", "reason_text",
]  # fmt: skip

HANDELINGEN: dict[Handeling, tuple[str, str]] = {
    Handeling.INFORMATIE_OPVRAGEN: ("Informatie opvragen", "Gegevens bekijken en vragen stellen."),
    Handeling.ZAKEN_REGELEN: ("Zaken regelen", "Iets aanvragen, wijzigen of stopzetten."),
    Handeling.POST_ONTVANGEN: ("Post ontvangen", "Brieven en berichten krijgen die voor u zijn."),
    Handeling.BETALEN: ("Betalen", "Betalingen doen en een betalingsregeling afspreken."),
    Handeling.BEZWAAR_MAKEN: ("Bezwaar maken", "Het niet eens zijn met een besluit, en dat laten weten."),
}

NIVEAUS: dict[Niveau, str] = {
    Niveau.LAAG: "laag",
    Niveau.SUBSTANTIEEL: "substantieel",
    Niveau.HOOG: "hoog",
}

ROLLEN: dict[Lidrol, str] = {  # what somebody is in an organisation
    Lidrol.BESTUURDER: "Bestuurder",
    Lidrol.BEHEERDER: "Beheerder",
    Lidrol.MEDEWERKER: "Medewerker",
    Lidrol.COMMISSARIS: "Commissaris",
}
ZONDER_FUNCTIE = "Zonder functie"
ROL_UITLEG: dict[Lidrol, tuple[str, str]] = {  # whom one may let in, and what that means
    Lidrol.MEDEWERKER: (
        "Medewerker",
        "Handelt alleen met wat u aan deze persoon of functie doorgeeft.",
    ),
    Lidrol.BEHEERDER: (
        "Beheerder",
        "Regelt machtigingen namens de organisatie en laat anderen toe, net als u.",
    ),
}

INSTEMMINGEN: dict[str, str] = {  # states of a request to use a joint power
    "open": "Wacht op instemming",
    "verleend": "Genoeg instemming",
    "geweigerd": "Geweigerd",
    "ingetrokken": "Ingetrokken",
    "verbruikt": "Gebruikt",
    "verlopen": "Verlopen",
}

STATUSSEN: dict[str, str] = {
    "aangevraagd": "Wacht op de ander",
    "actief": "Actief",
    "gepauzeerd": "Gepauzeerd",
    "betwist": "Betwist",
    "geweigerd": "Geweigerd",
    "ingetrokken": "Ingetrokken",
    "opgezegd": "Opgezegd",
    "verlopen": "Verlopen",
    "beeindigd": "Beëindigd",
}

STANDEN: dict[str, str] = {  # of a paper at the desk
    "wachtend": "Wacht op een tweede medewerker",
    "goedgekeurd": "Goedgekeurd",
    "afgekeurd": "Afgekeurd",
    "vervallen": "Niet op tijd beoordeeld",
}

STATUSFILTERS: dict[str, tuple[frozenset[str], str]] = {  # on the front page: which states, in words
    "lopend": (frozenset({"actief"}), "Actief"),
    "wacht": (frozenset({"aangevraagd"}), "Wacht op antwoord"),
    "stil": (frozenset({"gepauzeerd", "betwist"}), "Gepauzeerd of betwist"),
    "voorbij": (frozenset({"geweigerd", "ingetrokken", "opgezegd", "verlopen", "beeindigd"}), "Voorbij"),
}

DOOR: dict[str, str] = {
    "vertegenwoordigde": "degene voor wie gehandeld wordt",
    "vertegenwoordiger": "degene die handelt",
    "balie": "de balie",
    "stelsel": "niemand: de tijd of de wet",
}

GEBEURTENISSEN: dict[Gebeurtenis, str] = {
    Gebeurtenis.AANGEVRAAGD: "Aangevraagd",
    Gebeurtenis.BEVESTIGD: "Bevestigd",
    Gebeurtenis.GEWEIGERD: "Geweigerd",
    Gebeurtenis.INGETROKKEN: "Ingetrokken",
    Gebeurtenis.OPGEZEGD: "Opgezegd",
    Gebeurtenis.VERLOPEN: "Verlopen",
    Gebeurtenis.BEEINDIGD: "Beëindigd",
    Gebeurtenis.BEPERKT: "Beperkt",
    Gebeurtenis.VERLENGING_GEVRAAGD: "Verlenging voorgesteld",
    Gebeurtenis.VERLENGD: "Verlengd",
    Gebeurtenis.VERLENGING_AFGEWEZEN: "Verlenging afgewezen",
    Gebeurtenis.GEPAUZEERD: "Gepauzeerd",
    Gebeurtenis.HERVAT: "Hervat",
    Gebeurtenis.BETWIST: "Betwist",
    Gebeurtenis.BETWISTING_AFGEWEZEN: "Beoordeeld: de machtiging blijft",
    Gebeurtenis.DOORGEMACHTIGD: "Doorgegeven aan een ander",
    Gebeurtenis.MEDEBEVESTIGD: "Ook door een ander bevestigd",
    Gebeurtenis.INSTEMMING_GEVRAAGD: "Instemming gevraagd",
    Gebeurtenis.INGESTEMD: "Ingestemd",
    Gebeurtenis.INSTEMMING_GEWEIGERD: "Instemming geweigerd",
    Gebeurtenis.NIEMAND_OVER: "Niemand meer om samen te beslissen",
    Gebeurtenis.AAN_BALIE: "Vastgelegd aan de balie, van papier",
    Gebeurtenis.VASTGELEGD: "Vastgelegd volgens de bron",
    Gebeurtenis.HERINNERING: "Herinnering gestuurd",
    Gebeurtenis.AANBOD: "Aanbod om te machtigen",
}

SOORTEN: dict[str, str] = {
    "machtiging": "Machtiging",
    "zaakmachtiging": "Machtiging voor één zaak",
    "ketenmachtiging": "Doorgegeven machtiging",
    "gezag": "Ouderlijk gezag",
    "voogdij": "Voogdij",
    "curatele": "Curatele",
    "bewind": "Bewind",
    "mentorschap": "Mentorschap",
    "wsnp": "Schuldsanering",
    "executeur": "Executeur",
    "bestuurder": "Bestuurder van een organisatie",
    "beroepsmatig": "Handelen uit beroep",
}

GRONDEN: dict[Grond, str] = {  # what a ground means, and so who is competent on it
    Grond.MACHTIGING: "Iemand die een machtiging kreeg van degene om wie het gaat.",
    Grond.GEZAG: "Een ouder met gezag handelt voor een kind, tot het kind 18 jaar is.",
    Grond.VOOGDIJ: "Een voogd handelt voor een kind, tot het kind 18 jaar is.",
    Grond.CURATELE: "Een curator handelt voor iemand die onder curatele staat.",
    Grond.BEWIND: "Een bewindvoerder regelt geld en goederen voor iemand.",
    Grond.MENTORSCHAP: "Een mentor beslist over zorg en begeleiding, niet over geld.",
    Grond.WSNP: "Een bewindvoerder beheert het geld tijdens de schuldsanering.",
    Grond.EXECUTEUR: "Een executeur handelt een nalatenschap af.",
    Grond.BESTUURDER: "Een bestuurder handelt voor een organisatie.",
    Grond.BEROEPSMATIG: "Iemand handelt uit beroep, zoals een advocaat of een schuldhulpverlener.",
}

BRONNEN: dict[str, str] = {
    "brp": "Basisregistratie Personen",
    "ccbr": "Centraal Curatele- en Bewindregister",
    "rechtspraak": "De Rechtspraak",
    "cir": "Centraal Insolventieregister",
    "ctr": "Centraal Testamentenregister",
    "handelsregister": "Handelsregister",
    "kvk": "Handelsregister",
}

KANALEN: dict[str, str] = {
    "digitaal": "Online",
    "balie": "Aan een balie",
    "papier": "Op papier",
    "telefoon": "Per telefoon",
}

REDENEN: dict[str, str] = {  # why something happened that neither side did
    "parent-ended": "De machtiging waar deze op rust, is geëindigd.",
    "unused": "Niemand heeft de machtiging twee jaar lang gebruikt.",
    "contested": "De betwisting is beoordeeld: de machtiging was niet terecht.",
    "under-investigation": "De bron onderzoekt of de gegevens kloppen.",
    "lease-ended": "De bron heeft dit niet op tijd bevestigd.",
    "meerderjarig": "De vertegenwoordigde is 18 jaar geworden.",
    "overleden": "Een van beiden is overleden.",
    "onder-curatele": "Een van beiden staat onder curatele.",
    "maatregel-einde": "De rechter heeft de maatregel beëindigd.",
    "gezag-einde": "Het gezag is geëindigd.",
    "curatele": "De rechter heeft curatele uitgesproken.",
    "organisatie-einde": "De organisatie bestaat niet meer.",
    "uit-functie": "De vertegenwoordiger heeft deze functie niet meer.",
}
OTHER_REDEN = "Door de wet, of door iets wat is gebeurd."

WAAROM_NIET: dict[str, str] = {  # why a power does not count at a service, to the person only
    "not-delegable": "Bij deze dienst mag niemand voor een ander handelen.",
    "ground-not-accepted": "Deze dienst accepteert dit soort bevoegdheid niet.",
    "service-outside": "De machtiging geldt niet voor deze dienst.",
    "status-gepauzeerd": "De machtiging is gepauzeerd. Zij werkt weer als zij wordt hervat.",
    "status-betwist": "De machtiging is betwist. Zij werkt niet zolang dat niet is beoordeeld.",
    "lease-ended": "De bron heeft deze bevoegdheid niet op tijd bevestigd. Probeer het later opnieuw.",
    "not-yet-valid": "De machtiging is nog niet begonnen.",
    "used-up": "De machtiging is al zo vaak gebruikt als mocht.",
    "registered-too-low": "De machtiging is gegeven op een lager niveau dan deze dienst vraagt.",
    "level-too-low": "U bent niet hoog genoeg ingelogd voor deze machtiging.",
    "case-outside": "De machtiging geldt alleen voor één zaak, en daar gaat het nu niet om.",
    "action-outside": "U mag niets doen van wat deze dienst nu vraagt.",
}


def reason_text(reden: str | None) -> str | None:
    """Why it ended or was frozen, in words; None when there is no reason to tell."""
    return None if reden is None else REDENEN.get(reden, OTHER_REDEN)


def all_texts() -> list[str]:
    """Every text here, for the test that all have a translation."""
    texts = [text for pair in (*HANDELINGEN.values(), *BERICHTEN.values(), OTHER_BERICHT) for text in pair]
    for table in (
        NIVEAUS, STATUSSEN, STANDEN, DOOR, GEBEURTENISSEN, SOORTEN, GRONDEN, BRONNEN, KANALEN,
        REDENEN, WAAROM_NIET, ROLLEN, INSTEMMINGEN,
    ):  # fmt: skip
        texts += table.values()
    texts += [text for pair in ROL_UITLEG.values() for text in pair]
    return [
        *texts,
        OTHER_REDEN,
        ZONDER_FUNCTIE,
        *(text for _, text in STATUSFILTERS.values()),
        *GEDAAN.values(),
    ]
