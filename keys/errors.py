"""The refusals of this package, each with a stable code. No text here holds an input."""

from __future__ import annotations

from collections.abc import Mapping

from keys.kernel.problem import DomainError


class KeysError(DomainError):
    """A refusal by the registry or by a transcryptor."""


class UnknownActor(KeysError):
    """No such registered actor."""

    code = "unknown-actor"
    title = "Deze actor is niet geregistreerd."


class UnknownDoel(KeysError):
    """No such purpose or version."""

    code = "unknown-doel"
    title = "Dit doel is niet geregistreerd."


class UnknownDomein(KeysError):
    """No such registered pseudonymisation domain."""

    code = "unknown-domein"
    title = "Dit domein is niet geregistreerd."


class UnknownGebruiksgrond(KeysError):
    """No such ground of use."""

    code = "unknown-gebruiksgrond"
    title = "Deze gebruiksgrond bestaat niet."


class Differs(KeysError):
    """It is registered already, with other content."""

    code = "already-registered-differently"
    title = "Dit is al geregistreerd, met een andere inhoud."


class InvalidActor(KeysError):
    """An actor's number, name or keys are not as they must be."""

    code = "invalid-actor"
    title = "De gegevens van deze actor kloppen niet."


class InvalidDoel(KeysError):
    """A purpose lacks something: two different approvers, a period that can be, categories."""

    code = "invalid-doel"
    title = "De gegevens van dit doel kloppen niet. Twee verschillende mensen moeten het goedkeuren."


class InvalidDomein(KeysError):
    """The name is no domain, or the origin domain is claimed by another actor."""

    code = "invalid-domein"
    title = "Dit domein kan niet worden geregistreerd."


class InvalidGebruiksgrond(KeysError):
    """A ground of use towards the origin domain, or with a period or limit that cannot be."""

    code = "invalid-gebruiksgrond"
    title = "Deze gebruiksgrond kan niet worden verleend."


class InvalidCertificate(KeysError):
    """A public key without the agreeing signatures of two transcryptors."""

    code = "invalid-key-certificate"
    title = "Deze publieke sleutel is niet door twee partijen bevestigd."


class InvalidCommitment(KeysError):
    """Commitments that no party signed, or that contradict each other."""

    code = "invalid-commitment"
    title = "Deze toezegging is niet van een partij, of spreekt een andere tegen."


class KeyNotCommitted(KeysError):
    """The parties have not committed to their factors for one of the domains."""

    code = "key-not-committed"
    title = "De partijen hebben hun deel voor een domein nog niet toegezegd."


class _OfAnItem(KeysError):
    """About one item of a batch: the answer says which, counted from 0. The others can be sent again."""

    def __init__(self, item: int | None = None) -> None:
        super().__init__()
        self.item = item

    @property
    def members(self) -> Mapping[str, int]:
        """`item`."""
        return {} if self.item is None else {"item": self.item}


class NotMadeByRequester(_OfAnItem):
    """An item without proof that the requester made it."""

    code = "item-not-made-by-requester"
    title = "Van een versleuteld pseudoniem is niet aangetoond dat de aanvrager het zelf maakte."


class NotYours(KeysError):
    """The caller asks for what belongs to another actor. Answered as if it did not exist."""

    code = "not-found"
    title = "Dit bestaat niet, of is niet van u."


class NotApproved(KeysError):
    """Two operators, each with a key of their own, must approve this very content."""

    code = "not-approved"
    title = "Hiervoor is de goedkeuring van twee beheerders nodig, elk met een eigen sleutel."


class NotOperator(KeysError):
    """Only the operator may write to the registry."""

    code = "forbidden"
    title = "Dit mag alleen de beheerder."


class PermitInvalid(KeysError):
    """The permit is not signed by the caller's registered key, or lacks what it must say."""

    code = "permit-invalid"
    title = "De vergunning klopt niet."


