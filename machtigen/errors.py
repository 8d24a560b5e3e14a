"""What machtigen refuses, each with a stable code. No status, no input, nothing personal."""

from __future__ import annotations

from typing import ClassVar


class MachtigenError(Exception):
    """A refusal: `code` is an English slug for programs, `title` a Dutch sentence for people."""

    code: ClassVar[str] = "refused"
    title: ClassVar[str] = "Dit kan niet."


class NotFound(MachtigenError):
    """It does not exist, or it is not yours: the same answer, for existence is personal data."""

    code = "not-found"
    title = "Dit bestaat niet, of is niet van u."


class NotLoggedIn(MachtigenError):
    """There is no session, or it has ended."""

    code = "not-logged-in"
    title = "U bent niet ingelogd."


class LevelTooLow(MachtigenError):
    """The person logged in at a level below what the service asks."""

    code = "level-too-low"
    title = "Log in op een hoger niveau. Deze dienst vraagt dat."


class CallerNotAllowed(MachtigenError):
    """A known caller, but not one that may do this."""

    code = "caller-not-allowed"
    title = "Deze aanvrager mag dit niet."


class CodeUnknown(MachtigenError):
    """Wrong, used, withdrawn, expired, guessed, or one's own: every kind of wrong code is this."""

    code = "code-unknown"
    title = "Deze code klopt niet, of is niet meer geldig."


class TooManyAttempts(MachtigenError):
    """Too many wrong codes in too short a time."""

    code = "too-many-attempts"
    title = "U hebt te vaak een verkeerde code ingevuld. Probeer het over een uur opnieuw."


class AlreadyEnded(MachtigenError):
    """The machtiging has ended; nothing brings it back."""

    code = "already-ended"
    title = "Deze machtiging is al geëindigd."


class NotYetAccepted(MachtigenError):
    """The machtiging has not been confirmed by the other side yet."""

    code = "not-yet-accepted"
    title = "Deze machtiging is nog niet bevestigd."


class WrongRole(MachtigenError):
    """A party, but not the one whose act this is."""

    code = "wrong-role"
    title = "Dit kan alleen de ander doen."


class AlreadyAuthorised(MachtigenError):
    """An active machtiging between the same two already gives this."""

    code = "already-authorised"
    title = "Deze machtiging bestaat al tussen u beiden."


class AlreadyRequested(MachtigenError):
    """The same person made exactly this request before, and it still waits for an answer."""

    code = "already-requested"
    title = "Precies deze aanvraag staat al open. Is zij voor iemand anders? Geef haar dan een eigen label."


class InvalidMachtiging(MachtigenError):
    """What is asked cannot be a machtiging. The kinds below say why."""

    code = "invalid-machtiging"
    title = "Deze machtiging kan zo niet."


class NothingChosen(InvalidMachtiging):
    """No service, or no action."""

    code = "nothing-chosen"
    title = "Kies ten minste één dienst en één handeling."


class ServiceUnknown(InvalidMachtiging):
    """A service that is not registered."""

    code = "service-unknown"
    title = "Deze dienst is niet bekend."


class ServiceNotDelegable(InvalidMachtiging):
    """A service for which nobody can be authorised."""

    code = "service-not-delegable"
    title = "Voor deze dienst kunt u niemand machtigen."


class GroundNotAccepted(InvalidMachtiging):
    """A service that does not accept a voluntary machtiging."""

    code = "ground-not-accepted"
    title = "Deze dienst accepteert geen machtiging die u zelf geeft."


class ActionNotOffered(InvalidMachtiging):
    """An action that a chosen service does not know."""

    code = "action-not-offered"
    title = "Een van de gekozen handelingen hoort niet bij deze dienst."


class EndBeforeStart(InvalidMachtiging):
    """The end does not lie after the start."""

    code = "end-before-start"
    title = "De einddatum moet na de begindatum liggen."


class EndInThePast(InvalidMachtiging):
    """The end lies in the past."""

    code = "end-in-the-past"
    title = "De einddatum moet in de toekomst liggen."


