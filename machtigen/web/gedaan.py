"""What was just done, in words: shown once, on the page one comes back to."""

from __future__ import annotations

GEDAAN: dict[str, str] = {
    "bevestigd": "U hebt de machtiging bevestigd. Zij geldt meteen, of vanaf de begindatum.",
    "geweigerd": "U hebt de machtiging geweigerd. Er verandert niets.",
    "ingetrokken": "De machtiging is ingetrokken. Zij werkt vanaf nu niet meer.",
    "opgezegd": "U hebt de machtiging opgezegd. U kunt vanaf nu niet meer voor de ander handelen.",
    "beperkt": "De machtiging is beperkt. Dat geldt vanaf nu. De ander krijgt bericht.",
    "dienst-gestopt": "De machtiging geldt niet meer voor die dienst. De ander krijgt bericht.",
    "verlenging-gevraagd": "Uw voorstel staat klaar. De ander ziet het, en kan ja of nee zeggen.",
    "verlengd": "De machtiging is verlengd.",
    "verlenging-afgewezen": "Het voorstel is van tafel. De einddatum blijft zoals hij was.",
    "gepauzeerd": "De machtiging is gepauzeerd. Niemand kan haar gebruiken tot u haar hervat.",
    "hervat": "De machtiging is hervat. Zij werkt weer.",
    "medebevestigd": "U gaat akkoord. De machtiging geldt pas als genoeg mensen dat doen.",
    "medegeweigerd": "U gaat niet akkoord. De machtiging is gestopt.",
    "toegetreden": "U hoort nu bij deze organisatie.",
    "ingeschreven": "Uw beroep is vastgelegd.",
    "vertrokken": "U hoort niet meer bij de organisatie. Wat u daar mocht, is gestopt.",
    "verwijderd": "Deze persoon hoort niet meer bij de organisatie. Wat die daar mocht, is gestopt.",
    "instemming-gevraagd": "Uw vraag staat klaar. De anderen zien haar en krijgen bericht.",
    "ingestemd": "U stemt in. Degene die het vroeg, krijgt bericht.",
    "niet-ingestemd": "U stemt niet in. Er gebeurt niets, en wat al liep is gestopt.",
    "vraag-ingetrokken": "U hebt uw vraag ingetrokken.",
    "betwist": "U hebt de machtiging betwist. Niemand kan haar gebruiken tot zij is beoordeeld.",
}
