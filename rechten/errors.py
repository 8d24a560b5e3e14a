"""The refusals of this package: each a stable code, and a Dutch sentence without any input in it."""

from __future__ import annotations

from typing import ClassVar

from keys.kernel.problem import DomainError


class RechtenError(DomainError):
    """Any refusal of this package."""


class RegisterUnknown(RechtenError):
    """There is no such register."""

    code: ClassVar[str] = "register-unknown"
    title: ClassVar[str] = "Dit register bestaat niet."


class RegisterPaused(RechtenError):
    """The register is in maintenance and answers nothing."""

    code: ClassVar[str] = "maintenance"
    title: ClassVar[str] = "Dit register is in onderhoud. Probeer het later opnieuw."


class RegisterNotReady(RechtenError):
    """The register has not obtained its decryption key yet."""

    code: ClassVar[str] = "register-not-ready"
    title: ClassVar[str] = "Dit register is nog niet klaar voor gebruik. Probeer het straks opnieuw."


class LogUnavailable(RechtenError):
    """The processing log did not confirm the line; so nothing was released or stored."""

    code: ClassVar[str] = "log-unavailable"
    title: ClassVar[str] = "Het logboek antwoordt niet. Daarom is er niets verstrekt."


class CallerNotAllowed(RechtenError):
    """The caller is known, and this is not for it."""

    code: ClassVar[str] = "caller-not-allowed"
    title: ClassVar[str] = "Deze aanvrager mag dit niet."


class InvalidRegistration(RechtenError):
    """A registration by the operator contradicts itself or names what does not exist."""

    code: ClassVar[str] = "invalid-registration"
    title: ClassVar[str] = "Deze inschrijving klopt niet."


class RegistrationDiffers(RechtenError):
    """The same id was registered before with another content."""

    code: ClassVar[str] = "registration-differs"
    title: ClassVar[str] = "Dit is al ingeschreven, met een andere inhoud."


class EnrolmentRefused(RechtenError):
    """The enrolment ticket is not accepted; one answer for every reason."""

    code: ClassVar[str] = "enrolment-refused"
    title: ClassVar[str] = "Dit aanmeldticket wordt niet aanvaard."


class RecordRefused(RechtenError):
    """A record does not fit the register: its category, its period or what it corrects."""

    code: ClassVar[str] = "record-refused"
    title: ClassVar[str] = "Een van de gegevens past niet in dit register."


class IdempotencyKeyReused(RechtenError):
    """The Idempotency-Key was used for something else."""

    code: ClassVar[str] = "idempotency-key-reused"
    title: ClassVar[str] = "Deze Idempotency-Key is al gebruikt voor een andere aanvraag."


class InvalidIdempotencyKey(RechtenError):
    """The Idempotency-Key is empty, too long or not printable."""

    code: ClassVar[str] = "invalid-idempotency-key"
    title: ClassVar[str] = "De Idempotency-Key is niet goed opgemaakt."


class TokenRefused(RechtenError):
    """The token proves nothing here; one answer for every reason."""

    code: ClassVar[str] = "invalid-token"
    title: ClassVar[str] = "Dit bewijs wordt niet aanvaard."


class CouldNotCheck(RechtenError):
    """The token could not be checked now: neither accepted nor refused."""

    code: ClassVar[str] = "could-not-check"
    title: ClassVar[str] = "Het bewijs kan nu niet worden nagekeken. Probeer het straks opnieuw."


class RefusedByRule(RechtenError):
    """The rules refuse. `code` is that of the first reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code  # type: ignore[misc]  # of other errors it belongs to the class


class ReadRefused(RefusedByRule):
    """The rules refuse the whole read."""

    title: ClassVar[str] = "Deze gegevens mogen hiervoor niet worden verstrekt."


class ActRefused(RefusedByRule):
    """The rules refuse an act for somebody."""

    title: ClassVar[str] = "Deze handeling mag hiervoor niet."


class ObligationUnknown(RechtenError):
    """There is no such obligation now, or it is not this person's, or not within the power."""

    code: ClassVar[str] = "obligation-unknown"
    title: ClassVar[str] = "Deze verplichting bestaat niet, of is niet van u."


class ProposalUnknown(RechtenError):
    """There is no such proposal, or it is somebody else's."""

    code: ClassVar[str] = "proposal-unknown"
    title: ClassVar[str] = "Dit voorstel bestaat niet, of is niet van u."


class ProposalOpen(RechtenError):
    """There is an open proposal about this obligation already."""

    code: ClassVar[str] = "proposal-open"
    title: ClassVar[str] = "Er loopt al een voorstel voor deze verplichting."


class ProposalClosed(RechtenError):
    """The proposal was answered, withdrawn or has lapsed."""

    code: ClassVar[str] = "proposal-closed"
    title: ClassVar[str] = "Dit voorstel loopt niet meer."


class StoringUnknown(RechtenError):
    """There is no such storing, or it is somebody else's."""

    code: ClassVar[str] = "storing-unknown"
    title: ClassVar[str] = "Deze storing bestaat niet, of is niet van u."


class StoringStateForbids(RechtenError):
    """The step does not fit how the storing stands."""

    code: ClassVar[str] = "storing-state-forbids"
    title: ClassVar[str] = "Dit kan nu niet bij deze storing."


class InvalidPeriod(RechtenError):
    """A date range is not a range, or too long."""

    code: ClassVar[str] = "invalid-period"
    title: ClassVar[str] = "De periode klopt niet."


class InspectionRefused(RechtenError):
    """The ticket or the proof of possession is not accepted; one answer for every reason."""

    code: ClassVar[str] = "inspection-refused"
    title: ClassVar[str] = "Deze inzage wordt niet aanvaard."


class InspectionOnBehalfNotOffered(RechtenError):
    """Inspection by a representative does not exist yet."""

    code: ClassVar[str] = "inzage-namens-not-offered"
    title: ClassVar[str] = "Inzage namens iemand anders is nog niet mogelijk."


class NotLoggedIn(RechtenError):
    """There is no session."""

    code: ClassVar[str] = "not-logged-in"
    title: ClassVar[str] = "U bent niet ingelogd."


class LoginFailed(RechtenError):
    """The login did not succeed: its answer does not fit the question, or came too late."""

    code: ClassVar[str] = "login-failed"
    title: ClassVar[str] = "Het inloggen is niet gelukt. Probeer het opnieuw."


class LogoutRefused(RechtenError):
    """A back-channel logout token is not accepted."""

    code: ClassVar[str] = "invalid-request"
    title: ClassVar[str] = "Dit uitlogbericht wordt niet aanvaard."


class NotReady(RechtenError):
    """The package cannot do its work yet."""

    code: ClassVar[str] = "not-ready"
    title: ClassVar[str] = "Nog niet alles is klaar."
