"""Tickets that a register may open (pseudonyms: a ciphertext is opened only from a signed statement)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from identiteit.aanmelding import store
from identiteit.aanmelding.model import Bron, Ticket
from identiteit.errors import NotFound, SourceDiffers
from identiteit.personen.service import Personen
from keys.client import TranslationRefused
from keys.kernel.caller import PeerUnavailable
from keys.kernel.database import Database
from keys.kernel.jws import Jwks, SigningKey, sign, timestamp
from keys.kernel.pep import Ciphertext, Domain

LIVES = timedelta(seconds=300)
INZAGE = "inzageticket+jwt"
AANMELDING = "aanmeldticket+jwt"
NO_SUCH_REGISTER = frozenset(
    {"unknown-domein", "direction-not-registered", "purpose-not-registered", "origin-is-no-target"}
)

Translate = Callable[[Sequence[bytes], Domain, str], list[Ciphertext]]


class Tickets:
    """Signs tickets with the key of identiteit."""

    def __init__(
        self,
        *,
        database: Database,
        personen: Personen,
        translate: Translate,
        key: SigningKey,
        issuer: str,
    ) -> None:
        self._database = database
        self._personen = personen
        self._translate = translate
        self._key = key
        self._issuer = issuer

    def register_source(self, bron: Bron, now: datetime) -> bool:
        """Register a source; False when it was there, the same. Raises SourceDiffers."""

        def act(session: Session) -> bool:
            known = store.find(session, bron.client_id)
            if known is None:
                store.add(session, bron, now)
                return True
            if known != bron:
                raise SourceDiffers
            return False

        return self._database.write(act)

    def keys_of_source(self, client_id: str) -> Jwks | None:
        """The keys of a registered source."""
        bron = self._database.read(lambda session: store.find(session, client_id))
        return Jwks.parse(bron.jwks) if bron else None

    def check_register(self, client_id: str, register: Domain) -> None:
        """Raise NotFound unless the source may enrol people at this register."""
        bron = self._database.read(lambda session: store.find(session, client_id))
        if bron is None or (bron.registers is not None and str(register) not in bron.registers):
            raise NotFound

    def for_inspection(
        self, persoon_id: str, registers: Sequence[Domain], view_key: Mapping[str, Any], now: datetime
    ) -> tuple[list[Ticket], list[Domain]]:
        """(tickets, registers that failed) for a person's own inspection; `view_key` is a public JWK."""
        seeds = self._personen.seeds([persoon_id])
        tickets, failed = [], []
        for register in registers:
            try:
                ciphertext = self._translate(seeds, register, "eigen-inzage")[0]
            except (PeerUnavailable, TranslationRefused):
                failed.append(register)
                continue
            claims = {"gebruik": "inzage", "cnf": {"jwk": dict(view_key)}}
            tickets.append(self._ticket(INZAGE, ciphertext, claims, now))
        return tickets, failed

    def for_enrolment(self, persoon_ids: Sequence[str], register: Domain, now: datetime) -> list[Ticket]:
        """Tickets with which a source brings records of these people, in order.

        Raises NotFound when there is no such register; PeerUnavailable, TranslationRefused.
        """
        try:
            ciphertexts = self._translate(self._personen.seeds(persoon_ids), register, "aanmelding")
        except TranslationRefused as error:
            if error.code in NO_SUCH_REGISTER:
                raise NotFound from error
            raise
        return [self._ticket(AANMELDING, found, {"gebruik": "aanmelding"}, now) for found in ciphertexts]

    def _ticket(self, typ: str, ciphertext: Ciphertext, claims: Mapping[str, Any], now: datetime) -> Ticket:
        body = {
            **claims,
            "iss": self._issuer,
            "aud": str(ciphertext.domain),
            "jti": secrets.token_urlsafe(24),
            "iat": timestamp(now),
            "exp": timestamp(now + LIVES),
            "alt_sub": [ciphertext.to_alt_sub()],
        }
        return Ticket(ciphertext.domain, sign(body, self._key, typ=typ))
