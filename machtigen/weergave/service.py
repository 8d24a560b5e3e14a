"""Names are shown by identiteit in a frame; here the ticket is made that says who may see whom.

    ticket  = JWS, typ weergaveticket+jwt
    claims  = iss (machtigen), aud (identiteit), iat, exp = iat + 120 s, jti,
              kijker  E(viewer@weergave), getoond E(shown@weergave)   as entries of `alt_sub`

Both pseudonyms are translated by `keys` in one batch. identiteit shows the name only when the viewer
is the person logged in there. Gives: the name reaches the viewer's eyes and no database of ours.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from keys.kernel.jws import SigningKey, sign, timestamp
from keys.kernel.pep import ActorKey, Ciphertext, Domain, Pseudonym, decrypt, encrypt
from machtigen.partijen.model import PartijId
from machtigen.partijen.service import Partijen
from machtigen.translation import Translator

TYP = "weergaveticket+jwt"
LIFETIME = timedelta(seconds=120)
PURPOSE = "naam-tonen"


class DomainKey:
    """Our keys of the domain machtigen; obtained at first need, since `keys` may start after us.

    `obtain` gives the key to encrypt under now; `opened` opens what came in an epoch of ours (by default
    with that same key).
    """

    def __init__(
        self, obtain: Callable[[], ActorKey], opened: Callable[[Ciphertext], Pseudonym] | None = None
    ) -> None:
        self._obtain = obtain
        self._opened = opened
        self._is_there = False

    def get(self) -> ActorKey:
        """The key. Raises PeerUnavailable while it cannot be obtained."""
        key = self._obtain()
        self._is_there = True
        return key

    def open(self, ciphertext: Ciphertext) -> Pseudonym:
        """The pseudonym. Raises PepError for another domain, or an epoch whose key is not here."""
        return decrypt(ciphertext, self.get()) if self._opened is None else self._opened(ciphertext)

    @property
    def is_there(self) -> bool:
        """Whether it was obtained."""
        return self._is_there


class Weergave:
    """Makes tickets. `issuer` is our address, `audience` the issuer of identiteit."""

    def __init__(
        self,
        *,
        partijen: Partijen,
        translator: Translator,
        domain_key: DomainKey,
        display: Domain,
        signing_key: SigningKey,
        issuer: str,
        audience: str,
    ) -> None:
        self._partijen = partijen
        self._translator = translator
        self._domain_key = domain_key
        self._display = display
        self._signing_key = signing_key
        self._issuer = issuer
        self._audience = audience

    def tickets(self, viewer: PartijId, shown: Sequence[PartijId], now: datetime) -> list[str]:
        """A ticket for each of `shown` (at most 500), in order.

        Raises PeerUnavailable, or the refusal of `keys`.
        """
        if not shown:
            return []
        key = self._domain_key.get()
        pairs = [partij for one in shown for partij in (viewer, one)]
        items = [encrypt(self._partijen.pseudonym_of(partij), key.public, key.epoch) for partij in pairs]
        translated = self._translator.transcrypt(items, naar=self._display, doel=PURPOSE)
        return [
            self._ticket(translated[2 * place], translated[2 * place + 1], now) for place in range(len(shown))
        ]

    def _ticket(self, viewer: Ciphertext, shown: Ciphertext, now: datetime) -> str:
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "iat": timestamp(now),
            "exp": timestamp(now + LIFETIME),
            "jti": secrets.token_urlsafe(24),
            "kijker": viewer.to_alt_sub(),
            "getoond": shown.to_alt_sub(),
        }
        return sign(claims, self._signing_key, typ=TYP)
