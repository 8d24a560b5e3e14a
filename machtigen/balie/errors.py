"""What the desk refuses, each with a stable code. No status, no input, nothing personal."""

from __future__ import annotations

from machtigen.errors import InvalidMachtiging, MachtigenError


class NotAClerk(MachtigenError):
    """The desk is for registered clerks."""

    code = "not-a-clerk"
    title = "Dit kan alleen een medewerker van een balie."


class DeskTicketRefused(MachtigenError):
    """A ticket of identiteit is wrong, expired, used, or of another session; all answered alike."""

    code = "desk-ticket-refused"
    title = "Zoek de personen opnieuw op: dit bewijs van wie er aan de balie staat, telt niet meer."


class ConflictOfInterest(MachtigenError):
    """A clerk may not handle what is their own, nor of whom they represent or who represents them."""

    code = "conflict-of-interest"
    title = "U hebt zelf met deze personen te maken. Laat een andere medewerker dit doen."


class SameClerk(MachtigenError):
    """Who recorded a paper does not approve it."""

    code = "same-clerk"
    title = "Een andere medewerker moet dit beoordelen."


class NotWaiting(MachtigenError):
    """The registration was decided on already, or lapsed."""

    code = "not-waiting"
    title = "Over deze registratie is al beslist, of zij is verlopen."


class SamePerson(InvalidMachtiging):
    """Nobody authorises themself."""

    code = "same-person"
    title = "U kunt iemand niet voor zichzelf machtigen."


class InvalidScanHash(InvalidMachtiging):
    """What stands for the scan is no SHA-256."""

    code = "invalid-scan-hash"
    title = "De vingerafdruk van de scan is een SHA-256: 64 tekens, cijfers en de letters a tot en met f."
