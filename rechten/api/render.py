"""From the words of the rooms to the wire."""

from __future__ import annotations

from datetime import UTC, datetime

from rechten.api.tonen import invordering_view, own_storing_view, voorstel_view
from rechten.inzage.model import Inzage
from rechten.logboek.model import Gelogd
from rechten.registers.geopend import OpenRegister
from rechten.registers.model import Gegeven, Register
from rechten.voorstellen.rules import invordering
from rechten.wire.inzage import (
    DoelView,
    DoorView,
    EigenGegevenView,
    GebruikView,
    InzageView,
    WeigeringView,
    WieView,
)

SELF, REPRESENTATIVE, SYSTEM = "zelf", "vertegenwoordiger", "organisatie"


def inzage_view(opened: OpenRegister, inzage: Inzage, now: datetime) -> InzageView:
    """The answer of a register to a person."""
    register = opened.register
    return InzageView(
        register_id=register.id,
        gegevens=[_gegeven(register, inzage, gegeven, now) for gegeven in inzage.gegevens],
        gebruik=[_gebruik(register, gelogd) for gelogd in inzage.gebruik],
        storingen=[own_storing_view(opened, one, inzage.pid, now) for one in inzage.storingen],
        voorstellen=[voorstel_view(one, now) for one in inzage.voorstellen],
    )


def _gegeven(register: Register, inzage: Inzage, gegeven: Gegeven, now: datetime) -> EigenGegevenView:
    verplichting = inzage.verplichtingen.get(gegeven.id)
    stand = invordering(inzage.voorstellen, verplichting, now) if verplichting else None
    namen = {categorie.id: categorie.naam for categorie in register.categorieen}
    return EigenGegevenView(
        id=gegeven.id,
        categorie=gegeven.categorie,
        categorie_naam=dict(namen.get(gegeven.categorie, {"nl": gegeven.categorie})),
        waarde=gegeven.waarde,
        bron=gegeven.bron,
        doel=gegeven.doel,
        geldig_van=gegeven.geldig_van,
        geldig_tot=gegeven.geldig_tot,
        vastgelegd_op=gegeven.vastgelegd_op,
        status=gegeven.status.value,
        verplichting=verplichting,
        invordering=invordering_view(stand, with_ids=True) if stand else None,
    )


def _gebruik(register: Register, gelogd: Gelogd) -> GebruikView:
    regel, detail = gelogd.regel, gelogd.detail
    return GebruikView(
        trace_id=regel.trace_id,
        span_id=regel.span_id,
        tijd=datetime.fromtimestamp(regel.end_time / 1000, UTC),
        rol=detail.rol.value,
        wie=WieView(actor=detail.tegenpartij.actor, naam=dict(detail.tegenpartij.naam))
        if detail.tegenpartij
        else None,
        door=_door(register, gelogd),
        doel=DoelView(
            id=detail.doel.id,
            versie=detail.doel.versie,
            naam=dict(detail.doel.naam),
            uri=detail.doel.uri,
            wettelijke_grondslag=list(detail.doel.wettelijke_grondslag),
        ),
        categorieen=list(detail.categorieen),
        geweigerd=[WeigeringView(categorie=one.categorie, reden=one.reden) for one in detail.geweigerd],
        redenen=list(detail.redenen),
    )


def _door(register: Register, gelogd: Gelogd) -> DoorView:
    """The person themself (also for a look of one's own), a representative, or a system alone."""
    handelende = gelogd.detail.handelende
    if handelende.namens:
        return DoorView(soort=REPRESENTATIVE, machtiging=handelende.machtiging, audience=register.audience)
    own = handelende.sub is not None or gelogd.detail.tegenpartij is None
    return DoorView(soort=SELF if own else SYSTEM)
