"""Settings of this package: environment variables with the prefix `KEYS_` (KLOK without it)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, HttpUrl, TypeAdapter, field_validator, model_validator
from pydantic_settings import SettingsConfigDict
from sqlalchemy import make_url

from keys.kernel.starting.klok import klok_offset
from keys.kernel.starting.settings import PackageSettings, place_of, require_https

PartijNaam = Literal["t1", "t2", "t3"]
_URL = TypeAdapter(HttpUrl)


class Settings(PackageSettings):
    """What one process of `keys` is: the registry, one or more transcryptors, or both."""

    model_config = SettingsConfigDict(env_prefix="KEYS_", extra="forbid", populate_by_name=True)
    other_variables = frozenset({"KEYS_URL", "KEYS_BEHEER_JWK"})  # of the commands in keys.command

    public_url: str = "http://127.0.0.1:8000"
    """Origin of the registry; its base address is `<public_url>/keys`. Permits name it."""
    database_url: str
    """The registry's database; a transcryptor's process reads it."""
    omgeving: Literal["ontwikkeling", "productie"] = "ontwikkeling"
    klok: str | None = Field(default=None, validation_alias=AliasChoices("klok", "KLOK"))
    sleutels_map: Path
    """Holds `partijen.json` (public keys of all parties) and, by default, a folder for each party."""
    beheer_jwks_file: Path
    """Public keys of the operators who may write to the registry."""
    log_file: Path | None = None
    libsodium_path: Path | None = None
    registry: bool = True
    """Whether this process serves the registry."""
    partijen: list[PartijNaam] = Field(default=["t1", "t2"])
    """The transcryptors that this process runs. In production: at most one, each its own organisation."""
    vier_ogen: bool = False
    """Whether purposes, actors and their keys need two operators' approvals; always so in production."""
    mtls_achter_proxy: bool = False
    """Whether a proxy in front ends mutual TLS and hands on the client's certificate (`Client-Cert`, RFC
    9440). THE PROXY MUST DROP that header where it comes from outside."""
    mtls_verplicht: bool = False
    """Whether every caller must be bound to its certificate; needs `mtls_achter_proxy`."""
    auditor_file: Path | None = None
    """The auditor's public key (`python -m keys auditor`), to which copies of batches are sealed; by
    default `auditor.publiek.json` in `sleutels_map`. In production a transcryptor needs one."""
    audit_dagen: Annotated[int, Field(ge=1, le=3650)] = 90
    """For how many days the auditor's copies are kept."""
    voorraad: Annotated[int, Field(ge=0, le=100_000)] = 2000
    """How many zero-encryptions each transcryptor makes ahead for a key, in idle moments; 0: none."""
    t1_url: str | None = None
    t2_url: str | None = None
    t3_url: str | None = None
    t1_database_url: str | None = None
    t2_database_url: str | None = None
    t3_database_url: str | None = None
    t1_sleutels_map: Path | None = None
    t2_sleutels_map: Path | None = None
    t3_sleutels_map: Path | None = None
    # Where a party's shares lie: in `delen.json`, opened by the passphrase or the 32 bytes in a file, or in
    # the token with this label behind a PKCS#11 module, opened by the PIN in a file.
    t1_wachtwoord_file: Path | None = None
    t2_wachtwoord_file: Path | None = None
    t3_wachtwoord_file: Path | None = None
    t1_bewaarsleutel_file: Path | None = None
    t2_bewaarsleutel_file: Path | None = None
    t3_bewaarsleutel_file: Path | None = None
    t1_hsm_module: Path | None = None
    t2_hsm_module: Path | None = None
    t3_hsm_module: Path | None = None
    t1_hsm_token: str | None = None
    t2_hsm_token: str | None = None
    t3_hsm_token: str | None = None
    t1_hsm_pin_file: Path | None = None
    t2_hsm_pin_file: Path | None = None
    t3_hsm_pin_file: Path | None = None

    @field_validator("public_url", "t1_url", "t2_url", "t3_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None:
            _URL.validate_python(value)
        return None if value is None else value.rstrip("/")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        klok_offset(self.klok, datetime(2026, 1, 1, tzinfo=UTC))
        if len(set(self.partijen)) != len(self.partijen):
            raise ValueError("KEYS_PARTIJEN names a party twice")
        if not self.registry and not self.partijen:
            raise ValueError("this process would serve nothing: no registry and no party")
        if self.mtls_verplicht and not self.mtls_achter_proxy:
            raise ValueError("KEYS_MTLS_VERPLICHT needs KEYS_MTLS_ACHTER_PROXY")
        self._check_databases()
        self._check_stores()
        if self.omgeving == "productie":
            self._check_production()
        return self

    def _check_databases(self) -> None:
        """Each party's log of what it translated is its own, and the registry is none of theirs."""
        named = [self.explicit_database_url(party) for party in ("t1", "t2", "t3")]
        places = [place_of(url) for url in (self.database_url, *named) if url is not None]
        if len(set(places)) != len(places):
            raise ValueError("the registry and each party need a database of their own")

    def _check_stores(self) -> None:
        """Each party's shares lie in one place, opened in one way."""
        for party in ("t1", "t2", "t3"):
            start = f"KEYS_{party.upper()}"
            hsm = [getattr(self, f"{party}_hsm_{part}") for part in ("module", "token", "pin_file")]
            file = [getattr(self, f"{party}_{part}_file") for part in ("wachtwoord", "bewaarsleutel")]
            if any(hsm) and not all(hsm):
                raise ValueError(f"{start}_HSM_MODULE, _HSM_TOKEN and _HSM_PIN_FILE go together")
            if sum((any(hsm), *map(bool, file))) > 1:
                raise ValueError(f"{start}_… names more than one of a passphrase, a key file and a token")

    def _check_production(self) -> None:
        if self.klok:
            raise ValueError("KLOK is refused in production")
        require_https((self.public_url, self.t1_url, self.t2_url, self.t3_url))
        if len(self.partijen) > 1:
            raise ValueError("in production a process runs one transcryptor at most")
        for party in self.partijen:
            if self.explicit_database_url(party) is None:
                raise ValueError(f"KEYS_{party.upper()}_DATABASE_URL is needed in production")

    @property
    def four_eyes(self) -> bool:
        """Whether two operators must approve."""
        return self.vier_ogen or self.omgeving == "productie"

    @property
    def keys_url(self) -> str:
        """Base address of the registry; the audience of permits and of callers."""
        return f"{self.public_url}/keys"

    def party_url(self, party: str) -> str | None:
        """Base address of a party, `…/keys/t1`; one that runs here answers under `public_url` by default."""
        given: str | None = getattr(self, f"{party}_url")
        return given or (f"{self.keys_url}/{party}" if party in self.partijen else None)

    def explicit_database_url(self, party: str) -> str | None:
        """The party's own database, where one is named."""
        given: str | None = getattr(self, f"{party}_database_url")
        return given

    def party_database_url(self, party: str) -> str:
        """The party's own database: the one named, or a file or schema name beside the registry's."""
        given = self.explicit_database_url(party)
        if given is not None:
            return given
        url = make_url(self.database_url)
        path = Path(url.database or "keys.db")
        beside = str(path.with_name(f"{path.stem}-{party}{path.suffix}"))
        return url.set(database=beside).render_as_string(hide_password=False)

    @property
    def auditor_path(self) -> Path:
        """Where the auditor's public key lies."""
        return self.auditor_file or self.sleutels_map / "auditor.publiek.json"

    def lock_files(self, party: str) -> tuple[Path | None, Path | None]:
        """The files that open the party's shares: a passphrase's, a key's."""
        return getattr(self, f"{party}_wachtwoord_file"), getattr(self, f"{party}_bewaarsleutel_file")

    def token_place(self, party: str) -> tuple[Path | None, str | None, Path | None]:
        """The party's token: module, label, file with the PIN."""
        module: Path | None = getattr(self, f"{party}_hsm_module")
        return module, getattr(self, f"{party}_hsm_token"), getattr(self, f"{party}_hsm_pin_file")

    def party_folder(self, party: str) -> Path:
        """Where the party's shares and signing key lie."""
        given: Path | None = getattr(self, f"{party}_sleutels_map")
        return given or self.sleutels_map / party
