"""Services and clients on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(min_length=1, max_length=200)]
LongText = Annotated[str, Field(max_length=4000)]
NiveauWire = Literal["laag", "substantieel", "hoog"]
HandelingWire = Literal["informatie_opvragen", "zaken_regelen", "post_ontvangen", "betalen", "bezwaar_maken"]
GrondWire = Literal[
    "machtiging",
    "gezag",
    "voogdij",
    "curatele",
    "bewind",
    "mentorschap",
    "wsnp",
    "executeur",
    "bestuurder",
    "beroepsmatig",
]


AardWire = Literal["financieel", "persoonlijk", "algemeen"]
Beroep = Annotated[str, Field(pattern=r"^[a-z][a-z-]{1,63}$")]


class DienstWire(BaseModel):
    """A service, as people and programs find it."""

    id: str
    naam: str
    upl_naam: str
    omschrijving: dict[str, str]
    actor: str
    handelingen: list[str]
    gronden: list[str]
    min_niveau: str
    machtigbaar: bool
    wettelijke_grondslag: list[str]
    aard: str
    quorum: dict[str, int]
    beroepsmatig: dict[str, list[str]]
    minderjarigen_zelf: bool = False


class DienstenWire(BaseModel):
    """A list of services; `volgende` is the cursor of the next page, given back as `na`."""

    resultaten: list[DienstWire]
    volgende: str | None


class DienstInschrijving(BaseModel):
    """What an operator registers as a service."""

    model_config = ConfigDict(extra="forbid")

    id: Text
    naam: Text
    upl_naam: Annotated[str, Field(max_length=200)] = ""
    omschrijving: dict[Literal["nl", "en"], LongText] = Field(default_factory=dict)
    actor: Text
    handelingen: Annotated[list[HandelingWire], Field(min_length=1, max_length=5)]
    gronden: Annotated[list[GrondWire], Field(max_length=10)]
    doelen: Annotated[list[Text], Field(min_length=1, max_length=20)]
    min_niveau: NiveauWire
    machtigbaar: bool
    wettelijke_grondslag: Annotated[list[Text], Field(max_length=20)] = Field(default_factory=list)
    audience: Text
    minderjarigen_zelf: bool = False
    aard: AardWire = "algemeen"
    quorum: dict[GrondWire, Annotated[int, Field(ge=1, le=10)]] = Field(default_factory=dict)
    beroepsmatig: dict[Beroep, Annotated[list[HandelingWire], Field(min_length=1, max_length=5)]] = Field(
        default_factory=dict
    )


class ClientInschrijving(BaseModel):
    """What an operator registers as an OAuth client."""

    model_config = ConfigDict(extra="forbid")

    client_id: Text
    naam: Text
    actor: Text
    domein: Text
    redirect_uris: Annotated[list[Text], Field(max_length=20)]
    diensten: Annotated[list[Text], Field(min_length=1, max_length=100)]
    jwks: dict[str, Any]
    token_endpoint_auth_method: Literal["private_key_jwt"] = "private_key_jwt"
    audience: Text
    gegevensdienst: bool = False
    beheert_machtigingen: bool = False


class ClientWire(BaseModel):
    """A registered client."""

    client_id: str
    naam: str
    actor: str
    domein: str
    redirect_uris: list[str]
    diensten: list[str]
    jwks: dict[str, Any]
    token_endpoint_auth_method: str
    audience: str
    gegevensdienst: bool
    beheert_machtigingen: bool = False
