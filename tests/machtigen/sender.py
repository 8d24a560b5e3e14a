"""identiteit as machtigen hears it: signed events about people, in any order, once or more."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from keys.kernel.database import Database
from keys.kernel.gebeurtenis.token import SecurityEvent, sign_event
from keys.kernel.jws import Jwks, SigningKey
from keys.kernel.log import Log
from keys.kernel.pep import ActorKey, Domain, Pseudonym, decrypt, encrypt, group, origin_point
from machtigen.feiten.service import Feiten
from machtigen.machtigingen.service import Machtigingen
from machtigen.ontvangst.gevolgen import Gevolgen
from machtigen.ontvangst.service import Afzender, Ontvangst
from machtigen.partijen.service import Partijen
from machtigen.sealing import Seal

ISSUER, AUDIENCE = "http://huis.test/identiteit", "http://huis.test/machtigen"
DOMAIN = Domain("oin:00000099000000001000:machtigen", "machtigen")
KIND = f"{ISSUER}/gebeurtenis/v1"


@dataclass
class Sender:
    """Signs events about people by name. What was asked again is in `asked`."""

    domain_key: ActorKey = field(default_factory=lambda: ActorKey(DOMAIN, 1, group().random_scalar()))
    key: SigningKey = field(default_factory=SigningKey.generate)
    issuer: str = ISSUER
    audience: str = AUDIENCE
    asked: list[tuple[int, int]] = field(default_factory=list)
    number: int = 0
    points: Callable[[str], bytes] = lambda name: origin_point(name.encode().ljust(64, b"."))

    def reception(
        self, database: Database, partijen: Partijen, feiten: Feiten, machtigingen: Machtigingen, log: Log
    ) -> Ontvangst:
        """The room that hears this sender."""
        return Ontvangst(
            database=database,
            afzender=Afzender(
                self.issuer,
                lambda _kid: Jwks.of(self.key),
                lambda van, tot: self.asked.append((van, tot)),
                lambda: self.number,
            ),
            audience=self.audience,
            domain=self.domain_key.domain,
            opened=lambda ciphertext: decrypt(ciphertext, self.domain_key),
            partijen=partijen,
            gevolgen=Gevolgen(database, feiten, machtigingen, Seal(b"g" * 32)),
            seal=Seal(b"g" * 32),
            log=log,
        )

    def pseudonym(self, name: str) -> Pseudonym:
        """Who somebody is here."""
        return Pseudonym(self.domain_key.domain, self.points(name))

    def event(self, soort: str, *changes: Mapping[str, Any], per: datetime, number: int = 0) -> SecurityEvent:
        """An event with these changes, persons by name; the next number unless one is given."""
        self.number = number or self.number + 1
        names = list(
            dict.fromkeys(one[rol] for one in changes for rol in ("persoon", "partij") if rol in one)
        )
        placed = [
            {key: names.index(value) if key in {"persoon", "partij"} else value for key, value in one.items()}
            for one in changes
        ]
        return SecurityEvent(
            jti=secrets.token_urlsafe(24),
            sequence=self.number,
            toe=per,
            type=KIND,
            body={"soort": soort, "wijzigingen": placed},
            subjects=tuple(encrypt(self.pseudonym(name), self.domain_key.public) for name in names),
        )

    def token(self, event: SecurityEvent, now: datetime) -> str:
        """As it is pushed."""
        return sign_event(event, issuer=self.issuer, audience=self.audience, key=self.key, now=now)


def fact(feit: str, persoon: str, *, geldt: bool = True, tot: datetime | None = None) -> dict[str, Any]:
    """A change of a fact."""
    change: dict[str, Any] = {"wat": feit, "persoon": persoon, "geldt": geldt}
    return change if tot is None else {**change, "eindigt_op": tot.isoformat()}


def power(
    grond: str, persoon: str, partij: str, *, geldt: bool = True, lease: datetime | None = None, **more: Any
) -> dict[str, Any]:
    """A change of a power."""
    change: dict[str, Any] = {
        "wat": grond, "persoon": persoon, "partij": partij, "geldt": geldt, "bron": "brp", **more,
    }  # fmt: skip
    return change if lease is None else {**change, "lease_tot": lease.isoformat()}