class PermitExpired(KeysError):
    """The permit's time is over, or has not begun."""

    code = "permit-expired"
    title = "De vergunning is verlopen."


class PermitOfOtherActor(KeysError):
    """An actor translates only from its own domain."""

    code = "permit-of-other-actor"
    title = "Deze vergunning is niet van de aanvrager."


class WrongPair(KeysError):
    """The permit names other parties, or this party in another place."""

    code = "wrong-pair"
    title = "De vergunning noemt andere partijen."


class TooManyItems(KeysError):
    """More than 1,000 items, or none."""

    code = "wrong-number-of-items"
    title = "Het aantal in deze aanvraag klopt niet. Ten hoogste 1000 tegelijk."


class ItemsDiffer(KeysError):
    """The items are not the ones that were signed for."""

    code = "items-differ"
    title = "De inhoud is anders dan waarvoor is getekend."


class MalformedCiphertext(_OfAnItem):
    """An item is no pair of valid points, or holds the identity point."""

    code = "malformed-ciphertext"
    title = "Een versleuteld pseudoniem klopt niet."


class SameDomain(KeysError):
    """A domain is translated to itself only for a newer epoch or version."""

    code = "same-domain"
    title = "Vertalen binnen een domein kan alleen naar een nieuwere sleutel of versie."


class OriginIsNoTarget(KeysError):
    """Nothing is ever translated to the origin domain."""

    code = "origin-is-no-target"
    title = "Naar de oorsprong wordt niet vertaald."


class PurposeNotRegistered(KeysError):
    """The purpose of use is not registered."""

    code = "purpose-not-registered"
    title = "Dit doel is niet geregistreerd."


class PurposeEnded(KeysError):
    """The purpose of use is not valid now."""

    code = "purpose-ended"
    title = "Dit doel geldt nu niet."


class DirectionNotRegistered(KeysError):
    """No gebruiksgrond for this direction and purpose is in force."""

    code = "direction-not-registered"
    title = "Voor deze richting en dit doel geldt geen gebruiksgrond."


class KeyNotCertified(KeysError):
    """A domain's public key for this epoch is not registered with two good signatures."""

    code = "key-not-certified"
    title = "De publieke sleutel van een domein is nog niet bevestigd."


class KeyRevoked(KeysError):
    """The epoch of a domain was revoked: its key may be in wrong hands. There is a newer one, or soon."""

    code = "key-revoked"
    title = "Deze sleutel is ingetrokken. Gebruik een nieuwere."


class ActorEnded(KeysError):
    """One of the actors was withdrawn."""

    code = "actor-ended"
    title = "Deze actor doet niet meer mee."


class VolumeExceeded(KeysError):
    """More items today than the gebruiksgrond allows."""

    code = "volume-exceeded"
    title = "Het aantal van vandaag is bereikt."


class ReplayedRequest(KeysError):
    """This request id was used before. A retry needs a new permit."""

    code = "replayed-request"
    title = "Deze aanvraag is al eerder gedaan."


class FirstAnswerInvalid(KeysError):
    """The first party's signed answer is missing, false, or about another request."""

    code = "first-answer-invalid"
    title = "Het antwoord van de eerste partij klopt niet."


class KeyRequestInvalid(KeysError):
    """A request for key shares or public keys is not as it must be."""

    code = "key-request-invalid"
    title = "De aanvraag van een sleutel klopt niet."


class LogUnavailable(KeysError):
    """What must be recorded before an answer could not be recorded: there is no answer."""

    code = "log-unavailable"
    title = "Vastleggen lukt nu niet; daarom is er geen antwoord."


class KeyStoreUnavailable(KeysError):
    """The store of the secret shares does not answer: nothing was done, and it may be tried again."""

    code = "key-store-unavailable"
    title = "De bewaarplaats van de sleutels antwoordt nu niet. Probeer het straks opnieuw."


class PartyElsewhere(KeysError):
    """This process does not run that party and does not know where it runs."""

    code = "not-found"
    title = "Deze partij draait hier niet."
