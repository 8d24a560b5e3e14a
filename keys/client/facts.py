"""What must be known of a domain before anything is translated to or from it: checked, not believed.

The registry is only where statements lie. The public key counts when two parties signed it; commitments
count when all holders of a share agree. Where the registry has no commitments of an epoch yet, they are
asked of the parties and brought to it, so that everybody judges by the same ones.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from keys.client.calling import Calling, PeerUnavailable, TranslationRefused
from keys.kernel.jws import Jwks, RemoteJwks
from keys.kernel.pep import Context
from keys.kernel.pep.direction import Commitment
from keys.wire.generaties import GENERATION_UNKNOWN
from keys.wire.verklaringen import (
    InvalidStatement,
    certified_generation,
    read_certificates,
    read_commitments,
)


@dataclass(frozen=True)
class ContextFacts:
    """The certified public key (32 bytes) of a domain and epoch, and the commitments by share in one
    generation of shares."""

    public: bytes
    committed: Mapping[str, Commitment]


class Facts:
    """Facts of contexts, each checked once. Thread-safe."""

    def __init__(
        self,
        calling: Calling,
        keys_url: str,
        party_urls: Mapping[str, str],
        party_keys: Mapping[str, RemoteJwks],
    ) -> None:
        self._calling = calling
        self._keys_url = keys_url
        self._party_urls = party_urls
        self._party_keys = party_keys
        self._known: dict[tuple[Context, int], ContextFacts] = {}
        self._lock = threading.Lock()

    def of(self, context: Context, generation: int) -> ContextFacts:
        """The facts of a context in a generation of shares. Raises TranslationRefused, PeerUnavailable."""
        known = self._known.get((context, generation))
        if known is None:
            known = self._find(context, generation)
            with self._lock:
                self._known[context, generation] = known
        return known

    def _find(self, context: Context, generation: int) -> ContextFacts:
        view = self._calling.find(self._address(context))
        if view is None:
            raise TranslationRefused("unknown-domein")
        parties = self._reachable()
        keys = _of_epoch(view, "sleutels", context)
        if keys is None:
            raise TranslationRefused("key-not-certified")
        try:
            public = read_certificates(keys["bewijzen"], parties, context)
            if generation < certified_generation(keys["bewijzen"], parties, context):
                raise TranslationRefused(GENERATION_UNKNOWN)  # the key is of later than that
            entry = _of_epoch(view, "toezeggingen", context, generation) or {"verklaringen": []}
            try:
                committed = read_commitments(entry["verklaringen"], parties, context, generation)
            except InvalidStatement as error:
                if error.code != "commitments-incomplete":
                    raise
                committed = read_commitments(self._bring(context, generation), parties, context, generation)
        except InvalidStatement as error:
            raise TranslationRefused(error.code) from error
        except (KeyError, TypeError, ValueError) as error:
            raise TranslationRefused("answer-invalid") from error
        return ContextFacts(public, committed)

    def _bring(self, context: Context, generation: int) -> list[str]:
        """Ask every party that answers for its commitments, and record them in the registry."""
        stated = []
        query = {"domein": str(context.domain), "epoch": str(context.epoch), "generatie": str(generation)}
        for url in self._party_urls.values():
            try:
                found = self._calling.find(f"{url}/v1/toezeggingen", query)
            except PeerUnavailable:
                continue
            if found is not None:
                stated.append(str(found.get("verklaring")))
        path = f"/v1/domeinen/{quote(str(context.domain), safe='')}/toezeggingen"
        body = {"epoch": context.epoch, "verklaringen": stated, "generatie": generation}
        view = self._calling.send("POST", self._keys_url, path, body)
        kept = _of_epoch(view, "toezeggingen", context, generation) or {"verklaringen": []}
        return [str(token) for token in kept["verklaringen"]]

    def _reachable(self) -> dict[str, Jwks]:
        """The public keys of the parties that answer, or answered not long ago."""
        found: dict[str, Jwks] = {}
        for party, keys in self._party_keys.items():
            try:
                found[party] = keys.get()
            except PeerUnavailable:
                continue
        if len(found) < 2:
            raise PeerUnavailable("keys")
        return found

    def _address(self, context: Context) -> str:
        return f"{self._keys_url}/v1/domeinen/{quote(str(context.domain), safe='')}"


def _of_epoch(
    view: Mapping[str, Any], name: str, context: Context, generation: int = 1
) -> dict[str, Any] | None:
    entries = view.get(name)
    if not isinstance(entries, list):
        return None
    wanted = (context.epoch, generation)
    return next((one for one in entries if (one.get("epoch"), one.get("generatie", 1)) == wanted), None)
