"""Tables of the registry. All are insert-only: what changes is a new row, what ends has an end row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary
from sqlmodel import Field

from keys.base import Table
from keys.kernel.database import UtcDateTime


class ActorRow(Table, table=True):
    """A registered actor."""

    __tablename__ = "actoren"

    actor: str = Field(primary_key=True, max_length=100)
    oin: str = Field(max_length=20)
    onderactor: str = Field(max_length=64)
    naam: str = Field(max_length=200)
    rol: str = Field(max_length=20)
    geregistreerd_op: datetime = Field(sa_type=UtcDateTime)


class ActorKeysRow(Table, table=True):
    """The public keys of an actor from a moment on; the highest number counts."""

    __tablename__ = "actor_sleutels"

    actor: str = Field(primary_key=True, max_length=100, foreign_key="actoren.actor")
    nummer: int = Field(primary_key=True)
    jwks: dict[str, Any] = Field(sa_type=JSON)
    vanaf: datetime = Field(sa_type=UtcDateTime)


class DoelRow(Table, table=True):
    """A published version of a purpose: its content as JSON, with the digest of the canonical form."""

    __tablename__ = "doelen"

    id: str = Field(primary_key=True, max_length=64)
    versie: int = Field(primary_key=True)
    inhoud: dict[str, Any] = Field(sa_type=JSON)
    digest: str = Field(max_length=64)
    gepubliceerd_op: datetime = Field(sa_type=UtcDateTime)


class DoelEndRow(Table, table=True):
    """A purpose ends, in all its versions up to this one; the earliest end counts."""

    __tablename__ = "doel_einden"

    id: str = Field(primary_key=True, max_length=64)
    versie: int = Field(primary_key=True)
    per: datetime = Field(sa_type=UtcDateTime)
    vastgelegd_op: datetime = Field(sa_type=UtcDateTime)


class DomeinRow(Table, table=True):
    """A registered pseudonymisation domain."""

    __tablename__ = "domeinen"

    domein: str = Field(primary_key=True, max_length=200)
    actor: str = Field(max_length=100, foreign_key="actoren.actor")
    geregistreerd_op: datetime = Field(sa_type=UtcDateTime)


class DomainKeyRow(Table, table=True):
    """The certified public key of a domain in an epoch."""

    __tablename__ = "domein_sleutels"

    domein: str = Field(primary_key=True, max_length=200, foreign_key="domeinen.domein")
    epoch: int = Field(primary_key=True)
    publiek: bytes = Field(sa_type=LargeBinary)
    bewijzen: list[str] = Field(sa_type=JSON)
    vastgelegd_op: datetime = Field(sa_type=UtcDateTime)


class EpochEndRow(Table, table=True):
    """An epoch of a domain was revoked: nothing is translated to or from it any more."""

    __tablename__ = "epoch_einden"

    domein: str = Field(primary_key=True, max_length=200, foreign_key="domeinen.domein")
    epoch: int = Field(primary_key=True)
    ingetrokken_op: datetime = Field(sa_type=UtcDateTime)


class ActorStateRow(Table, table=True):
    """A decision about an actor after its registration; the highest number counts."""

    __tablename__ = "actor_standen"

    actor: str = Field(primary_key=True, max_length=100, foreign_key="actoren.actor")
    nummer: int = Field(primary_key=True)
    stand: str = Field(max_length=20)
    vanaf: datetime = Field(sa_type=UtcDateTime)


class CommitmentRow(Table, table=True):
    """A party's signed commitments to its factors for a domain in an epoch, in a generation of shares."""

    __tablename__ = "toezeggingen"

    domein: str = Field(primary_key=True, max_length=200, foreign_key="domeinen.domein")
    epoch: int = Field(primary_key=True)
    generatie: int = Field(primary_key=True, default=1, sa_column_kwargs={"server_default": "1"})
    partij: str = Field(primary_key=True, max_length=2)
    verklaring: str
    vastgelegd_op: datetime = Field(sa_type=UtcDateTime)


class GebruiksgrondRow(Table, table=True):
    """A direction that may be translated for a purpose."""

    __tablename__ = "gebruiksgronden"

    id: str = Field(primary_key=True, max_length=40)
    van: str = Field(max_length=200, index=True)
    naar: str = Field(max_length=200)
    doel: str = Field(max_length=64)
    geldig_van: datetime = Field(sa_type=UtcDateTime)
    geldig_tot: datetime | None = Field(default=None, sa_type=UtcDateTime)
    max_per_dag: int | None = None
    bij_overschrijding: str = Field(max_length=20)
    verleend_op: datetime = Field(sa_type=UtcDateTime)


class GebruiksgrondEndRow(Table, table=True):
    """A gebruiksgrond was withdrawn."""

    __tablename__ = "gebruiksgrond_einden"

    id: str = Field(primary_key=True, max_length=40, foreign_key="gebruiksgronden.id")
    ingetrokken_op: datetime = Field(sa_type=UtcDateTime)


class GeneratieRow(Table, table=True):
    """A generation of shares that was begun after the first, and the one that it is to replace."""

    __tablename__ = "generaties"

    nummer: int = Field(primary_key=True)
    vorige: int
    begonnen_op: datetime = Field(sa_type=UtcDateTime)


class GeneratieStandRow(Table, table=True):
    """How the change to a generation ended: it is in use from then on, or it was given up."""

    __tablename__ = "generatie_standen"

    nummer: int = Field(primary_key=True, foreign_key="generaties.nummer")
    stand: str = Field(max_length=20)
    vanaf: datetime = Field(sa_type=UtcDateTime)


class OverdrachtRow(Table, table=True):
    """The proof that a generation has the pseudonyms and the key of the one before, for one context."""

    __tablename__ = "overdrachten"

    domein: str = Field(primary_key=True, max_length=200, foreign_key="domeinen.domein")
    epoch: int = Field(primary_key=True)
    generatie: int = Field(primary_key=True, foreign_key="generaties.nummer")
    verklaring: str
    vastgelegd_op: datetime = Field(sa_type=UtcDateTime)
