"""One transcryptor translating a batch, in this order (nothing touches the curve before step 7):

 1. the caller proved who it is (`VerifiedCaller`), and its registered keys are known
 2. the permit is signed by one of those keys, for this installation, for now, from its own domain
 3. this party stands in the pair of the permit, at this step, and works in its generation of shares
 4. the number and digest of the original items are those signed for; as the second party also the
    first one's signed answer, about exactly these items
 5. the registry allows this direction for this purpose now
 6. the public keys of both domains carry two parties' signatures, and the parties' commitments agree
 7. the requester proved that it made every original item; as the second party also: the first one's
    proof holds, in full
 8. the key store gives this party's factors: one that is away is an error before anything was done
 9. the batch is written down: a replay or too great a volume is refused here, durably
10. the hop: this party's shares, then fresh randomness, item by item, in order, with its proof
11. the answer is signed, and kept for whoever asks the very same again

A refusal of a known caller is written down too. THE CALLER of this service must have verified the
caller's assertion, and must answer in order: output i belongs to input i.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from keys import events
from keys.doelen import rules as registry_rules
from keys.doelen.errors import ShareGenerationUnknown
from keys.doelen.model import DirectionFacts, DomainKey, Gebruiksgrond, Overschrijding
from keys.doelen.service import Doelen
from keys.errors import (
    FirstAnswerInvalid,
    KeyNotCertified,
    KeyNotCommitted,
    KeysError,
    LogUnavailable,
    MalformedCiphertext,
    NotMadeByRequester,
    PermitInvalid,
    ReplayedRequest,
    WrongPair,
)
from keys.kernel.caller import VerifiedCaller
from keys.kernel.jws import Jwks, SigningKey, sign, timestamp
from keys.kernel.log import Log
from keys.kernel.pep.direction import Commitment
from keys.kernel.pep.elgamal import check_ciphertext
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.knowledge import first_not_made
from keys.kernel.pep.names import Context
from keys.pseudonyms import rules
from keys.pseudonyms.auditing import seal_copy
from keys.pseudonyms.generations import Generations
from keys.pseudonyms.keystore import Keystore
from keys.pseudonyms.model import Batch, Kept, Permit, Recorded, Translated
from keys.pseudonyms.proving import Prover
from keys.pseudonyms.store import PartijStore
from keys.wire.hopbewijs import Committed, Hop, HopChecker
from keys.wire.transcrypties import PERMIT_MAXIMUM_SECONDS, TYP_HOP, digest_of
from keys.wire.verklaringen import (
    InvalidStatement,
    certified_generation,
    read_certificates,
    read_commitments,
)

ANSWER_KEPT = timedelta(seconds=PERMIT_MAXIMUM_SECONDS)


@dataclass(frozen=True)
class Partij:
    """What a transcryptor is made of. `audience` is the registry's base address, which permits name;
    `parties` holds every party's public keys; `volume_parts` is 2 while a third party may serve too.
    `stock` is how many zero-encryptions are kept for a key (`pool.py`).
    `auditor` is the public key (1216 bytes) to which copies of batches are sealed, for `audit_term`."""

    name: str
    generations: Generations
    signing_key: SigningKey
    parties: Mapping[str, Jwks]
    registry: Doelen
    store: PartijStore
    log: Log
    audience: str
    volume_parts: int = 1
    auditor: bytes | None = None
    audit_term: timedelta = timedelta(days=90)
    stock: int = 0

    @property
    def keystore(self) -> Keystore:
        """The shares of the newest generation that is served."""
        return self.generations.newest


@dataclass(frozen=True)
class _Way:
    """A direction that is allowed: the ground, the certified keys at both ends, the commitments."""

    grond: Gebruiksgrond
    key_from: bytes
    key_to: bytes
    committed: Committed


class Transcryptor:
    """Translates batches for one party."""

    def __init__(self, partij: Partij) -> None:
        self._partij = partij
        self._certified: dict[Context, tuple[bytes, int]] = {}
        self._committed: dict[tuple[Context, int], Mapping[str, Commitment]] = {}
        self._prover = Prover(partij.generations, partij.stock)
        self._checker = HopChecker()

    def translate(self, caller: VerifiedCaller, batch: Batch, now: datetime) -> Translated:
        """This party's hop on a batch. Raises the refusals of `keys.errors`, each written down."""
        trace_id: str | None = None
        try:
            permit = self._read_permit(caller, batch.permit, now)
            trace_id = permit.trace_id
            return self._translate(permit, batch, now)
        except LogUnavailable:
            raise
        except KeysError as refusal:
            self._partij.store.record_refusal(caller.client_id, refusal.code, trace_id, now)
            self._partij.log.emit(events.TRANSLATION_REFUSED, partij=self._partij.name, reden=refusal.code)
            raise

    def refill(self, at_most: int) -> int:
        """In an idle moment: zero-encryptions for the directions served lately; gives how many."""
        return self._prover.refill(at_most)

    def _read_permit(self, caller: VerifiedCaller, token: str, now: datetime) -> Permit:
        keys = self._partij.registry.find_jwks(caller.client_id)
        if keys is None:
            raise PermitInvalid
        return rules.read_permit(token, keys, caller.client_id, self._partij.audience, now)

    def _translate(self, permit: Permit, batch: Batch, now: datetime) -> Translated:
        step = rules.require_step(permit, self._partij.name)
        self._partij.generations.of(permit.generation)
        rules.check_first_items(permit, batch.originals)
        said = self._first_answer(permit, batch) if step == 2 else None
        way = self._way(permit, now)
        self._check_items(permit, batch, way)
        key_in = way.key_from if said is None else self._check_first_hop(permit, batch, said, way)
        held = self._prover.factors(permit)
        try:
            self._record(permit, step, way.grond, now)
        except ReplayedRequest:
            again = self._partij.store.find_answer(permit, batch.digest(), batch.answer_key())
            if again is None:
                raise
            return again
        done = self._prover.work(permit, batch.items, key_in, way.committed, held)
        if step == 2 and done.key_out != way.key_to:
            raise KeyNotCertified  # what comes out would stand under another key than the certified one
        input_digest = permit.digest if step == 1 else digest_of(batch.items)
        claims = rules.hop_claims(permit, step, input_digest, digest_of(done.items))
        issued = {"iss": self._partij.name, "iat": timestamp(now)}
        statement = sign({**claims, **done.proof, **issued}, self._partij.signing_key, typ=TYP_HOP)
        translated = Translated(done.items, statement)
        self._keep(permit, step, batch, translated, now)
        return translated

    def _keep(self, permit: Permit, step: int, batch: Batch, translated: Translated, now: datetime) -> None:
        sealed = None
        if self._partij.auditor is not None:
            sealed = seal_copy(self._partij.auditor, self._partij.name, permit, batch, translated)
        until = (now + ANSWER_KEPT, now + self._partij.audit_term)
        same = (batch.digest(), batch.answer_key())
        self._partij.store.keep(Kept(permit, step, *same, translated, sealed, *until), now)

    def _first_answer(self, permit: Permit, batch: Batch) -> dict[str, Any]:
        first_keys = self._partij.parties.get(permit.pair.first)
        if first_keys is None:
            raise WrongPair
        return rules.check_first_answer(batch.first_answer, first_keys, permit, batch.items)

    def _way(self, permit: Permit, now: datetime) -> _Way:
        facts = self._partij.registry.direction_facts(
            permit.actor, permit.doel, permit.van, permit.naar, permit.generation
        )
        grond = registry_rules.require_direction(permit.van, permit.naar, facts, now)
        return _Way(
            grond,
            self._certified_key(facts.van_key, permit.generation),
            self._certified_key(facts.naar_key, permit.generation),
            self._commitments(permit, facts),
        )

    def _certified_key(self, key: DomainKey | None, generation: int) -> bytes:
        """The registry is not believed: two parties' own signatures are checked, once per key. A key that
        was made in a later generation does not exist in this one."""
        if key is None:
            raise KeyNotCertified
        known = self._certified.get(key.context)
        if known is None:
            try:
                tokens, parties = key.certificates, self._partij.parties
                known = (
                    read_certificates(tokens, parties, key.context),
                    certified_generation(tokens, parties, key.context),
                )
            except InvalidStatement as error:
                raise KeyNotCertified from error
            self._certified[key.context] = known
        if generation < known[1]:
            raise ShareGenerationUnknown
        return known[0]

    def _commitments(self, permit: Permit, facts: DirectionFacts) -> Committed:
        return Committed(
            self._commitments_of(permit.van, facts.van_commitments, permit.generation),
            self._commitments_of(permit.naar, facts.naar_commitments, permit.generation),
        )

    def _commitments_of(
        self, context: Context, tokens: tuple[str, ...], generation: int
    ) -> Mapping[str, Commitment]:
        """What the holders of all shares agree on; for our own shares it is what we hold."""
        known = self._committed.get((context, generation))
        if known is None:
            try:
                known = read_commitments(tokens, self._partij.parties, context, generation)
            except InvalidStatement as error:
                raise KeyNotCommitted from error
            own = self._partij.generations.of(generation).commitments(context)
            if any(known[share] != commitment for share, commitment in own.items()):
                raise KeyNotCommitted
            self._committed[context, generation] = known
        return known

    def _check_items(self, permit: Permit, batch: Batch, way: _Way) -> None:
        for index, item in enumerate(batch.items):
            try:
                check_ciphertext(item)
            except PepError as error:
                raise MalformedCiphertext(index) from error
        wrong = first_not_made(batch.originals, batch.proofs, permit.made_for(way.key_from))
        if wrong is not None:
            raise NotMadeByRequester(wrong)

    def _check_first_hop(self, permit: Permit, batch: Batch, said: Mapping[str, Any], way: _Way) -> bytes:
        """The first party's proof, in full, before anything is done with what it made: gives Y′."""
        hop = Hop(
            permit.request_id, permit.van, permit.naar, permit.pair.work_of(permit.pair.first),
            way.key_from, batch.originals, batch.items,
        )  # fmt: skip
        try:
            return self._checker.check(said, hop, way.committed)
        except PepError as error:
            raise FirstAnswerInvalid from error

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
