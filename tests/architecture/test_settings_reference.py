"""The settings reference in each package's README: the same settings, variables and defaults as the code."""

from __future__ import annotations

import importlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import AliasChoices
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("identiteit", "keys", "machtigen", "rechten")
ROW = re.compile(
    r"\| `(?P<name>\w+)` \| `(?P<variable>\w+)` \| (?P<default>[^|]+?) \| (?P<meaning>[^|]+?) \|"
)


@dataclass(frozen=True)
class Setting:
    """A row of the reference: environment variable, and the default as it is written there."""

    variable: str
    default: str


def settings_of(package: str) -> type[BaseSettings]:
    """The class Settings of a package."""
    found: type[BaseSettings] = importlib.import_module(f"{package}.settings").Settings
    return found


def documented(package: str) -> dict[str, Setting]:
    """The rows under "## Settings" in the package's README, by name of the setting."""
    text = (ROOT / package / "README.md").read_text("utf-8")
    section = text.split("\n## Settings\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    rows = [ROW.fullmatch(line) for line in lines]
    unread = [line for line, row in zip(lines, rows, strict=True) if row is None]
    assert not unread, f"rows that cannot be read: {unread}"
    found = [row for row in rows if row is not None]
    names = [row["name"] for row in found]
    assert len(names) == len(set(names)), "a setting is described twice"
    return {row["name"]: Setting(row["variable"], row["default"]) for row in found}


def variable_of(kind: type[BaseSettings], name: str, field: FieldInfo) -> str:
    """The environment variable of a field: its alias, or the prefix and its name."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        written = {str(choice).upper() for choice in alias.choices}
        assert len(written) == 1, f"{name} can be set by several variables"
        return written.pop()
    return str(alias) if alias else f"{kind.model_config['env_prefix']}{name}".upper()


def default_of(field: FieldInfo) -> str:
    """The default as the reference writes it: `required`, `none`, or the value as in the environment."""
    if field.is_required():
        return "required"
    value: Any = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"


def actual(package: str) -> dict[str, Setting]:
    """What the code says, in the form of the reference."""
    kind = settings_of(package)
    return {
        name: Setting(variable_of(kind, name, field), default_of(field))
        for name, field in kind.model_fields.items()
    }


@pytest.mark.parametrize("package", PACKAGES)
def test_the_settings_reference_names_every_setting_and_no_other(package: str) -> None:
    """A setting that is added, renamed or removed shows in the README too."""
    assert documented(package).keys() == actual(package).keys()


@pytest.mark.parametrize("package", PACKAGES)
def test_variables_and_defaults_in_the_settings_reference_are_those_of_the_code(package: str) -> None:
    """An operator who follows the table sets what the code reads."""
    assert documented(package) == actual(package)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_variable_in_the_settings_reference_is_read(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set in the environment under the name in the table, a value arrives at its own setting."""
    kind = settings_of(package)
    rows = documented(package)
    sent = {name: json.dumps(["t3"]) if name == "partijen" else f"value-of-{name}" for name in rows}
    for name, row in rows.items():
        monkeypatch.setenv(row.variable, sent[name])
    # Before validation: the values are marks, not addresses. An alias arrives under its own spelling.
    read = {key.lower(): value for key, value in EnvSettingsSource(kind)().items()}
    assert {name: read.get(name) for name in rows} == {
        **sent,
        **({"partijen": ["t3"]} if "partijen" in sent else {}),
    }
