"""One transcryptor translating a batch, in this order (nothing touches the curve before step 8):

 1. the caller proved who it is (`VerifiedCaller`), and its registered keys are known
 2. the permit is signed by one of those keys, for this installation, for now, from its own domain
 3. this party stands in the pair of the permit, at this step
 4. the number and digest of the items are those signed for (by the actor, or by the first party)
 5. the registry allows this direction for this purpose now
 6. the public keys of both domains carry two parties' signatures
 7. the batch is written down: a replay or too great a volume is refused here, durably
 8. the hop: this party's shares, then fresh randomness, item by item, in order
 9. the answer is signed

A refusal of a known caller is written down too. THE CALLER of this service must have verified the
caller's assertion, and must answer in order: output i belongs to input i.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from keys import events
from keys.doelen import rules as registry_rules
from keys.doelen.model import DirectionFacts, DomainKey, Gebruiksgrond, Overschrijding
from keys.doelen.service import Doelen
from keys.errors import (
    InvalidCertificate,
    KeyNotCertified,
    KeysError,
    LogUnavailable,
    MalformedCiphertext,
    PermitInvalid,
    WrongPair,
)
from keys.kernel.caller import VerifiedCaller
from keys.kernel.jws import Jwks, SigningKey, sign, timestamp
from keys.kernel.log import Log
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import Context
from keys.pseudonyms import rules
from keys.pseudonyms.keystore import Keystore
from keys.pseudonyms.model import Permit, Recorded, Translated
from keys.pseudonyms.store import PartijStore
from keys.pseudonyms.transcrypt import hop
from keys.wire.transcrypties import TYP_HOP, digest_of


@dataclass(frozen=True)
class Partij:
    """What a transcryptor is made of. `audience` is the registry's base address, which permits name;
    `parties` holds every party's public keys; `volume_parts` is 2 while a third party may serve too."""

    name: str
    keystore: Keystore
    signing_key: SigningKey
    parties: Mapping[str, Jwks]
    registry: Doelen
    store: PartijStore
    log: Log
    audience: str
    volume_parts: int = 1


class Transcryptor:
    """Translates batches for one party."""

    def __init__(self, partij: Partij) -> None:
        self._partij = partij
        self._certified: dict[Context, bytes] = {}

    def translate(
        self,
        caller: VerifiedCaller,
        permit_token: str,
        items: list[bytes],
        first_answer: str | None,
        now: datetime,
    ) -> Translated:
        """This party's hop on a batch. Raises the refusals of `keys.errors`, each written down."""
        trace_id: str | None = None
        try:
            signed_for = self._read_permit(caller, permit_token, now)
            trace_id = signed_for.trace_id
            return self._translate(signed_for, items, first_answer, now)
        except LogUnavailable:
            raise
        except KeysError as refusal:
            self._partij.store.record_refusal(caller.client_id, refusal.code, trace_id, now)
            self._partij.log.emit(events.TRANSLATION_REFUSED, partij=self._partij.name, reden=refusal.code)
            raise

    def _read_permit(self, caller: VerifiedCaller, token: str, now: datetime) -> Permit:
        keys = self._partij.registry.find_jwks(caller.client_id)
        if keys is None:
            raise PermitInvalid
        return rules.read_permit(token, keys, caller.client_id, self._partij.audience, now)

    def _translate(
        self, permit: Permit, items: list[bytes], first_answer: str | None, now: datetime
    ) -> Translated:
        step = rules.require_step(permit, self._partij.name)
        if step == 1:
            rules.check_first_items(permit, items)
        else:
            first_keys = self._partij.parties.get(permit.pair.first)
            if first_keys is None:
                raise WrongPair
            rules.check_first_answer(first_answer, first_keys, permit, items)
        facts = self._partij.registry.direction_facts(permit.actor, permit.doel, permit.van, permit.naar)
        grond = registry_rules.require_direction(permit.van, permit.naar, facts, now)
        public_in, public_out = self._public_keys(facts)
        self._record(permit, step, grond, now)
        return self._hop(permit, items, step, (public_in, public_out), now)

    def _public_keys(self, facts: DirectionFacts) -> tuple[bytes, bytes]:
        return self._certified_key(facts.van_key), self._certified_key(facts.naar_key)

    def _certified_key(self, key: DomainKey | None) -> bytes:
        """The registry is not believed: two parties' own signatures are checked, once per key."""
        if key is None:
            raise KeyNotCertified
        known = self._certified.get(key.context)
        if known is None:
            try:
                known = rules.read_certificates(key.certificates, self._partij.parties, key.context)
            except InvalidCertificate as error:
                raise KeyNotCertified from error
            self._certified[key.context] = known
        return known

    def _record(self, permit: Permit, step: int, grond: Gebruiksgrond, now: datetime) -> None:
        share = None if grond.max_per_dag is None else grond.max_per_dag // self._partij.volume_parts
        blocks = grond.bij_overschrijding is Overschrijding.WEIGEREN
        recorded = Recorded(permit, step, grond.id, share if blocks else None)
        total = self._partij.store.record_translation(recorded, now)
        name = self._partij.name
        if share is not None and total > share:
            self._partij.log.emit(events.VOLUME_ALARM, partij=name, gebruiksgrond=grond.id, aantal=total)
        directions = {"van": str(permit.van), "naar": str(permit.naar), "doel": permit.doel}
        self._partij.log.emit(events.TRANSLATED, partij=name, stap=step, aantal=permit.count, **directions)

    def _hop(
        self, permit: Permit, items: list[bytes], step: int, public: tuple[bytes, bytes], now: datetime
    ) -> Translated:
        factors = self._partij.keystore.hop_factors(permit.pair, permit.van, permit.naar)
        # After the first hop the ciphertexts stand under an intermediate key, after the second under
        # the receiver's: both are known from certified keys, never from what another party claims.
        public_out = group().mul(factors.k, public[0]) if step == 1 else public[1]
        try:
            outputs = [hop(item, factors.s, factors.u, public_out) for item in items]
        except PepError as error:
            raise MalformedCiphertext from error
        input_digest = permit.digest if step == 1 else digest_of(items)
        claims = rules.hop_claims(permit, step, input_digest, digest_of(outputs))
        issued = {"iss": self._partij.name, "iat": timestamp(now)}
        return Translated(outputs, sign({**claims, **issued}, self._partij.signing_key, typ=TYP_HOP))
