"""The only SQL of the catalogue."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from keys.kernel.database import Lookup
from machtigen.diensten.model import Aard, Client, Dienst, DienstId, Grond, Handeling, Niveau
from machtigen.diensten.rules import fold, searchable
from machtigen.diensten.tables import ClientRow, DienstRow


def dienst_content(dienst: Dienst) -> dict[str, Any]:
    """A service as stored: sets in a fixed order, so that equal services have equal content.

    What came later stands there only where it says something: older content reads as before.
    """
    later: dict[str, Any] = {
        "aard": dienst.aard.value if dienst.aard is not Aard.ALGEMEEN else None,
        "quorum": {grond.value: dienst.quorum[grond] for grond in sorted(dienst.quorum)},
        "beroepsmatig": {
            beroep: sorted(dienst.beroepsmatig[beroep]) for beroep in sorted(dienst.beroepsmatig)
        },
    }
    content: dict[str, Any] = {
        **{name: value for name, value in later.items() if value},
        "id": dienst.id,
        "naam": dienst.naam,
        "upl_naam": dienst.upl_naam,
        "omschrijving": dict(dienst.omschrijving),
        "actor": dienst.actor,
        "handelingen": sorted(dienst.handelingen),
        "gronden": sorted(dienst.gronden),
        "doelen": list(dienst.doelen),
        "min_niveau": dienst.min_niveau.value,
        "machtigbaar": dienst.machtigbaar,
        "wettelijke_grondslag": list(dienst.wettelijke_grondslag),
        "audience": dienst.audience,
    }
    return {**content, "minderjarigen_zelf": True} if dienst.minderjarigen_zelf else content


def client_content(client: Client) -> dict[str, Any]:
    """A client as stored."""
    return {
        "client_id": client.client_id,
        "naam": client.naam,
        "actor": client.actor,
        "domein": client.domein,
        "redirect_uris": list(client.redirect_uris),
        "diensten": list(client.diensten),
        "jwks": dict(client.jwks),
        "token_endpoint_auth_method": client.token_endpoint_auth_method,
        "audience": client.audience,
        "gegevensdienst": client.gegevensdienst,
        "beheert_machtigingen": client.beheert_machtigingen,
    }


def _dienst(content: dict[str, Any]) -> Dienst:
    return Dienst(
        id=DienstId(content["id"]),
        naam=content["naam"],
        upl_naam=content["upl_naam"],
        omschrijving=content["omschrijving"],
        actor=content["actor"],
        handelingen=frozenset(Handeling(value) for value in content["handelingen"]),
        gronden=frozenset(Grond(value) for value in content["gronden"]),
        doelen=tuple(content["doelen"]),
        min_niveau=Niveau(content["min_niveau"]),
        machtigbaar=content["machtigbaar"],
        wettelijke_grondslag=tuple(content["wettelijke_grondslag"]),
        audience=content["audience"],
        minderjarigen_zelf=content.get("minderjarigen_zelf", False),
        aard=Aard(content.get("aard", Aard.ALGEMEEN.value)),
        quorum={Grond(grond): number for grond, number in content.get("quorum", {}).items()},
        beroepsmatig={
            beroep: frozenset(Handeling(value) for value in values)
            for beroep, values in content.get("beroepsmatig", {}).items()
        },
    )


def _client(content: dict[str, Any]) -> Client:
    return Client(
        client_id=content["client_id"],
        naam=content["naam"],
        actor=content["actor"],
        domein=content["domein"],
        redirect_uris=tuple(content["redirect_uris"]),
        diensten=tuple(DienstId(value) for value in content["diensten"]),
        jwks=content["jwks"],
        token_endpoint_auth_method=content["token_endpoint_auth_method"],
        audience=content["audience"],
        gegevensdienst=content["gegevensdienst"],
        beheert_machtigingen=content.get("beheert_machtigingen", False),
    )


def find_dienst(session: Session, identifier: str) -> Dienst | None:
    """The service with this id."""
    row = session.get(DienstRow, identifier)
    return _dienst(row.inhoud) if row else None


def find_client(session: Session, client_id: str) -> Client | None:
    """The client with this id."""
    row = session.get(ClientRow, client_id)
    return _client(row.inhoud) if row else None


def add_dienst(session: Session, dienst: Dienst, now: datetime) -> None:
    """Store a new service."""
    session.add(
        DienstRow(
            id=dienst.id,
            sorteernaam=fold(dienst.naam),
            zoektekst=searchable(dienst),
            inhoud=dienst_content(dienst),
            ingeschreven_op=now,
        )
    )


def add_client(session: Session, client: Client, now: datetime) -> None:
    """Store a new client."""
    session.add(ClientRow(client_id=client.client_id, inhoud=client_content(client), ingeschreven_op=now))


def replace_client(session: Session, client: Client) -> None:
    """Store the newer content of a known client."""
    row = session.get_one(ClientRow, client.client_id)
    row.inhoud = client_content(client)
    session.add(row)


def list_with_quorum(session: Session) -> list[Dienst]:
    """The services where some power takes the agreement of several, by name."""
    as_text = sa.cast(col(DienstRow.inhoud), sa.Text)
    query = select(DienstRow).where(as_text.contains('"quorum"'))
    return [_dienst(row.inhoud) for row in session.exec(query.order_by(col(DienstRow.sorteernaam)))]


def list_diensten(
    session: Session, words: list[str], after: tuple[str, str] | None, limit: int
) -> list[Dienst]:
    """At most `limit` services whose text holds every one of `words` (folded), by name, after a place."""
    query = select(DienstRow).order_by(col(DienstRow.sorteernaam), col(DienstRow.id)).limit(limit)
    for word in words:
        query = query.where(col(DienstRow.zoektekst).contains(word, autoescape=True))
    if after is not None:
        naam, identifier = after
        query = query.where(
            sa.or_(
                col(DienstRow.sorteernaam) > naam,
                sa.and_(col(DienstRow.sorteernaam) == naam, col(DienstRow.id) > identifier),
            )
        )
    return [_dienst(row.inhoud) for row in session.exec(query)]


def list_clients(session: Session) -> list[Client]:
    """All clients, by id."""
    rows = session.exec(select(ClientRow).order_by(col(ClientRow.client_id)))
    return [_client(row.inhoud) for row in rows]


# Hot paths: the row is read each time; that one text always makes the same value is remembered.
LOOK_DIENST = "SELECT CAST(inhoud AS TEXT) FROM dienst WHERE id = :id"
LOOK_CLIENT = "SELECT CAST(inhoud AS TEXT) FROM client WHERE client_id = :id"


def look_dienst(lookup: Lookup, identifier: str) -> Dienst | None:
    """The service with this id, straight on the driver."""
    rows = lookup.rows(LOOK_DIENST, {"id": identifier})
    return _dienst_of(rows[0][0]) if rows else None


def look_client(lookup: Lookup, client_id: str) -> Client | None:
    """The client with this id, straight on the driver."""
    rows = lookup.rows(LOOK_CLIENT, {"id": client_id})
    return _client_of(rows[0][0]) if rows else None


@lru_cache(maxsize=1024)
def _dienst_of(text: str) -> Dienst:
    return _dienst(json.loads(text))


@lru_cache(maxsize=1024)
def _client_of(text: str) -> Client:
    return _client(json.loads(text))
