"""Agreement to use a power that several hold together, as the logged-in person."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter

from machtigen.api.machtigingen import moment
from machtigen.deps import Human as Person
from machtigen.deps import HumanWriter, Present, Services
from machtigen.diensten.model import Handeling
from machtigen.instemming import rules
from machtigen.instemming.model import Instemming, InstemmingAanvraag
from machtigen.machtigingen.dagen import end_of
from machtigen.partijen.model import PartijId
from machtigen.wire.instemming import InstemmingAanvraagWire, InstemmingenWire, InstemmingWire

router = APIRouter(prefix="/machtigen/api/v1/instemmingen", tags=["instemmingen"])


def instemming_wire(
    one: Instemming, acties: tuple[str, ...], reader: PartijId, now: datetime
) -> InstemmingWire:
    """A request for agreement; whose power it is about is named to who asked only."""
    return InstemmingWire(
        id=one.id,
        status=rules.status_at(one, now),
        machtiging=one.machtiging if reader == one.verzoeker else None,
        dienst=one.dienst,
        handelingen=sorted(one.handelingen),
        zaak=one.zaak,
        nodig=one.nodig,
        gegeven=len(one.voorstemmers),
        aantal=one.aantal,
        gebruikt=one.gebruikt,
        gevraagd_op=one.gevraagd_op,
        geldig_tot=one.geldig_tot,
        ik_vroeg=reader == one.verzoeker,
        acties=list(acties),
    )


@router.post("", status_code=201)
def ask(app: Present, person: HumanWriter, body: InstemmingAanvraagWire) -> InstemmingWire:
    """Ask the other holders to let me use a power that we hold together."""
    wanted = InstemmingAanvraag(
        machtiging=body.machtiging.replace("\x00", ""),
        dienst=body.dienst.replace("\x00", ""),
        handelingen=frozenset(Handeling(value) for value in body.handelingen),
        zaak=body.zaak,
        geldig_tot=None if body.geldig_tot is None else moment(body.geldig_tot, end_of),
        aantal=body.aantal,
    )
    made = app.instemmingen.ask(wanted, person.partij, person.niveau, app.now())
    return _shown(app, made.id, person.partij)


@router.get("")
def list_mine(app: Present, person: Person) -> InstemmingenWire:
    """What I asked, what I am asked, and what others ask about me."""
    now = app.now()
    found = app.instemmingen.list_for(person.partij, now)
    return InstemmingenWire(
        resultaten=[instemming_wire(one, acties, person.partij, now) for one, acties in found]
    )


@router.get("/{identifier}")
def show(app: Present, person: Person, identifier: str) -> InstemmingWire:
    """One request."""
    return _shown(app, identifier.replace("\x00", ""), person.partij)


@router.post("/{identifier}/instemmen")
def agree(app: Present, person: HumanWriter, identifier: str) -> InstemmingWire:
    """Be for it, as another holder."""
    clean = identifier.replace("\x00", "")
    app.instemmingen.agree(clean, person.partij, person.niveau, app.now())
    return _shown(app, clean, person.partij)


@router.post("/{identifier}/weigeren")
def refuse(app: Present, person: HumanWriter, identifier: str) -> InstemmingWire:
    """Refuse, also after having been for it; or withdraw what I asked."""
    clean = identifier.replace("\x00", "")
    app.instemmingen.end(clean, person.partij, app.now())
    return _shown(app, clean, person.partij)


@router.post("/{identifier}/intrekken")
def withdraw(app: Present, person: HumanWriter, identifier: str) -> InstemmingWire:
    """The same, under the name of who asked."""
    return refuse(app, person, identifier)


def _shown(app: Services, identifier: str, reader: PartijId) -> InstemmingWire:
    now = app.now()
    one, acties = app.instemmingen.require(identifier, reader, now)
    return instemming_wire(one, acties, reader, now)
