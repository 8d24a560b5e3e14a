"""Who asks, and what it proves: a representation token, or the own assertion of a registered actor.

A representation token is checked by `machtigen.verifier`, for the audience of this register. It opens
only for the pseudonymisation domain of the register, so whoever holds one for this audience is a client
of the register's own actor.

An actor that asks by itself signs an assertion (`keys.kernel.caller`) for this one register:

    aud               the address of the register: {rechten}/api/v1/registers/{id}
    doel              the purpose, as in the query
    pseudoniem        the person's ciphertext for this register (an entry as in `alt_sub`)
    ontvangstbewijs   the receipt of its translation (`keys.wire.ontvangstbewijs`)

The ciphertext stays closed until the rules allow the read and the receipt is spent: a register that opens
what anybody sends is a decryption oracle. Every refusal is one and the same answer.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from keys.kernel.caller import CallerRejected, verify_caller
from keys.kernel.jws import InvalidJws, Jwks
from keys.kernel.jws.signature import read_header, unverified_claims
from keys.kernel.pep import Ciphertext, Context, PepError, Pseudonym
from keys.kernel.pep.encoding import length_prefixed, to_base64url
from keys.wire.ontvangstbewijs import (
    InvalidOntvangstbewijs,
    Ontvangstbewijs,
    Verwachting,
    check_ontvangstbewijs,
)
from machtigen.verifier import CouldNotCheck as VerifierCouldNotCheck
from machtigen.verifier import InvalidEvidence, Verifier, Vertegenwoordiging
from machtigen.verifier.pseudonyms import Opener
from rechten.errors import CouldNotCheck, TokenRefused
from rechten.logboek.model import NOBODY, Handelende
from rechten.registers.geopend import OpenRegister
from rechten.registers.model import Register
from rechten.toegang.model import Bevoegdheid

ASSERTION = "client-authentication+jwt"


@dataclass(frozen=True)
class Gesloten:
    """A ciphertext that is not opened yet. `receipt` is to be spent first, and kept until `verloopt_op`."""

    ciphertext: Ciphertext = field(repr=False)
    receipt: str = field(repr=False)  # 43 characters: digest of whose receipt it is
    verloopt_op: datetime


@dataclass(frozen=True)
class Bewijs:
    """Bewijs (evidence) that held: which actor asks, about whom, with which permission."""

    afnemer: str
    client_id: str
    betrokkene: Pseudonym | Gesloten = field(repr=False)
    bevoegdheid: Bevoegdheid | None = None
    handelende: Handelende = NOBODY


@dataclass(frozen=True)
class VoormaligBewijs:
    """What a refused token said while it was good, and which token that is. Allows nothing."""

    bewijs: Bewijs
    issuer: str
    jti: str = field(repr=False)


class Bewijzen:
    """`make_verifier(issuer, audience)`; `register_url(id)`: what an own assertion must be aimed at;
    `keys_of(actor)` and `party_keys(name)`: published keys; `remember`: replay guard of assertions."""

    def __init__(
        self,
        *,
        issuers: tuple[str, ...],
        make_verifier: Callable[[str, str], Verifier],
        register_url: Callable[[str], str],
        keys_url: str,
        keys_of: Callable[[str], Jwks | None],
        party_keys: Callable[[str], Jwks | None],
        remember: Callable[[str, datetime], bool],
    ) -> None:
        self._issuers = issuers
        self._make_verifier = make_verifier
        self._register_url = register_url
        self._keys_url = keys_url
        self._keys_of = keys_of
        self._party_keys = party_keys
        self._remember = remember
        self._verifiers: dict[tuple[str, str], Verifier] = {}
        self._lock = threading.Lock()

    def check(self, token: str, doel: str, opened: OpenRegister, now: datetime) -> Bewijs:
        """What the token proves at this register, asked for `doel`.

        Raises TokenRefused, CouldNotCheck, RegisterNotReady, PeerUnavailable.
        """
        try:
            typ = read_header(token).get("typ")
            if isinstance(typ, str) and typ.lower() == ASSERTION:
                return self._own(token, doel, opened.register, now)
            return self._representation(token, opened)
        except (InvalidJws, InvalidEvidence, InvalidOntvangstbewijs, CallerRejected) as error:
            raise TokenRefused from error
        except VerifierCouldNotCheck as error:
            raise CouldNotCheck from error

    def _representation(self, token: str, opened: OpenRegister) -> Bewijs:
        issuer = unverified_claims(token).get("iss")
        if issuer not in self._issuers:
            raise TokenRefused
        return _opened(self._verifier(issuer, opened.register.audience).verify(token), opened)

    def read_refused(self, token: str, opened: OpenRegister) -> VoormaligBewijs:
        """Who showed a representation token that is too late, and about whom it was: to write that down.

        Its issuer made it for this register, and its ciphertext is opened for that and nothing else.
        Raises InvalidEvidence, VerifierCouldNotCheck, InvalidJws, RegisterNotReady.
        """
        issuer = unverified_claims(token).get("iss")
        if issuer not in self._issuers:
            raise InvalidEvidence("wrong-issuer")
        gezegd = self._verifier(issuer, opened.register.audience).read_former(token).gezegd
        return VoormaligBewijs(_opened(gezegd, opened), gezegd.issuer, gezegd.jti)

    def _own(self, token: str, doel: str, register: Register, now: datetime) -> Bewijs:
        audience = self._register_url(register.id)
        caller = verify_caller(
            token, keys_of=self._keys_of, audience=audience, now=now, remember=self._remember
        )
        actor_keys = self._keys_of(caller.client_id)
        if caller.claims["aud"] != audience or caller.claims.get("doel") != doel or actor_keys is None:
            raise InvalidOntvangstbewijs("assertion-for-something-else")
        ciphertext, bewijs = _translated(caller.claims)
        received = check_ontvangstbewijs(
            bewijs,
            ciphertext,
            Verwachting(caller.client_id, _expected(register, ciphertext), doel, self._keys_url),
            actor_keys=actor_keys,
            party_keys=self._party_keys,
            now=now,
        )
        spent = hashlib.sha256(length_prefixed(caller.client_id.encode(), received.request_id.encode()))
        gesloten = Gesloten(ciphertext, to_base64url(spent.digest()), received.verloopt_op)
        return Bewijs(afnemer=caller.client_id, client_id=caller.client_id, betrokkene=gesloten)

    def _verifier(self, issuer: str, audience: str) -> Verifier:
        with self._lock:
            key = (issuer, audience)
            if key not in self._verifiers:
                self._verifiers[key] = self._make_verifier(issuer, audience)
            return self._verifiers[key]


def _expected(register: Register, ciphertext: Ciphertext) -> Context:
    """The context that a ciphertext must be for: of this register, in a version that it answers for."""
    versions = [domein for domein in register.domeinen if domein == ciphertext.domain]
    return Context(versions[0] if versions else register.domein, ciphertext.epoch)


def _translated(claims: Mapping[str, Any]) -> tuple[Ciphertext, Ontvangstbewijs]:
    """The ciphertext and its receipt, not checked yet. Raises InvalidOntvangstbewijs."""
    try:
        ciphertext = Ciphertext.from_alt_sub(claims.get("pseudoniem"))
        return ciphertext, Ontvangstbewijs.model_validate(claims.get("ontvangstbewijs"))
    except (PepError, ValidationError) as error:
        raise InvalidOntvangstbewijs("no-receipt") from error


def _opened(verified: Vertegenwoordiging, opened: OpenRegister) -> Bewijs:
    """The parties as this register knows them. Raises InvalidEvidence, RegisterNotReady."""
    parties = Opener(opened.require_keys()).open(verified)
    versions = {one.pseudonym.domain for one in (parties.persoon, parties.vertegenwoordigde)}
    if not versions <= set(opened.register.domeinen):
        raise InvalidEvidence("no-pseudonym")  # a version that the register has left behind
    return Bewijs(
        afnemer=opened.register.actor,
        client_id=verified.client_id,
        betrokkene=parties.vertegenwoordigde.pseudonym,
        bevoegdheid=_bevoegdheid(verified),
        handelende=Handelende(
            sub=verified.sub,
            namens=not verified.namens_zelf,
            machtiging=verified.identifier,
            machtiging_iss=verified.issuer if verified.identifier else None,
        ),
    )


def _bevoegdheid(verified: Vertegenwoordiging) -> Bevoegdheid:
    return Bevoegdheid(
        actions=verified.actions,
        doelen=frozenset(verified.doelen),
        datatypes=frozenset(verified.datatypes),
        geldig_tot=verified.geldig_tot,
    )
