"""The use of a machtiging, for both of its sides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from machtigen.api.oauth_form import verklaringsdienst
from machtigen.bevoegdheidsverklaringen.opzet import Verklaringsdienst
from machtigen.deps import Person, Present
from machtigen.gebruik.model import Gebruik
from machtigen.wire.gebruik import GebruikenWire, GebruikWire

router = APIRouter(prefix="/machtigen/api/v1", tags=["gebruik"])


def gebruik_wire(app: Verklaringsdienst, gebruik: Gebruik) -> GebruikWire:
    """One line, with the names that are registered now."""
    dienst = app.diensten.find(gebruik.dienst)
    client = app.diensten.find_client(gebruik.client_id)
    return GebruikWire(
        op=gebruik.op,
        dienst=gebruik.dienst,
        dienst_naam=dienst.naam if dienst else gebruik.dienst,
        actor=gebruik.sector,
        client=client.naam if client else gebruik.client_id,
        handelingen=[handeling.value for handeling in gebruik.handelingen],
        doelen=list(gebruik.doelen),
        functie=gebruik.functie,
    )


@router.get("/machtigingen/{identifier}/gebruik")
def list_use(
    request: Request,
    house: Present,
    person: Person,
    identifier: str,
    na: Annotated[str | None, Query(max_length=40)] = None,
    aantal: Annotated[int, Query(ge=1, le=200)] = 50,
) -> GebruikenWire:
    """When which service relied on it, newest first; for the represented and the representative."""
    found, _ = house.machtigingen.require(identifier.replace("\x00", ""), person.partij)
    app = verklaringsdienst(request)
    page = app.gebruiken.list_of(found.id, na, aantal)
    return GebruikenWire(
        resultaten=[gebruik_wire(app, gebruik) for gebruik in page.resultaten], volgende=page.volgende
    )
