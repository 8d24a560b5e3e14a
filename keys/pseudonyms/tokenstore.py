"""The key store that is a PKCS#11 token: factors by CKM_SHA512_HMAC, computed inside it.

What this protects: the secrets at rest and against copying; who takes the token or the host's disk away
has nothing. What it does not: the host sees each factor that it asks for, and while the host is in
another's hands that other can ask for any. PKCS#11 knows no ristretto255, so the curve is not in there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keys.errors import KeyStoreUnavailable
from keys.kernel.pep.names import SUITE
from keys.pseudonyms.filestore import FileKeystore
from keys.pseudonyms.fingerprints import differing, record
from keys.pseudonyms.keystore import HeldShares, KeystoreRefused
from keys.pseudonyms.shares import SECRETS, HeldSecret, Share, shares_of
from keys.pseudonyms.token import Token, TokenPlace

THROWAWAY = "wegwerp"


@dataclass(frozen=True)
class TokenSecret:
    """A key in a token, by its label."""

    token: Token
    label: str

    def mac(self, message: bytes) -> bytes:
        """HMAC-SHA512, in the token. Raises KeyStoreUnavailable."""
        return self.token.mac(self.label, message)


class TokenKeystore(HeldShares):
    """The two shares of one party, in a token."""

    def __init__(self, party: str, token: Token, throwaway: bool, generation: int = 1) -> None:
        labels = labels_of(party, throwaway, generation)
        shares = {}
        for share in shares_of(party):
            k_ps, k_enc, k_beta = (TokenSecret(token, labels[share, name]) for name in SECRETS)
            shares[share] = Share(share, k_ps, k_enc, k_beta)
        super().__init__(party, shares, throwaway, generation)
        self.token = token

    @classmethod
    def load(
        cls, place: TokenPlace, party: str, *, allow_throwaway: bool = False, generation: int = 1
    ) -> TokenKeystore:
        """The party's keys in a token, each checked. Raises KeystoreRefused with one sentence."""
        token = Token(place)
        try:
            present = token.labels()
            throwaway = not present.isdisjoint(labels_of(party, True, generation).values())
            if throwaway and not allow_throwaway:
                raise KeystoreRefused(f"token {place.label} holds throwaway shares, which production refuses")
            for label in labels_of(party, throwaway, generation).values():
                token.check(label)
            store = cls(party, token, throwaway, generation)
            store._know()
            return store
        except KeyStoreUnavailable as error:
            token.close()
            raise KeystoreRefused(
                f"token {place.label} of module {place.module} does not answer ({_cause(error)})"
            ) from error
        except KeystoreRefused:
            token.close()
            raise

    def _know(self) -> None:
        """From now on, whenever the token is opened again it must hold these same shares."""
        known = self.fingerprints()

        def recheck() -> None:
            if differing(self.fingerprints(), known):
                raise KeyStoreUnavailable

        self.token.recheck = recheck

    def ping(self) -> None:
        """Raise KeyStoreUnavailable when the token does not compute now."""
        for share in self._shares.values():
            share.k_ps.mac(b"")

    def close(self) -> None:
        """Let go of the session."""
        self.token.close()


def labels_of(party: str, throwaway: bool, generation: int = 1) -> dict[tuple[str, str], str]:
    """The label of each key of a party in a generation, by share and name."""
    end = (f"|{THROWAWAY}" if throwaway else "") + (f"|g{generation}" if generation > 1 else "")
    return {
        (share, name): f"{SUITE}|{party}|{share}|{name}{end}"
        for share in shares_of(party)
        for name in SECRETS
    }


def put_shares(place: TokenPlace, store: FileKeystore, folder: Path) -> TokenKeystore:
    """Bring the shares of an opened file into a token, and record their fingerprints in `folder`.

    All keys or none. Keys that an import which was cut short left behind are taken away first; a whole
    set that gives the same fingerprints is left as it is, so an import can be done again. Gives the
    token's store, which has been compared with the file. Raises KeystoreRefused.
    """
    generation = store.generation
    secrets = _secrets(store.held(), labels_of(store.party, store.throwaway, generation))
    every = every_label(store.party, generation)
    token = Token(place)
    try:
        present = token.labels() & every
        if present != set(secrets):
            if present >= set(labels_of(store.party, not store.throwaway, generation).values()):
                raise KeystoreRefused(f"token {place.label} holds other shares of {store.party} already")
            token.remove(present)
            token.put(secrets)
    except KeyStoreUnavailable as error:
        raise KeystoreRefused(f"token {place.label} does not answer ({_cause(error)})") from error
    finally:
        token.close()
    made = TokenKeystore.load(place, store.party, allow_throwaway=store.throwaway, generation=generation)
    if differing(made.fingerprints(), store.fingerprints()):
        made.close()
        raise KeystoreRefused(f"token {place.label} holds other shares of {store.party} already")
    record(folder, store.party, made.fingerprints(), generation)
    return made


def every_label(party: str, generation: int) -> set[str]:
    """The labels of a generation, throwaway or not."""
    return {label for kind in (False, True) for label in labels_of(party, kind, generation).values()}


def destroy(place: TokenPlace, party: str, generation: int) -> None:
    """Destroy what the token holds of a generation; nothing is left is no error. Raises KeystoreRefused."""
    token = Token(place)
    try:
        token.remove(token.labels() & every_label(party, generation))
    except KeyStoreUnavailable as error:
        raise KeystoreRefused(f"token {place.label} does not answer ({_cause(error)})") from error
    finally:
        token.close()


def _secrets(shares: Mapping[str, Share], labels: Mapping[tuple[str, str], str]) -> dict[str, bytes]:
    found = {}
    for (share, name), label in labels.items():
        secret = getattr(shares[share], name)
        if not isinstance(secret, HeldSecret):
            raise KeystoreRefused(f"share {share} is of before β had a key of its own: no token can hold it")
        found[label] = secret.value
    return found


def _cause(error: BaseException) -> str:
    return type(error.__cause__).__name__
