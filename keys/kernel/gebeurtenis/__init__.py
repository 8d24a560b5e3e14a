"""Events between packages: the outbox they leave from, and the Security Event Token they travel in."""

from keys.kernel.gebeurtenis.outbox import (
    FIRST_PAUSE,
    LEASE,
    LONGEST_PAUSE,
    MAXIMUM_ATTEMPTS,
    Handler,
    OutboxColumns,
    add,
    dead_letters,
    deliver,
)

__all__ = [
    "FIRST_PAUSE",
    "LEASE",
    "LONGEST_PAUSE",
    "MAXIMUM_ATTEMPTS",
    "Handler",
    "OutboxColumns",
    "add",
    "dead_letters",
    "deliver",
]
