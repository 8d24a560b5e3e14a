"""From the words of the rooms to the wire."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel

from machtigen.berichten.model import Postvak
from machtigen.diensten.model import Client, Dienst
from machtigen.herhalingen.model import Answer
from machtigen.machtigingen import changes, rules, samen
from machtigen.machtigingen.keten import Keten
from machtigen.machtigingen.model import ENDED, Aangevraagd, Actief, Beeindigd, Machtiging, Rol, Uitgegeven
from machtigen.organisaties.model import Handelende
from machtigen.sessies.model import Sessie
from machtigen.wire.dienst import ClientWire, DienstWire
from machtigen.wire.machtiging import (
    BerichtenWire,
    BerichtWire,
    BevestigingenWire,
    MachtigingWire,
    UitgegevenWire,
    VerlengingWire,
)


def answer(status: int, body: BaseModel) -> Answer:
    """An answer to keep and to send."""
    return Answer(status, body.model_dump(mode="json"))


def dienst_wire(dienst: Dienst) -> DienstWire:
    """A service."""
    return DienstWire(
        id=dienst.id,
        naam=dienst.naam,
        upl_naam=dienst.upl_naam,
        omschrijving=dict(dienst.omschrijving),
        actor=dienst.actor,
        handelingen=sorted(dienst.handelingen),
        gronden=sorted(dienst.gronden),
        min_niveau=dienst.min_niveau.value,
        machtigbaar=dienst.machtigbaar,
        minderjarigen_zelf=dienst.minderjarigen_zelf,
        wettelijke_grondslag=list(dienst.wettelijke_grondslag),
        aard=dienst.aard.value,
        quorum={grond.value: dienst.quorum[grond] for grond in sorted(dienst.quorum)},
        beroepsmatig={beroep: sorted(actions) for beroep, actions in sorted(dienst.beroepsmatig.items())},
    )


def client_wire(client: Client) -> ClientWire:
    """A client."""
    return ClientWire(
        client_id=client.client_id,
        naam=client.naam,
        actor=client.actor,
        domein=client.domein,
        redirect_uris=list(client.redirect_uris),
        diensten=list(client.diensten),
        jwks=dict(client.jwks),
        token_endpoint_auth_method=client.token_endpoint_auth_method,
        audience=client.audience,
        gegevensdienst=client.gegevensdienst,
        beheert_machtigingen=client.beheert_machtigingen,
    )


def keten_wire(keten: Keten, now: datetime) -> MachtigingWire:
    """What somebody may do along a chain, as one machtiging: named by one link, all links together."""
    named = next(link for link in keten.schakels if link.id == keten.id)
    together = replace(keten.effectief, id=named.id, boven=named.boven, status=named.status, label=None)
    return _wire(together, Rol.VERTEGENWOORDIGER, (), now, list(reversed(keten.ids)))


def machtiging_wire(machtiging: Machtiging, reader: Sessie, now: datetime) -> MachtigingWire:
    """A machtiging as this reader may see it: a party, who decides on it jointly, or who holds its code and
    may answer.

    The label is only for who wrote it.
    """
    rol = machtiging.role_of(reader.partij)
    jointly = samen.acties(machtiging, reader.mens, now)
    joint = machtiging.bevestiging
    if rol is None and joint is not None and reader.mens in joint.kring:
        return _wire(machtiging, Rol.VERTEGENWOORDIGDE, jointly, now)
    if rol is None:
        acties: tuple[str, ...] = ("bevestigen", "weigeren")
        return _wire(machtiging, machtiging.initiatief.other, acties, now)
    shown = _wire(machtiging, rol, (*rules.acties(machtiging, rol, now), *jointly), now)
    label = machtiging.label if reader.partij == machtiging.aanvrager else None
    return shown.model_copy(update={"label": label})


def functions_of(acts: Iterable[Handelende]) -> dict[tuple[datetime, str], str]:
    """In which function somebody acted for an organisation, by moment and side."""
    return {(act.op, act.zijde): act.functie or act.rol for act in acts}


def _wire(
    machtiging: Machtiging, rol: Rol, acties: tuple[str, ...], now: datetime, keten: list[str] | None = None
) -> MachtigingWire:
    status = rules.status_at(machtiging, now)
    proposal = changes.open_proposal(machtiging, now)
    links = keten or ([machtiging.boven, machtiging.id] if machtiging.boven else None)
    return MachtigingWire(
        id=machtiging.id,
        status=status.naam,
        rol=rol.value,
        kind=machtiging.kind,
        grond=machtiging.grond.value,
        initiatief=machtiging.initiatief.value,
        diensten=list(machtiging.diensten),
        handelingen=sorted(machtiging.handelingen),
        geldig_van=machtiging.geldig_van,
        geldig_tot=machtiging.geldig_tot,
        niveau=machtiging.niveau.value,
        min_niveau=machtiging.min_niveau.value,
        acties=list(acties),
        zaak=machtiging.zaak,
        keten=links,
        verlenging=proposal and VerlengingWire(geldig_tot=proposal.geldig_tot, door=proposal.door.value),
        bevestigingen=_joint(machtiging),
        doelen=None if machtiging.doelen is None else sorted(machtiging.doelen),
        max_gebruik=machtiging.max_gebruik,
        gebruikt=machtiging.gebruikt,
        doormachtigen=machtiging.max_diepte,
        bron=machtiging.bron,
        kanaal=machtiging.kanaal,
        functie=machtiging.functie or machtiging.gericht_functie,
        organisatie=machtiging.gericht_aan,
        reden=status.reden if isinstance(status, Beeindigd) else None,
        code_geldig_tot=status.code_geldig_tot if isinstance(status, Aangevraagd) else None,
        actief_sinds=status.sinds if isinstance(status, Actief) else None,
        geeindigd_op=status.op if isinstance(status, ENDED) else None,
    )


def _joint(machtiging: Machtiging) -> BevestigingenWire | None:
    joint = machtiging.bevestiging
    if joint is None:
        return None
    return BevestigingenWire(nodig=joint.nodig, gegeven=len(joint.gegeven), van=len(joint.kring))


def issued_wire(issued: Uitgegeven, reader: Sessie, now: datetime) -> UitgegevenWire:
    """A new request with its code."""
    shown = machtiging_wire(issued.machtiging, reader, now)
    return UitgegevenWire(**dict(shown), code=issued.code)


def postvak_wire(postvak: Postvak, unread: int) -> BerichtenWire:
    """The inbox."""
    return BerichtenWire(
        resultaten=[
            BerichtWire(
                id=bericht.id,
                machtiging=bericht.machtiging,
                rol=bericht.rol.value,
                soort=bericht.soort.value,
                door=bericht.door,
                op=bericht.op,
                gelezen=bericht.gelezen,
            )
            for bericht in postvak.resultaten
        ],
        volgende=postvak.volgende,
        ongelezen=unread,
    )


def rol_of(text: str | None) -> Rol | None:
    """The role a query names."""
    return Rol(text) if text else None
