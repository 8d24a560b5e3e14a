"""The front page of the composed server: where to go. Knows nobody."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from keys.kernel.pages import Pages
from keys.kernel.problem import install

HERE = Path(__file__).parent


def create_start_page(endpoints: Mapping[str, str], *, demo: bool) -> FastAPI:
    """An app that answers `/` with links to the packages, and everything unknown with a plain page."""
    app = FastAPI(openapi_url=None)
    pages = Pages(package="start", templates=HERE / "templates", translations=HERE / "en.po")
    pages.install(app)
    install(app, package="start", table={}, page=pages.error_page)

    @app.get("/", response_class=HTMLResponse)
    def start(request: Request) -> HTMLResponse:
        return pages.render(request, "start.html", {"endpoints": endpoints, "demo": demo})

    return app
