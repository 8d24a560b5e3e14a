"""What the settings of all packages have in common: where they come from, and how they are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

import sqlalchemy as sa
from pydantic import AliasChoices, ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource


class UnknownSetting(ValueError):
    """A variable with the prefix of a package is none of its settings. Names it, never its value."""


class PackageSettings(BaseSettings):
    """Settings from the environment alone, in which a misspelt variable is an error and not a default.

    `other_variables`: names with the same prefix that something else reads (an operator's command).
    Creating one raises ValidationError, or UnknownSetting.
    """

    other_variables: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment; refuse what no setting reads."""
        present = env_settings.env_vars if isinstance(env_settings, EnvSettingsSource) else {}
        strangers = sorted(_strangers(settings_cls, present))
        if strangers:
            raise UnknownSetting(f"there is no setting {', '.join(strangers)}")
        return init_settings, env_settings


def _strangers(kind: type[BaseSettings], present: Mapping[str, Any]) -> Iterable[str]:
    prefix = str(kind.model_config.get("env_prefix", "")).upper()
    known = {variable_of(kind, name) for name in kind.model_fields}
    known |= getattr(kind, "other_variables", frozenset())
    return (name.upper() for name in present if name.upper().startswith(prefix) and name.upper() not in known)


def variable_of(kind: type[BaseSettings], name: str) -> str:
    """The environment variable of a setting: its alias, or the prefix and its name."""
    field = kind.model_fields.get(name)
    alias = field.validation_alias if field is not None else None
    if isinstance(alias, AliasChoices):
        alias = alias.choices[0] if isinstance(alias.choices[0], str) else None
    return (str(alias) if alias else f"{kind.model_config.get('env_prefix', '')}{name}").upper()


def sentence(kind: type[BaseSettings], error: ValidationError) -> str:
    """What is wrong with the settings, with names of variables and without any value."""
    found = []
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        place = str(one["loc"][0]) if one["loc"] else ""
        name = place if place.upper() == place else variable_of(kind, place)
        found.append(f"{name}: {one['msg']}" if place else str(one["msg"]))
    return "; ".join(found)


def place_of(database_url: str) -> tuple[object, ...]:
    """Where a database is, without who logs in there: equal for two addresses of one database."""
    url = sa.make_url(database_url)
    port = url.port or (5432 if url.get_backend_name() == "postgresql" else None)
    return url.get_backend_name(), url.host, port, url.database, tuple(sorted(url.query.items()))


def require_https(addresses: Iterable[str | None]) -> None:
    """Raise ValueError unless every address that is given is https."""
    if any(address is not None and urlsplit(address).scheme != "https" for address in addresses):
        raise ValueError("in productie every address is https")
