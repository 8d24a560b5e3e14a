"""What answers where: the routes of the API, of tokens and of pages, in the order in which they match."""

from __future__ import annotations

from machtigen.api import (
    authzen,
    balie,
    beheer,
    berichten,
    betwistingen,
    diensten,
    gebeurtenissen,
    gereed,
    instemming,
    machtigingen,
    oauth,
    oauth_metadata,
    organisaties,
    sleutels,
    status,
    toetsen,
    tokeneindes,
    uitvoer,
    verklaringen,
    weergavetickets,
    wijzigingen,
    zaken,
)
from machtigen.web import (
    aanvragen,
    beperken,
    codes,
    controle,
    keuze,
    leden,
    machtiging,
    onderbreken,
    opzoeken,
    overzicht,
    samen,
    sessie,
    verlengen,
)
from machtigen.web import balie as balie_pages
from machtigen.web import instemming as instemming_pages
from machtigen.web import organisaties as organisatie_pages
from machtigen.web.namens import for_organisations

ROOMS = (
    gereed, sleutels, diensten, machtigingen, wijzigingen, organisaties, instemming,
    betwistingen, toetsen, berichten, balie, beheer,
    weergavetickets, tokeneindes,
)  # fmt: skip
ACTING = (  # what one may also do for an organisation; `/machtigen/{id}` matches much: it comes last
    overzicht, codes, opzoeken, aanvragen, beperken, verlengen, onderbreken, samen, machtiging,
)  # fmt: skip
SITE = (  # `/machtigen/{id}` matches much: it comes last
    sessie, overzicht, codes, opzoeken, leden, organisatie_pages, instemming_pages, aanvragen, beperken,
    verlengen, onderbreken, samen, balie_pages, controle, machtiging,
)  # fmt: skip
API = tuple(room.router for room in ROOMS)
PAGES = (
    *(for_organisations(page.router) for page in ACTING),
    *(page.router for page in SITE),
)
TOKEN_ROUTES = (
    *gebeurtenissen.ROUTES,
    *authzen.ROUTES,
    *oauth.ROUTES,
    *oauth_metadata.ROUTES,
    *status.ROUTES,
)
TOKEN_ROUTERS = (verklaringen.router, zaken.router, uitvoer.router, keuze.router)
