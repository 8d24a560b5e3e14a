"""Uitleg (explanation): why a check refuses, for people, in Dutch at B1 level with English beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from machtigen.diensten.model import Dienst, Grond


@dataclass(frozen=True)
class Uitleg:
    """Uitleg (explanation) of one reason. `code` is its English slug."""

    code: str
    nl: str
    en: str


TEXTS = {
    "no-power": ("Er is geen machtiging voor deze dienst.", "There is no authorisation for this service."),
    "status-aangevraagd": ("De ander heeft nog niet ja gezegd.", "The other person has not agreed yet."),
    "status-geweigerd": ("De ander heeft nee gezegd.", "The other person declined."),
    "status-ingetrokken": ("De machtiging is ingetrokken.", "The authorisation was withdrawn."),
    "status-opgezegd": ("De gemachtigde is gestopt.", "The representative has stopped."),
    "status-verlopen": ("De machtiging is afgelopen.", "The authorisation has expired."),
    "status-beeindigd": ("De machtiging is beëindigd.", "The authorisation has ended."),
    "status-gepauzeerd": ("De machtiging staat even stil.", "The authorisation is paused."),
    "status-betwist": (
        "Iemand is het niet eens met deze machtiging. Dat wordt eerst bekeken.",
        "Somebody contests this authorisation. That is judged first.",
    ),
    "not-yet-valid": ("De machtiging is nog niet begonnen.", "The authorisation has not begun yet."),
    "expired": ("De machtiging is afgelopen.", "The authorisation has expired."),
    "lease-ended": (
        "De bron heeft deze bevoegdheid niet op tijd bevestigd.",
        "The source did not confirm this power in time.",
    ),
    "service-outside": (
        "De machtiging is niet voor deze dienst.",
        "The authorisation is not for this service.",
    ),
    "action-outside": (
        "De machtiging is niet voor deze handeling.",
        "The authorisation is not for this action.",
    ),
    "action-not-offered": (
        "Deze dienst heeft deze handeling niet.",
        "This service does not offer this action.",
    ),
    "case-outside": ("De machtiging is voor een andere zaak.", "The authorisation is for another case."),
    "purpose-outside": (
        "De machtiging is niet voor dit doel.",
        "The authorisation is not for this purpose.",
    ),
    "used-up": (
        "De machtiging is zo vaak gebruikt als mocht.",
        "The authorisation was used as often as allowed.",
    ),
    "level-too-low": ("Log in op een hoger niveau.", "Log in at a higher level."),
    "registered-level-too-low": (
        "De machtiging is vastgelegd op een te laag niveau.",
        "The authorisation was registered at too low a level.",
    ),
    "service-not-delegable": (
        "Voor deze dienst kan niemand een ander machtigen.",
        "Nobody can be authorised for this service.",
    ),
    "ground-not-accepted": (
        "Deze dienst accepteert deze soort bevoegdheid niet.",
        "This service does not accept this kind of power.",
    ),
    "circular-chain": ("Iemand staat hier twee keer in.", "Somebody is in this twice."),
    "for-the-organisation-only": (
        "Deze persoon mag alleen iets doen voor de organisatie zelf, niet voor haar klanten.",
        "This person may act for the organisation itself only, not for its clients.",
    ),
    "other-function": (
        "De machtiging is voor een andere functie in de organisatie.",
        "The authorisation is for another function in the organisation.",
    ),
    "others-must-agree": (
        "Anderen moeten eerst instemmen, want u beslist samen.",
        "Others must agree first, because you decide together.",
    ),
    "conflict-of-interest": (
        "De gemachtigde heeft in deze zaak een tegengesteld belang.",
        "The representative has an opposite interest in this case.",
    ),
    "other-chain": ("Het loopt via een ander.", "It goes through somebody else."),
    "own-capacity": (
        "U mag dit nu niet zelf doen. Inzien mag wel.",
        "You may not do this yourself now. You may look.",
    ),
}
WHO = {
    Grond.MACHTIGING: ("iemand met een machtiging", "somebody with an authorisation"),
    Grond.GEZAG: ("een ouder met gezag", "a parent with authority"),
    Grond.VOOGDIJ: ("de voogd", "the guardian"),
    Grond.CURATELE: ("de curator", "the curator"),
    Grond.BEWIND: ("de bewindvoerder", "the administrator"),
    Grond.MENTORSCHAP: ("de mentor", "the mentor"),
    Grond.WSNP: ("de bewindvoerder van de schuldsanering", "the administrator in debt restructuring"),
    Grond.EXECUTEUR: ("de executeur", "the executor"),
    Grond.BESTUURDER: ("de bestuurder", "the director"),
    Grond.BEROEPSMATIG: ("een beroepsmatige vertegenwoordiger", "a professional representative"),
}
NOT_COMPETENT = "not-competent:"  # and who is (`gronden.refuses`)
ABOUT_THE_KIND = frozenset({"ground-not-accepted", "action-outside", "service-outside"})


def explain(reasons: Iterable[str]) -> tuple[Uitleg, ...]:
    """Each reason in words. `not-competent:bewind`: who holds the bewind is competent."""
    return tuple(Uitleg(code, *(TEXTS.get(code) or _competent_in_words(code))) for code in reasons)


def _competent_in_words(code: str) -> tuple[str, str]:
    nl, en = WHO[_named(code)]
    return f"Hiervoor is {nl} bevoegd.", f"For this, {en} is competent."


def _named(code: str) -> Grond:
    return Grond(code.removeprefix(NOT_COMPETENT))


def competent(reasons: Iterable[str], grond: Grond, dienst: Dienst) -> tuple[Uitleg, ...]:
    """Who else could be competent at this service, by kind: when this kind of power does not reach it."""
    given = set(reasons)
    others = [_named(code) for code in sorted(given) if code.startswith(NOT_COMPETENT)]
    if not others and ABOUT_THE_KIND & given:
        others = sorted(dienst.gronden - {grond}, key=list(Grond).index)
    return tuple(Uitleg(other.value, *WHO[other]) for other in others)
