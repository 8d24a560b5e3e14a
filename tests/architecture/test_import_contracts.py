"""The import contracts of pyproject.toml hold, and each of them catches what its name says.

Every violation is written into a copy of the packages, and import-linter runs there as it runs in
`scripts/check`. The contracts that break must be exactly those that the case names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("identiteit", "keys", "machtigen", "rechten")
LINT = (sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache")
VERDICT = re.compile(r"^(?P<name>.+) (?P<verdict>KEPT|BROKEN)$", re.MULTILINE)

ONE_WAY = "One way: rechten > machtigen | identiteit > keys"
SAME_ROOMS = "Same rooms: service > store > tables | rules > model"
PURE = "A pure core"
NO_WEB = "No web in rooms"
SQL = "Only the store speaks SQL"
VERIFIER = "The verifier stands alone"
KERNEL = "The kernel is a leaf"


def floor_plan(package: str) -> str:
    return f"Floor plan of {package}"


def private(package: str) -> str:
    return f"Private to {package}"


@dataclass(frozen=True)
class Violation:
    """One import that must not be, the module that gets it, and the contracts that must break."""

    told: str
    module: str
    statement: str
    caught_by: frozenset[str]
    inside_a_function: bool = False

    @property
    def path(self) -> Path:
        return Path(*self.module.split(".")).with_suffix(".py")

    @property
    def code(self) -> str:
        if self.inside_a_function:
            return f"\n\ndef hidden() -> None:\n    {self.statement}\n"
        return f"\n{self.statement}\n"


def violation(told: str, module: str, statement: str, *caught_by: str, hidden: bool = False) -> Violation:
    return Violation(told, module, statement, frozenset(caught_by), hidden)


VIOLATIONS = (
    violation("rules → sqlmodel", "machtigen.machtigingen.rules", "import sqlmodel", PURE),
    violation("model → fastapi", "keys.doelen.model", "import fastapi", PURE, NO_WEB),
    violation("errors → starlette", "rechten.errors", "import starlette", PURE),
    violation("rules → database", "rechten.toegang.rules", "import keys.kernel.database", PURE),
    violation("service → fastapi", "rechten.registers.service", "import fastapi", NO_WEB),
    violation("service → pages", "identiteit.weergave.service", "import keys.kernel.pages", NO_WEB),
    violation("api → tables", "keys.api.doelen", "import keys.doelen.tables", SQL),
    violation("web → tables", "machtigen.web.codes", "import machtigen.machtigingen.tables", SQL),
    violation("service → tables", "machtigen.gebruik.service", "import machtigen.gebruik.tables", SQL),
    violation(
        "model → rules in a room",
        "identiteit.inloggen.model",
        "import identiteit.inloggen.rules",
        SAME_ROOMS,
    ),
    violation("store → service in a room", "keys.doelen.store", "import keys.doelen.service", SAME_ROOMS),
    violation(
        "room → higher room, rechten",
        "rechten.registers.service",
        "import rechten.inzage.service",
        floor_plan("rechten"),
    ),
    violation(
        "room → higher room, machtigen",
        "machtigen.diensten.service",
        "import machtigen.machtigingen.service",
        floor_plan("machtigen"),
    ),
    violation(
        "room → higher room, keys",
        "keys.doelen.service",
        "import keys.pseudonyms.derive",
        floor_plan("keys"),
    ),
    violation(
        "room → higher room, identiteit",
        "identiteit.personen.service",
        "import identiteit.weergave.service",
        floor_plan("identiteit"),
    ),
    violation(
        "room → other room's tables",
        "rechten.registers.service",
        "import rechten.logboek.tables",
        SQL,
    ),
    violation(
        "rechten → machtigen's store",
        "rechten.toegang.service",
        "import machtigen.machtigingen.store",
        private("machtigen"),
    ),
    violation(
        "identiteit → keys.pseudonyms.derive",
        "identiteit.personen.service",
        "import keys.pseudonyms.derive",
        private("keys"),
    ),
    violation(
        "rechten → identiteit's persons",
        "rechten.web.inzien",
        "import identiteit.personen.model",
        private("identiteit"),
    ),
    violation("rechten → identiteit's app", "rechten.app", "import identiteit.app", private("identiteit")),
    violation("keys → rechten", "keys.app", "import rechten.wire.basis", ONE_WAY),
    violation(
        "wire → model", "machtigen.wire.dienst", "import machtigen.diensten.model", floor_plan("machtigen")
    ),
    violation(
        "service → settings", "rechten.toegang.service", "import rechten.settings", floor_plan("rechten")
    ),
    violation(
        "kernel → settings", "keys.kernel.starting.klok", "import keys.settings", KERNEL, floor_plan("keys")
    ),
    violation("kernel → room", "keys.kernel.caller", "import keys.doelen.model", KERNEL, floor_plan("keys")),
    violation(
        "verifier → wire",
        "machtigen.verifier.verify",
        "import machtigen.wire.moment",
        VERIFIER,
        floor_plan("machtigen"),
    ),
    violation("verifier → keys' wire", "machtigen.verifier.power", "import keys.wire", VERIFIER),
    violation("identiteit → machtigen", "identiteit.deps", "import machtigen.wire.dienst", ONE_WAY),
    violation("machtigen → identiteit", "machtigen.deps", "import identiteit.wire.ticket", ONE_WAY),
    violation(
        "an import hidden inside a function",
        "machtigen.machtigingen.rules",
        "from sqlalchemy import select",
        PURE,
        hidden=True,
    ),
    violation(
        "a neighbour hidden inside a function",
        "keys.kernel.log",
        "from machtigen.machtigingen import rules",
        ONE_WAY,
        KERNEL,
        private("machtigen"),
        floor_plan("machtigen"),
        hidden=True,
    ),
)


@pytest.fixture(scope="module")
def options() -> dict[str, Any]:
    document: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: dict[str, Any] = document["tool"]["importlinter"]
    return found


@pytest.fixture(scope="module")
def contracts(options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {contract["name"]: contract for contract in options["contracts"]}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The four packages and their contracts in a folder of their own."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    yield folder
    shutil.rmtree(folder)


def lint(folder: Path) -> tuple[int, dict[str, str]]:
    """Run import-linter in a folder: (exit code, contract → KEPT or BROKEN)."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    done = subprocess.run(LINT, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    verdicts = {found["name"]: found["verdict"] for found in VERDICT.finditer(done.stdout)}
    assert verdicts, done.stdout + done.stderr
    return done.returncode, verdicts


