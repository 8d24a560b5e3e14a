"""The refusals that have to do with generations of the shares, each with a stable code."""

from __future__ import annotations

from keys.errors import KeysError


class InvalidCarry(KeysError):
    """What parties state about a generation of shares does not hold: it gives other pseudonyms or keys, a
    party or a proof is missing, or parties contradict each other."""

    code = "invalid-carry"
    title = "Deze delen geven niet bewezen dezelfde pseudoniemen en sleutels."


class ShareGenerationUnknown(KeysError):
    """This party does not work, or no longer works, in that generation of shares; another one is in use."""

    code = "share-generation-unknown"
    title = "In deze generatie van delen wordt nu niet gewerkt. Gebruik de nieuwste."


class SharesBeingRefreshed(KeysError):
    """The shares are being replaced: until that is done there are no new domains and no new keys."""

    code = "shares-being-refreshed"
    title = "De delen worden nu vervangen. Een nieuw domein of een nieuwe sleutel kan straks weer."


class UnknownGeneration(KeysError):
    """No such generation of shares was begun."""

    code = "unknown-generatie"
    title = "Deze generatie van delen bestaat niet."


class GenerationOutOfOrder(KeysError):
    """A generation gets the next number, is prepared once, and is given up only before it is in use."""

    code = "generation-out-of-order"
    title = "Dit kan bij deze generatie van delen nu niet."


class NamesNotCarried(KeysError):
    """A registered key was not carried over, or something was that is not registered."""

    code = "names-not-carried"
    title = "Nog niet elke sleutel is overgedragen aan de nieuwe delen."
