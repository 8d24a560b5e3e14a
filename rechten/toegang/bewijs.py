"""Who asks, and what it proves: a representation token, or the own assertion of a registered actor.

A representation token is checked by `machtigen.verifier`, for the audience of this register. It opens
only for the pseudonymisation domain of the register, so whoever holds one for this audience is a client
of the register's own actor. An actor that asks by itself signs an assertion (`keys.kernel.caller`) with
the claim `pseudoniem`: the person's ciphertext for the register, translated by `keys` for a registered
direction. Every refusal is one and the same answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from keys.kernel.caller import CallerRejected, verify_caller
from keys.kernel.jws import InvalidJws, Jwks
from keys.kernel.jws.signature import read_header, unverified_claims
from keys.kernel.pep import Pseudonym
from machtigen.verifier import CouldNotCheck as VerifierCouldNotCheck
from machtigen.verifier import InvalidEvidence, Verifier, Vertegenwoordiging
from machtigen.verifier.pseudonyms import Opener
from rechten.errors import CouldNotCheck, TokenRefused
from rechten.logboek.model import NOBODY, Handelende
from rechten.registers.geopend import OpenRegister, WrongCiphertext
from rechten.toegang.model import Bevoegdheid

ASSERTION = "client-authentication+jwt"


@dataclass(frozen=True)
class Bewijs:
    """Bewijs (evidence) that held: which actor asks, about whom, with which permission."""

    afnemer: str
    client_id: str
    pseudonym: Pseudonym = field(repr=False)
    bevoegdheid: Bevoegdheid | None = None
    handelende: Handelende = NOBODY


class Bewijzen:
    """`make_verifier(issuer, audience)`; `keys_of(actor)`: registered keys; `remember`: replay guard."""

    def __init__(
        self,
        *,
        issuers: tuple[str, ...],
        make_verifier: Callable[[str, str], Verifier],
        audience: str,
        keys_of: Callable[[str], Jwks | None],
        remember: Callable[[str, datetime], bool],
    ) -> None:
        self._issuers = issuers
        self._make_verifier = make_verifier
        self._audience = audience
        self._keys_of = keys_of
        self._remember = remember
        self._verifiers: dict[tuple[str, str], Verifier] = {}
        self._lock = threading.Lock()

    def check(self, token: str, opened: OpenRegister, now: datetime) -> Bewijs:
        """What the token proves at this register. Raises TokenRefused, CouldNotCheck, RegisterNotReady."""
        try:
            typ = read_header(token).get("typ")
            if isinstance(typ, str) and typ.lower() == ASSERTION:
                return self._own(token, opened, now)
            return self._representation(token, opened)
        except (InvalidJws, InvalidEvidence, CallerRejected, WrongCiphertext) as error:
            raise TokenRefused from error
        except VerifierCouldNotCheck as error:
            raise CouldNotCheck from error

    def _representation(self, token: str, opened: OpenRegister) -> Bewijs:
        issuer = unverified_claims(token).get("iss")
        if issuer not in self._issuers:
            raise TokenRefused
        verified = self._verifier(issuer, opened.register.audience).verify(token)
        parties = Opener(opened.decryption_key()).open(verified)
        return Bewijs(
            afnemer=opened.register.actor,
            client_id=verified.client_id,
            pseudonym=parties.vertegenwoordigde.pseudonym,
            bevoegdheid=_bevoegdheid(verified),
            handelende=Handelende(
                sub=verified.sub,
                namens=not verified.namens_zelf,
                machtiging=verified.identifier,
                machtiging_iss=verified.issuer if verified.identifier else None,
            ),
        )

    def _own(self, token: str, opened: OpenRegister, now: datetime) -> Bewijs:
        caller = verify_caller(
            token, keys_of=self._keys_of, audience=self._audience, now=now, remember=self._remember
        )
        pseudonym = opened.open_pseudonym(_claim(caller.claims))
        return Bewijs(afnemer=caller.client_id, client_id=caller.client_id, pseudonym=pseudonym)

    def _verifier(self, issuer: str, audience: str) -> Verifier:
        with self._lock:
            key = (issuer, audience)
            if key not in self._verifiers:
                self._verifiers[key] = self._make_verifier(issuer, audience)
            return self._verifiers[key]


def _claim(claims: Mapping[str, Any]) -> Any:
    entry = claims.get("pseudoniem")
    if not isinstance(entry, dict):
        raise TokenRefused
    return entry


def _bevoegdheid(verified: Vertegenwoordiging) -> Bevoegdheid:
    return Bevoegdheid(
        actions=verified.actions,
        doelen=frozenset(verified.doelen),
        datatypes=frozenset(verified.datatypes),
        geldig_tot=verified.geldig_tot,
    )
