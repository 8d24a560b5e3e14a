"""Tickets for registers on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from identiteit.wire.persoon import Wire

DomainText = Annotated[str, Field(min_length=1, max_length=200)]


class Cnf(Wire):
    """Confirmation key of a view (RFC 7800): a public JWK."""

    jwk: dict[str, Any]


class InzageticketsIn(Wire):
    """Tickets for the person's own inspection."""

    registers: Annotated[list[DomainText], Field(min_length=1, max_length=100)]
    cnf: Cnf


class TicketUit(Wire):
    """One ticket."""

    register_: DomainText = Field(alias="register")
    ticket: str


class InzageticketsUit(Wire):
    """Tickets, and the registers for which none could be made now."""

    tickets: list[TicketUit]
    mislukt: list[str]


class AanmeldpersoonIn(Wire):
    """A person that a source brings."""

    bsn: Annotated[str, Field(max_length=20)]


class AanmeldingenIn(Wire):
    """Enrol people at a register."""

    register_: DomainText = Field(alias="register")
    doel: Literal["aanmelding"] = "aanmelding"
    personen: Annotated[list[AanmeldpersoonIn], Field(min_length=1, max_length=1000)]
