"""The generations of shares that a running party works in: at most two at a time, while shares are refreshed.

A generation is served when the party's folder says that it is ready, the registry says that it is in use,
and all that was carried over to it was found to hold *here*: the registry is not believed about that. One
that the folder says was erased is refused from that moment on. No restart is needed for either.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping

from keys import events
from keys.doelen.errors import ShareGenerationUnknown
from keys.doelen.service import Doelen
from keys.kernel.jws import Jwks
from keys.kernel.log import Log
from keys.kernel.pep.errors import PepError
from keys.pseudonyms.keystore import CARRIER, Keystore, KeystoreRefused
from keys.pseudonyms.places import Place
from keys.pseudonyms.shares import Carried, Share
from keys.pseudonyms.standing import read_standing, signature
from keys.pseudonyms.tokenstore import TokenKeystore
from keys.wire.generaties import VerversingView, check_carried, read_naam
from keys.wire.verklaringen import InvalidStatement


class Generations:
    """One party's stores, by generation. Thread-safe."""

    def __init__(self, place: Place, parties: Mapping[str, Jwks], registry: Doelen, log: Log) -> None:
        self.party = place.party
        self._place = place
        self._parties = parties
        self._registry = registry
        self._log = log
        self._lock = threading.RLock()
        self._seen = signature(place.folder)
        self._standing = read_standing(place.folder, place.party)
        self._open: dict[int, Keystore] = {}
        self._refused: set[int] = set()
        self._idle: list[Keystore] = []

    def start(self) -> None:
        """Open what is to be served. Raises KeystoreRefused, KeyStoreUnavailable; then nothing stays open."""
        used = [one for one in sorted(self._standing.ready) if self._registry.generaties.was_in_use(one)]
        if not used:
            raise KeystoreRefused(f"{self.party} holds no shares of a generation that is in use")
        try:
            for generation in used:
                self._open[generation] = self._opened(generation)
        except Exception:  # whatever it is: no opened keys stay behind, and it goes on
            self.close()
            raise

    @property
    def newest(self) -> Keystore:
        """The store of the newest generation that is served."""
        return self._open[max(self._open)]

    def of(self, generation: int) -> Keystore:
        """The store of a generation. Raises ShareGenerationUnknown, KeyStoreUnavailable."""
        self.look()
        known = self._open.get(generation)
        if known is not None:
            return known
        with self._lock:
            if generation not in self._open:
                self._adopt(generation)
            return self._open[generation]

    def look(self) -> None:
        """See whether the folder says something else than before: what was erased is let go of."""
        if signature(self._place.folder) == self._seen:
            return
        with self._lock:
            seen = signature(self._place.folder)
            try:
                standing = read_standing(self._place.folder, self.party)
            except KeystoreRefused:
                standing = self._standing  # damaged: what was served goes on, `verversing stand` tells
            self._seen, self._standing, self._refused = seen, standing, set()
            for generation in [one for one in self._open if one not in standing.ready]:
                store = self._open.pop(generation)
                if isinstance(store, TokenKeystore):  # its session may be what logged this process in
                    self._idle.append(store)
                self._log.emit(events.GENERATION_ENDED, partij=self.party, generatie=generation)

    def adopt_new(self) -> None:
        """In an idle moment: begin to serve what is ready and in use."""
        self.look()
        for generation in self._standing.ready - self._open.keys() - self._refused:
            if self._registry.generaties.was_in_use(generation):
                with self._lock, contextlib.suppress(ShareGenerationUnknown):  # was told of in the log
                    if generation not in self._open:
                        self._adopt(generation)

    def ping(self) -> None:
        """Raise KeyStoreUnavailable when secrets are out of reach now."""
        for store in list(self._open.values()):
            store.ping()

    def close(self) -> None:
        """Let go of all."""
        for store in (*self._open.values(), *self._idle):
            store.close()

    def _adopt(self, generation: int) -> None:
        ready = generation in self._standing.ready - self._refused
        if not ready or not self._registry.generaties.was_in_use(generation):
            raise ShareGenerationUnknown
        try:
            self._open[generation] = self._opened(generation)
        except KeystoreRefused as error:
            self._refused.add(generation)  # until the folder changes: the old generation goes on
            self._log.emit(events.GENERATION_REFUSED, partij=self.party, generatie=generation)
            raise ShareGenerationUnknown from error
        self._log.emit(events.GENERATION_SERVED, partij=self.party, generatie=generation)

    def _opened(self, generation: int) -> Keystore:
        store = self._place.open(generation)
        if generation == 1:
            return store
        try:
            found, carried = self._registry.generaties.find(generation)
            names = [
                {
                    "domein": str(one.key.context.domain),
                    "epoch": one.key.context.epoch,
                    "bewijzen": one.key.certificates,
                    "toezeggingen_voor": list(one.before.values()),
                    "toezeggingen_na": list(one.after.values()),
                    "overdracht": one.proof,
                }
                for one in carried
            ]
            view = VerversingView.model_validate(
                {"nummer": generation, "vorige": found.vorige, "namen": names}
            )
            check_taken_over(view, self._parties, store)
        except Exception:  # whatever it is: no opened keys stay behind, and it goes on
            store.close()
            raise
        return store


def check_taken_over(view: VerversingView, parties: Mapping[str, Jwks], store: Keystore) -> None:
    """What all parties state about a generation holds, and is what this store gives, for every name; what
    the store carried over is among the names. Raises KeystoreRefused with one sentence."""
    pair = (view.vorige, view.nummer)
    held = store.held().get(CARRIER)
    missing = set() if held is None else _names(held)
    for one in view.namen:
        where = f"{one.domein} epoch {one.epoch}"
        try:
            context = one.context
            naam = read_naam(context, one.bewijzen, one.toezeggingen_voor, parties, pair[0])
            stated = check_carried(naam, one.toezeggingen_na, one.overdracht or "", parties, pair)
        except (InvalidStatement, PepError) as error:
            raise KeystoreRefused(f"generation {pair[1]} does not hold for {where} ({error.code})") from error
        if any(stated[share] != mine for share, mine in store.commitments(context).items()):
            raise KeystoreRefused(f"{store.party} holds other shares of generation {pair[1]} for {where}")
        missing.discard(str(context))
    if missing:
        raise KeystoreRefused(f"the registry lacks {len(missing)} names that {store.party} carried over")


def _names(share: Share) -> set[str]:
    carried: Carried = share.carried
    return set(carried.k)
