"""The base install is enough: with the wheel alone the tutorial runs, and no server package is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from keys.kernel.pep import group
from tests.machtigen.connected import connected_house
from tests.verifier.tutorial import blocks, follow

ROOT = Path(__file__).parents[2]
SERVER = {
    "alembic", "authlib", "babel", "fastapi", "jinja2", "psycopg", "pydantic", "pydantic_settings",
    "sqlalchemy", "sqlmodel", "starlette", "structlog", "typer", "uvicorn",
}  # fmt: skip
REPORT = """
import json, sys
from importlib.metadata import distributions
print(json.dumps({
    "from": sys.modules["machtigen.verifier"].__file__,
    "modules": sorted(sys.modules),
    "installed": sorted(found.name.lower() for found in distributions()),
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    ended = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def fresh_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter with the wheel and, in the versions of the lock file, its base dependencies only."""
    folder = tmp_path_factory.mktemp("basis")
    uv = (sys.executable, "-m", "uv", "--quiet")
    python = folder / "venv" / "bin" / "python"
    run(*uv, "build", "--wheel", "--out-dir", folder, ROOT, cwd=ROOT)
    run(*uv, "venv", "--python", sys.executable, folder / "venv", cwd=folder)
    base = ("--frozen", "--no-dev", "--no-emit-project", "--no-header")
    (folder / "base.txt").write_text(run(*uv, "export", *base, cwd=ROOT))
    run(*uv, "pip", "install", "--python", python, "-r", folder / "base.txt", cwd=folder)
    (wheel,) = folder.glob("machtigen-*.whl")
    run(*uv, "pip", "install", "--python", python, "--no-deps", wheel, cwd=folder)
    run(*uv, "pip", "check", "--python", python, cwd=folder)
    return python


@pytest.mark.slow
def test_the_tutorial_runs_on_the_base_install(fresh_python: Path, tmp_path: Path) -> None:
    opens = group().library.source != "rbcl"  # without a system libsodium nothing can be opened there
    chosen = [
        block.text
        for block in blocks("python")
        if "fastapi" not in block.text and (opens or "Opener" not in block.text)
    ]
    assert len(chosen) == (4 if opens else 3)
    with connected_house(tmp_path) as house:
        follow(house, tmp_path)
        program = tmp_path / "tutorial.py"
        program.write_text("\n\n".join([*chosen, REPORT]))
        # -I: nothing from the working folder or the environment's variables; what is imported is the wheel.
        told = run(fresh_python, "-I", program, cwd=tmp_path).splitlines()
    assert " acts for " in told[0]
    assert told[1:6] == ["may look: True", "may pay: False", "200", "401", "503"]
    report = json.loads(told[-1])
    assert str(fresh_python.parents[1]) in report["from"]
    imported = {name.partition(".")[0] for name in report["modules"]}
    assert {"machtigen", "keys", "joserfc", "httpx2"} <= imported
    assert not imported & (SERVER | {"identiteit", "rechten"})
    assert not SERVER & {name.replace("-", "_") for name in report["installed"]}
