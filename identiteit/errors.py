"""What identiteit refuses, each with a stable code. No status, no input, nothing personal."""

from __future__ import annotations

from typing import ClassVar


class IdentiteitError(Exception):
    """A refusal: `code` is an English slug for programs, `title` a Dutch sentence for people."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "Dit kan niet."


class NotLoggedIn(IdentiteitError):
    """There is no session, or it has ended."""

    code = "not-logged-in"
    title = "U bent niet ingelogd."


class NotFound(IdentiteitError):
    """It does not exist, or it is not yours."""

    code = "not-found"
    title = "Dit bestaat niet, of is niet van u."


class CallerNotAllowed(IdentiteitError):
    """The caller is known, but may not do this."""

    code = "caller-not-allowed"
    title = "Deze aanvrager mag dit niet."


class InvalidPerson(IdentiteitError):
    """A registration holds a BSN that fails the 11-test, or a field that cannot be."""

    code = "invalid-person"
    title = "De gegevens van de persoon kloppen niet."


class PersonDiffers(IdentiteitError):
    """The BSN is registered already, with other data."""

    code = "person-differs"
    title = "Deze persoon is al ingeschreven, met andere gegevens."


class SourceDiffers(IdentiteitError):
    """The source is registered already, with other keys or registers."""

    code = "source-differs"
    title = "Deze bron is al ingeschreven, met andere gegevens."


class InvalidSource(IdentiteitError):
    """A source without a usable key set, or with something that is no register."""

    code = "invalid-source"
    title = "De sleutels of registers van deze bron zijn niet bruikbaar."


class LoginRefused(IdentiteitError):
    """The means of login did not recognise this person, or the level does not exist."""

    code = "login-refused"
    title = "Met deze gegevens kunt u niet inloggen."


class AttemptGone(IdentiteitError):
    """The login page is too old, was used, or belongs to another browser."""

    code = "login-attempt-gone"
    title = "Deze inlogpagina is verlopen. Begin opnieuw bij de dienst waar u wilde inloggen."


class TicketRefused(IdentiteitError):
    """A ticket for a name is wrong, expired, used, or not for this viewer; the page looks the same."""

    code = "ticket-refused"
    title = "Naam niet beschikbaar."


class InvalidEvent(IdentiteitError):
    """A life event that misses a party, or has one too many."""

    code = "invalid-event"
    title = "De gebeurtenis is niet volledig of klopt niet."


class NoReceiver(IdentiteitError):
    """There is no such receiver of life events, or no such range of deliveries."""

    code = "no-such-delivery"
    title = "Deze leveringen bestaan niet."


class InvalidPublicKey(IdentiteitError):
    """The key of a view is not a usable public key."""

    code = "invalid-public-key"
    title = "De sleutel bij deze aanvraag is niet bruikbaar."


class TooManyLookups(IdentiteitError):
    """A clerk looked up more people in an hour than a desk sees."""

    code = "too-many-lookups"
    title = "U hebt te veel nummers opgezocht. Probeer het over een uur opnieuw."


class NotReady(IdentiteitError):
    """Keys or database are not there yet."""

    code = "not-ready"
    title = "Nog niet alles is klaar."
