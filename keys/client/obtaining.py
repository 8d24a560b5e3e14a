"""Obtaining the key of one's own domain from two parties, neither of which learns it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from keys.client.calling import Calling, PeerUnavailable, TranslationRefused
from keys.kernel.jws import InvalidJws, RemoteJwks, sign, timestamp, verify
from keys.kernel.jws.keyfile import write_secret
from keys.kernel.pep import ActorKey, Context, Domain, KeyRing, PepError, group
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.wire.generaties import GENERATION_UNKNOWN
from keys.wire.transcrypties import PERMIT_SECONDS, TYP_KEY_REQUEST, TYP_PUBLIC_KEY, sealing_info

if TYPE_CHECKING:
    from keys.client.keysclient import KeysClient

ALL_SHARES = {"12", "13", "23"}


class Obtaining:
    """One round of key issuance for an actor."""

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

    def assemble(
        self, context: Context, pair: tuple[str, str], generation: int
    ) -> tuple[ActorKey, list[str]]:
        """Shares from both parties, multiplied, and the statements in which parties certify its public key.

        Always the same key, in every generation of shares: it may be assembled again as often as is needed.
        """
        secret = self._multiply([self._shares(party, context, generation) for party in pair])
        key = ActorKey(context.domain, context.epoch, secret)
        both = (pair, (pair[1], pair[0]))
        certificates = [self._certificate(context, one, generation) for one in both]
        certificates += self._further(context, pair, generation)
        if {public for public, _ in certificates} != {key.public}:
            raise TranslationRefused("keys-differ")
        return key, [statement for _, statement in certificates]

    def record(self, context: Context, certificates: list[str]) -> None:
        """Have the registry publish the key: from then on others translate to it."""
        body = {"epoch": context.epoch, "bewijzen": certificates}
        path = f"/v1/domeinen/{quote(str(context.domain), safe='')}/sleutels"
        self._calling.send("POST", self._keys_url, path, body)

    def _further(self, context: Context, pair: tuple[str, str], generation: int) -> list[tuple[bytes, str]]:
        """The word of a third party as well, when it answers: then any two of them can be checked later,
        also by somebody who cannot reach the other one."""
        found = []
        for party in self._party_urls:
            if party not in pair:
                try:
                    found.append(self._certificate(context, (pair[0], party), generation))
                except PeerUnavailable:
                    continue
                except TranslationRefused as refusal:
                    if refusal.code != GENERATION_UNKNOWN:  # that one works in another generation now
                        raise
        return found

    def _shares(self, party: str, context: Context, generation: int) -> dict[str, bytes]:
        from keys.kernel.pep.sealing import OpeningKey

        opening = OpeningKey()
        now = self._calling.clock()
        audience = self._party_urls[party]
        claims = {
            "iss": self._calling.client_id,
            "aud": audience,
            "jti": secrets.token_urlsafe(24),
            "iat": timestamp(now),
            "exp": timestamp(now) + PERMIT_SECONDS,
            "domein": str(context.domain),
            "epoch": context.epoch,
            "ontvanger": to_base64url(opening.public),
            "generatie": generation,
        }
        request = sign(claims, self._calling.key, typ=TYP_KEY_REQUEST)
        answer = self._calling.send("POST", audience, "/v1/sleuteldelen", {"aanvraag": request})
        try:
            info = sealing_info(party, context, str(claims["jti"]), generation)
            opened = json.loads(opening.open(from_base64url(answer["verzegeld"]), info))
            shares = {str(share): from_base64url(value) for share, value in opened["delen"].items()}
            return {share: group().check_scalar(value) for share, value in shares.items()}
        except (KeyError, TypeError, AttributeError, ValueError, PepError) as error:
            raise TranslationRefused("answer-invalid") from error

    def _multiply(self, parts: list[dict[str, bytes]]) -> bytes:
        """The product of the three shares; what both parties hold must be equal."""
        first, second = parts
        if first.keys() | second.keys() != ALL_SHARES:
            raise TranslationRefused("answer-invalid")
        if any(first[share] != second[share] for share in first.keys() & second.keys()):
            raise TranslationRefused("keys-differ")
        together = {**first, **second}
        product = group().scalar_mul(together["12"], together["13"])
        return group().scalar_mul(product, together["23"])

    def _certificate(self, context: Context, pair: tuple[str, str], generation: int) -> tuple[bytes, str]:
        """The public key as the second party of the pair completes and signs it."""
        body: dict[str, Any] = {
            "domein": str(context.domain),
            "epoch": context.epoch,
            "paar": list(pair),
            "generatie": generation,
        }
        urls = [self._party_urls[party] for party in pair]
        part = self._calling.send("POST", urls[0], "/v1/publieke-sleutels", body)
        body["deel"] = part.get("verklaring")
        whole = self._calling.send("POST", urls[1], "/v1/publieke-sleutels", body)
        statement = str(whole.get("verklaring"))
        try:
            claims = verify(statement, self._party_keys[pair[1]].get(), typ=TYP_PUBLIC_KEY)
            stated = (claims.get("iss"), claims.get("domein"), claims.get("epoch"))
            public = from_base64url(claims.get("publiek"))
        except (InvalidJws, ValueError) as error:
            raise TranslationRefused("answer-invalid") from error
        if stated != (pair[1], str(context.domain), context.epoch):
            raise TranslationRefused("answer-invalid")
        return public, statement


def load_or_obtain_key(first: Path, client: KeysClient, domain: Domain) -> ActorKey:
    """Our newest key of a domain, from the files named after `first` (see `KeyRing`); where there is none,
    that of the newest epoch, obtained and saved for its owner alone.

    Raises TranslationRefused, PeerUnavailable, and PepError when a file holds another key.
    """
    ring = KeyRing(first)
    known = ring.newest(domain)
    if known is not None:
        return known
    key = client.obtain_key(domain, client.newest_epoch(domain))
    save_key(ring, key)
    return key


def save_key(ring: KeyRing, key: ActorKey) -> None:
    """Write a key in its own file, whole or not at all."""
    path = ring.path(Context(key.domain, key.epoch))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_secret(path, json.dumps(key.to_json(), indent=1).encode())
