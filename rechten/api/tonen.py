"""Storingen and proposals, from the words of the rooms to the wire."""

from __future__ import annotations

from datetime import datetime, timedelta

from rechten.registers.geopend import OpenRegister
from rechten.storingen.model import Gemeld, Gesloten, Hersteld, OorzaakWeggenomen, Storing, Toestand, Voorval
from rechten.storingen.rules import MOST_NOTED, toestand
from rechten.storingen.service import reference
from rechten.voorstellen import model as voorstellen
from rechten.voorstellen import rules as voorstelregels
from rechten.wire.storingen import (
    BetrokkeneView,
    EigenStoringView,
    EigenVoorvalView,
    InvorderingView,
    StapView,
    StoringView,
    ToestandView,
    VoorstelView,
    VoorvalView,
)

CONFIRM, DISPUTE = "bevestigen", "tegenspreken"


def storing_view(opened: OpenRegister, storing: Storing, now: datetime) -> StoringView:
    """As its actor and the operator see it: persons by references of this storing."""
    state = toestand(storing, now)
    named = {pid: reference(opened, storing, pid) for pid in storing.betrokkenen}
    said = _confirmed(storing, state)
    return StoringView(
        id=storing.id,
        soort=storing.soort.value,
        client_id=storing.client_id,
        geopend_op=storing.geopend_op,
        toestand=_toestand(state),
        betrokkenen=sorted(
            (BetrokkeneView(betrokkene=naam, bevestigd=pid in said) for pid, naam in named.items()),
            key=lambda view: view.betrokkene,
        ),
        voorvallen=[
            VoorvalView(
                betrokkene=named[voorval.pid], trace_id=voorval.trace_id, **dict(_own_voorval_view(voorval))
            )
            for voorval in storing.voorvallen
        ],
        geschiedenis=[
            StapView(stap=gezet.stap.value, door=gezet.door.value, op=gezet.op) for gezet in storing.stappen
        ],
    )


def own_storing_view(opened: OpenRegister, storing: Storing, pid: str, now: datetime) -> EigenStoringView:
    """As one of the persons sees it: only what is about them."""
    state = toestand(storing, now)
    acties = []
    if isinstance(state, Hersteld):
        acties = [DISPUTE] if pid in state.bevestigd else [CONFIRM, DISPUTE]
    return EigenStoringView(
        id=storing.id,
        wie=dict(opened.register.naam),
        geopend_op=storing.geopend_op,
        toestand=_toestand(state),
        voorvallen=[_own_voorval_view(voorval) for voorval in storing.voorvallen if voorval.pid == pid],
        acties=acties,
    )


def _own_voorval_view(voorval: Voorval) -> EigenVoorvalView:
    return EigenVoorvalView(
        doel=voorval.doel,
        namens=voorval.namens,
        ingetrokken_op=voorval.ingetrokken_op,
        op=voorval.momenten[0],
        na_seconden=_seconds(voorval.na),
        aantal=len(voorval.momenten),
        begrensd=_bounded(voorval),
    )


def voorstel_view(voorstel: voorstellen.Voorstel, now: datetime) -> VoorstelView:
    """A proposal."""
    state = voorstelregels.toestand(voorstel, now)
    view = VoorstelView(
        id=voorstel.id,
        verplichting=voorstel.verplichting,
        categorie=voorstel.categorie,
        bedrag_per_maand=voorstel.inhoud.bedrag_per_maand,
        vanaf=voorstel.inhoud.vanaf,
        namens=voorstel.namens,
        ingediend_op=voorstel.ingediend_op,
        status=type(state).__name__.lower(),
        sinds=state.sinds if isinstance(state, voorstellen.Open) else state.op,
    )
    if isinstance(state, voorstellen.Open):
        view.vervalt_op = state.vervalt_op
    if isinstance(state, voorstellen.Afgewezen):
        view.motivering = state.motivering
    return view


def invordering_view(invordering: voorstellen.Invordering, *, with_ids: bool) -> InvorderingView:
    """Whether an obligation is collected."""
    if isinstance(invordering, voorstellen.Loopt):
        return InvorderingView(stand="loopt")
    voorstel = invordering.voorstel if with_ids else None
    return InvorderingView(stand="gepauzeerd", sinds=invordering.sinds, voorstel=voorstel)


def _toestand(state: Toestand) -> ToestandView:
    if isinstance(state, Gemeld):
        return ToestandView(soort="gemeld", sinds=state.sinds)
    if isinstance(state, OorzaakWeggenomen):
        return ToestandView(soort="oorzaak_weggenomen", sinds=state.sinds)
    if isinstance(state, Hersteld):
        return ToestandView(soort="hersteld", sinds=state.sinds, sluit_op=state.sluit_op)
    return ToestandView(soort="gesloten", sinds=state.op, verlopen=state.verlopen)


def _confirmed(storing: Storing, state: Toestand) -> frozenset[str]:
    if isinstance(state, Hersteld):
        return state.bevestigd
    closed_by_all = isinstance(state, Gesloten) and not state.verlopen
    return storing.betrokkenen if closed_by_all else frozenset()


def _seconds(period: timedelta) -> int:
    return int(period.total_seconds())


def _bounded(voorval: Voorval) -> bool:
    return len(voorval.momenten) >= MOST_NOTED
