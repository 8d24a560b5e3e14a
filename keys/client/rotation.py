"""A newer key for one's own domain: the next epoch. Pseudonyms stay; the old key goes on to open.

    1. assemble the key of the epoch from two parties         may be repeated: it is always the same key
    2. write its file, whole or not at all                    whoever reads the folder can open from now on
    3. have the registry publish it                           senders use it within a minute

In this order nobody ever sends what cannot be opened here. Killed at any point, the same once more
finishes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from keys.client.keysclient import KeysClient
from keys.client.obtaining import save_key
from keys.kernel.pep import Context, Domain, KeyRing


@dataclass(frozen=True)
class Rotated:
    """The epoch, whether its file is new here, and whether it was published by this very act."""

    epoch: int
    is_new: bool
    is_published: bool


def next_epoch(ring: KeyRing, client: KeysClient, domain: Domain) -> int:
    """The epoch to go to: one that was begun here or published elsewhere and is not whole, else the next."""
    (usable, free), local = client.epochs(domain), ring.epochs(domain)
    missing = [epoch for epoch in usable[-1:] if epoch not in local]
    begun = [epoch for epoch in local if epoch >= free]
    return [*missing, *begun, free][0]


def rotate(
    ring: KeyRing, client: KeysClient, domain: Domain, epoch: int | None = None, *, publish: bool = True
) -> Rotated:
    """Go to an epoch (by default `next_epoch`); without `publish` the key is put ready only, for an actor
    that has several folders. Raises TranslationRefused, PeerUnavailable, PepError, OSError."""
    context = Context(domain, next_epoch(ring, client, domain) if epoch is None else epoch)
    is_published = context.epoch in client.usable_epochs(domain)
    known = ring.find(context)
    if known is not None and (is_published or not publish):
        return Rotated(context.epoch, False, False)
    key, certificates = client.assemble_key(context)
    if known is None:
        save_key(ring, key)
    if publish and not is_published:
        client.record_key(context, certificates)
    return Rotated(context.epoch, known is None, publish and not is_published)
