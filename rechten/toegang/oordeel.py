"""The judgement of one call with a token: evidence → rules; and the line in the log that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from keys.wire.trace import Trace
from rechten.doelen.model import Doel, DoelVersie
from rechten.doelen.service import Doelen
from rechten.errors import TokenRefused
from rechten.logboek.model import Logdetail, Rol, Status, Tegenpartij
from rechten.logboek.service import Actie
from rechten.registers import store
from rechten.registers.geopend import OpenRegister
from rechten.registers.model import Betrokkene, Gebruiksgrond
from rechten.toegang.bewijs import Bewijs, Bewijzen
from rechten.toegang.ingetrokken import Ingetrokken
from rechten.toegang.model import Decision, Feiten, Leesvraag, Vraag
from rechten.toegang.rules import decide


@dataclass(frozen=True)
class Oordeel:
    """Oordeel (judgement): what was proved, what the rules say of it, and the purpose to log under."""

    vraag: Leesvraag
    bewijs: Bewijs
    decision: Decision
    versie: DoelVersie

    @property
    def trace(self) -> Trace:
        """The processing that the call belongs to."""
        return self.vraag.trace


class Oordelen:
    """`actor_url` and an actor give the URL that names a consumer in the log."""

    def __init__(self, bewijzen: Bewijzen, doelen: Doelen, ingetrokken: Ingetrokken, actor_url: str) -> None:
        self._bewijzen = bewijzen
        self._doelen = doelen
        self._ingetrokken = ingetrokken
        self._actor_url = actor_url

    def judge(self, opened: OpenRegister, vraag: Leesvraag, now: datetime) -> Oordeel:
        """What may be done. Raises TokenRefused, CouldNotCheck, RegisterNotReady, PeerUnavailable.

        A token that had been revoked is noted before it is refused.
        """
        try:
            bewijs = self._bewijzen.check(vraag.token, vraag.doel, opened, now)
        except TokenRefused as refused:
            self._ingetrokken.notice(opened, vraag.token, vraag.doel, vraag.trace, refused, now)
            raise
        doel = self._doelen.find(vraag.doel)
        asked = Vraag(
            opened.register,
            bewijs.afnemer,
            vraag.doel,
            bewijs.bevoegdheid,
            vraag.categorieen,
            vraag.handeling,
        )
        gronden = opened.database.read(
            lambda session: store.list_grounds(session, bewijs.afnemer, vraag.doel)
        )
        decision = decide(asked, Feiten(doel, gronden), now)
        return Oordeel(vraag, bewijs, decision, self._version(opened, doel))

    def _version(self, opened: OpenRegister, doel: Doel | None) -> DoelVersie:
        """The purpose to log under; for one that is not registered, the keeping of the register itself."""
        return doel.versie if doel is not None else self._doelen.require_version(opened.register.doel)

    def log(
        self,
        session: Session,
        opened: OpenRegister,
        oordeel: Oordeel,
        person: Betrokkene | None,
        naam: str,
        rol: Rol,
        now: datetime,
        categorie: str | None = None,
    ) -> None:
        """Write what is about to be done, or that it is refused, in the transaction that does it.

        `categorie`: the one that it is about, where that is less than what the rules allow.
        """
        decision, bewijs = oordeel.decision, oordeel.bewijs
        detail = Logdetail(
            doel=oordeel.versie,
            rol=rol if decision.allowed else Rol.WEIGERING,
            categorieen=(categorie,) if categorie else tuple(sorted(decision.categories)),
            geweigerd=() if categorie else decision.refused,
            redenen=decision.reasons,
            gebruiksgrond=decision.gebruiksgrond.id if decision.gebruiksgrond else None,
            tegenpartij=_counterparty(session, opened, bewijs, decision.gebruiksgrond),
            handelende=bewijs.handelende,
        )
        actie = Actie(
            name=naam,
            trace=oordeel.trace,
            begonnen_op=now,
            detail=detail,
            zaad=person.zaad if person else None,
            processor=f"{self._actor_url}/{bewijs.afnemer}",
            status=Status.OK if decision.allowed else Status.UNSET,
        )
        opened.logboek.append(session, actie, now)


def _counterparty(
    session: Session, opened: OpenRegister, bewijs: Bewijs, grond: Gebruiksgrond | None
) -> Tegenpartij:
    naam = grond.afnemer_naam if grond else store.find_consumer_name(session, bewijs.afnemer)
    if naam is None:
        naam = opened.register.naam if bewijs.afnemer == opened.register.actor else {"nl": bewijs.afnemer}
    return Tegenpartij(actor=bewijs.afnemer, naam=naam, client_id=bewijs.client_id)
