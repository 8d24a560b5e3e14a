"""The client of an actor: translation over two parties, keys, and the published facts it needs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import quote

import httpx2

from keys.client.calling import Calling, PeerUnavailable, TranslationRefused
from keys.client.epochs import Epochs
from keys.client.facts import Facts
from keys.client.generations import Generations
from keys.client.hopping import Hopping, Vraag
from keys.client.obtaining import Obtaining
from keys.kernel.jws import Jwks, RemoteJwks, SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import ActorKey, Ciphertext, Context, Domain, OwnCiphertext
from keys.wire.doelen import DoelView, GebruiksgrondView
from keys.wire.generaties import GENERATION_UNKNOWN
from keys.wire.ontvangstbewijs import Ontvangstbewijs
from keys.wire.transcrypties import MAXIMUM_ITEMS

T = TypeVar("T")

KEYS_KEPT = timedelta(seconds=60)
REVOKED = "key-revoked"


class KeysClient:
    """Speaks for one actor (`oin:<20 digits>:<sub-actor>`), with that actor's registered signing key.

    `certificate`: the TLS client certificate (DER) of the connections of `http`, when its calls are to be
    bound to it (`keys.wire.certificaat`).
    """

    def __init__(
        self,
        *,
        actor: str,
        signing_key: SigningKey,
        keys_url: str,
        party_urls: Mapping[str, str],
        http: httpx2.Client,
        clock: Callable[[], datetime],
        certificate: bytes | None = None,
    ) -> None:
        self.actor = actor
        self.keys_url = keys_url.rstrip("/")
        self.party_urls = {name: url.rstrip("/") for name, url in sorted(party_urls.items())}
        self.pairs = list(itertools.combinations(self.party_urls, 2))
        """The pairs of parties to try, in order."""
        self._clock = clock
        self._calling = Calling(actor, signing_key, http, clock, TranslationRefused, certificate)
        self._party_keys = {
            name: RemoteJwks(f"{url}/v1/sleutels", http, clock) for name, url in self.party_urls.items()
        }
        self._actor_keys: dict[str, tuple[datetime, Jwks]] = {}
        addresses = (self.keys_url, self.party_urls, self._party_keys)
        self._facts = Facts(self._calling, *addresses)
        self._hopping = Hopping(self._calling, *addresses, self._facts)
        self._obtaining = Obtaining(self._calling, *addresses)
        self._epochs = Epochs(self._calling, self.keys_url, clock)
        self._generations = Generations(self._calling, self.keys_url, clock)

    def obtain_key(self, domain: Domain, epoch: int = 1) -> ActorKey:
        """The key of one's own domain: shares of two parties, opened, multiplied and checked against the
        public key that both parties certify, which is then recorded in the registry.

        Raises TranslationRefused, PeerUnavailable.
        """
        context = Context(domain, epoch)
        key, certificates = self.assemble_key(context)
        self.record_key(context, certificates)
        if self._facts.of(context, self._generations.usable()[0]).public != key.public:
            raise TranslationRefused("keys-differ")
        return key

    def assemble_key(self, context: Context) -> tuple[ActorKey, list[str]]:
        """The first half of `obtain_key`: the key, and what parties certified about it. Raises likewise."""
        return self._over_pairs(lambda pair, generation: self._obtaining.assemble(context, pair, generation))

    def record_key(self, context: Context, certificates: list[str]) -> None:
        """The second half: the registry publishes the key, and others use it. Raises likewise."""
        self._obtaining.record(context, certificates)
        self._epochs.forget(context.domain)

    def usable_epochs(self, domain: Domain) -> list[int]:
        """The epochs of a domain that may be translated to or from, oldest first; at most a minute old.

        Raises PeerUnavailable.
        """
        return self._epochs.usable(domain)

    def newest_epoch(self, domain: Domain) -> int:
        """The newest of them; of a domain without one: the first that is free. Raises PeerUnavailable."""
        return self._epochs.newest(domain)

    def epochs(self, domain: Domain) -> tuple[list[int], int]:
        """What `usable_epochs` gives, and the first epoch that was never published or revoked, as they were
        at one moment. Raises PeerUnavailable."""
        return self._epochs.overview(domain)

    def transcrypt(
        self,
        items: Sequence[Ciphertext],
        *,
        naar: Domain,
        doel: str,
        trace_id: str | None = None,
        naar_epoch: int | None = None,
    ) -> list[Ciphertext]:
        """Translate at most 1,000 ciphertexts of one of our own domains; output i answers input i.

        The items are ciphertexts that we made (`keys.kernel.pep.encrypt`): each is sent with a proof that
        we did. Both parties' proofs are checked in full before anything is given back. Without
        `naar_epoch` they come under the newest key of `naar` that may be used.
        When a party does not answer, another pair is tried with a new request id (where there is a
        third party). Raises TranslationRefused with the party's code (`direction-not-registered`,
        `purpose-ended`, `volume-exceeded`, `malformed-ciphertext` …), PeerUnavailable, and ValueError
        for mixed domains or too many items.
        """
        if not items:
            return []
        return self._translate(items, naar, naar_epoch, doel, trace_id)[0]

    def transcrypt_one(
        self,
        item: Ciphertext,
        *,
        naar: Domain,
        doel: str,
        trace_id: str | None = None,
        naar_epoch: int | None = None,
    ) -> tuple[Ciphertext, Ontvangstbewijs]:
        """Translate one ciphertext, with the receipt that its receiver opens it for (once, and soon).

        For a service that asks another register by itself. Raises as `transcrypt`.
        """
        found, bewijs = self._translate([item], naar, naar_epoch, doel, trace_id)
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

    def _over_pairs(self, act: Callable[[tuple[str, str], int], T]) -> T:
        """By the first pair that can, in the newest generation of shares in which it works."""

        def in_generation(generation: int) -> T:
            stale: TranslationRefused | None = None
            for pair in self.pairs:
                try:
                    return act(pair, generation)
                except PeerUnavailable:
                    continue  # a party is away: another pair, with a request id of its own
                except TranslationRefused as refusal:
                    if refusal.code != GENERATION_UNKNOWN:
                        raise
                    stale = refusal  # perhaps the other party has gone over to it already
            raise stale or PeerUnavailable("keys")

        return self._generations.first_usable(in_generation)

    def _translate(
        self,
        items: Sequence[Ciphertext],
        naar: Domain,
        naar_epoch: int | None,
        doel: str,
        trace_id: str | None,
    ) -> tuple[list[Ciphertext], Ontvangstbewijs]:
        contexts = {item.context for item in items}
        own = [item for item in items if isinstance(item, OwnCiphertext)]
        if len(contexts) != 1 or len(items) > MAXIMUM_ITEMS:
            raise ValueError("a batch has at most 1000 items of one domain and epoch")
        if len(own) != len(items):
            raise ValueError(
                "only ciphertexts that we made ourselves can be translated; decrypt, then encrypt"
            )
        van = contexts.pop()

        def over_pairs(epoch: int) -> tuple[list[Ciphertext], Ontvangstbewijs]:
            vraag = Vraag(own, van, Context(naar, epoch), doel, trace_id)
            return self._over_pairs(
                lambda pair, generation: self._hopping.translate(replace(vraag, generation=generation), pair)
            )

        epoch = self.newest_epoch(naar) if naar_epoch is None else naar_epoch
        try:
            return over_pairs(epoch)
        except TranslationRefused as refusal:
            if refusal.code != REVOKED:
                raise
            self._epochs.forget(van.domain)
            self._epochs.forget(naar)
            newer = self.newest_epoch(naar)
            if naar_epoch is not None or newer == epoch:
                raise
            return over_pairs(newer)  # it was revoked less than a minute ago
