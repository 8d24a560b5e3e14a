"""Codes of the rules and roles of the log, as people read them. Dutch; the English stands in `en.po`."""

from __future__ import annotations

ROLLEN = {
    "verstrekking": "Gegevens verstrekt",
    "wijziging": "Gegevens vastgelegd",
    "inzage": "Gegevens ingezien door u",
    "weigering": "Gegevens geweigerd",
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
STATUSSEN = {
    "vastgesteld": "vastgesteld",
    "in_onderzoek": "in onderzoek",
    "betwist": "betwist",
    "gecorrigeerd": "gecorrigeerd",
}
ALLES = (*ROLLEN.values(), *DOOR.values(), *REDENEN.values(), *STATUSSEN.values())
