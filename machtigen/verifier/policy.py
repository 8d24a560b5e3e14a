"""What a service may tighten or loosen. The defaults are those of the scheme."""

from __future__ import annotations

from dataclasses import dataclass, field

from keys.kernel.jws import ALGORITHMS

# eIDAS levels of assurance, lowest first (Commission Implementing Regulation (EU) 2015/1502).
LEVELS = (
    "http://eidas.europa.eu/LoA/low",
    "http://eidas.europa.eu/LoA/substantial",
    "http://eidas.europa.eu/LoA/high",
)


@dataclass(frozen=True)
class Policy:
    """Limits in whole seconds, bytes and links.

    `status_grace_s` is the one to think about: for how long after its `ttl` a status list may still
    be used when the issuer cannot be reached. Zero means that a revocation is never missed for
    longer than the `ttl`; more keeps a service open during an outage. A list is never used past its
    own `exp`. The result says in `status.verouderd` when grace was used.
    """

    algorithms: tuple[str, ...] = ALGORITHMS
    leeway_s: int = 10
    maximum_life_s: int = 300
    maximum_token_bytes: int = 16_384
    maximum_links: int = 5
    minimum_acr: str = LEVELS[0]
    clients: frozenset[str] | None = None
    software_actors: frozenset[str] = frozenset()
    metadata_fresh_s: int = 3_600
    keys_fresh_s: int = 300
    keys_stale_s: int = 86_400
    unknown_kid_refetch_s: int = 30
    retry_after_failure_s: int = 5
    status_ttl_s: int = 60
    status_grace_s: int = 0
    status_origins: frozenset[str] = field(default_factory=frozenset)
    maximum_document_bytes: int = 4_194_304
    maximum_list_bytes: int = 16_777_216

    def __post_init__(self) -> None:
        if not self.algorithms or not set(self.algorithms) <= set(ALGORITHMS):
            raise ValueError("algorithms must be a choice from " + ", ".join(ALGORITHMS))
        if self.minimum_acr not in LEVELS:
            raise ValueError("minimum_acr must be one of the three eIDAS levels")
        if not 0 < self.maximum_life_s <= 300:
            raise ValueError("a representation token lives at most 300 seconds")
        if not 0 <= self.leeway_s <= 60:
            raise ValueError("leeway must lie between 0 and 60 seconds")


def level(acr: str) -> int:
    """0, 1 or 2 for low, substantial, high. Raises ValueError for anything else."""
    return LEVELS.index(acr)
