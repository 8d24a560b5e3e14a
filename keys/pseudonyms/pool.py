"""Zero-encryptions made ahead: what a hop adds to a ciphertext does not depend on the ciphertext.

    pair    (ρ, ρG, ρY′) under one public key Y′, ρ fresh and random
    hop     (uB + ρG, sC + ρY′): with a pair at hand two multiplications are left of four

A pair is given out once and is gone, whatever happens to the batch: two outputs with one ρ would show
that they are related. Nothing is written to disk, and a child process starts with an empty pool. Whoever
reads the memory of a party can link what it makes with the pairs that it has in stock, as with any other
randomness it is about to use.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from keys.kernel.pep.group import group

KEYS = 16  # public keys that pairs are kept for; the one used longest ago makes room


@dataclass(frozen=True)
class Pair:
    """A zero-encryption: the scalar and both points, 32 bytes each."""

    rho: bytes = field(repr=False)
    first: bytes = field(repr=False)
    second: bytes = field(repr=False)


def make_pair(public: bytes, rho: bytes | None = None) -> Pair:
    """A zero-encryption under a public key (32 bytes); ρ is drawn here when it is not given."""
    curve = group()
    fresh = curve.random_scalar() if rho is None else rho
    return Pair(fresh, curve.mul_base(fresh), curve.mul(fresh, public))


class Pool:
    """At most `capacity` pairs for each of the keys used last. Thread-safe. 0: nothing is kept."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._stock: OrderedDict[bytes, deque[Pair]] = OrderedDict()
        self._lock = threading.Lock()
        _pools.add(self)

    def take(self, public: bytes, count: int) -> list[Pair]:
        """At most `count` pairs for a key, each given out this once; the rest is the caller's to make."""
        if not self._capacity:
            return []
        with self._lock:
            stock = self._stock.setdefault(public, deque())
            self._stock.move_to_end(public)
            while len(self._stock) > KEYS:
                self._stock.popitem(last=False)
            return [stock.popleft() for _ in range(min(count, len(stock)))]

    def fill(self, at_most: int) -> int:
        """Make pairs for the keys that were used, newest first; gives how many. For idle moments."""
        made = 0
        while made < at_most and (public := self._wanting()) is not None:
            pair = make_pair(public)
            made += 1
            with self._lock:
                stock = self._stock.get(public)
                if stock is not None and len(stock) < self._capacity:
                    stock.append(pair)
        return made

    def size(self, public: bytes) -> int:
        """How many pairs are in stock for a key."""
        with self._lock:
            return len(self._stock.get(public, ()))

    def clear(self) -> None:
        """Throw everything away."""
        self._lock = threading.Lock()  # after a fork another thread of the parent may have held it
        self._stock = OrderedDict()

    def _wanting(self) -> bytes | None:
        with self._lock:
            for public in reversed(self._stock):
                if len(self._stock[public]) < self._capacity:
                    return public
        return None


def _forget_all() -> None:
    for pool in list(_pools):
        pool.clear()


_pools: weakref.WeakSet[Pool] = weakref.WeakSet()
os.register_at_fork(after_in_child=_forget_all)
