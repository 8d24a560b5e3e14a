"""The portal's ASGI app: composition and pages, all under `/portaal`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx2
from clock import installation_clock
from fastapi import FastAPI

from demo_portaal.errors import STATUS
from demo_portaal.portal import Portal
from demo_portaal.web import WebParts, router
from keys.kernel.oidc.browser import Cookies
from keys.kernel.pages import Pages
from keys.kernel.problem import install

PACKAGE = "portaal"
HERE = Path(__file__).parent


def create_portaal(
    client_folder: Path,
    machtigen_url: str,
    rechten_url: str,
    public_url: str,
    transport: httpx2.BaseTransport | None,
    clock: Callable[[], datetime] | None = None,
) -> FastAPI:
    """The portal. `client_folder` may be filled later; until then every page says so (503).

    `machtigen_url` and `rechten_url` are the base addresses of those packages, `public_url` the scheme,
    host and port of this portal. `transport` carries calls to the neighbours; None means the network.
    Without `clock` the portal follows the setting KLOK, as the packages do.
    """
    app = FastAPI(openapi_url=None)
    pages = Pages(package=PACKAGE, templates=HERE / "templates", translations=HERE / "en.po")
    pages.install(app)
    install(app, package=PACKAGE, table=STATUS, page=pages.error_page)
    portal = Portal(
        folder=client_folder,
        rechten_url=rechten_url,
        redirect_uri=f"{public_url}/portaal/inloggen/terug",
        transport=transport or httpx2.HTTPTransport(),
        clock=clock or installation_clock(),
    )
    cookies = Cookies(PACKAGE, secure=public_url.startswith("https://"))
    app.state.parts = WebParts(portal, pages, cookies, machtigen_url)
    app.include_router(router)
    return app
