"""The register's own actor answers proposals: accepted or declined, with a line in the person's log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from keys.wire.trace import Trace
from rechten.doelen.model import DoelVersie
from rechten.errors import ProposalUnknown
from rechten.logboek.model import Logdetail, Rol, Tegenpartij
from rechten.logboek.service import Actie
from rechten.registers.geopend import OpenRegister
from rechten.registers.herhalen import Herhaalbaar, once
from rechten.voorstellen import service, store
from rechten.voorstellen.model import Afloop, Voorstel

NAMES = {
    Afloop.AANGENOMEN: "Betalingsvoorstel aangenomen",
    Afloop.AFGEWEZEN: "Betalingsvoorstel afgewezen",
}


@dataclass(frozen=True)
class Antwoord:
    """Antwoord (answer) to a proposal. `motivering`: the reasons, when it is declined."""

    voorstel: str
    afloop: Afloop
    motivering: str | None = None
    idempotency_key: str | None = None


class Beslissen:
    """`doel_version(id)` gives the purpose version to log; `actor_url` and an actor, who did it."""

    def __init__(self, doel_version: Callable[[str], DoelVersie], actor_url: str) -> None:
        self._doel_version = doel_version
        self._actor_url = actor_url

    def list_open(self, opened: OpenRegister, now: datetime) -> list[Voorstel]:
        """The proposals that wait for an answer, newest first."""
        return opened.database.read(lambda session: service.list_open(session, now))

    def answer(self, opened: OpenRegister, antwoord: Antwoord, trace: Trace, now: datetime) -> Voorstel:
        """Accept or decline. Raises ProposalUnknown, ProposalClosed, IdempotencyKeyReused."""
        register = opened.register
        doel = self._doel_version(register.doel)
        asked = [antwoord.voorstel, antwoord.afloop.value, antwoord.motivering]
        marks = Herhaalbaar(register.actor, antwoord.idempotency_key, asked).marks(opened.keys.local)

        def do(session: Session) -> Mapping[str, Any]:
            ended = service.end(
                session, antwoord.voorstel, antwoord.afloop, now, motivering=antwoord.motivering
            )
            person = opened.person_at(session, ended.pid)
            detail = Logdetail(
                doel=doel,
                rol=Rol.VOORSTEL,
                categorieen=(ended.categorie,),
                tegenpartij=Tegenpartij(register.actor, register.naam, register.actor),
            )
            processor = f"{self._actor_url}/{register.actor}"
            actie = Actie(NAMES[antwoord.afloop], trace, now, detail, person.zaad, processor)
            opened.logboek.append(session, actie, now)
            return {"id": ended.id}

        def transaction(session: Session) -> Voorstel:
            found = store.find(session, once(session, marks, now, lambda: do(session))["id"])
            if found is None:
                raise ProposalUnknown
            return found

        return opened.write_logged(transaction)
