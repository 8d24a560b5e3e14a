"""Settings of machtigen: environment variables `MACHTIGEN_…`; secrets by file only."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from keys.kernel.starting.settings import PackageSettings


class Settings(PackageSettings):
    """What machtigen needs to run. Refuses what is missing or contradicts itself."""

    model_config = SettingsConfigDict(env_prefix="MACHTIGEN_", extra="forbid", populate_by_name=True)
    # MACHTIGEN_BEHEER_JWK is of the command `aansluiten`; the others are of this project's tests.
    other_variables = frozenset(
        {"MACHTIGEN_BEHEER_JWK", "MACHTIGEN_TEST_WITHOUT", "MACHTIGEN_CHROMIUM", "MACHTIGEN_SCREENSHOTS"}
    )

    public_url: str
    database_url: str
    omgeving: Literal["ontwikkeling", "productie"] = "ontwikkeling"
    klok: str | None = Field(default=None, validation_alias="KLOK")
    sleutels_map: Path
    beheer_jwks_file: Path
    log_file: Path | None = None
    identiteit_url: str
    keys_url: str
    rechten_url: str
    t1_url: str
    t2_url: str
    t3_url: str | None = None
    oin: str = "00000099000000001000"

    @model_validator(mode="after")
    def _check(self) -> Self:
        for address in (
            self.public_url,
            self.identiteit_url,
            self.keys_url,
            self.rechten_url,
            *self.party_urls.values(),
        ):
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or not parts.netloc or address.endswith("/"):
                raise ValueError("addresses are http(s) URLs without a slash at the end")
            if self.omgeving == "productie" and parts.scheme != "https":
                raise ValueError("in productie every address is https")
        if urlsplit(self.public_url).path:
            raise ValueError("public_url is an origin: no path")
        if self.omgeving == "productie" and self.klok:
            raise ValueError("KLOK is refused in productie")
        if len(self.oin) != 20 or not self.oin.isdigit():
            raise ValueError("an OIN has 20 digits")
        return self

    @property
    def own_url(self) -> str:
        """The base address of this package."""
        return f"{self.public_url}/machtigen"

    @property
    def login_issuer(self) -> str:
        """The issuer of tokens made at login (authorization code)."""
        return f"{self.own_url}/login"

    @property
    def actor(self) -> str:
        """The actor that this package is."""
        return f"oin:{self.oin}:machtigen"

    @property
    def domain(self) -> str:
        """The pseudonymisation domain of this package."""
        return f"{self.actor}|doel:machtigen|v1"

    @property
    def display_domain(self) -> str:
        """The domain of `identiteit` in which names are shown."""
        return f"oin:{self.oin}:identiteit|doel:weergave|v1"

    @property
    def production(self) -> bool:
        """Whether throwaway keys and a moved clock are refused."""
        return self.omgeving == "productie"

    @property
    def party_urls(self) -> dict[str, str]:
        """Addresses of the transcryptors; two at least, the third stands in when one is away."""
        given = {"t1": self.t1_url, "t2": self.t2_url, "t3": self.t3_url}
        return {party: url for party, url in given.items() if url is not None}