def broken_by(folder: Path, case: Violation) -> tuple[int, set[str]]:
    """The exit code and the broken contracts when one violation is injected, and nothing else."""
    path = folder / case.path
    honest = path.read_text()
    path.write_text(honest + case.code)
    try:
        code, verdicts = lint(folder)
    finally:
        path.write_text(honest)
    return code, {name for name, verdict in verdicts.items() if verdict == "BROKEN"}


def rooms() -> set[str]:
    """A room is a folder with a service or words of its own; the shell (api, web) and the SDK are none."""
    found = {path.parent for package in PACKAGES for path in (ROOT / package).glob("*/service.py")}
    found |= {path.parent for package in PACKAGES for path in (ROOT / package).glob("*/model.py")}
    return {
        f"{path.parent.name}.{path.name}" for path in found if path.name not in {"api", "web", "verifier"}
    }


def children(package: str) -> set[str]:
    """What stands directly in a package: modules and folders with Python in them."""
    folder = ROOT / package
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    folders = {path.name for path in folder.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    return modules | folders


def test_the_contracts_hold(contracts: dict[str, dict[str, Any]]) -> None:
    code, verdicts = lint(ROOT)
    assert verdicts == dict.fromkeys(contracts, "KEPT")
    assert code == 0


def test_every_contract_has_a_violation_that_shows_it_works(contracts: dict[str, dict[str, Any]]) -> None:
    assert set().union(*(case.caught_by for case in VIOLATIONS)) == set(contracts)


@pytest.mark.slow
@pytest.mark.parametrize("case", VIOLATIONS, ids=lambda case: case.told)
def test_an_injected_violation_is_caught_by_the_contract_it_breaks(copy: Path, case: Violation) -> None:
    code, broken = broken_by(copy, case)
    assert broken == case.caught_by
    assert code == 1


@pytest.mark.slow
def test_the_copy_without_a_violation_is_in_order(copy: Path, contracts: dict[str, dict[str, Any]]) -> None:
    assert lint(copy) == (0, dict.fromkeys(contracts, "KEPT"))


def test_every_room_is_under_the_contracts_for_rooms(contracts: dict[str, dict[str, Any]]) -> None:
    assert set(contracts[SAME_ROOMS]["containers"]) == rooms()
    assert set(contracts[NO_WEB]["source_modules"]) == rooms()


FRONT_DOORS = {
    "identiteit": {"client", "wire"},
    "keys": {"client", "wire", "kernel"},
    "machtigen": {"client", "wire", "verifier"},
}


@pytest.mark.parametrize("package", FRONT_DOORS)
def test_all_but_the_front_door_is_private(contracts: dict[str, dict[str, Any]], package: str) -> None:
    listed = set(contracts[private(package)]["protected_modules"])
    inside = children(package) - FRONT_DOORS[package]
    # `__main__` runs and is not imported; migrations without `__init__` are no package.
    importable = {
        name
        for name in inside - {"__main__"}
        if not name.startswith("migrations") or (ROOT / package / name / "__init__.py").exists()
    }
    assert {f"{package}.{name}" for name in importable} <= listed


def test_the_kernel_is_kept_from_all_that_is_ours(contracts: dict[str, dict[str, Any]]) -> None:
    beside = {f"keys.{name}" for name in children("keys") if not name.startswith("migrations")}
    others = {"identiteit", "machtigen", "rechten"}
    assert others | beside - {"keys.kernel"} <= set(contracts[KERNEL]["forbidden_modules"])


def strange_tables(graph: grimp.ImportGraph) -> set[tuple[str, str]]:
    """Imports of a room's tables from outside that room, migrations excepted."""
    tables = {name for name in graph.modules if re.fullmatch(r"\w+\.\w+\.tables", name)}
    return {
        (importer, table)
        for table in tables
        for importer in graph.find_modules_that_directly_import(table)
        if importer.rpartition(".")[0] != table.rpartition(".")[0] and "migrations" not in importer
    }


def test_a_rooms_tables_are_known_in_that_room_only(graph: grimp.ImportGraph) -> None:
    """A contract cannot say "its own": `*.*.store` may import `*.*.tables`, so this test parts the rooms."""
    assert strange_tables(graph) == set()
    graph.add_import(importer="machtigen.gebruik.store", imported="machtigen.diensten.tables")
    assert strange_tables(graph) == {("machtigen.gebruik.store", "machtigen.diensten.tables")}
