"""Two holders make a share together, each on its own machine, by exchanging signed messages.

    step        on each holder's machine                           sent to the other holder, and published
    begin       draw 64 random bytes and a one-time HPKE key       belofte: commitment, HPKE key
    onthul      needs the other's belofte                          onthulling: the bytes, sealed to it
    voltooi     needs the other's onthulling                       slot: what both messages of both were,
                                                                   and points that show the share

Messages are JWS under the parties' published signing keys. Nobody reveals before it holds the other's
commitment, so neither can steer the share; what is revealed is sealed, so a courier learns nothing. The
messages together are the transcript. `keys.pseudonyms.transcript` checks it: who committed to what
before anything was revealed, and that both holders ended with the same share. No dealer: the three
shares stand in no one place, nor does their product.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from keys.kernel.jws import InvalidJws, Jwks, SigningKey, sign, verify
from keys.kernel.jws.keyfile import erase, write_secret
from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.sealing import OpeningKey, seal
from keys.pseudonyms.filestore import FileKeystore, read_document, read_share, share_entry
from keys.pseudonyms.keystore import Keystore, KeystoreRefused
from keys.pseudonyms.shares import HOLDERS, SHARE_DST, Contribution, Share, combine, shares_of

TYP_PROMISE = "pep-deelbelofte+jwt"
TYP_REVEAL = "pep-deelonthulling+jwt"
TYP_CLOSING = "pep-deelslot+jwt"


class Ceremony:
    """One party's side of making one share. Keeps its secrets in `folder`, mode 0600."""

    def __init__(
        self,
        folder: Path,
        party: str,
        share: str,
        key: SigningKey,
        parties: Mapping[str, Jwks],
        generation: int = 1,
    ) -> None:
        if party not in HOLDERS.get(share, ()):
            raise KeystoreRefused(f"{party} does not hold share {share}")
        self._folder = folder
        self._party = party
        self._share = share
        self._key = key
        self._generation = generation
        self._other = next(holder for holder in HOLDERS[share] if holder != party)
        if self._other not in parties:
            raise KeystoreRefused(f"the public keys of {self._other} are not known")
        self._other_keys = parties[self._other]

    @property
    def _state_file(self) -> Path:
        return self._folder / f"{_stem(self._share, self._generation)}.bezig.json"

    @property
    def _share_file(self) -> Path:
        return self._folder / f"{_stem(self._share, self._generation)}.json"

    def begin(self) -> str:
        """Draw our contribution; the promise to send. Raises KeystoreRefused when one was begun already."""
        contribution, opening = Contribution.draw(self._share, self._party), OpeningKey()
        state = {"bijdrage": to_base64url(contribution.randomness), "opening": to_base64url(opening.secret)}
        self._write(self._state_file, state)
        return self._sign(
            TYP_PROMISE,
            {"belofte": to_base64url(contribution.commitment()), "sleutel": to_base64url(opening.public)},
        )

    def reveal(self, promise: str) -> str:
        """Our contribution, sealed to the other holder, once its promise is here. Keeps that promise."""
        stated = self._verify(promise, TYP_PROMISE)
        contribution, _, state = self._read_state()
        if state.get("belofte", promise) != promise:
            raise KeystoreRefused(f"{self._other} made two different promises for share {self._share}")
        self._write(self._state_file, {**state, "belofte": promise}, replace=True)
        sealed = seal(self._bytes(stated, "sleutel"), contribution.randomness, self._info(self._party))
        said = {"verzegeld": to_base64url(sealed), "na_belofte": message_digest(promise)}
        return self._sign(TYP_REVEAL, said)

    def complete(self, reveal: str) -> tuple[Share, str]:
        """(the share, our closing statement); both holders now have the same share.

        Writes the share down and forgets our contribution.
        """
        contribution, opening, state = self._read_state()
        if "belofte" not in state:
            raise KeystoreRefused("the other holder's promise comes before what it reveals")
        promised = self._bytes(self._verify(state["belofte"], TYP_PROMISE), "belofte")
        sealed = self._bytes(self._verify(reveal, TYP_REVEAL), "verzegeld")
        try:
            revealed = opening.open(sealed, self._info(self._other))
            share = combine(contribution, Contribution(self._share, self._other, revealed), promised)
        except PepError as error:
            raise KeystoreRefused(f"{self._other} revealed something else than it promised") from error
        self._write(self._share_file, share_entry(share))
        erase(self._state_file)
        return share, self._sign(TYP_CLOSING, closing_claims(share, state["belofte"], reveal))

    def _info(self, sender: str) -> bytes:
        later = () if self._generation == 1 else (f"g{self._generation}".encode(),)
        return length_prefixed(SHARE_DST, b"reveal", self._share.encode(), sender.encode(), *later)

    def _sign(self, typ: str, claims: Mapping[str, str]) -> str:
        head = {"iss": self._party, "deel": self._share, "generatie": self._generation}
        return sign({**head, **claims}, self._key, typ=typ)

    def _verify(self, token: str, typ: str) -> dict[str, Any]:
        try:
            claims = verify(token.strip(), self._other_keys, typ=typ)
        except InvalidJws as error:
            raise KeystoreRefused(f"this is no message of {self._other}") from error
        if (claims.get("iss"), claims.get("deel")) != (self._other, self._share):
            raise KeystoreRefused(f"this message is not about share {self._share}")
        if claims.get("generatie", 1) != self._generation:
            raise KeystoreRefused(f"this message is not about generation {self._generation}")
        return claims

    def _bytes(self, claims: Mapping[str, Any], name: str) -> bytes:
        try:
            return from_base64url(claims.get(name))
        except ValueError as error:
            raise KeystoreRefused(f"the message of {self._other} is malformed") from error

    def _read_state(self) -> tuple[Contribution, OpeningKey, dict[str, str]]:
        try:
            state = json.loads(self._state_file.read_text("utf-8"))
            contribution = Contribution(self._share, self._party, from_base64url(state["bijdrage"]))
            return contribution, OpeningKey(from_base64url(state["opening"])), state
        except (OSError, ValueError, KeyError, TypeError, PepError) as error:
            raise KeystoreRefused(f"share {self._share} was not begun in {self._folder}") from error

    def _write(self, path: Path, document: Mapping[str, str], *, replace: bool = False) -> None:
        try:
            write_secret(path, json.dumps(document).encode(), replace=replace)
        except OSError as error:
            raise KeystoreRefused(f"{path} cannot be made ({error.strerror})") from error


