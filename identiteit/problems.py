"""The one table from refusals to HTTP statuses. The only status codes of refusals in this package."""

from __future__ import annotations

from collections.abc import Mapping

from identiteit import errors
from keys.client import TranslationRefused
from keys.kernel.oidc.server import AuthorizationRefused
from keys.kernel.pages import CsrfRejected

STATUS: Mapping[type[Exception], int] = {
    AuthorizationRefused: 400,
    CsrfRejected: 403,
    errors.NotLoggedIn: 401,
    errors.NotFound: 404,
    errors.CallerNotAllowed: 403,
    errors.InvalidPerson: 422,
    errors.PersonDiffers: 409,
    errors.SourceDiffers: 409,
    errors.InvalidSource: 422,
    errors.LoginRefused: 422,
    errors.AttemptGone: 400,
    errors.TicketRefused: 404,
    errors.InvalidEvent: 422,
    errors.NoReceiver: 404,
    errors.InvalidPublicKey: 422,
    errors.TooManyLookups: 429,
    errors.NotReady: 503,
    TranslationRefused: 503,
}
