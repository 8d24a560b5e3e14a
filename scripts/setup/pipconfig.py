"""Where pip would look for packages on this machine, and the same told to uv (which reads no pip.conf).

Order as pip's: system files, the user's files, the file PIP_CONFIG_FILE names, then PIP_* variables;
section [install] stands above [global].
"""

from __future__ import annotations

import configparser
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PYPI = "https://pypi.org/simple"
KEYS = ("index-url", "extra-index-url", "find-links", "no-index", "cert", "proxy", "trusted-host")


@dataclass(frozen=True)
class PipConfig:
    """The settings of pip that matter for finding packages; empty where nothing was set."""

    index_url: str
    extra_index_urls: tuple[str, ...]
    find_links: tuple[str, ...]
    no_index: bool
    cert: str
    proxy: str
    trusted_hosts: tuple[str, ...]

    @property
    def indexes(self) -> tuple[str, ...]:
        """Every index to ask, the main one first."""
        return (self.index_url or PYPI, *self.extra_index_urls)


def read(variables: Mapping[str, str] = os.environ) -> PipConfig:
    """pip's settings on this machine. A configuration file that cannot be read is passed over."""
    found: dict[str, str] = {}
    for file in _files(variables):
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(file, encoding="utf-8")
        except (OSError, UnicodeDecodeError, configparser.Error):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {_name(key): value or "" for key, value in parser.items(section)}
    found |= {
        key: variables[name] for key in KEYS if (name := "PIP_" + key.upper().replace("-", "_")) in variables
    }
    uv_index = variables.get("UV_DEFAULT_INDEX") or variables.get("UV_INDEX_URL") or ""
    return PipConfig(
        index_url=(uv_index or found.get("index-url", "")).strip(),
        extra_index_urls=tuple(found.get("extra-index-url", "").split()),
        find_links=tuple(found.get("find-links", "").split()),
        no_index=found.get("no-index", "").strip().lower() in {"1", "true", "yes", "on"},
        cert=found.get("cert", "").strip(),
        proxy=found.get("proxy", "").strip(),
        trusted_hosts=tuple(found.get("trusted-host", "").split()),
    )


def for_uv(config: PipConfig, variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for uv: its own settings stay, and what only pip knew is added."""
    chosen = dict(variables)
    chosen.setdefault("UV_SYSTEM_CERTS", "1")  # pip on Debian trusts the system's certificates
    chosen.setdefault("UV_PYTHON_DOWNLOADS", "never")
    chosen.setdefault("UV_LINK_MODE", "copy")
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"):
        chosen.pop(name, None)
    if config.cert:
        chosen.setdefault("SSL_CERT_FILE", config.cert)
    if config.proxy:
        for name in ("HTTPS_PROXY", "HTTP_PROXY"):
            if name.lower() not in chosen:
                chosen.setdefault(name, config.proxy)
    if config.trusted_hosts:
        chosen.setdefault("UV_INSECURE_HOST", " ".join(config.trusted_hosts))
    if not _uv_has_its_own(chosen):
        chosen |= _indexes(config)
    return chosen


def _indexes(config: PipConfig) -> dict[str, str]:
    chosen: dict[str, str] = {}
    if config.index_url:
        chosen["UV_DEFAULT_INDEX"] = config.index_url
    if config.extra_index_urls:
        chosen["UV_INDEX"] = " ".join(config.extra_index_urls)
        # pip's own rule. Every package is pinned by hash, so no index can slip in another one.
        chosen["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if config.find_links:
        chosen["UV_FIND_LINKS"] = ",".join(config.find_links)
    if config.no_index:
        chosen["UV_NO_INDEX"] = "1"
    return chosen


def _uv_has_its_own(variables: Mapping[str, str]) -> bool:
    if any(
        variables.get(name) for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_CONFIG_FILE")
    ):
        return True
    home = Path(variables.get("XDG_CONFIG_HOME") or Path(variables.get("HOME", "/")) / ".config")
    for file in (home / "uv/uv.toml", Path("/etc/uv/uv.toml")):
        try:
            if "index" in file.read_text("utf-8"):
                return True
        except OSError:
            continue
    return False


def _files(variables: Mapping[str, str]) -> Iterator[Path]:
    named = variables.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return
    home = Path(variables.get("HOME", "/"))
    for folder in variables.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"):
        yield Path(folder) / "pip/pip.conf"
    yield Path("/etc/pip.conf")
    yield home / ".pip/pip.conf"
    yield Path(variables.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf"
    yield Path(sys.prefix) / "pip.conf"
    if named:
        yield Path(named)


def _name(key: str) -> str:
    return key.lower().replace("_", "-").removeprefix("--")