def message_digest(token: str) -> str:
    """What one message names another by: SHA-256 of its text, base64url."""
    return to_base64url(hashlib.sha256(token.strip().encode()).digest())


def closing_claims(share: Share, promise: str, reveal: str) -> dict[str, str]:
    """What a holder states at the end: the other's messages that it used, and points of its share."""
    points = {name: to_base64url(point) for name, point in share.public_points().items()}
    return {"belofte": message_digest(promise), "onthulling": message_digest(reveal), **points}


def _stem(share: str, generation: int) -> str:
    return f"deel-{share}" if generation == 1 else f"deel-{share}-g{generation}"


def assemble(
    folder: Path, party: str, write: Callable[[FileKeystore], Keystore], generation: int = 1
) -> Keystore:
    """The party's key store, from its two completed shares.

    `write` brings them where they will stay, a file or a token, and gives what was made of them; only
    then are the shares in `folder` erased. Raises KeystoreRefused, and then they are still there.
    """
    shares = {}
    files = {share: folder / f"{_stem(share, generation)}.json" for share in shares_of(party)}
    for share, path in files.items():
        try:
            shares[share] = read_share(share, read_document(path))
        except (ValueError, KeyError, TypeError, PepError, KeystoreRefused) as error:
            raise KeystoreRefused(f"share {share} is not complete in {folder}") from error
    store = write(FileKeystore(party, shares, False, generation))
    for path in files.values():
        erase(path)
    return store
