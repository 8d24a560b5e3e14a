"""What a verified token says, as frozen values. Only `Verifier.verify` makes a Vertegenwoordiging."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# The one kind of `alt_sub` entry that we open (our URI for an encrypted PEP pseudonym).
Entry = dict[str, Any]


@dataclass(frozen=True)
class Partij:
    """Partij (party): one person or organisation, by the pseudonym made for this audience.

    `sub` is pairwise: it says nothing to any other audience. `alt_sub` holds the ciphertexts of
    NL GOV OIDC, one per pseudonymisation domain; `machtigen.verifier.pseudonyms` opens yours.
    """

    iss: str
    sub: str
    sub_id_type: str | None = None
    alt_sub: tuple[Entry, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class StatusResult:
    """What the status list said: the list, when its issuer made it, and whether it was overdue."""

    uri: str
    opgemaakt_op: datetime
    geldig_tot: datetime
    verouderd: bool = False


@dataclass(frozen=True)
class Vertegenwoordiging:
    """Vertegenwoordiging (representation): who acts, for whom, where, for what, until when.

    `persoon` is whoever sits at the keyboard. `represents` is the chain from the outermost party to
    the represented one; it is empty when `persoon` acts for themself. Then `identifier`, `grond`
    and `geldig_tot` are None.
    """

    issuer: str
    audience: str
    client_id: str
    jti: str
    persoon: Partij
    represents: tuple[Partij, ...]
    acr: str
    scope: tuple[str, ...]
    dienst: str
    actions: frozenset[str]
    doelen: tuple[str, ...]
    datatypes: tuple[str, ...]
    identifier: str | None
    schakels: tuple[str, ...]
    grond: str | None
    geldig_tot: datetime | None
    status: StatusResult
    auth_op: datetime | None
    uitgegeven_op: datetime
    verloopt_op: datetime
    claims: dict[str, Any] = field(repr=False)

    @property
    def sub(self) -> str:
        """The pairwise pseudonym of the person who acts."""
        return self.persoon.sub

    @property
    def vertegenwoordigde(self) -> Partij:
        """Whose affairs these are: the deepest party, or the person themself without a chain."""
        return self.represents[-1] if self.represents else self.persoon

    @property
    def vertegenwoordiger(self) -> Partij | None:
        """Who acts for another; None when the person acts for themself."""
        return self.persoon if self.represents else None

    @property
    def namens_zelf(self) -> bool:
        """True when nobody is represented."""
        return not self.represents

    def allows(self, action: str, dienst: str, doel: str) -> bool:
        """May this action (`informatie_opvragen` …) be done at this service for this purpose?

        `dienst` is the `urn:uuid:` of the service, `doel` the id of a registered purpose. All three
        must stand in the token; nothing follows from anything else.
        """
        return action in self.actions and dienst == self.dienst and doel in self.doelen


@dataclass(frozen=True)
class Voormalig:
    """Voormalig (former): what a token said that is refused now. It proves nothing and allows nothing;
    whoever refused it may note whom it was about. A type of its own, so that it is not taken for proof."""

    gezegd: Vertegenwoordiging = field(repr=False)
