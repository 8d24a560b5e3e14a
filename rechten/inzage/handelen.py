"""What a person does in a register about themself: answer a storing, file or withdraw a proposal.

Ticket and proof are those of inspection; the proof is aimed at the address of acts, so that one made for
a look does not act. The act and its line in the log are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from keys.wire.trace import Trace
from rechten.doelen.model import DoelVersie
from rechten.errors import ObligationUnknown, ProposalUnknown, StoringUnknown
from rechten.inzage.service import EIGEN_INZAGE, Inzagevraag, Inzien
from rechten.logboek.model import Handelende, Logdetail, Rol
from rechten.logboek.service import Actie
from rechten.registers.geopend import OpenRegister
from rechten.registers.herhalen import Herhaalbaar, once
from rechten.registers.model import Betrokkene
from rechten.storingen import service as storingen
from rechten.storingen.model import Stap
from rechten.voorstellen import service as voorstellen
from rechten.voorstellen.model import Afloop, Betalingsvoorstel


class Soort(StrEnum):
    """Which act."""

    STORING_BEVESTIGEN = "storing-bevestigen"
    STORING_TEGENSPREKEN = "storing-tegenspreken"
    VOORSTEL_INDIENEN = "voorstel-indienen"
    VOORSTEL_INTREKKEN = "voorstel-intrekken"


STEPS = {Soort.STORING_BEVESTIGEN: Stap.BEVESTIGD, Soort.STORING_TEGENSPREKEN: Stap.TEGENGESPROKEN}
NAMES = {
    Soort.STORING_BEVESTIGEN: "Herstel van storing bevestigd",
    Soort.STORING_TEGENSPREKEN: "Herstel van storing tegengesproken",
    Soort.VOORSTEL_INDIENEN: "Betalingsvoorstel ingediend",
    Soort.VOORSTEL_INTREKKEN: "Betalingsvoorstel ingetrokken",
}


@dataclass(frozen=True)
class EigenHandeling:
    """An act of a person: which, about what (id of a storing, proposal or obligation), and its content."""

    soort: Soort
    onderwerp: str
    voorstel: Betalingsvoorstel | None = None
    idempotency_key: str | None = None


class Handelen:
    """`doel_version(id)` gives the purpose version to log; may raise PeerUnavailable."""

    def __init__(self, inzien: Inzien, doel_version: Callable[[str], DoelVersie]) -> None:
        self._inzien = inzien
        self._doel_version = doel_version

    def act(
        self, opened: OpenRegister, vraag: Inzagevraag, handeling: EigenHandeling, now: datetime
    ) -> Mapping[str, Any]:
        """Do it: `{"id": …}` of what it is about or of what came of it.

        Raises InspectionRefused, StoringUnknown, StoringStateForbids, ObligationUnknown, ProposalUnknown,
        ProposalOpen, ProposalClosed, IdempotencyKeyReused, LogUnavailable.
        """
        doel = self._doel_version(EIGEN_INZAGE)

        def act(session: Session, pseudonym: Pseudonym) -> Mapping[str, Any]:
            person = opened.find_person(session, pseudonym)
            if person is None:
                raise _unknown(handeling.soort)
            asked = [handeling.soort.value, handeling.onderwerp, str(handeling.voorstel)]
            repeat = Herhaalbaar(f"betrokkene {person.pid}", handeling.idempotency_key, asked)
            marks = repeat.marks(opened.keys.local)

            def do() -> Mapping[str, Any]:
                return _do(session, opened, person, handeling, doel, vraag.trace, now)

            return once(session, marks, now, do)

        return self._inzien.with_ticket(opened, vraag, act, now)


def _do(
    session: Session,
    opened: OpenRegister,
    person: Betrokkene,
    handeling: EigenHandeling,
    doel: DoelVersie,
    trace: Trace,
    now: datetime,
) -> Mapping[str, Any]:
    found, categorie = handeling.onderwerp, ""
    if handeling.soort in STEPS:
        storingen.answer(session, person.pid, handeling.onderwerp, STEPS[handeling.soort], now)
    elif handeling.soort is Soort.VOORSTEL_INTREKKEN:
        ended = voorstellen.end(session, handeling.onderwerp, Afloop.INGETROKKEN, now, pid=person.pid)
        categorie = ended.categorie
    elif handeling.voorstel is None:
        raise ObligationUnknown
    else:
        register = opened.register
        filed = voorstellen.file(
            session, register, person.pid, handeling.onderwerp, handeling.voorstel,
            register.verplichtingen(), now, namens=False,
        )  # fmt: skip
        found, categorie = filed.id, filed.categorie
    is_proposal = handeling.soort not in STEPS
    detail = Logdetail(
        doel=doel,
        rol=Rol.VOORSTEL if is_proposal else Rol.STORING,
        categorieen=(categorie,) if categorie else (),
        handelende=Handelende(namens=False),
    )
    actie = Actie(NAMES[handeling.soort], trace, now, detail, person.zaad)
    opened.logboek.append(session, actie, now)
    return {"id": found}


def _unknown(soort: Soort) -> StoringUnknown | ObligationUnknown | ProposalUnknown:
    """Whoever this register does not know has nothing here to act on."""
    if soort in STEPS:
        return StoringUnknown()
    return ObligationUnknown() if soort is Soort.VOORSTEL_INDIENEN else ProposalUnknown()
