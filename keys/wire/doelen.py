"""The registry on the wire. Every answer is a published fact; nothing here concerns a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)]  # stays a datetime in every offset
Tokens = Annotated[list[Annotated[str, Field(min_length=20, max_length=4000)]], Field(max_length=10)]
RolNaam = Literal["identiteit", "machtigen", "register", "dienst"]
OverschrijdingNaam = Literal["weigeren", "alarm"]


class Wire(BaseModel):
    """Strict about what comes in: no unknown members."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class View(BaseModel):
    """Lenient about what a newer peer adds."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ActorIn(Wire):
    """Register an actor."""

    oin: Annotated[str, Field(pattern=r"^[0-9]{20}$")]
    onderactor: Slug
    naam: Line
    rol: RolNaam
    jwks: dict[str, Any]
    goedkeuringen: Tokens = []


class SleutelsIn(Wire):
    """Newer public keys of an actor."""

    jwks: dict[str, Any]
    goedkeuringen: Tokens = []


class ActorView(View):
    """A registered actor (sub-actor of an organisation) with the public keys that it signs with."""

    actor: str
    oin: str
    onderactor: str
    naam: str
    rol: str
    jwks: dict[str, Any]
    beeindigd_op: datetime | None = None


class DoelIn(Wire):
    """Publish a version of a purpose, approved by two different people."""

    id: Slug
    naam: Line
    uitleg: Text
    naam_en: Annotated[str, Field(max_length=300)] = ""
    uitleg_en: Annotated[str, Field(max_length=4000)] = ""
    wettelijke_grondslag: Line
    avg_grondslag: Line
    categorieen: Annotated[list[Slug], Field(max_length=200)] = []
    bewaartermijn: Annotated[str, Field(max_length=20)] = "P7Y"
    geldig_van: Moment
    geldig_tot: Moment | None = None
    goedgekeurd_door: Annotated[list[Line], Field(min_length=2, max_length=10)]
    goedkeuringen: Tokens = []


class EindeIn(Wire):
    """End a purpose from a moment on."""

    per: Moment


class DoelView(View):
    """A version of a purpose. `digest`: SHA-256 (hex) of the canonical JSON of its content."""

    id: str
    versie: int
    uri: str
    naam: str
    uitleg: str
    naam_en: str
    uitleg_en: str
    wettelijke_grondslag: str
    avg_grondslag: str
    categorieen: list[str]
    bewaartermijn: str
    geldig_van: datetime
    geldig_tot: datetime | None
    goedgekeurd_door: list[str]
    beeindigd_per: datetime | None
    digest: str


class DomeinIn(Wire):
    """Register a pseudonymisation domain, `<actor>|doel:<id>|v<n>`."""

    domein: Annotated[str, Field(max_length=200)]


class SleutelView(View):
    """The certified public key of one epoch: 32 bytes base64url, with two transcryptors' statements."""

    epoch: int
    publiek: str
    bewijzen: list[str]


class ToezeggingenView(View):
    """What the parties committed to for one epoch, in one generation of shares: their signed statements."""

    epoch: int
    verklaringen: list[str]
    generatie: int = 1


class DomeinView(View):
    """A pseudonymisation domain, its public keys and the parties' commitments.

    `ingetrokken`: the epochs that were revoked; nothing is translated to or from these.
    """

    domein: str
    sleutels: list[SleutelView]
    toezeggingen: list[ToezeggingenView] = []
    ingetrokken: list[int] = []


class ToezeggingenIn(Wire):
    """Record the parties' commitments for a domain and epoch; anybody who has them may bring them."""

    epoch: Annotated[int, Field(ge=1, le=999_999)]
    verklaringen: Annotated[list[Annotated[str, Field(max_length=4000)]], Field(min_length=1, max_length=3)]
    generatie: Annotated[int, Field(ge=1, le=9999)] = 1


class SleutelIn(Wire):
    """Record the public key of one's own domain: statements of two or three transcryptors that agree."""

    epoch: Annotated[int, Field(ge=1, le=999_999)]
    bewijzen: Annotated[list[Annotated[str, Field(max_length=4000)]], Field(min_length=2, max_length=3)]


class GebruiksgrondIn(Wire):
    """Grant one direction for one purpose."""

    van: Annotated[str, Field(max_length=200)]
    naar: Annotated[str, Field(max_length=200)]
    doel: Slug
    geldig_van: Moment
    geldig_tot: Moment | None = None
    max_per_dag: Annotated[int, Field(ge=1, le=1_000_000_000)] | None = None
    bij_overschrijding: OverschrijdingNaam = "weigeren"


class GebruiksgrondView(View):
    """A ground of use (gebruiksgrond): who may translate to whom, for which purpose."""

    id: str
    van: str
    naar: str
    doel: str
    geldig_van: datetime
    geldig_tot: datetime | None
    max_per_dag: int | None
    bij_overschrijding: str
    ingetrokken_op: datetime | None
