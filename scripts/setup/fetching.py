"""Fetch one wheel from a package index with the standard library (PEP 691, else PEP 503)."""

from __future__ import annotations

import base64
import hashlib
import json
import netrc
import ssl
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

from pipconfig import PipConfig
from telling import SetupError

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.2"
TIMEOUT_S = 60
LIMIT = 200 * 1024 * 1024


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def fetch_wheel(project: str, hashes: dict[str, str], config: PipConfig) -> bytes:
    """The bytes of the first wheel of `hashes` (file name to SHA-256, hex) that an index offers.

    Raises SetupError when no index has it, or when what came has another hash.
    """
    reasons: list[str] = []
    for index in () if config.no_index else config.indexes:
        shown = urllib.parse.urlsplit(index).hostname or index
        try:
            offered = _offered(index.rstrip("/") + f"/{project}/", config)
            for filename, expected in hashes.items():
                if filename in offered:
                    body = _get(offered[filename], config)[0]
                    if hashlib.sha256(body).hexdigest() != expected:
                        raise SetupError(f"{filename} from {shown} is not the file that uv.lock names.")
                    return body
            reasons.append(f"{shown} does not offer it")
        except (OSError, ValueError) as error:
            reasons.append(f"{shown}: {getattr(error, 'reason', None) or error}")
    raise SetupError(
        f"The tool {project} could not be fetched from the package index "
        f"({'; '.join(reasons) or 'none set'}); check the network and pip's configuration."
    )


def _offered(page: str, config: PipConfig) -> dict[str, str]:
    """File name to address, as listed on the index page of one project."""
    if page.startswith("file:"):
        page += "index.html"
    body, kind, address = _get(page, config, ACCEPT)
    if kind.endswith("json"):
        links = [entry["url"] for entry in json.loads(body)["files"]]
    else:
        parser = _Links()
        parser.feed(body.decode("utf-8", "replace"))
        links = parser.found
    absolute = [urllib.parse.urljoin(address, link) for link in links]
    return {urllib.parse.unquote(urllib.parse.urlsplit(url).path.rsplit("/", 1)[-1]): url for url in absolute}


def _get(url: str, config: PipConfig, accept: str = "*/*") -> tuple[bytes, str, str]:
    """Body, media type, and final address with the credentials that were used."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in {"https", "http", "file"}:
        raise ValueError("only https, http and file addresses are fetched")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    headers = {"Accept": accept, "User-Agent": "machtigen-setup"}
    request = urllib.request.Request(bare.geturl(), headers=headers)  # noqa: S310 - the scheme is checked above
    credentials = _credentials(parts)
    if credentials:
        request.add_unredirected_header("Authorization", "Basic " + credentials)
    with _opener(config, parts.hostname or "").open(request, timeout=TIMEOUT_S) as answer:
        final = urllib.parse.urlsplit(answer.url)
        if final.hostname == bare.hostname:
            final = final._replace(netloc=parts.netloc)
        kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip()
        return answer.read(LIMIT), kind, final.geturl()


def _credentials(parts: urllib.parse.SplitResult) -> str:
    if parts.username:
        user, secret = urllib.parse.unquote(parts.username), urllib.parse.unquote(parts.password or "")
        return base64.b64encode(f"{user}:{secret}".encode()).decode()
    try:
        found = netrc.netrc().authenticators(parts.hostname or "")
    except (OSError, netrc.NetrcParseError):
        return ""
    return base64.b64encode(f"{found[0]}:{found[2]}".encode()).decode() if found else ""


def _opener(config: PipConfig, host: str) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=config.cert or None)
    if host in config.trusted_hosts:  # the operator's own choice; the hash is checked all the same
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if config.proxy:
        handlers.append(urllib.request.ProxyHandler({"http": config.proxy, "https": config.proxy}))
    return urllib.request.build_opener(*handlers)
