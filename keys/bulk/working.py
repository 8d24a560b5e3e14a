"""One batch in a worker: opened, encrypted afresh, translated by both parties, every proof checked.

A worker is a process here or on another machine. It gets file names, never key bytes: a cluster's
workers need the key files at the same place, and the wire carries only what the input and the output
hold too.
"""

from __future__ import annotations

import functools
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx2
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from keys.bulk.deps import now
from keys.bulk.errors import ConversionStopped, RowRefused
from keys.bulk.opening import Opening, Row
from keys.client import KeysClient, PeerUnavailable, TranslationRefused
from keys.kernel.jws import SigningKey
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import SUITE, ActorKey, Ciphertext, Domain, PepError, Vault, encrypt
from keys.kernel.pep.encoding import to_base64url

TIMEOUT_S = 60
PAUSES_S = (1.0, 4.0)  # before another attempt when the parties do not answer
REFUSED = {
    "volume-exceeded": "the number of items that may be translated today is reached",
    "purpose-ended": "the purpose is not valid now",
    "purpose-not-registered": "the purpose is not registered",
    "direction-not-registered": "no ground of use allows this direction for this purpose now",
    "unknown-domein": "a domain is not registered",
    "same-domain": "within one domain only to a newer epoch or version",
    "answer-invalid": "a party's answer or proof does not hold; nothing of it was used",
}


@dataclass(frozen=True)
class Task:
    """What every batch of one conversion has in common; goes to the workers as it is."""

    van: str
    naar: str
    doel: str
    naar_epoch: int
    signing_key: Path
    domain_key: Path
    local_key: Path | None
    keys_url: str
    party_urls: tuple[tuple[str, str], ...]
    stated: tuple[bool, bool]
    """Whether the file has columns for domain and epoch."""
    certificate: tuple[Path, Path] | None = None
    """TLS client certificate and its key, both PEM, for parties that ask for one."""


@dataclass(frozen=True)
class Done:
    """A batch after the work: for each row its new text, or None; and why, for each row that has none."""

    texts: list[str | None]
    refused: list[tuple[int, str]]


class Worker:
    """The register's keys and its client, opened once in each process."""

    def __init__(self, task: Task, http: httpx2.Client | None = None) -> None:
        """Raises ConversionStopped with one sentence when a key file is not what it must be."""
        self.task = task
        self.key = _domain_key(task)
        self._naar = Domain.parse(task.naar)
        self._opening = Opening(self.key, _vault(task.local_key), stated=task.stated)
        context, certificate = _certificate(task.certificate)
        self._client = KeysClient(
            actor=self.key.domain.actor,
            signing_key=_signing_key(task.signing_key),
            keys_url=task.keys_url,
            party_urls=dict(task.party_urls),
            http=http or httpx2.Client(timeout=TIMEOUT_S, verify=context),
            clock=now,
            certificate=certificate,
        )

    def convert(self, rows: Sequence[Row]) -> Done:
        """At most 1,000 rows. Raises ConversionStopped when none of them can be served now."""
        texts: list[str | None] = [None] * len(rows)
        refused: list[tuple[int, str]] = []
        places: list[int] = []
        items: list[Ciphertext] = []
        for place, row in enumerate(rows):
            try:
                items.append(encrypt(self._opening.open(row), self.key.public, self.key.epoch))
                places.append(place)
            except RowRefused as refusal:
                refused.append((place, refusal.code))
        while items:
            try:
                outputs = self._translate(items)
            except TranslationRefused as refusal:
                if refusal.item is None or not 0 <= refusal.item < len(items):
                    raise ConversionStopped(_told(refusal.code)) from None
                refused.append((places.pop(refusal.item), refusal.code))
                del items[refusal.item]
                continue
            for place, output in zip(places, outputs, strict=True):
                texts[place] = f"{SUITE}:{to_base64url(output.data)}"
            break
        return Done(texts, sorted(refused))

    def _translate(self, items: Sequence[Ciphertext]) -> list[Ciphertext]:
        # one mapping for all wishes: its values are wider than each parameter by itself
        wishes: Mapping[str, str | int] = {"doel": self.task.doel, "naar_epoch": self.task.naar_epoch}
        for pause in (*PAUSES_S, None):
            try:
                return self._client.transcrypt(items, naar=self._naar, **wishes)  # type: ignore[arg-type]
            except PeerUnavailable:
                if pause is None:
                    break
                time.sleep(pause)
        raise ConversionStopped("stopped: the registry and two parties are needed, and do not answer now")


@functools.lru_cache(maxsize=4)
def worker_for(task: Task) -> Worker:
    """The worker of this process for a task."""
    return Worker(task)


def convert_batch(task: Task, rows: Sequence[Row]) -> Done:
    """What a pool or a cluster runs."""
    return worker_for(task).convert(rows)


def _told(code: str) -> str:
    said = REFUSED.get(code, "a party or the registry refuses")
    return f"stopped: {said} ({code})"


def _domain_key(task: Task) -> ActorKey:
    path = task.domain_key
    try:
        key = ActorKey.from_json(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, PepError) as error:
        raise ConversionStopped(f"{path} does not hold the key of a domain") from error
    if str(key.domain) != task.van:
        raise ConversionStopped(f"{path} holds the key of another domain than --from")
    return key


def _signing_key(path: Path) -> SigningKey:
    try:
        return SigningKey.load(path)
    except (OSError, UnusableKey) as error:
        raise ConversionStopped(f"{path} does not hold a signing key") from error


def _certificate(paths: tuple[Path, Path] | None) -> tuple[ssl.SSLContext, bytes | None]:
    """How connections are made, and the certificate (DER) that calls are bound to."""
    context = ssl.create_default_context()
    if paths is None:
        return context, None
    try:
        context.load_cert_chain(*paths)
        certificate = load_pem_x509_certificate(paths[0].read_bytes())
    except (OSError, ValueError) as error:
        raise ConversionStopped(f"{paths[0]} and {paths[1]} are no certificate with its key") from error
    return context, certificate.public_bytes(Encoding.DER)


def _vault(path: Path | None) -> Vault | None:
    if path is None:
        return None
    try:
        return Vault(path.read_bytes())
    except (OSError, PepError) as error:
        raise ConversionStopped(f"{path} does not hold a local key of 32 bytes") from error
