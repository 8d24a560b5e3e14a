"""What the operator registers: registers, grounds of use, sources; and maintenance."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import Domain, PepError
from rechten.deps import Operator, Present
from rechten.errors import InvalidRegistration, RegisterUnknown
from rechten.events import PAUSED, REGISTERED
from rechten.registers.model import Bron, Categorie, Gebruiksgrond, Gevoeligheid, Register
from rechten.wire.basis import Naam
from rechten.wire.beheer import BronIn, BronView, GebruiksgrondIn, GebruiksgrondView, RegisterIn, RegisterView

router = APIRouter(prefix="/rechten/api/v1/beheer", tags=["beheer"])


@router.post("/registers", status_code=201)
def create_register(response: Response, app: Present, _operator: Operator, body: RegisterIn) -> RegisterView:
    """Create a register with keys and a database of its own. Same content again: 200; other: 409."""
    register = read_register(body)
    created, keys = app.registers.create(register, app.now())
    response.status_code = 201 if created else 200
    app.log.emit(REGISTERED, soort="register", id=register.id)
    return _view(register, keys)


@router.get("/registers")
def list_registers(app: Present, _operator: Operator) -> list[RegisterView]:
    """All registers with their public keys."""
    return [_view(register, app.registers.public_keys(register)) for register in app.registers.list_all()]


@router.post("/registers/{register_id}/gebruiksgronden", status_code=201)
def grant(
    response: Response, app: Present, _operator: Operator, register_id: str, body: GebruiksgrondIn
) -> GebruiksgrondView:
    """Let a consumer have categories of this register for a purpose. Same content again: 200."""
    register = app.registers.find(register_id)
    if register is None:
        raise RegisterUnknown
    created, grond = app.registers.grant(register_id, _grond(body, register))
    response.status_code = 201 if created else 200
    app.log.emit(REGISTERED, soort="gebruiksgrond", id=grond.id)
    return GebruiksgrondView(
        id=grond.id,
        afnemer=grond.afnemer,
        afnemer_naam=dict(grond.afnemer_naam),
        doel=grond.doel,
        categorieen=sorted(grond.categorieen),
        geldig_van=grond.geldig_van,
        geldig_tot=grond.geldig_tot,
    )


@router.post("/registers/{register_id}/pauzeren")
def pause(app: Present, _operator: Operator, register_id: str) -> RegisterView:
    """Put a register in maintenance: it answers nothing until it is resumed."""
    return _set_paused(app, register_id, paused=True)


@router.post("/registers/{register_id}/hervatten")
def resume(app: Present, _operator: Operator, register_id: str) -> RegisterView:
    """Let a register answer again."""
    return _set_paused(app, register_id, paused=False)


@router.post("/bronnen", status_code=201)
def register_bron(response: Response, app: Present, _operator: Operator, body: BronIn) -> BronView:
    """Register a source. Same content again: 200; other: 409."""
    try:
        jwks = Jwks.parse(body.jwks).as_dict()
    except UnusableKey as error:
        raise InvalidRegistration from error
    if not jwks["keys"]:
        raise InvalidRegistration
    naam = body.naam.texts() if isinstance(body.naam, Naam) else {"nl": body.naam}
    bron = Bron(body.client_id, naam, frozenset(body.registers), jwks)
    response.status_code = 201 if app.registers.add_bron(bron, app.now()) else 200
    app.log.emit(REGISTERED, soort="bron", id=bron.client_id)
    return BronView(client_id=bron.client_id, naam=naam, registers=sorted(bron.registers))


def _set_paused(app: Present, register_id: str, *, paused: bool) -> RegisterView:
    register = app.registers.pause(register_id, paused=paused)
    app.log.emit(PAUSED, register=register.id, gepauzeerd=paused)
    return _view(register, app.registers.public_keys(register))


def read_register(body: RegisterIn) -> Register:
    """The register that is described. Raises InvalidRegistration."""
    try:
        domein = Domain.parse(body.domein)
    except PepError as error:
        raise InvalidRegistration from error
    return Register(
        id=body.id,
        naam=body.naam.texts(),
        actor=body.actor,
        domein=domein,
        categorieen=tuple(
            Categorie(entry.id, entry.naam.texts(), Gevoeligheid(entry.gevoeligheid), entry.verplichting)
            for entry in body.categorieen
        ),
        audience=body.audience,
    )


def _grond(body: GebruiksgrondIn, register: Register) -> Gebruiksgrond:
    naam = body.afnemer_naam.texts() if body.afnemer_naam else {"nl": body.afnemer}
    if body.afnemer_naam is None and body.afnemer == register.actor:
        naam = dict(register.naam)
    return Gebruiksgrond(
        id="",
        afnemer=body.afnemer,
        afnemer_naam=naam,
        doel=body.doel,
        categorieen=frozenset(body.categorieen),
        geldig_van=body.geldig_van,
        geldig_tot=body.geldig_tot,
    )


def _view(register: Register, keys: Jwks) -> RegisterView:
    return RegisterView(
        id=register.id,
        naam=dict(register.naam),
        actor=register.actor,
        domein=str(register.domein),
        audience=register.audience,
        gepauzeerd=register.gepauzeerd,
        categorieen=[
            {
                "id": entry.id,
                "naam": dict(entry.naam),
                "gevoeligheid": entry.gevoeligheid.value,
                "verplichting": entry.verplichting,
            }
            for entry in register.categorieen
        ],
        jwks=keys.as_dict(),
    )
