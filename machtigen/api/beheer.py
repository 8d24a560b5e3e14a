"""What the operator registers: services and clients. Same content again: 200; other content: 409.

A client moves and gets new keys: PUT replaces what is registered of it.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from keys.kernel.jws import Jwks
from keys.kernel.jws.keyset import UnusableKey
from machtigen.api.eenmaal import once
from machtigen.api.render import answer, client_wire, dienst_wire
from machtigen.deps import Operator, OperatorRepeat, Present, Services
from machtigen.diensten.errors import InvalidRegistration
from machtigen.diensten.model import Aard, Client, Dienst, DienstId, Grond, Handeling, Niveau
from machtigen.events import REGISTERED
from machtigen.herhalingen.model import Repeatable
from machtigen.herhalingen.service import Perform
from machtigen.wire.dienst import ClientInschrijving, ClientWire, DienstInschrijving, DienstWire

router = APIRouter(prefix="/machtigen/api/v1/beheer", tags=["beheer"])


def read_dienst(body: DienstInschrijving) -> Dienst:
    """The service that is registered."""
    return Dienst(
        id=DienstId(body.id),
        naam=body.naam,
        upl_naam=body.upl_naam,
        omschrijving={str(taal): text for taal, text in body.omschrijving.items()},
        actor=body.actor,
        handelingen=frozenset(Handeling(value) for value in body.handelingen),
        gronden=frozenset(Grond(value) for value in body.gronden),
        doelen=tuple(body.doelen),
        min_niveau=Niveau(body.min_niveau),
        machtigbaar=body.machtigbaar,
        minderjarigen_zelf=body.minderjarigen_zelf,
        wettelijke_grondslag=tuple(body.wettelijke_grondslag),
        audience=body.audience,
        aard=Aard(body.aard),
        quorum={Grond(grond): number for grond, number in body.quorum.items()},
        beroepsmatig={
            beroep: frozenset(Handeling(value) for value in values)
            for beroep, values in body.beroepsmatig.items()
        },
    )


def read_client(body: ClientInschrijving) -> Client:
    """The client that is registered. Raises InvalidRegistration for keys that cannot be used."""
    try:
        jwks = Jwks.parse(body.jwks).as_dict()
    except UnusableKey as error:
        raise InvalidRegistration from error
    if not jwks["keys"]:
        raise InvalidRegistration
    return Client(
        client_id=body.client_id,
        naam=body.naam,
        actor=body.actor,
        domein=body.domein,
        redirect_uris=tuple(body.redirect_uris),
        diensten=tuple(DienstId(value) for value in body.diensten),
        jwks=jwks,
        token_endpoint_auth_method=body.token_endpoint_auth_method,
        audience=body.audience,
        gegevensdienst=body.gegevensdienst,
        beheert_machtigingen=body.beheert_machtigingen,
    )


def _registered(
    app: Services,
    repeat: Repeatable | None,
    soort: str,
    name: str,
    do: Callable[[Perform], bool],
    shown: DienstWire | ClientWire,
) -> Response:
    """201 when it is new, 200 when it was there."""

    def logged(perform: Perform) -> bool:
        new = do(perform)
        app.log.emit(REGISTERED, soort=soort, id=name)
        return new

    return once(app, repeat, logged, lambda new: answer(201 if new else 200, shown))


@router.post("/diensten", status_code=201, response_model=DienstWire)
def register_dienst(
    app: Present, _operator: Operator, repeat: OperatorRepeat, body: DienstInschrijving
) -> Response:
    """Register a service."""
    dienst = read_dienst(body)

    def do(perform: Perform) -> bool:
        return app.diensten.register(dienst, app.now(), perform)

    return _registered(app, repeat, "dienst", dienst.id, do, dienst_wire(dienst))


@router.post("/clients", status_code=201, response_model=ClientWire)
def register_client(
    app: Present, _operator: Operator, repeat: OperatorRepeat, body: ClientInschrijving
) -> Response:
    """Register an OAuth client."""
    client = read_client(body)

    def do(perform: Perform) -> bool:
        return app.diensten.register_client(client, app.now(), perform)

    return _registered(app, repeat, "client", client.client_id, do, client_wire(client))


@router.put("/clients/{client_id}", response_model=ClientWire)
def replace_client(
    app: Present, _operator: Operator, repeat: OperatorRepeat, client_id: str, body: ClientInschrijving
) -> Response:
    """Register an OAuth client, or replace its addresses, services and keys (201 when it is new)."""
    client = read_client(body)
    if client.client_id != client_id:
        raise InvalidRegistration

    def do(perform: Perform) -> bool:
        return app.diensten.replace_client(client, app.now(), perform)

    return _registered(app, repeat, "client", client.client_id, do, client_wire(client))
