"""Every code with which a package refuses stands in its OpenAPI document, at every call."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from keys.kernel.problem import SHARED, STANDARD, install

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("identiteit", "keys", "machtigen", "rechten")


class Body(BaseModel):
    """Makes FastAPI describe its own 422."""

    bladzijde: int


def document_of(package: str) -> dict[str, Any]:
    app = FastAPI()

    @app.get(f"/{package}/api/v1/een")
    def one() -> str:
        return "een"

    @app.post(f"/{package}/api/v1/twee")
    def two(body: Body) -> int:
        return body.bladzijde

    install(app, package=package, table=importlib.import_module(f"{package}.problems").STATUS)
    return app.openapi()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_code_of_a_package_is_in_its_document(package: str) -> None:
    kinds = {**importlib.import_module(f"{package}.problems").STATUS, **SHARED}
    codes = {kind.code for kind in kinds} | {code for code, _ in STANDARD.values()}
    described = document_of(package)["components"]["schemas"]["Problem"]["properties"]["code"]
    assert described["anyOf"][0]["enum"] == sorted(codes)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_call_answers_a_problem_and_never_the_form_of_the_framework(package: str) -> None:
    document = document_of(package)
    calls = [call for path in document["paths"].values() for call in path.values()]
    assert len(calls) == 2
    for call in calls:
        assert set(call["responses"]) == {"200", "default"}
        assert call["responses"]["default"] == {"$ref": "#/components/responses/Problem"}
    assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_app_installs_the_table_of_its_package(package: str) -> None:
    tree = ast.parse((ROOT / package / "app.py").read_text())
    tables = [
        ast.unparse(keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "table"
    ]
    assert tables == ["STATUS"]
