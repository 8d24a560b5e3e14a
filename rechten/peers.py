"""What this package asks of its neighbours, turned into its own words. Called outside transactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2

from keys.client import KeysClient, OwnKeys, TranslationRefused, load_or_obtain_key
from keys.kernel.caller import PeerUnavailable, assertion
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.pep import ActorKey, Domain, KeyRing, PepError, Pseudonym, encrypt
from rechten.doelen.model import Doel, DoelVersie
from rechten.errors import (
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
    NotLoggedIn,
    ObligationUnknown,
    ProposalClosed,
    ProposalOpen,
    ProposalUnknown,
    RechtenError,
    StoringStateForbids,
    StoringUnknown,
)
from rechten.inzage.model import Periode
from rechten.registers.model import Register

CLIENT_ID = "rechten"
# What a register may refuse to a person who acts there, and the page passes on as its own.
OF_A_REGISTER: Mapping[str, type[RechtenError]] = {
    kind.code: kind
    for kind in (
        IdempotencyKeyReused, InvalidIdempotencyKey, ObligationUnknown, ProposalClosed, ProposalOpen,
        ProposalUnknown, StoringStateForbids, StoringUnknown,
    )
}  # fmt: skip


@dataclass(frozen=True)
class Addresses:
    """Base addresses, each with its package's segment."""

    own: str
    identiteit: str
    keys: str
    machtigen: str
    parties: Mapping[str, str]


class KeysPeer:
    """`keys`: published purposes and actors, and the decryption keys of our registers."""

    def __init__(
        self,
        addresses: Addresses,
        signing_key: SigningKey,
        http: httpx2.Client,
        clock: Callable[[], datetime],
    ) -> None:
        self._addresses = addresses
        self._http = http
        self._clock = clock
        self._reader = self._client(CLIENT_ID, signing_key)
        self._clients: dict[str, KeysClient] = {}

    def find_doel(self, doel_id: str) -> Doel | None:
        """The current version of a purpose. Raises PeerUnavailable."""
        view = self._reader.find_doel(doel_id)
        if view is None:
            return None
        naam = {"nl": view.naam, "en": view.naam_en} if view.naam_en else {"nl": view.naam}
        ends = [moment for moment in (view.geldig_tot, view.beeindigd_per) if moment is not None]
        return Doel(
            versie=DoelVersie(
                id=view.id,
                versie=view.versie,
                digest=view.digest,
                uri=view.uri,
                naam=naam,
                wettelijke_grondslag=(view.wettelijke_grondslag,),
            ),
            categorieen=frozenset(view.categorieen),
            geldig_van=view.geldig_van,
            geldig_tot=min(ends) if ends else None,
        )

    def actor_keys(self, actor: str) -> Jwks | None:
        """The public keys of a registered actor; None: there is no such actor. Raises PeerUnavailable."""
        return self._reader.actor_keys(actor)

    def party_keys(self, party: str) -> Jwks | None:
        """The public keys of a transcryptor; None: not one of ours. Raises PeerUnavailable."""
        return self._reader.party_keys(party)

    def obtain_key(self, first: Path, signing_key: SigningKey, register: Register) -> ActorKey:
        """The newest decryption key of a register, from the files named after `first` or from the parties.

        Raises PeerUnavailable, also while its actor or domain is not registered yet; PepError.
        """
        try:
            return load_or_obtain_key(first, self._client(register.actor, signing_key), register.domein)
        except TranslationRefused as error:
            raise PeerUnavailable("keys") from error

    def translate_own(
        self, ring: KeyRing, signing_key: SigningKey, pseudonyms: Sequence[Pseudonym], naar: Domain
    ) -> list[Pseudonym]:
        """Pseudonyms of a register (at most 1,000, of one version of its domain) in a newer version.

        Raises PeerUnavailable, TranslationRefused.
        """
        client = self._clients.setdefault(naar.actor, self._client(naar.actor, signing_key))
        own = OwnKeys(ring, client, pseudonyms[0].domain).get()
        load_or_obtain_key(ring.first, client, naar)
        items = [encrypt(one, own.public, own.epoch) for one in pseudonyms]
        translated = client.transcrypt(items, naar=naar, doel=naar.doel)
        try:
            return [ring.open(ciphertext) for ciphertext in translated]
        except PepError as error:
            raise TranslationRefused(error.code) from error

    def may_renumber(self, signing_key: SigningKey, van: Domain, naar: Domain) -> bool:
        """Whether a ground of use is in force for a register's own step to a newer version."""
        return self._client(van.actor, signing_key).find_gebruiksgrond(van, naar, naar.doel) is not None

    def _client(self, actor: str, signing_key: SigningKey) -> KeysClient:
        return KeysClient(
            actor=actor,
            signing_key=signing_key,
            keys_url=self._addresses.keys,
            party_urls=self._addresses.parties,
            http=self._http,
            clock=self._clock,
        )


