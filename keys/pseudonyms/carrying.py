"""What share 23 of a later generation took over, in `<folder>/gedragen-<g>.json`, of t2 and t3 alone.

    {suite, partij, vorige, generatie, nonce, inhoud}       inhoud: AES-256-GCM over {s: {…}, k: {…}}

The key is made by the store that it belongs to: the first 32 bytes of HMAC-SHA512 under k_ps of share 23
of that same generation. So where the share is in a token, this file opens with the token only. The message
begins otherwise than that of any factor. All members but `inhoud` are bound as associated data.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keys.kernel.jws.keyfile import KeyFileRefused, read_secret, write_secret
from keys.kernel.pep.encoding import from_base64url, length_prefixed, to_base64url
from keys.kernel.pep.errors import PepError
from keys.kernel.pep.group import group
from keys.kernel.pep.names import SUITE
from keys.pseudonyms.keystore import KeystoreRefused
from keys.pseudonyms.shares import Carried, Share

CARRIED_DST = b"machtigen/pep/carried/1"
KEY_BYTES = 32
NONCE_BYTES = 12
LIMIT = 1 << 26


def carried_name(generation: int) -> str:
    """The name of the file."""
    return f"gedragen-{generation}.json"


def write_carried(folder: Path, share: Share, party: str, before: int, carried: Carried) -> None:
    """Write what share 23 takes over from `before`, whole or not at all. Raises KeystoreRefused."""
    path = folder / carried_name(share.generation)
    head = {"suite": SUITE, "partij": party, "vorige": before, "generatie": share.generation}
    content = {
        name: {key: to_base64url(value) for key, value in factors.items()}
        for name, factors in (("s", carried.s), ("k", carried.k))
    }
    try:
        write_secret(path, json.dumps(seal_under(share, head, json.dumps(content).encode())).encode())
    except OSError as error:
        raise KeystoreRefused(f"{path} cannot be written ({error.strerror})") from error


def read_carried(folder: Path, share: Share, party: str) -> Carried:
    """What this share took over. Raises KeystoreRefused with one sentence, KeyStoreUnavailable."""
    path = folder / carried_name(share.generation)
    if not path.exists():
        raise KeystoreRefused(f"{path} lacks: use `python -m keys verversing overneem`")
    head, opened = read_under(share, path)
    if (head.get("partij"), head.get("generatie")) != (party, share.generation):
        raise KeystoreRefused(f"{path} is of another party or generation")
    try:
        content = json.loads(opened)
        s, k = (
            {str(at): group().check_scalar(from_base64url(value)) for at, value in content[name].items()}
            for name in ("s", "k")
        )
    except (ValueError, KeyError, TypeError, AttributeError, PepError) as error:
        raise KeystoreRefused(f"{path} does not hold carried factors") from error
    return Carried(s, k)


def seal_under(share: Share, head: Mapping[str, object], content: bytes) -> dict[str, Any]:
    """A document with members that anybody reads, and a content that opens with this share only."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(_key(share)).encrypt(nonce, content, _bound(head))
    return {**head, "nonce": to_base64url(nonce), "inhoud": to_base64url(sealed)}


def read_under(share: Share, path: Path) -> tuple[dict[str, Any], bytes]:
    """(the readable members, the content) of such a file, of this suite. Raises KeystoreRefused."""
    key = _key(share)
    try:
        document = json.loads(read_secret(path, limit=LIMIT))
        nonce, sealed = (from_base64url(document.pop(name)) for name in ("nonce", "inhoud"))
        if document["suite"] != SUITE:
            raise KeystoreRefused(f"{path} is of another suite")
        return document, AESGCM(key).decrypt(nonce, sealed, _bound(document))
    except KeyFileRefused as error:
        raise KeystoreRefused(str(error)) from error
    except InvalidTag as error:
        raise KeystoreRefused(f"{path} is damaged, or does not belong to this share") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise KeystoreRefused(f"{path} is damaged: it does not hold what was written") from error


def _key(share: Share) -> bytes:
    return share.k_ps.mac(CARRIED_DST + share.id.encode())[:KEY_BYTES]  # begins with no factor's number


def _bound(head: Mapping[str, object]) -> bytes:
    return length_prefixed(CARRIED_DST, json.dumps(head, sort_keys=True).encode())
