"""The refusals of the portal: each a stable code, and a Dutch sentence without any input in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from keys.kernel.pages import CsrfRejected
from keys.kernel.problem import DomainError
from machtigen.verifier import CouldNotCheck


class PortaalError(DomainError):
    """Any refusal of this portal."""


class NotReady(PortaalError):
    """The portal has no registration or keys yet."""

    code: ClassVar[str] = "not-ready"
    title: ClassVar[str] = "Dit portaal is nog niet klaar. Wacht even en ververs de pagina."


class ServiceUnknown(PortaalError):
    """The portal does not offer this service."""

    code: ClassVar[str] = "service-unknown"
    title: ClassVar[str] = "Deze dienst staat niet in dit portaal."


class AttemptUnknown(PortaalError):
    """`state` is missing, belongs to another browser, is too old, or was used before."""

    code: ClassVar[str] = "login-attempt-unknown"
    title: ClassVar[str] = "Deze inlogpoging is verlopen of al gebruikt. Log opnieuw in."


class AccessDenied(PortaalError):
    """The person stopped at the choice page."""

    code: ClassVar[str] = "access-denied"
    title: ClassVar[str] = "U bent gestopt met inloggen. U bent niet ingelogd."


class LoginRefused(PortaalError):
    """The issuer answered with another error."""

    code: ClassVar[str] = "login-refused"
    title: ClassVar[str] = "Het inloggen is niet gelukt. Log opnieuw in."


class CodeRefused(PortaalError):
    """The issuer does not take the code: changed, used or too late."""

    code: ClassVar[str] = "code-refused"
    title: ClassVar[str] = "De code van deze inlogpoging wordt niet aanvaard. Log opnieuw in."


class IdTokenRefused(PortaalError):
    """The ID token does not belong to this login: its signature, issuer, audience, times or nonce."""

    code: ClassVar[str] = "id-token-refused"
    title: ClassVar[str] = "Het antwoord hoort niet bij deze inlogpoging. Log opnieuw in."


class EvidenceRefused(PortaalError):
    """The representation token does not prove what it must."""

    code: ClassVar[str] = "evidence-refused"
    title: ClassVar[str] = "Het bewijs van uw bevoegdheid wordt niet aanvaard. Log opnieuw in."


class IssuerUnavailable(PortaalError):
    """The login service does not answer, or not with an answer."""

    code: ClassVar[str] = "login-unavailable"
    title: ClassVar[str] = "Inloggen kan nu niet. Probeer het straks opnieuw."


STATUS: Mapping[type[Exception], int] = {
    NotReady: 503,
    ServiceUnknown: 404,
    AttemptUnknown: 400,
    AccessDenied: 400,
    LoginRefused: 400,
    CodeRefused: 400,
    IdTokenRefused: 400,
    EvidenceRefused: 400,
    IssuerUnavailable: 503,
    CouldNotCheck: 503,
    CsrfRejected: 403,
}
