"""Jinja2 environment of one package's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.staticfiles import StaticFiles

from keys.kernel.pages.csrf import FIELD
from keys.kernel.pages.headers import PageHeaders, content_security_policy
from keys.kernel.pages.language import LANGUAGES, catalogue, language_of, show_date, show_moment

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Link:
    """An entry of the navigation: path, and Dutch text (translated when shown)."""

    path: str
    text: str


class Pages:
    """The pages of one package.

    `templates`: folder with templates that extend `frame.html`. `translations`: its `en.po`.
    `frame_sources`: origins whose pages may be framed here (names from `identiteit`).
    `frame_ancestors`: origins that may frame these pages. `navigation`: shown on every page.
    """

    def __init__(
        self,
        *,
        package: str,
        templates: Path,
        translations: Path,
        frame_sources: Sequence[str] = (),
        frame_ancestors: Sequence[str] = (),
        navigation: Sequence[Link] = (),
    ) -> None:
        self.package = package
        self._navigation = tuple(navigation)
        self._policy = content_security_policy(frame_sources, frame_ancestors)
        self._environments = {
            language: self._environment(language, templates, translations) for language in LANGUAGES
        }

    def install(self, app: FastAPI) -> None:
        """Give the app the headers, the static files at `/<package>/static`, and `/<package>` as another
        way to write `/<package>/`."""

        async def to_home(request: Request) -> RedirectResponse:
            query = request.url.query
            return RedirectResponse(f"/{self.package}/{'?' if query else ''}{query}", status_code=308)

        app.add_route(f"/{self.package}", to_home, methods=["GET"], include_in_schema=False)
        app.add_middleware(PageHeaders, policy=self._policy, package=self.package)
        app.mount(f"/{self.package}/static", StaticFiles(directory=HERE / "static"), name="static")

    def render(
        self,
        request: Request,
        template: str,
        values: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        csrf: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        """A page. `csrf`: the session's token, for `csrf_field()` and the meta element."""
        language = language_of(request)
        context = {
            "taal": language,
            "pakket": self.package,
            "navigatie": self._navigation,
            "pad": request.url.path,
            "csrf": csrf,
            "csrf_field": lambda: _csrf_field(csrf),
            "taal_link": lambda to: str(
                request.url.include_query_params(taal=to).replace(scheme="", netloc="")
            ),
            "wie": None,
            **(values or {}),
        }
        text = self._environments[language].get_template(template).render(context)
        return HTMLResponse(text, status_code=status, headers=dict(headers or {}))

    def translate(self, request: Request, text: str) -> str:
        """A Dutch text in the language of the request."""
        translated: str = self._environments[language_of(request)].globals["gettext"](text)  # type: ignore[operator]  # Jinja types its globals loosely
        return translated

    def error_page(self, request: Request, status: int, code: str, title: str) -> HTMLResponse:
        """A refusal as a page: what it means and what one can do. For `problem.install(page=…)`.

        Nothing of the request is repeated, not even in the links to the other language.
        """
        home = "/" if self.package == "start" else f"/{self.package}/"
        values = {"status": status, "code": code, "titel": title, "taal_link": lambda to: f"{home}?taal={to}"}
        return self.render(request, "fout.html", values, status=status)

    def _environment(self, language: str, templates: Path, translations: Path) -> Environment:
        environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(HERE / "templates")]),
            autoescape=select_autoescape(["html"]),
            extensions=["jinja2.ext.i18n"],
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.policies["ext.i18n.trimmed"] = True
        messages = catalogue(language, [translations])
        environment.install_gettext_callables(messages.gettext, messages.ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the i18n extension
        environment.filters["moment"] = lambda value: show_moment(value, language)
        environment.filters["datum"] = lambda value: show_date(value, language)
        return environment


def _csrf_field(csrf: str | None) -> Markup:
    if csrf is None:
        raise ValueError("a form with a token needs render(csrf=…)")
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf)
