"""An actor's own keys of one domain, in all epochs that it has a file for."""

from __future__ import annotations

from keys.client.keysclient import KeysClient
from keys.client.obtaining import load_or_obtain_key
from keys.kernel.pep import ActorKey, Ciphertext, Context, Domain, KeyRing, PepError, Pseudonym


class OwnKeys:
    """Which key to encrypt under, and which one opens what came in. Thread-safe.

    A key file of a later epoch that appears while the process runs is used from then on: to open at once,
    to encrypt as soon as the registry publishes it.
    """

    def __init__(self, ring: KeyRing, client: KeysClient, domain: Domain) -> None:
        self._ring = ring
        self._client = client
        self.domain = domain
        self._obtained = False

    @property
    def is_there(self) -> bool:
        """Whether a key was found or obtained, without asking for it."""
        return self._obtained

    def get(self) -> ActorKey:
        """The key to encrypt under: the newest that we have and that may be used.

        Obtained where there is none. Raises TranslationRefused, PeerUnavailable, PepError.
        """
        epochs = self._ring.epochs(self.domain)
        key = None
        if len(epochs) > 1:
            usable = set(self._client.usable_epochs(self.domain))
            newest = max((epoch for epoch in epochs if epoch in usable), default=epochs[0])
            key = self._ring.find(Context(self.domain, newest))
        if key is None:
            key = load_or_obtain_key(self._ring.first, self._client, self.domain)
        self._obtained = True
        return self._ring.find(Context(key.domain, key.epoch)) or key

    def open(self, ciphertext: Ciphertext) -> Pseudonym:
        """The pseudonym, in whichever epoch it came. Raises PepError `wrong-domain`, `wrong-epoch`, and as
        `get` when there is no key at all yet."""
        if ciphertext.domain != self.domain:
            raise PepError("wrong-domain")
        if not self._obtained:
            self.get()
        return self._ring.open(ciphertext)
