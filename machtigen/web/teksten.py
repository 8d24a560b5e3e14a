"""What codes mean in words: Dutch source texts, translated where they are shown."""

from __future__ import annotations

from machtigen.diensten.model import Handeling, Niveau
from machtigen.machtigingen.model import Gebeurtenis, Rol

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

DOOR: dict[str, str] = {
    "vertegenwoordigde": "degene voor wie gehandeld wordt",
    "vertegenwoordiger": "degene die handelt",
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
    Gebeurtenis.VASTGELEGD: "Vastgelegd volgens de bron",
    Gebeurtenis.HERINNERING: "Herinnering gestuurd",
    Gebeurtenis.AANBOD: "Aanbod om te machtigen",
}

BERICHTEN: dict[tuple[Gebeurtenis, Rol], tuple[str, str]] = {
    (Gebeurtenis.BEVESTIGD, Rol.VERTEGENWOORDIGDE): (
        "Iemand mag nu voor u handelen",
        "Controleer de naam. Kent u deze persoon niet? Trek de machtiging dan meteen in.",
    ),
    (Gebeurtenis.BEVESTIGD, Rol.VERTEGENWOORDIGER): (
        "U mag nu voor iemand handelen",
        "De machtiging is bevestigd. U kunt haar opzeggen wanneer u wilt.",
    ),
    (Gebeurtenis.GEWEIGERD, Rol.VERTEGENWOORDIGDE): (
        "Een machtiging is geweigerd",
        "Er verandert niets: niemand mag hiermee voor u handelen.",
    ),
    (Gebeurtenis.GEWEIGERD, Rol.VERTEGENWOORDIGER): (
        "Een machtiging is geweigerd",
        "Er verandert niets: u mag hiermee voor niemand handelen.",
    ),
    (Gebeurtenis.INGETROKKEN, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is ingetrokken",
        "De ander mag vanaf nu niet meer voor u handelen.",
    ),
    (Gebeurtenis.INGETROKKEN, Rol.VERTEGENWOORDIGER): (
        "De machtiging is ingetrokken",
        "U mag vanaf nu niet meer voor de ander handelen.",
    ),
    (Gebeurtenis.OPGEZEGD, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is opgezegd",
        "De ander handelt niet meer voor u. Regel uw zaken zelf, of machtig iemand anders.",
    ),
    (Gebeurtenis.OPGEZEGD, Rol.VERTEGENWOORDIGER): (
        "De machtiging is opgezegd",
        "U mag vanaf nu niet meer voor de ander handelen.",
    ),
    (Gebeurtenis.VERLOPEN, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is verlopen",
        "De einddatum is voorbij, of de code is niet op tijd gebruikt.",
    ),
    (Gebeurtenis.VERLOPEN, Rol.VERTEGENWOORDIGER): (
        "De machtiging is verlopen",
        "De einddatum is voorbij, of de code is niet op tijd gebruikt.",
    ),
    (Gebeurtenis.AANBOD, Rol.VERTEGENWOORDIGDE): (
        "U bent 18 geworden",
        "Uw ouder of voogd handelt niet meer voor u. Wilt u dat toch? Geef dan zelf een machtiging.",
    ),
}
OTHER_BERICHT = ("Er is iets veranderd", "Bekijk de machtiging.")


def all_texts() -> list[str]:
    """Every text here, for the test that all have a translation."""
    texts = [text for pair in (*HANDELINGEN.values(), *BERICHTEN.values(), OTHER_BERICHT) for text in pair]
    for table in (NIVEAUS, STATUSSEN, DOOR, GEBEURTENISSEN):
        texts += table.values()
    return texts
