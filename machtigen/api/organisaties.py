"""Organisations: what the operator registers, and what people do in them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from machtigen.api.eenmaal import DONE, once
from machtigen.api.render import answer
from machtigen.deps import Human, HumanWriter, Operator, OperatorRepeat, Present, Repeat
from machtigen.diensten.model import Niveau
from machtigen.events import REGISTERED
from machtigen.herhalingen.model import Answer
from machtigen.herhalingen.service import Perform
from machtigen.organisaties.model import (
    Beroepsregistratie,
    Lid,
    Lidrol,
    Organisatie,
    Toegetreden,
    Uitgenodigd,
)
from machtigen.partijen.model import PartijId
from machtigen.wire.organisatie import (
    BeroepInschrijving,
    BronUitnodiging,
    LedenWire,
    LidmaatschappenWire,
    LidmaatschapWire,
    LidWire,
    OrganisatieInschrijving,
    OrganisatieWire,
    ToegetredenWire,
    UitnodigingAanvraag,
    UitnodigingCode,
    UitnodigingWire,
    VerversenWire,
)

router = APIRouter(prefix="/machtigen/api/v1", tags=["organisaties"])


def _clean(name: str) -> str:
    return name.replace("\x00", "")


def organisatie_wire(organisatie: Organisatie) -> OrganisatieWire:
    """An organisation."""
    return OrganisatieWire(
        id=organisatie.id,
        slug=organisatie.slug,
        naam=dict(organisatie.naam),
        nummer=organisatie.nummer,
        vereist_aantal=organisatie.vereist_aantal,
    )


def lid_wire(lid: Lid, reader: PartijId | None = None) -> LidWire:
    """A member."""
    return LidWire(
        id=lid.id,
        rol=lid.rol.value,
        functie=lid.functie,
        niveau=lid.niveau.value,
        sinds=lid.sinds,
        ik=lid.partij == reader,
    )


def _invited(invited: Uitgenodigd) -> Answer:
    made = invited.uitnodiging
    shown = UitnodigingWire(
        id=made.id,
        code=invited.code,
        code_geldig_tot=made.geldig_tot,
        organisatie=made.organisatie,
        beroep=made.beroep,
        rol=made.rol.value if made.rol else None,
        functie=made.functie,
    )
    return answer(201, shown)


# -- the operator, for the source ----------------------------------------------------------------


@router.post("/beheer/organisaties", status_code=201, response_model=OrganisatieWire)
def register(
    app: Present, _operator: Operator, repeat: OperatorRepeat, body: OrganisatieInschrijving
) -> Response:
    """Register an organisation under its slug. The same again: 200; other content: 409."""
    wanted = Organisatie(
        id=PartijId(""),
        slug=body.slug,
        naam={str(taal): naam for taal, naam in body.naam.items()},
        nummer=body.nummer,
        bron=body.bron,
        vereist_aantal=body.vereist_aantal,
        lease=body.lease,
    )

    def do(perform: Perform) -> tuple[Organisatie, bool]:
        made, new = app.organisaties.register(wanted, app.now(), perform)
        app.log.emit(REGISTERED, soort="organisatie", id=made.slug)
        return made, new

    return once(app, repeat, do, lambda done: answer(201 if done[1] else 200, organisatie_wire(done[0])))


@router.post("/beheer/organisaties/{name}/uitnodigingen", status_code=201, response_model=UitnodigingWire)
def invite_by_source(
    app: Present, _operator: Operator, repeat: OperatorRepeat, name: str, body: BronUitnodiging
) -> Response:
    """A code for a director: whoever comes with it at their own login is one. No number names them."""

    def do(perform: Perform) -> Uitgenodigd:
        rol = Lidrol(body.rol)
        return app.organisaties.invite_by_source(_clean(name), rol, body.functie, app.now(), perform)

    return once(app, repeat, do, _invited)


@router.get("/beheer/organisaties/{name}/leden")
def list_by_source(app: Present, _operator: Operator, name: str) -> LedenWire:
    """The directors and supervisory directors that the source named, by their ids here."""
    organisatie = app.organisaties.require(_clean(name))
    members = app.organisaties.list_members(organisatie.id)
    by_source = {Lidrol.BESTUURDER, Lidrol.COMMISSARIS}
    return LedenWire(resultaten=[lid_wire(one) for one in members if one.rol in by_source])


@router.post("/beheer/organisaties/{name}/leden/{lid}/uitschrijven", status_code=204)
def deregister(app: Present, _operator: Operator, repeat: OperatorRepeat, name: str, lid: str) -> Response:
    """The source says that somebody is a director no longer."""

    def do(perform: Perform) -> None:
        app.organisaties.deregister(_clean(name), _clean(lid), app.now(), perform)

    return once(app, repeat, do, lambda _done: DONE)


@router.post("/beheer/organisaties/{name}/verversen", response_model=VerversenWire)
def renew(app: Present, _operator: Operator, repeat: OperatorRepeat, name: str) -> Response:
    """The source names the directors again: their leases go on for 24 hours."""

    def do(perform: Perform) -> int:
        return app.organisaties.renew(_clean(name), app.now(), perform)

    return once(app, repeat, do, lambda aantal: answer(200, VerversenWire(aantal=aantal)))


@router.post("/beheer/beroepen", status_code=201, response_model=UitnodigingWire)
def register_professional(
    app: Present, _operator: Operator, repeat: OperatorRepeat, body: BeroepInschrijving
) -> Response:
    """A code for somebody who stands in a professional register."""

    def do(perform: Perform) -> Uitgenodigd:
        return app.organisaties.invite_professional(body.beroep, body.bron, app.now(), perform)

    return once(app, repeat, do, _invited)


@router.post("/beheer/beroepen/{identifier}/uitschrijven", status_code=204)
def strike_off(app: Present, _operator: Operator, repeat: OperatorRepeat, identifier: str) -> Response:
    """The professional register struck somebody off: what they could do by it ends."""

    def do(perform: Perform) -> None:
        app.organisaties.strike_off(_clean(identifier), app.now(), perform)

    return once(app, repeat, do, lambda _done: DONE)


# -- people --------------------------------------------------------------------------------------


@router.post("/uitnodigingen/bevestigen", response_model=ToegetredenWire)
def join(app: Present, person: HumanWriter, repeat: Repeat, body: UitnodigingCode) -> Response:
    """Join with a code: an organisation in a role, or a professional register."""

    def do(perform: Perform) -> Toegetreden | Beroepsregistratie:
        return app.organisaties.join(body.code, person.partij, person.niveau, app.now(), perform)

    return once(app, repeat, do, lambda joined: answer(200, _joined(joined)))


def _joined(joined: Toegetreden | Beroepsregistratie) -> ToegetredenWire:
    if isinstance(joined, Beroepsregistratie):
        return ToegetredenWire(id=joined.id, beroep=joined.beroep)
    return ToegetredenWire(
        id=joined.lid.id,
        organisatie=organisatie_wire(joined.organisatie),
        rol=joined.lid.rol.value,
        functie=joined.lid.functie,
    )


@router.get("/organisaties")
def list_mine(app: Present, person: Human) -> LidmaatschappenWire:
    """The organisations where I am, and as what."""
    return LidmaatschappenWire(
        resultaten=[
            LidmaatschapWire(
                organisatie=organisatie_wire(organisatie),
                lid=lid.id,
                rol=lid.rol.value,
                functie=lid.functie,
                niveau=lid.niveau.value,
            )
            for organisatie, lid in app.organisaties.memberships(person.partij)
        ]
    )


@router.get("/organisaties/{name}")
def show(app: Present, _person: Human, name: str) -> OrganisatieWire:
    """An organisation, by id or slug: its public name and number."""
    return organisatie_wire(app.organisaties.require(_clean(name)))


@router.get("/organisaties/{name}/leden")
def list_members(app: Present, person: Human, name: str) -> LedenWire:
    """Who is there, by role and function; for directors and administrators."""
    lid = app.organisaties.require_acting(_clean(name), person.partij)
    members = app.organisaties.list_members(lid.organisatie)
    return LedenWire(resultaten=[lid_wire(one, person.partij) for one in members])


@router.post("/organisaties/{name}/uitnodigingen", status_code=201, response_model=UitnodigingWire)
def invite(
    app: Present, person: HumanWriter, repeat: Repeat, name: str, body: UitnodigingAanvraag
) -> Response:
    """Let somebody in, for a function: the answer holds the code to give them, this once."""
    lid = app.organisaties.require_acting(_clean(name), person.partij)

    def do(perform: Perform) -> Uitgenodigd:
        rol, niveau = Lidrol(body.rol), Niveau(body.niveau)
        return app.organisaties.invite(lid, rol, body.functie, niveau, person.niveau, app.now(), perform)

    return once(app, repeat, do, _invited)


@router.post("/organisaties/{name}/leden/{lid}/verwijderen", status_code=204)
def remove(app: Present, person: HumanWriter, repeat: Repeat, name: str, lid: str) -> Response:
    """Send somebody away, or leave: all of theirs there ends at once."""

    def do(perform: Perform) -> None:
        own = app.organisaties.require_member(_clean(name), person.partij)
        app.organisaties.remove(own, _clean(lid), app.now(), perform)

    return once(app, repeat, do, lambda _done: DONE)
