"""One transcryptor giving actors their keys: sealed shares, and public keys that two parties certify.

    actor --signed request, one-time key--> t1: k_12 β_12, k_13 β_13, sealed
                                            t2: k_12 β_12, k_23 β_23, sealed     product = secret key
    t1: part of the public key, with a proof that it knows the logarithm --> t2 completes and signs
    t2: likewise                                                         --> t1 completes and signs

Both completed keys must be equal, and equal to secret key times G. No party knows the secret key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from keys import events
from keys.doelen.model import DomainKey
from keys.errors import InvalidCertificate, KeyRequestInvalid, NotYours, UnknownDomein, WrongPair
from keys.kernel.caller import VerifiedCaller
from keys.kernel.jws import InvalidJws, Jwks, SigningKey, check_audience, check_times, sign, timestamp, verify
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.knowledge import prove_knowledge
from keys.kernel.pep.names import Context, Domain
from keys.kernel.pep.sealing import seal
from keys.pseudonyms import rules
from keys.pseudonyms.keystore import Keystore
from keys.pseudonyms.service import Partij
from keys.pseudonyms.shares import Pair
from keys.wire.transcrypties import (
    PERMIT_MAXIMUM_SECONDS,
    TYP_COMMITMENT,
    TYP_KEY_PART,
    TYP_KEY_REQUEST,
    TYP_PUBLIC_KEY,
    generation_of,
    knowledge_context,
    sealing_info,
)
from keys.wire.verklaringen import InvalidStatement, certified_generation, read_certificates

PART_LIFETIME = timedelta(seconds=PERMIT_MAXIMUM_SECONDS)
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{16,128}", re.ASCII)


class KeyIssuer:
    """Issues key material for one party."""

    def __init__(self, partij: Partij, own_url: str) -> None:
        self._partij = partij
        self._own_url = own_url

    def seal_shares(self, caller: VerifiedCaller, token: str, now: datetime) -> bytes:
        """This party's two shares of the caller's own key, sealed to the key in its signed request.

        Written down before it is answered. Raises KeyRequestInvalid, NotYours, UnknownDomein,
        ActorEnded, KeyRevoked, ShareGenerationUnknown, SharesBeingRefreshed, ReplayedRequest, LogUnavailable.
        """
        claims = self._read_request(caller, token, now)
        try:
            context = Context(Domain.parse(claims.get("domein")), claims.get("epoch", 0))
            receiver = from_base64url(claims.get("ontvanger"))
            generation = generation_of(claims)
        except (PepError, ValueError) as error:
            raise KeyRequestInvalid from error
        store = self._store(caller, context, generation)
        request_id = str(claims["jti"])
        shares = store.key_shares(context)
        plaintext = json.dumps({"delen": {share: to_base64url(value) for share, value in shares.items()}})
        info = sealing_info(self._partij.name, context, request_id, generation)
        try:
            sealed = seal(receiver, plaintext.encode(), info)
        except PepError as error:
            raise KeyRequestInvalid from error
        domein = str(context.domain)
        self._partij.store.record_issue(caller.client_id, request_id, domein, context.epoch, now)
        self._partij.log.emit(
            events.KEY_SHARES_ISSUED, partij=self._partij.name, domein=domein, epoch=context.epoch
        )
        return sealed

    def state_public_key(
        self,
        caller: VerifiedCaller,
        context: Context,
        pair_names: list[str],
        part: str | None,
        now: datetime,
        generation: int = 1,
    ) -> str:
        """As the first of the pair: a signed part. As the second, with that part: the signed public key.

        Raises WrongPair, KeyRequestInvalid, NotYours, UnknownDomein, ActorEnded, KeyRevoked,
        ShareGenerationUnknown, SharesBeingRefreshed.
        """
        store = self._store(caller, context, generation)
        pair = rules.read_pair(pair_names)
        step = pair.step_of(self._partij.name)
        if step is None or (step == 1) is (part is not None):
            raise WrongPair
        if part is None:
            return self._state_part(pair, context, now, store)
        first_keys = self._partij.parties.get(pair.first)
        if first_keys is None:
            raise WrongPair
        point = rules.read_key_part(part, first_keys, pair, context, now, generation)
        public = store.complete_public_key(pair, context, point)
        stated = {"publiek": to_base64url(public), "iat": timestamp(now)}
        return self._sign(TYP_PUBLIC_KEY, pair, context, generation, stated)

    def state_commitments(self, context: Context, now: datetime, generation: int = 1) -> str:
        """This party's signed commitments for a registered domain, for everybody. Raises UnknownDomein,
        ShareGenerationUnknown."""
        if not self._partij.registry.has_domein(context.domain):
            raise UnknownDomein
        store = self._partij.generations.of(generation)
        return sign_commitments(store, context, self._partij.signing_key, now)

    def _state_part(self, pair: Pair, context: Context, now: datetime, store: Keystore) -> str:
        secret = store.key_part(pair, context)
        point = group().mul_base(secret)
        bound = knowledge_context(pair.first, pair.second, context, store.generation)
        proof = prove_knowledge(secret, point, bound)
        times = {"iat": timestamp(now), "exp": timestamp(now + PART_LIFETIME)}
        part = {"punt": to_base64url(point), "kennis": to_base64url(proof)}
        return self._sign(TYP_KEY_PART, pair, context, store.generation, {**part, **times})

    def _sign(
        self, typ: str, pair: Pair, context: Context, generation: int, claims: Mapping[str, Any]
    ) -> str:
        stated = rules.key_claims(self._partij.name, pair, context, generation)
        return sign({**claims, **stated}, self._partij.signing_key, typ=typ)

    def _read_request(self, caller: VerifiedCaller, token: str, now: datetime) -> dict[str, Any]:
        keys = self._partij.registry.find_jwks(caller.client_id)
        if keys is None:
            raise KeyRequestInvalid
        try:
            claims = verify(token, keys, typ=TYP_KEY_REQUEST)
            check_audience(claims, self._own_url)
            check_times(claims, now, max_age_s=PERMIT_MAXIMUM_SECONDS)
        except InvalidJws as error:
            raise KeyRequestInvalid from error
        request_id = claims.get("jti")
        if claims.get("iss") != caller.client_id or not isinstance(request_id, str):
            raise KeyRequestInvalid
        if _REQUEST_ID.fullmatch(request_id) is None:
            raise KeyRequestInvalid
        return claims

    def _store(self, caller: VerifiedCaller, context: Context, generation: int) -> Keystore:
        """The shares of a generation, when the caller may have keys of this context made with them."""
        if context.domain.actor != caller.client_id:
            raise NotYours
        self._partij.registry.einden.require_in_use(context)
        store = self._partij.generations.of(generation)
        self._partij.registry.generaties.require_issuable(context, generation)
        return store


def sign_commitments(store: Keystore, context: Context, key: SigningKey, now: datetime) -> str:
    """A party's signed commitments for a context in the generation of a store."""
    delen = {share: one.to_json() for share, one in store.commitments(context).items()}
    claims = {
        "iss": store.party,
        "domein": str(context.domain),
        "epoch": context.epoch,
        "generatie": store.generation,
        "delen": delen,
        "iat": timestamp(now),
    }
    return sign(claims, key, typ=TYP_COMMITMENT)


def certified(context: Context, certificates: tuple[str, ...], parties: Mapping[str, Jwks]) -> DomainKey:
    """The public key that two parties certify, ready to be recorded. Raises InvalidCertificate."""
    try:
        public = read_certificates(certificates, parties, context)
        generation = certified_generation(certificates, parties, context)
        return DomainKey(context, public, certificates, generation)
    except InvalidStatement as error:
        raise InvalidCertificate from error
