"""Settings of identiteit: environment variables `IDENTITEIT_…`; secrets by file only."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from keys.kernel.pep import Domain
from keys.kernel.starting.settings import PackageSettings


class Settings(PackageSettings):
    """What identiteit needs to run. Refuses what is missing or contradicts itself."""

    model_config = SettingsConfigDict(
        env_prefix="IDENTITEIT_",
        extra="forbid",
        populate_by_name=True,
        hide_input_in_errors=True,  # database_url may hold a password
    )

    public_url: str
    database_url: str
    omgeving: Literal["ontwikkeling", "productie"] = "ontwikkeling"
    klok: str | None = Field(default=None, validation_alias="KLOK")
    sleutels_map: Path
    beheer_jwks_file: Path
    log_file: Path | None = None
    machtigen_url: str
    rechten_url: str
    keys_url: str
    t1_url: str
    t2_url: str
    t3_url: str | None = None
    oin: str = "00000099000000001000"
    inlogmiddel: Literal["gesimuleerd"] = "gesimuleerd"

    @model_validator(mode="after")
    def _check(self) -> Self:
        addresses = (
            self.public_url,
            self.machtigen_url,
            self.rechten_url,
            self.keys_url,
            *self.party_urls.values(),
        )
        for address in addresses:
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or not parts.netloc or address.endswith("/"):
                raise ValueError("addresses are http(s) URLs without a slash at the end")
            if parts.query or parts.fragment or "@" in parts.netloc:
                raise ValueError("addresses have no query, fragment or user")
            if self.production and parts.scheme != "https":
                raise ValueError("in productie every address is https")
        if urlsplit(self.public_url).path:
            raise ValueError("public_url is an origin: no path")
        if self.production and self.klok:
            raise ValueError("KLOK is refused in productie")
        if self.production and self.inlogmiddel == "gesimuleerd":
            raise ValueError("the simulated login provider is refused in productie")
        if len(self.oin) != 20 or not (self.oin.isascii() and self.oin.isdigit()):
            raise ValueError("an OIN has 20 digits")
        return self

    @property
    def production(self) -> bool:
        """Whether throwaway keys, simulated logins and a moved clock are refused."""
        return self.omgeving == "productie"

    @property
    def issuer(self) -> str:
        """The base address of this package, which is its issuer."""
        return f"{self.public_url}/identiteit"

    @property
    def secure(self) -> bool:
        """Whether this package is served over https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def actor(self) -> str:
        """The actor that this package is."""
        return f"oin:{self.oin}:identiteit"

    @property
    def origin_domain(self) -> Domain:
        """Domain of the origin points: only ever translated from."""
        return Domain(self.actor, "oorsprong", 1)

    @property
    def display_domain(self) -> Domain:
        """Domain in which names are shown."""
        return Domain(self.actor, "weergave", 1)

    @property
    def machtigen_domain(self) -> Domain:
        """Domain of the package machtigen."""
        return Domain(f"oin:{self.oin}:machtigen", "machtigen", 1)

    @property
    def ontvangers(self) -> dict[str, tuple[str, Domain]]:
        """Packages that hear of life events: by name the address, which is its audience, and the domain."""
        return {"machtigen": (self.machtigen_url, self.machtigen_domain)}

    @property
    def party_urls(self) -> dict[str, str]:
        """Addresses of the transcryptors; two at least, the third stands in when one is away."""
        given = {"t1": self.t1_url, "t2": self.t2_url, "t3": self.t3_url}
        return {party: url for party, url in given.items() if url is not None}