class PagePeers:
    """What the pages need: tickets of `identiteit`, answers of registers, names by `machtigen`."""

    def __init__(
        self,
        addresses: Addresses,
        signing_key: SigningKey,
        http: httpx2.Client,
        clock: Callable[[], datetime],
        timeout_s: float,
    ) -> None:
        self._addresses = addresses
        self._key = signing_key
        self._http = http
        self._clock = clock
        self._timeout_s = timeout_s

    def fetch_ticket(self, access_token: str, domein: str, jwk: Mapping[str, Any]) -> str:
        """A fresh ticket for one register, for whoever the session at `identiteit` belongs to.

        Raises NotLoggedIn when that session is over, PeerUnavailable for anything else.
        """
        answer = self._post(
            f"{self._addresses.identiteit}/api/v1/inzagetickets",
            {"registers": [domein], "cnf": {"jwk": dict(jwk)}},
            {
                "Authorization": f"Bearer {access_token}",
                "X-Client-Assertion": self._assertion(self._addresses.identiteit),
            },
        )
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise NotLoggedIn
        body = _object(answer)
        for entry in body.get("tickets", []):
            if entry.get("register") == domein and isinstance(entry.get("ticket"), str):
                return str(entry["ticket"])
        raise PeerUnavailable("no-ticket")

    def ask_register(self, url: str, ticket: str, bewijs: str, periode: Periode) -> Mapping[str, Any]:
        """What a register answers to a look. Raises PeerUnavailable."""
        body = {
            "ticket": ticket,
            "bewijs": bewijs,
            "van": periode.van.isoformat(),
            "tot": periode.tot.isoformat(),
        }
        return _object(self._post(url, body, {}))

    def act_at_register(
        self, url: str, ticket: str, bewijs: str, handeling: Mapping[str, Any], key: str | None
    ) -> Mapping[str, Any]:
        """Let a register do what a person asks of it. Raises the register's own refusal; PeerUnavailable."""
        body = {"ticket": ticket, "bewijs": bewijs, **handeling}
        answer = self._post(url, body, {"Idempotency-Key": key} if key is not None else {})
        if answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
            refusal = OF_A_REGISTER.get(_code(answer))
            if refusal is not None:
                raise refusal
        return _object(answer)

    def token_end(self, token: str) -> datetime | None:
        """Since when a token of `machtigen` is revoked; None: it never was. Raises PeerUnavailable."""
        machtigen = self._addresses.machtigen
        headers = {"Authorization": f"Bearer {self._assertion(machtigen)}"}
        answer = self._post(f"{machtigen}/api/v1/tokeneindes", {"token": token}, headers)
        if answer.status_code == HTTPStatus.NOT_FOUND and _code(answer) == "not-found":
            return None
        try:
            ended = datetime.fromisoformat(str(_object(answer).get("geeindigd_op")))
        except ValueError as error:
            raise PeerUnavailable("no-moment") from error
        if ended.tzinfo is None:
            raise PeerUnavailable("no-moment")
        return ended

    def name_frame(self, identifier: str, audience: str) -> str | None:
        """The address of a frame that shows the representative's name to the represented person."""
        machtigen = self._addresses.machtigen
        try:
            answer = self._post(
                f"{machtigen}/api/v1/weergavetickets",
                {"identifier": identifier, "audience": audience},
                {"Authorization": f"Bearer {self._assertion(machtigen)}"},
            )
            ticket = _object(answer).get("ticket")
        except PeerUnavailable:
            return None
        if not isinstance(ticket, str):
            return None
        return str(httpx2.URL(f"{self._addresses.identiteit}/weergave", params={"ticket": ticket}))

    def name_frames(self, asked: Sequence[tuple[str, str]]) -> list[str | None]:
        """Frames for several machtigingen, asked at the same time; in the order asked."""
        if not asked:
            return []
        with ThreadPoolExecutor(max_workers=min(8, len(asked))) as pool:
            return list(pool.map(lambda pair: self.name_frame(*pair), asked))

    def _assertion(self, audience: str) -> str:
        return assertion(CLIENT_ID, self._key, audience, self._clock())

    def _post(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx2.Response:
        try:
            return self._http.post(url, json=dict(body), headers=dict(headers), timeout=self._timeout_s)
        except httpx2.HTTPError as error:
            raise PeerUnavailable("no-answer") from error


def _code(answer: httpx2.Response) -> str:
    """The code of a problem document; empty for anything else."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    return str(body.get("code", "")) if isinstance(body, dict) else ""


def _object(answer: httpx2.Response) -> dict[str, Any]:
    if answer.status_code not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        raise PeerUnavailable("refused")
    try:
        body = answer.json()
    except ValueError as error:
        raise PeerUnavailable("no-json") from error
    if not isinstance(body, dict):
        raise PeerUnavailable("no-object")
    return body
