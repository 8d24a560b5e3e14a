"""Life events as they came in, what stands because of them, and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from identiteit.base import Table
from keys.kernel.database import UtcDateTime


class GebeurtenisRow(Table, table=True):
    """One life event, in the order of arrival. Insert-only. `kenmerk`: what its source calls it."""

    __tablename__ = "gebeurtenis"
    __table_args__ = (sa.Index("ix_gebeurtenis_kenmerk", "aanvrager", "kenmerk", unique=True),)

    volgnummer: int | None = Field(default=None, primary_key=True)
    soort: str
    persoon_bsn: str
    partij_bsn: str | None = None
    per: datetime = Field(sa_type=UtcDateTime)
    bron: str
    aanvrager: str
    ontvangen_op: datetime = Field(sa_type=UtcDateTime)
    kenmerk: str | None = None
    in_onderzoek: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    hoedanigheid: str | None = None
    maatregel: str | None = None


class WachtendRow(Table, table=True):
    """An event that has no effect yet: its moment is to come, or a person in it is not known yet."""

    __tablename__ = "gebeurtenis_wachtend"

    volgnummer: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    per: datetime = Field(sa_type=UtcDateTime, index=True)


class VerhoudingRow(Table, table=True):
    """A relation that stands, as its source says."""

    __tablename__ = "verhouding"

    grond: str = Field(primary_key=True)
    persoon_id: str = Field(primary_key=True, index=True)
    partij_id: str = Field(primary_key=True, index=True)
    sinds: datetime = Field(sa_type=UtcDateTime)
    bron: str
    in_onderzoek: bool
    hoedanigheid: str


class GemeldRow(Table, table=True):
    """What receivers hold now: a fact (`partij_id` empty) or a power, and when it was last said."""

    __tablename__ = "gemeld"

    soort: str = Field(primary_key=True)
    persoon_id: str = Field(primary_key=True, index=True)
    partij_id: str = Field(primary_key=True)
    sinds: datetime = Field(sa_type=UtcDateTime)
    bron: str
    in_onderzoek: bool
    tot: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    gezegd_op: datetime = Field(sa_type=UtcDateTime, index=True)


class StroomRow(Table, table=True):
    """The stream of events to one receiver. Its row is locked by whoever adds to it."""

    __tablename__ = "stroom"

    ontvanger: str = Field(primary_key=True)
    volgnummer: int


class LeveringRow(Table, table=True):
    """Outbox: one event for one receiver, with persons by id."""

    __tablename__ = "levering"
    __table_args__ = (sa.Index("ix_levering_open", "ontvanger", "open", "volgnummer"),)

    ontvanger: str = Field(primary_key=True)
    volgnummer: int = Field(primary_key=True)
    jti: str = Field(unique=True)
    soort: str
    per: datetime = Field(sa_type=UtcDateTime)
    wijzigingen: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    gemaakt_op: datetime = Field(sa_type=UtcDateTime)
    open: bool = True
    pogingen: int = 0
    volgende_op: datetime = Field(sa_type=UtcDateTime)
    aangekomen_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
    dood_op: datetime | None = Field(default=None, sa_type=UtcDateTime)
    fout: str | None = None
