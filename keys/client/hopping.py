"""Both hops of a translation, as the requester does them: prove, send, check in full, only then use."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keys.client.calling import Calling, TranslationRefused
from keys.client.facts import Facts
from keys.kernel.jws import InvalidJws, RemoteJwks, sign, timestamp, verify
from keys.kernel.pep import Ciphertext, Context, OwnCiphertext, PepError
from keys.kernel.pep.encoding import from_base64url, to_base64url
from keys.kernel.pep.knowledge import MadeFor, prove_made
from keys.wire.hopbewijs import Committed, Hop, HopChecker
from keys.wire.ontvangstbewijs import Ontvangstbewijs
from keys.wire.transcrypties import PERMIT_SECONDS, TYP_HOP, TYP_PERMIT, digest_of, hop_statement, states
from keys.wire.verklaringen import work_of


@dataclass(frozen=True)
class Vraag:
    """Vraag (request): what is to be translated, where to, and for which purpose of use."""

    items: Sequence[OwnCiphertext]
    van: Context
    naar: Context
    doel: str
    trace_id: str | None
    generation: int = 1
    """The generation of shares that both parties are to work in."""


@dataclass(frozen=True)
class _Sent:
    """What one hop begins with, and what came before it."""

    claims: Mapping[str, Any]
    permit: str
    originals: list[bytes]
    proofs: list[bytes]


class Hopping:
    """Has batches translated by a pair of parties. Thread-safe."""

    def __init__(
        self,
        calling: Calling,
        keys_url: str,
        party_urls: Mapping[str, str],
        party_keys: Mapping[str, RemoteJwks],
        facts: Facts,
    ) -> None:
        self._calling = calling
        self._keys_url = keys_url
        self._party_urls = party_urls
        self._party_keys = party_keys
        self._facts = facts
        self._checker = HopChecker()

    def translate(self, vraag: Vraag, pair: tuple[str, str]) -> tuple[list[Ciphertext], Ontvangstbewijs]:
        """The batch by these two parties, in order, every proof checked. Raises TranslationRefused,
        PeerUnavailable."""
        van, naar = (self._facts.of(one, vraag.generation) for one in (vraag.van, vraag.naar))
        data = [item.data for item in vraag.items]
        claims = self._permit(vraag, data, pair)
        made_for = MadeFor(vraag.van, vraag.naar, vraag.doel, str(claims["jti"]), van.public)
        proofs = prove_made(data, [item.r for item in vraag.items], made_for)
        sent = _Sent(claims, sign(claims, self._calling.key, typ=TYP_PERMIT), data, proofs)
        committed = Committed(van.committed, naar.committed)

        def hop(party: str, key_in: bytes, inputs: list[bytes], outputs: list[bytes]) -> Hop:
            shares = work_of(pair, party)
            return Hop(str(claims["jti"]), vraag.van, vraag.naar, shares, key_in, inputs, outputs)

        try:
            middle, first, stated = self._send(sent, 1, data, None)
            between = self._checker.check(stated, hop(pair[0], van.public, data, middle), committed)
            outputs, second, stated = self._send(sent, 2, middle, first)
            end = self._checker.check(stated, hop(pair[1], between, middle, outputs), committed)
            if end != naar.public:
                raise PepError("proof-invalid")
            translated = [Ciphertext(vraag.naar.domain, vraag.naar.epoch, output) for output in outputs]
        except PepError as error:
            raise TranslationRefused("answer-invalid") from error
        return translated, Ontvangstbewijs(vergunning=sent.permit, antwoorden=(first, second))

    def _permit(self, vraag: Vraag, data: Sequence[bytes], pair: tuple[str, str]) -> dict[str, Any]:
        now = self._calling.clock()
        claims: dict[str, Any] = {
            "iss": self._calling.client_id,
            "aud": self._keys_url,
            "jti": secrets.token_urlsafe(24),
            "iat": timestamp(now),
            "exp": timestamp(now) + PERMIT_SECONDS,
            "van": str(vraag.van.domain),
            "van_epoch": vraag.van.epoch,
            "naar": str(vraag.naar.domain),
            "naar_epoch": vraag.naar.epoch,
            "doel": vraag.doel,
            "aantal": len(data),
            "paar": list(pair),
            "items": digest_of(data),
            "generatie": vraag.generation,
        }
        return claims if vraag.trace_id is None else {**claims, "trace_id": vraag.trace_id}

    def _send(
        self, sent: _Sent, step: int, data: list[bytes], first: str | None
    ) -> tuple[list[bytes], str, dict[str, Any]]:
        """(outputs, the signed answer, what it states) of one party; its proof is still to be checked."""
        party = sent.claims["paar"][step - 1]
        body: dict[str, Any] = {
            "vergunning": sent.permit,
            "items": [to_base64url(item) for item in data],
            "kennis": [to_base64url(proof) for proof in sent.proofs],
        }
        if first is not None:
            body["oorspronkelijk"] = [to_base64url(item) for item in sent.originals]
            body["eerste_antwoord"] = first
        answer = self._calling.send("POST", self._party_urls[party], "/v1/transcrypties", body)
        try:
            outputs = [from_base64url(item) for item in answer["items"]]
            said = str(answer["antwoord"])
            stated = verify(said, self._party_keys[party].get(), typ=TYP_HOP)
        except (KeyError, TypeError, ValueError, InvalidJws) as error:
            raise TranslationRefused("answer-invalid") from error
        expected = hop_statement(sent.claims, party, step, digest_of(data), digest_of(outputs))
        if len(outputs) != len(data) or not states(stated, expected):
            raise TranslationRefused("answer-invalid")
        return outputs, said, stated
