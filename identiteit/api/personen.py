"""Register persons and sources; the operator only."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from identiteit import events
from identiteit.aanmelding.model import Bron
from identiteit.deps import Operator, Present
from identiteit.errors import InvalidPerson, InvalidSource, PersonDiffers
from identiteit.personen.model import Adres, Bsn, Persoonsgegevens
from identiteit.wire.persoon import BronIn, PersoonIn, PersoonUit
from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from keys.kernel.pep import Domain, PepError

router = APIRouter(prefix="/identiteit/api/v1", tags=["beheer"])


@router.post("/personen", status_code=201)
def register_person(body: PersoonIn, app: Present, _caller: Operator) -> PersoonUit:
    """Register a person; the same data again gives the same id."""
    now = app.now()
    try:
        bsn = Bsn(body.bsn)
    except ValueError as error:
        raise InvalidPerson from error
    if body.geboortedatum > now.date():
        raise InvalidPerson
    gegevens = Persoonsgegevens(
        bsn,
        body.voornaam,
        body.achternaam,
        body.geboortedatum,
        Adres(**body.adres.model_dump()),
        body.demo_id,
    )
    try:
        identifier = app.personen.register(gegevens, now)
    except IntegrityError as error:
        raise PersonDiffers from error
    app.log.emit(events.REGISTERED, soort="persoon")
    return PersoonUit(id=identifier)


@router.post("/bronnen", status_code=201)
def register_source(body: BronIn, app: Present, _caller: Operator) -> JSONResponse:
    """Register a source that may enrol people; 200 when it was there, the same."""
    try:
        keys = Jwks.parse(body.jwks)
        registers = None if body.registers is None else {str(Domain.parse(one)) for one in body.registers}
    except (UnusableKey, PepError) as error:
        raise InvalidSource from error
    if not keys.as_dict()["keys"] or body.client_id in {"beheer", *app.packages}:
        raise InvalidSource
    bron = Bron(body.client_id, keys.as_dict(), None if registers is None else tuple(sorted(registers)))
    added = app.tickets.register_source(bron, app.now())
    app.log.emit(events.REGISTERED, soort="bron")
    return JSONResponse({"client_id": body.client_id}, status_code=201 if added else 200)
