"""Organisations: what the operator registers, and what people do in them."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from starlette.responses import Response

from machtigen.deps import Human, HumanWriter, Operator, Present
from machtigen.diensten.model import Niveau
from machtigen.events import REGISTERED
from machtigen.organisaties.model import Beroepsregistratie, Lid, Lidrol, Organisatie, Uitgenodigd
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
NO_STORE = {"Cache-Control": "no-store"}


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


def _invited(invited: Uitgenodigd) -> JSONResponse:
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
    return JSONResponse(shown.model_dump(mode="json"), 201, headers=NO_STORE)


# -- the operator, for the source ----------------------------------------------------------------


@router.post("/beheer/organisaties", status_code=201)
def register(
    response: Response, app: Present, _operator: Operator, body: OrganisatieInschrijving
) -> OrganisatieWire:
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
    made, new = app.organisaties.register(wanted, app.now())
    response.status_code = 201 if new else 200
    app.log.emit(REGISTERED, soort="organisatie", id=made.slug)
    return organisatie_wire(made)


@router.post("/beheer/organisaties/{name}/uitnodigingen", status_code=201, response_model=UitnodigingWire)
def invite_by_source(app: Present, _operator: Operator, name: str, body: BronUitnodiging) -> JSONResponse:
    """A code for a director: whoever comes with it at their own login is one. No number names them."""
    invited = app.organisaties.invite_by_source(_clean(name), Lidrol(body.rol), body.functie, app.now())
    return _invited(invited)


@router.get("/beheer/organisaties/{name}/leden")
def list_by_source(app: Present, _operator: Operator, name: str) -> LedenWire:
    """The directors and supervisory directors that the source named, by their ids here."""
    organisatie = app.organisaties.require(_clean(name))
    members = app.organisaties.list_members(organisatie.id)
    by_source = {Lidrol.BESTUURDER, Lidrol.COMMISSARIS}
    return LedenWire(resultaten=[lid_wire(one) for one in members if one.rol in by_source])


@router.post("/beheer/organisaties/{name}/leden/{lid}/uitschrijven", status_code=204)
def deregister(app: Present, _operator: Operator, name: str, lid: str) -> Response:
    """The source says that somebody is a director no longer."""
    app.organisaties.deregister(_clean(name), _clean(lid), app.now())
    return Response(status_code=204)


@router.post("/beheer/organisaties/{name}/verversen")
def renew(app: Present, _operator: Operator, name: str) -> VerversenWire:
    """The source names the directors again: their leases go on for 24 hours."""
    return VerversenWire(aantal=app.organisaties.renew(_clean(name), app.now()))


@router.post("/beheer/beroepen", status_code=201, response_model=UitnodigingWire)
def register_professional(app: Present, _operator: Operator, body: BeroepInschrijving) -> JSONResponse:
    """A code for somebody who stands in a professional register."""
    return _invited(app.organisaties.invite_professional(body.beroep, body.bron, app.now()))


@router.post("/beheer/beroepen/{identifier}/uitschrijven", status_code=204)
def strike_off(app: Present, _operator: Operator, identifier: str) -> Response:
    """The professional register struck somebody off: what they could do by it ends."""
    app.organisaties.strike_off(_clean(identifier), app.now())
    return Response(status_code=204)


# -- people --------------------------------------------------------------------------------------


@router.post("/uitnodigingen/bevestigen")
def join(app: Present, person: HumanWriter, body: UitnodigingCode) -> ToegetredenWire:
    """Join with a code: an organisation in a role, or a professional register."""
    joined = app.organisaties.join(body.code, person.partij, person.niveau, app.now())
    if isinstance(joined, Beroepsregistratie):
        return ToegetredenWire(id=joined.id, beroep=joined.beroep)
    organisatie = app.organisaties.require(joined.organisatie)
    return ToegetredenWire(
        id=joined.id,
        organisatie=organisatie_wire(organisatie),
        rol=joined.rol.value,
        functie=joined.functie,
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
def invite(app: Present, person: HumanWriter, name: str, body: UitnodigingAanvraag) -> JSONResponse:
    """Let somebody in, for a function: the answer holds the code to give them, this once."""
    lid = app.organisaties.require_acting(_clean(name), person.partij)
    invited = app.organisaties.invite(
        lid, Lidrol(body.rol), body.functie, Niveau(body.niveau), person.niveau, app.now()
    )
    return _invited(invited)


@router.post("/organisaties/{name}/leden/{lid}/verwijderen", status_code=204)
def remove(app: Present, person: HumanWriter, name: str, lid: str) -> Response:
    """Send somebody away, or leave: all of theirs there ends at once."""
    own = app.organisaties.require_member(_clean(name), person.partij)
    app.organisaties.remove(own, _clean(lid), app.now())
    return Response(status_code=204)
