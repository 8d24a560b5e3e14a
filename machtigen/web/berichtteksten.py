"""What a notice says, per event and per role of who reads it: title, and what it means."""

from __future__ import annotations

from machtigen.machtigingen.model import Gebeurtenis, Rol

BERICHTEN: dict[tuple[Gebeurtenis, Rol], tuple[str, str]] = {
    (Gebeurtenis.AAN_BALIE, Rol.VERTEGENWOORDIGDE): (
        "Iemand mag nu voor u handelen",
        "Dit is aan een balie vastgelegd, van een papier met uw handtekening. Klopt dat niet? "
        "Trek de machtiging dan meteen in, of betwist haar.",
    ),
    (Gebeurtenis.AAN_BALIE, Rol.VERTEGENWOORDIGER): (
        "U mag nu voor iemand handelen",
        "Dit is aan een balie vastgelegd, van een papier met uw handtekening. Klopt dat niet? "
        "Zeg de machtiging dan op, of betwist haar.",
    ),
    (Gebeurtenis.AANGEVRAAGD, Rol.VERTEGENWOORDIGDE): (
        "Er staat een machtiging klaar",
        "Zij gaat pas in als de ander haar bevestigt.",
    ),
    (Gebeurtenis.AANGEVRAAGD, Rol.VERTEGENWOORDIGER): (
        "Er staat een machtiging klaar",
        "Zij gaat pas in als de ander haar bevestigt.",
    ),
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
    (Gebeurtenis.BEEINDIGD, Rol.VERTEGENWOORDIGDE): (
        "Een bevoegdheid is geëindigd",
        "De ander mag hiermee niet meer voor u handelen.",
    ),
    (Gebeurtenis.BEEINDIGD, Rol.VERTEGENWOORDIGER): (
        "Een bevoegdheid is geëindigd",
        "U mag hiermee niet meer voor de ander handelen.",
    ),
    (Gebeurtenis.BEPERKT, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is beperkt",
        "De ander mag nu minder voor u doen dan eerst.",
    ),
    (Gebeurtenis.BEPERKT, Rol.VERTEGENWOORDIGER): (
        "De machtiging is beperkt",
        "U mag nu minder voor de ander doen dan eerst.",
    ),
    (Gebeurtenis.VERLENGING_GEVRAAGD, Rol.VERTEGENWOORDIGDE): (
        "Er is een langere machtiging voorgesteld",
        "De einddatum verandert pas als u het allebei wilt.",
    ),
    (Gebeurtenis.VERLENGING_GEVRAAGD, Rol.VERTEGENWOORDIGER): (
        "Er is een langere machtiging voorgesteld",
        "De einddatum verandert pas als u het allebei wilt.",
    ),
    (Gebeurtenis.VERLENGD, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is verlengd",
        "U bent het er beiden over eens. De ander mag langer voor u handelen.",
    ),
    (Gebeurtenis.VERLENGD, Rol.VERTEGENWOORDIGER): (
        "De machtiging is verlengd",
        "U bent het er beiden over eens. U mag langer voor de ander handelen.",
    ),
    (Gebeurtenis.VERLENGING_AFGEWEZEN, Rol.VERTEGENWOORDIGDE): (
        "De machtiging wordt niet verlengd",
        "Het voorstel is afgewezen of teruggenomen. De einddatum blijft zoals hij was.",
    ),
    (Gebeurtenis.VERLENGING_AFGEWEZEN, Rol.VERTEGENWOORDIGER): (
        "De machtiging wordt niet verlengd",
        "Het voorstel is afgewezen of teruggenomen. De einddatum blijft zoals hij was.",
    ),
    (Gebeurtenis.GEPAUZEERD, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is gepauzeerd",
        "De ander kan voorlopig niet voor u handelen.",
    ),
    (Gebeurtenis.GEPAUZEERD, Rol.VERTEGENWOORDIGER): (
        "De machtiging is gepauzeerd",
        "U kunt voorlopig niet voor de ander handelen.",
    ),
    (Gebeurtenis.HERVAT, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is hervat",
        "De ander kan weer voor u handelen.",
    ),
    (Gebeurtenis.HERVAT, Rol.VERTEGENWOORDIGER): (
        "De machtiging is hervat",
        "U kunt weer voor de ander handelen.",
    ),
    (Gebeurtenis.BETWIST, Rol.VERTEGENWOORDIGDE): (
        "De machtiging is betwist",
        "Niemand kan haar gebruiken tot een beoordelaar ernaar heeft gekeken.",
    ),
    (Gebeurtenis.BETWIST, Rol.VERTEGENWOORDIGER): (
        "De machtiging is betwist",
        "U kunt haar niet gebruiken tot een beoordelaar ernaar heeft gekeken.",
    ),
    (Gebeurtenis.BETWISTING_AFGEWEZEN, Rol.VERTEGENWOORDIGDE): (
        "De betwisting is beoordeeld: de machtiging blijft",
        "Alles is weer zoals het was voor de betwisting.",
    ),
    (Gebeurtenis.BETWISTING_AFGEWEZEN, Rol.VERTEGENWOORDIGER): (
        "De betwisting is beoordeeld: de machtiging blijft",
        "Alles is weer zoals het was voor de betwisting.",
    ),
    (Gebeurtenis.DOORGEMACHTIGD, Rol.VERTEGENWOORDIGDE): (
        "Uw vertegenwoordiger geeft de machtiging door",
        "Iemand anders krijgt de kans om in zijn of haar plaats voor u te handelen. Bekijk wie dat wordt.",
    ),
    (Gebeurtenis.DOORGEMACHTIGD, Rol.VERTEGENWOORDIGER): (
        "U geeft een machtiging door",
        "De ander mag pas iets doen na bevestiging met de code.",
    ),
    (Gebeurtenis.INSTEMMING_GEVRAAGD, Rol.VERTEGENWOORDIGDE): (
        "Uw instemming is nodig",
        "Iemand wil samen met u handelen. Kijk of u akkoord gaat.",
    ),
    (Gebeurtenis.INSTEMMING_GEVRAAGD, Rol.VERTEGENWOORDIGER): (
        "Uw instemming is nodig",
        "Iemand wil samen met u handelen. Kijk of u akkoord gaat.",
    ),
    (Gebeurtenis.INGESTEMD, Rol.VERTEGENWOORDIGDE): (
        "Er is ingestemd",
        "Wie samen met u beslist, gaat akkoord.",
    ),
    (Gebeurtenis.INGESTEMD, Rol.VERTEGENWOORDIGER): (
        "Er is ingestemd",
        "Wie samen met u beslist, gaat akkoord.",
    ),
    (Gebeurtenis.INSTEMMING_GEWEIGERD, Rol.VERTEGENWOORDIGDE): (
        "Er is niet ingestemd",
        "Wie samen met u beslist, gaat niet akkoord. Er gebeurt niets.",
    ),
    (Gebeurtenis.INSTEMMING_GEWEIGERD, Rol.VERTEGENWOORDIGER): (
        "Er is niet ingestemd",
        "Wie samen met u beslist, gaat niet akkoord. Er gebeurt niets.",
    ),
    (Gebeurtenis.NIEMAND_OVER, Rol.VERTEGENWOORDIGDE): (
        "Niemand kan meer samen beslissen",
        "Er zijn te weinig mensen over om samen te beslissen. Neem contact op met de organisatie.",
    ),
    (Gebeurtenis.NIEMAND_OVER, Rol.VERTEGENWOORDIGER): (
        "Niemand kan meer samen beslissen",
        "Er zijn te weinig mensen over om samen te beslissen. Neem contact op met de organisatie.",
    ),
    (Gebeurtenis.MEDEBEVESTIGD, Rol.VERTEGENWOORDIGDE): (
        "Nog iemand heeft de machtiging bevestigd",
        "Bekijk of er nog bevestigingen nodig zijn.",
    ),
    (Gebeurtenis.MEDEBEVESTIGD, Rol.VERTEGENWOORDIGER): (
        "Nog iemand heeft de machtiging bevestigd",
        "Bekijk of er nog bevestigingen nodig zijn.",
    ),
    (Gebeurtenis.VASTGELEGD, Rol.VERTEGENWOORDIGDE): (
        "Iemand mag volgens de wet voor u handelen",
        "Dit komt uit een officiële bron. Klopt het niet? Dan kunt u het betwisten.",
    ),
    (Gebeurtenis.VASTGELEGD, Rol.VERTEGENWOORDIGER): (
        "U mag volgens de wet voor iemand handelen",
        "Dit komt uit een officiële bron. Klopt het niet? Dan kunt u het betwisten.",
    ),
    (Gebeurtenis.HERINNERING, Rol.VERTEGENWOORDIGDE): (
        "De machtiging loopt bijna af",
        "Wilt u dat de ander voor u blijft handelen? Stel dan een nieuwe einddatum voor.",
    ),
    (Gebeurtenis.HERINNERING, Rol.VERTEGENWOORDIGER): (
        "De machtiging loopt bijna af",
        "Wilt u voor de ander blijven handelen? Stel dan een nieuwe einddatum voor.",
    ),
    (Gebeurtenis.AANBOD, Rol.VERTEGENWOORDIGDE): (
        "U bent nu 18 en regelt uw zaken zelf",
        "Uw ouder of voogd handelt niet meer voor u. Wilt u hulp houden? Geef dan zelf een machtiging.",
    ),
    (Gebeurtenis.AANBOD, Rol.VERTEGENWOORDIGER): (
        "Uw kind is 18 en regelt zaken nu zelf",
        "U handelt niet meer voor uw kind. Wilt u blijven helpen? Vraag dan om een machtiging.",
    ),
}
OTHER_BERICHT = ("Er is iets veranderd", "Bekijk de machtiging.")
