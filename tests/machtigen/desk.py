"""A desk for tests: tickets as `identiteit` signs them, clerks, and papers."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2

from keys.kernel.jws import SigningKey, sign, timestamp
from keys.kernel.pep import Pseudonym, encrypt, group
from machtigen.balie.tickets import TYP
from machtigen.diensten.model import Niveau
from machtigen.partijen.model import PartijId
from tests.machtigen.house import ORIGIN, OWN, House, Person
from tests.machtigen.world import AANVULLENDE_BEURS

SCAN = hashlib.sha256(b"a scan").hexdigest()


@dataclass
class Desk:
    """The house, and people who come to its desk."""

    site: House

    def pseudonym(self, name: str) -> Pseudonym:
        """Of somebody who may never have logged in."""
        people, key = self.site.login.people, self.site.login.key
        if name not in people:
            people[name] = Pseudonym(key.domain, group().from_hash(secrets.token_bytes(64)))
        return people[name]

    def party(self, name: str) -> PartijId:
        return self.site.services.partijen.admit(self.pseudonym(name), self.site.clock.now())

    def ticket(
        self,
        name: str,
        clerk: str | None,
        *,
        key: SigningKey | None = None,
        typ: str = TYP,
        domain_key: Any = None,
        **changes: Any,
    ) -> str:
        """What `identiteit` gives a clerk about somebody; None: about a clerk, for the operator."""
        now = self.site.clock.now()
        own = domain_key or self.site.login.key
        pseudonym = self.pseudonym(name)
        entry = encrypt(Pseudonym(own.domain, pseudonym.point), own.public, own.epoch).to_alt_sub()
        claims: dict[str, Any] = {
            "iss": f"{ORIGIN}/identiteit",
            "aud": OWN,
            "jti": secrets.token_urlsafe(24),
            "iat": timestamp(now),
            "exp": timestamp(now + timedelta(seconds=900)),
            "gebruik": "balie" if clerk else "medewerker",
            "loket": "gemeente-groningen",
            "alt_sub": [entry],
        }
        if clerk:
            claims["sid"] = f"sid-{clerk}"
        claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
        return sign(claims, key or self.site.identiteit, typ=typ)

    def clerk(self, name: str, niveau: Niveau = Niveau.SUBSTANTIEEL) -> Person:
        """Somebody whom the operator registered, logged in."""
        body = {"ticket": self.ticket(name, None), "loket": "gemeente-groningen"}
        answer = self.site.as_operator("/machtigen/api/v1/beheer/baliemedewerkers", body)
        assert answer.status_code == 201, answer.text
        return self.site.log_in(name, niveau)

    def paper(self, clerk: str, one: str = "noor", other: str = "anja", **changes: Any) -> dict[str, Any]:
        """The body of a registration."""
        body: dict[str, Any] = {
            "ticket_vertegenwoordigde": self.ticket(one, clerk),
            "ticket_vertegenwoordiger": self.ticket(other, clerk),
            "diensten": [AANVULLENDE_BEURS],
            "handelingen": ["informatie_opvragen"],
            "geldig_tot": "2027-06-01",
            "scan": SCAN,
            "gelegitimeerd": True,
        }
        return {**body, **changes}

    def recorded(self, clerk: Person, name: str = "clerk1", **changes: Any) -> str:
        """The id of a paper that waits."""
        answer = clerk.api("/balie/registraties", self.paper(name, **changes))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def approved(self, **changes: Any) -> dict[str, Any]:
        """A paper that two clerks dealt with; the answer with its code."""
        identifier = self.recorded(self.clerk("clerk1"), **changes)
        answer = self.clerk("clerk2").api(f"/balie/registraties/{identifier}/goedkeuren")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def check(self, code: str) -> httpx2.Response:
        """Somebody who holds a print."""
        return self.site.browser().post(
            "/machtigen/api/v1/controle", json={"code": code}, headers={"Accept": "application/json"}
        )
