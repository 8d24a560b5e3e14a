"""Agreement to use a power that several hold together, as the logged-in person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from machtigen.api.eenmaal import once
from machtigen.api.machtigingen import moment
from machtigen.api.render import answer
from machtigen.deps import Human as Person
from machtigen.deps import HumanWriter, Present, Repeat, Services
from machtigen.diensten.model import Handeling
from machtigen.herhalingen.model import Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.instemming import rules
from machtigen.instemming.model import InstemmingAanvraag, Stand
from machtigen.machtigingen.dagen import end_of
from machtigen.partijen.model import PartijId
from machtigen.sessies.model import Sessie
from machtigen.wire.instemming import InstemmingAanvraagWire, InstemmingenWire, InstemmingWire

router = APIRouter(prefix="/machtigen/api/v1/instemmingen", tags=["instemmingen"])


def instemming_wire(stand: Stand, reader: PartijId, now: datetime) -> InstemmingWire:
    """A request for agreement; whose power it is about is named to who asked only."""
    one = stand.instemming
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
        acties=list(stand.acties),
    )


def _once(
    app: Services,
    repeat: Repeatable | None,
    person: Sessie,
    do: Callable[[Perform], Stand],
    status: int = 200,
) -> Response:
    now = app.now()
    return once(app, repeat, do, lambda stand: answer(status, instemming_wire(stand, person.partij, now)))


@router.post("", status_code=201, response_model=InstemmingWire)
def ask(app: Present, person: HumanWriter, repeat: Repeat, body: InstemmingAanvraagWire) -> Response:
    """Ask the other holders to let me use a power that we hold together."""
    wanted = InstemmingAanvraag(
        machtiging=body.machtiging.replace("\x00", ""),
        dienst=body.dienst.replace("\x00", ""),
        handelingen=frozenset(Handeling(value) for value in body.handelingen),
        zaak=body.zaak,
        geldig_tot=None if body.geldig_tot is None else moment(body.geldig_tot, end_of),
        aantal=body.aantal,
    )

    def do(perform: Perform) -> Stand:
        return app.instemmingen.ask(wanted, person.partij, person.niveau, app.now(), perform)

    return _once(app, repeat, person, do, 201)


@router.get("")
def list_mine(app: Present, person: Person) -> InstemmingenWire:
    """What I asked, what I am asked, and what others ask about me."""
    now = app.now()
    found = app.instemmingen.list_for(person.partij, now)
    return InstemmingenWire(resultaten=[instemming_wire(stand, person.partij, now) for stand in found])


@router.get("/{identifier}")
def show(app: Present, person: Person, identifier: str) -> InstemmingWire:
    """One request."""
    now = app.now()
    stand = app.instemmingen.require(identifier.replace("\x00", ""), person.partij, now)
    return instemming_wire(stand, person.partij, now)


@router.post("/{identifier}/instemmen", response_model=InstemmingWire)
def agree(app: Present, person: HumanWriter, repeat: Repeat, identifier: str) -> Response:
    """Be for it, as another holder."""

    def do(perform: Perform) -> Stand:
        clean = identifier.replace("\x00", "")
        return app.instemmingen.agree(clean, person.partij, person.niveau, app.now(), perform)

    return _once(app, repeat, person, do)


@router.post("/{identifier}/weigeren", response_model=InstemmingWire)
def refuse(app: Present, person: HumanWriter, repeat: Repeat, identifier: str) -> Response:
    """Refuse, also after having been for it; or withdraw what I asked."""

    def do(perform: Perform) -> Stand:
        return app.instemmingen.end(identifier.replace("\x00", ""), person.partij, app.now(), perform)

    return _once(app, repeat, person, do)


@router.post("/{identifier}/intrekken", response_model=InstemmingWire)
def withdraw(app: Present, person: HumanWriter, repeat: Repeat, identifier: str) -> Response:
    """The same, under the name of who asked."""
    return refuse(app, person, repeat, identifier)
