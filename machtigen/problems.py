"""The one table from refusals to HTTP statuses. The only status codes of refusals in this package."""

from __future__ import annotations

from collections.abc import Mapping

from keys.kernel.oidc.relying_party import LoginFailed
from keys.kernel.pages import CsrfRejected
from machtigen import errors
from machtigen.balie import errors as desk
from machtigen.diensten import errors as diensten
from machtigen.machtigingen.errors import (
    AgreementTooLong,
    ConflictOfInterest,
    FunctionNeedsOrganisation,
    JointConfirmationPending,
    NobodyLeftToDecide,
    NotAMember,
    NotCompetent,
    NothingToConfirm,
    ProfessionNotAccepted,
)

STATUS: Mapping[type[Exception], int] = {
    errors.NotFound: 404,
    errors.NotLoggedIn: 401,
    CsrfRejected: 403,
    LoginFailed: 400,
    errors.LevelTooLow: 403,
    errors.CallerNotAllowed: 403,
    errors.CodeUnknown: 404,
    errors.TooManyAttempts: 429,
    errors.AlreadyEnded: 409,
    errors.NotYetAccepted: 409,
    errors.WrongRole: 409,
    errors.AlreadyAuthorised: 409,
    errors.AlreadyRequested: 409,
    errors.NothingChosen: 422,
    errors.ServiceUnknown: 422,
    errors.ServiceNotDelegable: 422,
    errors.GroundNotAccepted: 422,
    errors.ActionNotOffered: 422,
    errors.EndBeforeStart: 422,
    errors.EndInThePast: 422,
    errors.StartInThePast: 422,
    errors.PeriodTooLong: 422,
    errors.OrganisationUnknown: 422,
    FunctionNeedsOrganisation: 422,
    NotCompetent: 422,
    NotAMember: 409,
    JointConfirmationPending: 409,
    NothingToConfirm: 409,
    ConflictOfInterest: 409,
    NobodyLeftToDecide: 409,
    ProfessionNotAccepted: 403,
    AgreementTooLong: 422,
    errors.SetByLaw: 409,
    errors.NotActive: 409,
    errors.NotPaused: 409,
    errors.NotContested: 409,
    errors.NothingProposed: 409,
    errors.CircularChain: 409,
    errors.NoCapacity: 403,
    errors.NotNarrower: 422,
    errors.NotLater: 422,
    errors.WiderThanParent: 422,
    errors.ChainTooLong: 422,
    errors.InvalidCursor: 422,
    errors.InvalidIdempotencyKey: 422,
    errors.IdempotencyKeyReused: 422,
    diensten.InvalidRegistration: 422,
    diensten.RegistrationDiffers: 409,
    desk.NotAClerk: 403,
    desk.DeskTicketRefused: 409,
    desk.ConflictOfInterest: 403,
    desk.SameClerk: 403,
    desk.NotWaiting: 409,
    desk.SamePerson: 422,
    desk.InvalidScanHash: 422,
    errors.NotReady: 503,
    errors.MalformedQuestion: 400,
    errors.TooManyGuesses: 429,
    errors.DecisionNotRecorded: 503,
}
