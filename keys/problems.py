"""Which refusal is which HTTP status: the only status numbers of this package."""

from __future__ import annotations

from collections.abc import Mapping

from keys import errors
from keys.doelen import errors as generation_errors

STATUS: Mapping[type[Exception], int] = {
    errors.UnknownActor: 404,
    errors.UnknownDoel: 404,
    errors.UnknownDomein: 404,
    errors.UnknownGebruiksgrond: 404,
    errors.Differs: 409,
    errors.InvalidActor: 422,
    errors.InvalidDoel: 422,
    errors.InvalidDomein: 422,
    errors.InvalidGebruiksgrond: 422,
    errors.InvalidCertificate: 422,
    errors.InvalidCommitment: 409,
    errors.KeyNotCommitted: 409,
    generation_errors.InvalidCarry: 422,
    generation_errors.ShareGenerationUnknown: 409,
    generation_errors.SharesBeingRefreshed: 409,
    generation_errors.UnknownGeneration: 404,
    generation_errors.GenerationOutOfOrder: 409,
    generation_errors.NamesNotCarried: 409,
    errors.NotMadeByRequester: 422,
    errors.NotYours: 404,
    errors.NotApproved: 403,
    errors.NotOperator: 403,
    errors.PermitInvalid: 403,
    errors.PermitExpired: 403,
    errors.PermitOfOtherActor: 403,
    errors.WrongPair: 403,
    errors.TooManyItems: 422,
    errors.ItemsDiffer: 422,
    errors.MalformedCiphertext: 422,
    errors.SameDomain: 403,
    errors.OriginIsNoTarget: 403,
    errors.PurposeNotRegistered: 403,
    errors.PurposeEnded: 403,
    errors.DirectionNotRegistered: 403,
    errors.KeyNotCertified: 409,
    errors.KeyRevoked: 403,
    errors.ActorEnded: 403,
    errors.VolumeExceeded: 429,
    errors.ReplayedRequest: 409,
    errors.FirstAnswerInvalid: 403,
    errors.KeyRequestInvalid: 403,
    errors.LogUnavailable: 503,
    errors.KeyStoreUnavailable: 503,
    errors.PartyElsewhere: 404,
}
