"""Proposals through a token: who may arrange a person's affairs files, sees and withdraws them.

Purpose, action, ground and limits are judged as for a read; a proposal about an obligation that is
outside of them does not exist for who asks. When the machtiging ends so does all of this; what was filed
stays, and is the person's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from keys.kernel.pep import Pseudonym
from rechten.errors import ActRefused, ObligationUnknown, ProposalUnknown
from rechten.logboek.model import Rol
from rechten.registers.geopend import OpenRegister
from rechten.registers.herhalen import Herhaalbaar, once
from rechten.registers.model import Betrokkene
from rechten.toegang.model import Leesvraag
from rechten.toegang.oordeel import Oordeel, Oordelen
from rechten.toegang.rules import ACTION_NOT_ALLOWED
from rechten.voorstellen import service, store
from rechten.voorstellen.model import Afloop, Betalingsvoorstel, Voorstel

FILED, LISTED, WITHDRAWN, REFUSED = (
    "Betalingsvoorstel ingediend", "Betalingsvoorstellen bekeken", "Betalingsvoorstel ingetrokken",
    "Handeling geweigerd",
)  # fmt: skip


@dataclass(frozen=True)
class Indiening:
    """Indiening (filing): about which obligation, what is proposed, and its Idempotency-Key."""

    verplichting: str
    inhoud: Betalingsvoorstel
    idempotency_key: str | None = None


class Voorstelrecht:
    """What a token allows with proposals. `leesvraag.categorieen` is of no use here and None."""

    def __init__(self, oordelen: Oordelen) -> None:
        self._oordelen = oordelen

    def file(
        self, opened: OpenRegister, leesvraag: Leesvraag, indiening: Indiening, now: datetime
    ) -> Voorstel:
        """File a proposal. Raises ActRefused, ObligationUnknown, ProposalOpen and what `judge` raises."""
        oordeel = self._judge(opened, leesvraag, now)
        asked = [leesvraag.doel, indiening.verplichting, str(indiening.inhoud)]

        def act(session: Session, person: Betrokkene) -> Voorstel:
            return service.file(
                session, opened.register, person.pid, indiening.verplichting, indiening.inhoud,
                oordeel.decision.categories, now, namens=oordeel.bewijs.handelende.namens,
            )  # fmt: skip

        return self._once(opened, oordeel, FILED, indiening.idempotency_key, asked, act, now)

    def withdraw(
        self,
        opened: OpenRegister,
        leesvraag: Leesvraag,
        voorstel_id: str,
        idempotency_key: str | None,
        now: datetime,
    ) -> Voorstel:
        """Withdraw a proposal. Raises ActRefused, ProposalUnknown, ProposalClosed."""
        oordeel = self._judge(opened, leesvraag, now)

        def act(session: Session, person: Betrokkene) -> Voorstel:
            return service.end(
                session, voorstel_id, Afloop.INGETROKKEN, now,
                pid=person.pid, categorieen=oordeel.decision.categories,
            )  # fmt: skip

        return self._once(opened, oordeel, WITHDRAWN, idempotency_key, ["intrekken", voorstel_id], act, now)

    def list_of(self, opened: OpenRegister, leesvraag: Leesvraag, now: datetime) -> list[Voorstel]:
        """The proposals about obligations that may be read with this token, newest first."""
        oordeel = self._judge(opened, leesvraag, now)

        def act(session: Session) -> list[Voorstel]:
            person = _person(session, opened, oordeel)
            self._oordelen.log(session, opened, oordeel, person, LISTED, Rol.VERSTREKKING, now)
            found = service.list_of(session, person.pid) if person else []
            return [one for one in found if one.categorie in oordeel.decision.categories]

        return opened.write_logged(act)

    def _judge(self, opened: OpenRegister, leesvraag: Leesvraag, now: datetime) -> Oordeel:
        """The judgement about all obligations of the register; what is refused is logged and raised."""
        asked = Leesvraag(
            leesvraag.token,
            leesvraag.doel,
            opened.register.verplichtingen(),
            leesvraag.trace,
            leesvraag.handeling,
        )
        oordeel = self._oordelen.judge(opened, asked, now)
        if not isinstance(oordeel.bewijs.betrokkene, Pseudonym):
            raise ActRefused(ACTION_NOT_ALLOWED)  # a system by itself: nobody arranges anything there
        if not oordeel.decision.allowed:

            def act(session: Session) -> None:
                person = _person(session, opened, oordeel)
                self._oordelen.log(session, opened, oordeel, person, REFUSED, Rol.WEIGERING, now)

            opened.write_logged(act)
            raise ActRefused(oordeel.decision.reasons[0])
        return oordeel

    def _once(
        self,
        opened: OpenRegister,
        oordeel: Oordeel,
        naam: str,
        idempotency_key: str | None,
        asked: Any,
        act: Callable[[Session, Betrokkene], Voorstel],
        now: datetime,
    ) -> Voorstel:
        """Log and act in one transaction, once for each Idempotency-Key of who acts for this person at this
        client: the same key for somebody else is another act."""
        by = f"{oordeel.bewijs.client_id} {oordeel.bewijs.handelende.sub}"

        def transaction(session: Session) -> Voorstel:
            person = _person(session, opened, oordeel)
            if person is None:
                raise ObligationUnknown if naam == FILED else ProposalUnknown

            def do() -> Mapping[str, Any]:
                voorstel = act(session, person)
                rol = Rol.VOORSTEL
                self._oordelen.log(session, opened, oordeel, person, naam, rol, now, voorstel.categorie)
                return {"id": voorstel.id}

            repeat = Herhaalbaar(f"{by} {person.pid}", idempotency_key, asked)
            answer = once(session, repeat.marks(opened.keys.local), now, do)
            found = store.find(session, answer["id"])
            if found is None or found.categorie not in oordeel.decision.categories:
                raise ProposalUnknown
            return found

        return opened.write_logged(transaction)


def _person(session: Session, opened: OpenRegister, oordeel: Oordeel) -> Betrokkene | None:
    betrokkene = oordeel.bewijs.betrokkene
    return opened.find_person(session, betrokkene) if isinstance(betrokkene, Pseudonym) else None
