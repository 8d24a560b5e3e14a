"""The client of an actor: translation over two parties, keys, and the published facts it needs."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2

from keys.client.calling import Calling, PeerUnavailable, TranslationRefused
from keys.client.obtaining import Obtaining
from keys.kernel.jws import InvalidJws, Jwks, RemoteJwks, SigningKey, sign, timestamp, verify
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import ActorKey, Ciphertext, Context, Domain, PepError
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.wire.doelen import DoelView, GebruiksgrondView
from keys.wire.ontvangstbewijs import Ontvangstbewijs
from keys.wire.transcrypties import (
    MAXIMUM_ITEMS,
    PERMIT_SECONDS,
    TYP_HOP,
    TYP_PERMIT,
    digest_of,
    hop_statement,
)

T = TypeVar("T")

KEYS_KEPT = timedelta(seconds=60)


class KeysClient:
    """Speaks for one actor (`oin:<20 digits>:<sub-actor>`), with that actor's registered signing key."""

    def __init__(
        self,
        *,
        actor: str,
        signing_key: SigningKey,
        keys_url: str,
        party_urls: Mapping[str, str],
        http: httpx2.Client,
        clock: Callable[[], datetime],
    ) -> None:
        self.actor = actor
        self.keys_url = keys_url.rstrip("/")
        self.party_urls = {name: url.rstrip("/") for name, url in sorted(party_urls.items())}
        self._clock = clock
        self._key = signing_key
        self._calling = Calling(actor, signing_key, http, clock, TranslationRefused)
        self._party_keys = {
            name: RemoteJwks(f"{url}/v1/sleutels", http, clock) for name, url in self.party_urls.items()
        }
        self._actor_keys: dict[str, tuple[datetime, Jwks]] = {}

    def obtain_key(self, domain: Domain, epoch: int = 1) -> ActorKey:
        """The key of one's own domain: shares of two parties, opened, multiplied and checked against the
        public key that both parties certify, which is then recorded in the registry.

        Raises TranslationRefused, PeerUnavailable.
        """
        context = Context(domain, epoch)
        obtaining = Obtaining(self._calling, self.keys_url, self.party_urls, self._party_keys)
        return self._over_pairs(lambda pair: obtaining.obtain(context, pair))

    def transcrypt(
        self,
        items: Sequence[Ciphertext],
        *,
        naar: Domain,
        doel: str,
        trace_id: str | None = None,
        naar_epoch: int = 1,
    ) -> list[Ciphertext]:
        """Translate at most 1,000 ciphertexts of one of our own domains; output i answers input i.

        When a party does not answer, another pair is tried with a new request id (where there is a
        third party). Raises TranslationRefused with the party's code (`direction-not-registered`,
        `purpose-ended`, `volume-exceeded`, `malformed-ciphertext` …), PeerUnavailable, and ValueError
        for mixed domains or too many items.
        """
        if not items:
            return []
        return self._translate(items, Context(naar, naar_epoch), doel, trace_id)[0]

    def transcrypt_one(
        self, item: Ciphertext, *, naar: Domain, doel: str, trace_id: str | None = None, naar_epoch: int = 1
    ) -> tuple[Ciphertext, Ontvangstbewijs]:
        """Translate one ciphertext, with the receipt that its receiver opens it for (once, and soon).

        For a service that asks another register by itself. Raises as `transcrypt`.
        """
        found, bewijs = self._translate([item], Context(naar, naar_epoch), doel, trace_id)
        return found[0], bewijs

    def find_doel(self, doel_id: str) -> DoelView | None:
        """The newest version of a purpose. Raises PeerUnavailable."""
        found = self._calling.find(f"{self.keys_url}/v1/doelen/{quote(doel_id, safe='')}")
        return None if found is None else DoelView.model_validate(found)

    def find_gebruiksgrond(self, van: Domain, naar: Domain, doel: str) -> GebruiksgrondView | None:
        """The ground of use in force now for a direction and purpose. Raises PeerUnavailable."""
        query = {"van": str(van), "naar": str(naar), "doel": doel}
        found = self._calling.find(f"{self.keys_url}/v1/gebruiksgronden", query) or {"resultaten": []}
        now = self._clock()
        for entry in found["resultaten"]:
            grond = GebruiksgrondView.model_validate(entry)
            ends = [end for end in (grond.geldig_tot, grond.ingetrokken_op) if end is not None]
            if grond.geldig_van <= now and all(now < end for end in ends):
                return grond
        return None

    def actor_keys(self, actor: str) -> Jwks:
        """The public keys of an actor, at most a minute old; an unknown actor has none.

        Raises PeerUnavailable when they cannot be fetched and none are at hand.
        """
        now = self._clock()
        known = self._actor_keys.get(actor)
        if known is not None and timedelta(0) <= now - known[0] < KEYS_KEPT:
            return known[1]
        found = self._calling.find(f"{self.keys_url}/v1/actoren/{quote(actor, safe='')}/sleutels")
        try:
            keys = Jwks.parse(found if found is not None else {"keys": []})
        except UnusableKey as error:
            raise PeerUnavailable("keys") from error
        self._actor_keys[actor] = (now, keys)
        return keys

    def party_keys(self, party: str) -> Jwks | None:
        """The public keys of a party; None for one that we were not told of. Raises PeerUnavailable."""
        known = self._party_keys.get(party)
        return None if known is None else known.get()

    def _over_pairs(self, act: Callable[[tuple[str, str]], T]) -> T:
        pairs = list(itertools.combinations(self.party_urls, 2))
        if not pairs:
            raise PeerUnavailable("keys")
        for number, pair in enumerate(pairs, start=1):
            try:
                return act(pair)
            except PeerUnavailable:
                if number == len(pairs):
                    raise
        raise PeerUnavailable("keys")

    def _permit(
        self,
        van: Context,
        naar: Context,
        doel: str,
        data: Sequence[bytes],
        pair: tuple[str, str],
        trace_id: str | None,
    ) -> dict[str, Any]:
        now = self._clock()
        claims: dict[str, Any] = {
            "iss": self.actor,
            "aud": self.keys_url,
            "jti": secrets.token_urlsafe(24),
            "iat": timestamp(now),
            "exp": timestamp(now) + PERMIT_SECONDS,
            "van": str(van.domain),
            "van_epoch": van.epoch,
            "naar": str(naar.domain),
            "naar_epoch": naar.epoch,
            "doel": doel,
            "aantal": len(data),
            "paar": list(pair),
            "items": digest_of(data),
        }
        return claims if trace_id is None else {**claims, "trace_id": trace_id}

    def _translate(
        self, items: Sequence[Ciphertext], target: Context, doel: str, trace_id: str | None
    ) -> tuple[list[Ciphertext], Ontvangstbewijs]:
        contexts = {item.context for item in items}
        if len(contexts) != 1 or len(items) > MAXIMUM_ITEMS:
            raise ValueError("a batch has at most 1000 items of one domain and epoch")
        van = contexts.pop()
        data = [item.data for item in items]

        def translate(pair: tuple[str, str]) -> tuple[list[Ciphertext], Ontvangstbewijs]:
            claims = self._permit(van, target, doel, data, pair, trace_id)
            outputs, bewijs = self._both_hops(claims, data)
            try:
                return [Ciphertext(target.domain, target.epoch, output) for output in outputs], bewijs
            except PepError as error:
                raise TranslationRefused("answer-invalid") from error

        return self._over_pairs(translate)

    def _both_hops(self, claims: Mapping[str, Any], data: list[bytes]) -> tuple[list[bytes], Ontvangstbewijs]:
        permit = sign(claims, self._key, typ=TYP_PERMIT)
        first, second = claims["paar"]
        middle, one = self._hop(first, 1, claims, permit, data, None)
        outputs, two = self._hop(second, 2, claims, permit, middle, one)
        return outputs, Ontvangstbewijs(vergunning=permit, antwoorden=(one, two))

    def _hop(
        self,
        party: str,
        step: int,
        claims: Mapping[str, Any],
        permit: str,
        data: list[bytes],
        statement: str | None,
    ) -> tuple[list[bytes], str]:
        body: dict[str, Any] = {"vergunning": permit, "items": [to_base64url(item) for item in data]}
        if statement is not None:
            body["eerste_antwoord"] = statement
        answer = self._calling.send("POST", self.party_urls[party], "/v1/transcrypties", body)
        try:
            outputs = [from_base64url(item) for item in answer["items"]]
            said = str(answer["antwoord"])
            stated = verify(said, self._party_keys[party].get(), typ=TYP_HOP)
        except (KeyError, TypeError, ValueError, InvalidJws) as error:
            raise TranslationRefused("answer-invalid") from error
        expected = hop_statement(claims, party, step, digest_of(data), digest_of(outputs))
        if len(outputs) != len(data) or any(stated.get(name) != value for name, value in expected.items()):
            raise TranslationRefused("answer-invalid")
        return outputs, said
