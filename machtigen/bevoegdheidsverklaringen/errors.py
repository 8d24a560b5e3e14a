"""Refusals of the OAuth and OpenID endpoints, in the words of their RFCs.

They are answered in OAuth form (RFC 6749 sections 4.1.2.1 and 5.2), never as problem documents, and
carry a description without any input.
"""

from __future__ import annotations

from typing import ClassVar


class ProtocolRefusal(Exception):
    """`error` is the code of the RFC; `status` the HTTP status where it is answered directly."""

    error: ClassVar[str] = "invalid_request"
    status: ClassVar[int] = 400

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


class InvalidRequest(ProtocolRefusal):
    """A parameter is missing, repeated or malformed (RFC 6749)."""


class InvalidClient(ProtocolRefusal):
    """The client did not prove who it is (RFC 6749 section 5.2)."""

    error = "invalid_client"
    status = 401


class InvalidGrant(ProtocolRefusal):
    """The code is wrong, used, expired, or of another client (RFC 6749 section 5.2)."""

    error = "invalid_grant"


class UnauthorizedClient(ProtocolRefusal):
    """This client may not do this (RFC 6749)."""

    error = "unauthorized_client"


class UnsupportedGrantType(ProtocolRefusal):
    """Not a grant type of this endpoint (RFC 6749 section 5.2)."""

    error = "unsupported_grant_type"


class InvalidScope(ProtocolRefusal):
    """Not `openid` and exactly one registered service of this client."""

    error = "invalid_scope"


class InvalidAuthorizationDetails(ProtocolRefusal):
    """Unknown type, unknown or wrong field, or nothing left (RFC 9396 section 5)."""

    error = "invalid_authorization_details"


class LoginRequired(ProtocolRefusal):
    """`prompt=none`, but nobody is logged in well enough (OIDC Core section 3.1.2.6)."""

    error = "login_required"


class InteractionRequired(ProtocolRefusal):
    """`prompt=none`, but the person must choose for whom they act (OIDC Core section 3.1.2.6)."""

    error = "interaction_required"


class RequestNotSupported(ProtocolRefusal):
    """Request objects are not read (OIDC Core section 3.1.2.6)."""

    error = "request_not_supported"


class InvalidRequestUri(ProtocolRefusal):
    """A `request_uri` that was not given out here, is used, or has expired (RFC 9126)."""

    error = "invalid_request_uri"


class AccessDenied(ProtocolRefusal):
    """The person chose not to go on, or what they chose has ended meanwhile."""

    error = "access_denied"


class TemporarilyUnavailable(ProtocolRefusal):
    """A part that is needed does not answer now (RFC 6749 section 4.1.2.1)."""

    error = "temporarily_unavailable"
    status = 503


class InvalidToken(ProtocolRefusal):
    """A Bearer token that is no longer good (RFC 6750 section 3.1)."""

    error = "invalid_token"
    status = 401


class InsufficientScope(ProtocolRefusal):
    """A Bearer token that is good for other things (RFC 6750 section 3.1)."""

    error = "insufficient_scope"
    status = 403
