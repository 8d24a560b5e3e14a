"""Settings of rechten: environment variables `RECHTEN_…`; secrets by file only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import make_url

from keys.kernel.starting.settings import PackageSettings, place_of


class Settings(PackageSettings):
    """What rechten needs to run. Refuses what is missing or contradicts itself.

    Registers keep their databases in `registers_map` (SQLite), or at `register_database_url`, an
    SQLAlchemy URL in which `{register}` stands for the id (the databases must exist then).
    `inzage_timeout_s`: how long the inspection page waits for all registers together.
    """

    model_config = SettingsConfigDict(env_prefix="RECHTEN_", extra="forbid", populate_by_name=True)

    public_url: str
    database_url: str
    omgeving: Literal["ontwikkeling", "productie"] = "ontwikkeling"
    klok: str | None = Field(default=None, validation_alias="KLOK")
    sleutels_map: Path
    beheer_jwks_file: Path
    log_file: Path | None = None
    identiteit_url: str
    keys_url: str
    machtigen_url: str
    t1_url: str
    t2_url: str
    t3_url: str | None = None
    registers_map: Path | None = None
    register_database_url: str | None = None
    inzage_timeout_s: Annotated[float, Field(gt=0, le=60)] = 8.0

    @model_validator(mode="after")
    def _check(self) -> Self:
        peers = (self.identiteit_url, self.keys_url, self.machtigen_url, *self.party_urls.values())
        for address in (self.public_url, *peers):
            parts = urlsplit(address)
            if parts.scheme not in {"http", "https"} or not parts.netloc or address.endswith("/"):
                raise ValueError("addresses are http(s) URLs without a slash at the end")
            if self.omgeving == "productie" and parts.scheme != "https":
                raise ValueError("in productie every address is https")
        if urlsplit(self.public_url).path:
            raise ValueError("public_url is an origin: no path")
        if self.omgeving == "productie" and self.klok:
            raise ValueError("KLOK is refused in productie")
        if (self.registers_map is None) == (self.register_database_url is None):
            raise ValueError("give registers_map or register_database_url, and not both")
        if self.register_database_url is not None and "{register}" not in self.register_database_url:
            raise ValueError("register_database_url must contain {register}: each register has its own")
        if place_of(self.database_of("a")) == place_of(self.database_of("b")):
            raise ValueError("{register} in register_database_url must make another database of it")
        if self._is_of_a_register(self.database_url):
            raise ValueError("database_url is a database of a register: the package needs its own")
        return self

    def _is_of_a_register(self, url: str) -> bool:
        """Whether some id of a register would give this database."""
        mark = "0register0"  # no database is called so
        own, pattern = (repr(place_of(one)) for one in (_absolute(url), self.database_of(mark)))
        return re.fullmatch(re.escape(pattern).replace(mark, "[a-z0-9-]{1,64}"), own) is not None

    @property
    def own_url(self) -> str:
        """The base address of this package."""
        return f"{self.public_url}/rechten"

    @property
    def production(self) -> bool:
        """Whether throwaway keys are refused."""
        return self.omgeving == "productie"

    @property
    def party_urls(self) -> dict[str, str]:
        """Addresses of the transcryptors; two at least, the third stands in when one is away."""
        given = {"t1": self.t1_url, "t2": self.t2_url, "t3": self.t3_url}
        return {party: url for party, url in given.items() if url is not None}

    def database_of(self, register: str) -> str:
        """The database URL of one register."""
        if self.register_database_url is not None:
            return self.register_database_url.replace("{register}", register)
        return f"sqlite:///{(self.registers_map or Path()).resolve()}/{register}.db"


def _absolute(url: str) -> str:
    """An SQLite file by its whole path; any other address as it is."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return url
    return f"sqlite:///{Path(parsed.database).resolve()}"
