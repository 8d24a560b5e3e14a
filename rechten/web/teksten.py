"""Codes of the rules and roles of the log, as people read them. Dutch; the English stands in `en.po`."""

from __future__ import annotations

ROLLEN = {
    "verstrekking": "Gegevens verstrekt",
    "wijziging": "Gegevens vastgelegd",
    "inzage": "Gegevens ingezien door u",
    "weigering": "Gegevens geweigerd",
    "voorstel": "Betalingsvoorstel behandeld",
    "storing": "Antwoord gegeven bij een storing",
}
DOOR = {
    "zelf": "door u zelf",
    "vertegenwoordiger": "door iemand namens u",
    "organisatie": "door de organisatie zelf",
}
REDENEN = {
    "purpose-not-registered": "het doel is niet ingeschreven",
    "purpose-not-current": "het doel geldt nog niet of niet meer",
    "purpose-not-in-token": "de inlog was niet voor dit doel",
    "action-not-allowed": "de machtiging is niet voor het opvragen van informatie",
    "machtiging-ended": "de machtiging is afgelopen",
    "no-ground-for-use": "deze organisatie mag dit niet voor dit doel",
    "category-unknown": "dit register heeft zulke gegevens niet",
    "category-not-in-purpose": "dit hoort niet bij het doel",
    "category-not-granted": "deze organisatie mag deze gegevens niet krijgen",
    "category-not-in-machtiging": "de machtiging gaat hier niet over",
}
INGETROKKEN = {
    "machtiging-revoked": "de machtiging was al stopgezet",
    "login-revoked": "de inlog was al stopgezet",
}
STATUSSEN = {
    "vastgesteld": "vastgesteld",
    "in_onderzoek": "in onderzoek",
    "betwist": "betwist",
    "gecorrigeerd": "gecorrigeerd",
}
STORINGSTANDEN = {
    "gemeld": "De oorzaak is nog niet weg.",
    "oorzaak_weggenomen": "De oorzaak is weg. De gevolgen zijn nog niet hersteld.",
    "hersteld": "De organisatie zegt dat alles hersteld is.",
    "gesloten": "Deze storing is gesloten.",
}
VOORSTELSTANDEN = {
    "open": "wacht op antwoord",
    "aangenomen": "aangenomen",
    "afgewezen": "afgewezen",
    "ingetrokken": "ingetrokken",
    "vervallen": "vervallen",
}
INVORDERING = {
    "loopt": "U betaalt zoals afgesproken.",
    "gepauzeerd": "U hoeft nu niet te betalen. Er loopt een voorstel.",
}
ALLES = tuple(
    text
    for texts in (
        ROLLEN, DOOR, REDENEN, INGETROKKEN, STATUSSEN, STORINGSTANDEN, VOORSTELSTANDEN, INVORDERING,
    )
    for text in texts.values()
)  # fmt: skip
