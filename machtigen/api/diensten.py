"""Search the catalogue of services."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from machtigen.api.render import dienst_wire
from machtigen.deps import Person, Present
from machtigen.errors import NotFound
from machtigen.wire.dienst import DienstenWire, DienstWire

router = APIRouter(prefix="/machtigen/api/v1", tags=["diensten"])


@router.get("/diensten")
def search(
    app: Present,
    _person: Person,
    zoek: Annotated[str, Query(max_length=200)] = "",
    na: Annotated[str | None, Query(max_length=1000)] = None,
    aantal: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DienstenWire:
    """Services whose name or description holds every word, whatever case and accents."""
    page = app.diensten.list(zoek.replace("\x00", ""), na, aantal)
    return DienstenWire(resultaten=[dienst_wire(found) for found in page.resultaten], volgende=page.volgende)


@router.get("/diensten/{identifier}")
def show(app: Present, _person: Person, identifier: str) -> DienstWire:
    """One service."""
    found = app.diensten.find(identifier.replace("\x00", ""))
    if found is None:
        raise NotFound
    return dienst_wire(found)