class StartInThePast(InvalidMachtiging):
    """The start lies before today."""

    code = "start-in-the-past"
    title = "De begindatum mag niet in het verleden liggen."


class PeriodTooLong(InvalidMachtiging):
    """Longer than five years."""

    code = "period-too-long"
    title = "Een machtiging duurt hoogstens vijf jaar."


class OrganisationUnknown(InvalidMachtiging):
    """An organisation that is not registered."""

    code = "organisation-unknown"
    title = "Deze organisatie is niet bekend."


class InvalidCursor(MachtigenError):
    """A `volgende` that this list did not give out."""

    code = "invalid-cursor"
    title = "Deze plaats in de lijst bestaat niet."


class InvalidIdempotencyKey(MachtigenError):
    """An Idempotency-Key that is empty, too long or holds other than visible characters."""

    code = "invalid-idempotency-key"
    title = "De Idempotency-Key is niet goed opgemaakt."


class IdempotencyKeyReused(MachtigenError):
    """The same Idempotency-Key with another request."""

    code = "idempotency-key-reused"
    title = "Deze Idempotency-Key hoort bij een andere aanvraag."


class NotReady(MachtigenError):
    """Keys or the database are not there yet."""

    code = "not-ready"
    title = "Nog niet alles is klaar. Probeer het straks opnieuw."


class SetByLaw(MachtigenError):
    """A power that the law or a court gave: it changes at its source; here it can only be contested."""

    code = "set-by-law"
    title = "Dit volgt uit de wet of een uitspraak. U kunt het hier niet wijzigen, wel betwisten."


class NotActive(MachtigenError):
    """The machtiging is paused or contested, or a link above it is."""

    code = "not-active"
    title = "Deze machtiging is nu niet actief."


class NotPaused(MachtigenError):
    """There is nothing to resume."""

    code = "not-paused"
    title = "Deze machtiging is niet gepauzeerd."


class NotContested(MachtigenError):
    """There is nothing to judge."""

    code = "not-contested"
    title = "Deze machtiging is niet betwist."


class NothingProposed(MachtigenError):
    """No extension waits for an answer."""

    code = "nothing-proposed"
    title = "Er is geen voorstel om deze machtiging te verlengen."


class NotNarrower(InvalidMachtiging):
    """What is asked is not less than what there is."""

    code = "not-narrower"
    title = "Beperken kan alleen tot minder dan wat er nu is."


class NotLater(InvalidMachtiging):
    """The new end does not lie after the present one."""

    code = "not-later"
    title = "De nieuwe einddatum moet na de huidige einddatum liggen."


class WiderThanParent(InvalidMachtiging):
    """A link that would give more than the link above it."""

    code = "wider-than-parent"
    title = "U kunt niet meer doorgeven dan u zelf mag."


class ChainTooLong(InvalidMachtiging):
    """This power may not be passed on, or not any further."""

    code = "chain-too-long"
    title = "Deze machtiging mag u niet (verder) doorgeven."


class CircularChain(MachtigenError):
    """Somebody would stand twice in the chain."""

    code = "circular-chain"
    title = "U komt zelf al voor in deze keten. U kunt dit niet bevestigen."


class MalformedQuestion(MachtigenError):
    """A question by a service that lacks a field, has one of the wrong type, or is no JSON (AuthZEN 1.0)."""

    code = "malformed-question"
    title = "Deze vraag is niet goed opgemaakt."


class TooManyGuesses(MachtigenError):
    """A service asked about too many names that it was never given."""

    code = "too-many-guesses"
    title = "U vroeg te vaak naar onbekende personen. Probeer het over een uur opnieuw."


class DecisionNotRecorded(MachtigenError):
    """A decision that could not be written down: then it does not leave."""

    code = "decision-not-recorded"
    title = "Dit besluit kon niet worden vastgelegd. Probeer het straks opnieuw."


class NoCapacity(MachtigenError):
    """Someone without legal capacity (a minor, or under curatele) gives a power over their own matters."""

    code = "no-capacity"
    title = "U kunt hiervoor zelf geen machtiging geven, omdat u minderjarig bent of onder curatele staat."
