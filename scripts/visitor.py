"""A person at a browser, played over plain HTTP: follows redirects, submits forms, keeps cookies.

Reads pages with the standard library's HTML parser only, as any program could.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx2

MAXIMUM_HOPS = 15


class UnexpectedAnswer(Exception):
    """A page or answer is not what it should be; the text says which, without its content."""


@dataclass
class Form:
    """A form of a page: where it goes, and its fields with the values that they have by themselves."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # radio buttons, options


class Page(HTMLParser):
    """Forms, the CSRF token, frames and text of an HTML page at `url`."""

    def __init__(self, url: str, html: str) -> None:
        super().__init__()
        self.url = url
        self.csrf_token: str | None = None
        self.forms: list[Form] = []
        self.frames: list[str] = []
        self.text = ""
        self._form: Form | None = None
        self._select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("name") == "csrf-token":
            self.csrf_token = given.get("content")
        elif tag == "iframe" and given.get("src"):
            self.frames.append(urljoin(self.url, given["src"]))
        elif tag == "form":
            action = urljoin(self.url, given.get("action") or self.url)
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None  # noqa: S101 - the caller saw a form
        if tag == "select":
            self._select = given.get("name")
        elif tag == "option" and self._select:
            self._form.choices.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "input" and given.get("type") in {"radio", "checkbox"}:
            self._form.choices.setdefault(given.get("name", ""), []).append(given.get("value", "on"))
        elif tag == "input" and given.get("name"):
            self._form.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Called by the parser."""
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        """Called by the parser."""
        self.text += data

    def form_with(self, name: str) -> Form:
        """The form that has a field of this name. Raises UnexpectedAnswer."""
        for form in self.forms:
            if name in form.fields or name in form.choices:
                return form
        raise UnexpectedAnswer(f"the page {httpx2.URL(self.url).path} has no form with a field {name}")


class Visitor:
    """One person with a browser of their own. `persoon` is the id at the simulated login provider."""

    def __init__(
        self,
        endpoints: dict[str, str],
        persoon: str,
        niveau: str = "substantieel",
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.endpoints = endpoints
        self.persoon = persoon
        self.niveau = niveau
        self.browser = httpx2.Client(timeout=30, transport=transport)
        self._csrf: dict[str, str] = {}

    def close(self) -> None:
        """Close the browser; the sessions stay where they are."""
        self.browser.close()

    def open(self, url: str, stop_at: str | None = None) -> httpx2.Response:
        """GET, through redirects, logging in on the way; ends at the last page, or at the redirect whose
        address begins with `stop_at`. Raises UnexpectedAnswer."""
        return self._follow(self.browser.get(url), stop_at)

    def submit(self, form: Form, values: dict[str, str], stop_at: str | None = None) -> httpx2.Response:
        """Submit a form with these values besides those it has by itself, as `open` does."""
        return self._follow(self.browser.post(form.action, data={**form.fields, **values}), stop_at)

    def _follow(self, answer: httpx2.Response, stop_at: str | None) -> httpx2.Response:
        for _ in range(MAXIMUM_HOPS):
            if answer.is_redirect:
                target = urljoin(str(answer.request.url), answer.headers["location"])
                if stop_at is not None and target.startswith(stop_at):
                    return answer
                answer = self.browser.get(target)
                continue
            login = f"{self.endpoints['identiteit']}/inloggen"
            if str(answer.request.url).startswith(login) and answer.request.method == "GET":
                page = Page(str(answer.request.url), answer.text)
                form = page.form_with("persoon")
                values = {**form.fields, "persoon": self.persoon, "niveau": self.niveau}
                answer = self.browser.post(form.action, data=values)
                continue
            return answer
        raise UnexpectedAnswer("too many redirects")

    def log_in(self, package: str, path: str = "/") -> Page:
        """Log in at a package, by way of its login address. Raises UnexpectedAnswer."""
        base = self.endpoints[package]
        answer = self.open(f"{base}/inloggen?terug=/{package}{path}")
        if answer.status_code != 200:
            raise UnexpectedAnswer(f"logging in at {package} gave {answer.status_code}")
        page = Page(str(answer.request.url), answer.text)
        if page.csrf_token is None:
            raise UnexpectedAnswer(f"the page of {package} carries no CSRF token")
        self._csrf[package] = page.csrf_token
        return page

    def call(
        self, method: str, package: str, path: str, body: dict[str, Any] | None = None, **headers: str
    ) -> httpx2.Response:
        """A call of the JSON interface of a package at which this person is logged in."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if method != "GET":
            given["X-CSRF-Token"] = self._csrf[package]
        return self.browser.request(method, self.endpoints[package] + path, json=body, headers=given)

    def expect(
        self,
        status: int,
        method: str,
        package: str,
        path: str,
        body: dict[str, Any] | None = None,
        **headers: str,
    ) -> dict[str, Any]:
        """The JSON object of such a call. Raises UnexpectedAnswer for any other status."""
        answer = self.call(method, package, path, body, **headers)
        if answer.status_code != status:
            code = answer.json().get("code", "") if "json" in answer.headers.get("content-type", "") else ""
            raise UnexpectedAnswer(f"{method} {path} gave {answer.status_code} {code}, not {status}")
        document: dict[str, Any] = answer.json()
        return document
