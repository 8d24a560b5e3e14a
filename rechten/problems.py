"""The one table from refusals to HTTP statuses. The only status codes of refusals in this package."""

from __future__ import annotations

from collections.abc import Mapping

from keys.kernel.pages import CsrfRejected
from rechten import errors

STATUS: Mapping[type[Exception], int] = {
    CsrfRejected: 403,
    errors.RegisterUnknown: 404,
    errors.RegisterPaused: 503,
    errors.RegisterNotReady: 503,
    errors.LogUnavailable: 503,
    errors.CallerNotAllowed: 403,
    errors.InvalidRegistration: 422,
    errors.RegistrationDiffers: 409,
    errors.EnrolmentRefused: 403,
    errors.RecordRefused: 422,
    errors.IdempotencyKeyReused: 422,
    errors.InvalidIdempotencyKey: 422,
    errors.TokenRefused: 401,
    errors.CouldNotCheck: 503,
    errors.ReadRefused: 403,
    errors.ActRefused: 403,
    errors.ObligationUnknown: 404,
    errors.ProposalUnknown: 404,
    errors.ProposalOpen: 409,
    errors.ProposalClosed: 409,
    errors.StoringUnknown: 404,
    errors.StoringStateForbids: 409,
    errors.InvalidPeriod: 422,
    errors.InspectionRefused: 403,
    errors.InspectionOnBehalfNotOffered: 403,
    errors.NotLoggedIn: 401,
    errors.LoginFailed: 400,
    errors.LogoutRefused: 400,
    errors.NotReady: 503,
}
