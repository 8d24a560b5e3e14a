"""What crosses HTTP, written down: by a proxy on the network, by a transport within one process."""

from __future__ import annotations

import base64
import http.client
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2

HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "content-length",
    "upgrade",
}
UPSTREAM_TIMEOUT_S = 60
JSON_BYTES = "latin-1"  # bytes in a JSON string, one for one


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `caller`: who asked, where that can be told; headers as one text."""

    caller: str
    method: str
    url: str
    request_headers: str
    request: bytes
    status: int
    response_headers: str
    response: bytes

    @property
    def path(self) -> str:
        """The path of the address."""
        return urlsplit(self.url).path

    @property
    def callee(self) -> str:
        """The package that the address belongs to."""
        parts = self.path.split("/")
        return parts[3] if parts[1] == ".well-known" and len(parts) > 3 else parts[1]

    def to_json(self) -> str:
        """For a file of lines."""
        return json.dumps(
            {
                name: value.decode(JSON_BYTES) if isinstance(value, bytes) else value
                for name, value in asdict(self).items()
            }
        )

    @classmethod
    def from_json(cls, line: str) -> Exchange:
        """What `to_json` made."""
        stored = json.loads(line)
        for name in ("request", "response"):
            stored[name] = stored[name].encode(JSON_BYTES)
        return cls(**stored)


def read_lines(path: Path) -> list[Exchange]:
    """The exchanges of a file of lines; none when it is not there."""
    return (
        [Exchange.from_json(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
    )


def caller_of(headers: Mapping[str, str], body: bytes = b"") -> str:
    """Who signed the assertion of a request (`iss`), in its header or its form; else `anonymous`."""
    form = parse_qs(body.decode("ascii", "ignore"))
    for token in (
        headers.get("authorization", "").removeprefix("Bearer "),
        *form.get("client_assertion", ()),
    ):
        try:
            payload = token.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            return str(claims["iss"])
        except (IndexError, KeyError, ValueError, TypeError):
            continue
    return "anonymous"


class Watched(httpx2.BaseTransport):
    """What one package sends over a transport, and what comes back, appended to a file of lines."""

    _lock = threading.Lock()

    def __init__(self, caller: str, inner: httpx2.BaseTransport, path: Path) -> None:
        self._caller = caller
        self._inner = inner
        self._path = path

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Called by httpx2."""
        request.read()
        answer = self._inner.handle_request(request)
        answer.read()
        exchange = Exchange(
            self._caller,
            request.method,
            str(request.url),
            _lines(request.headers),
            request.content,
            answer.status_code,
            _lines(answer.headers),
            answer.content,
        )
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(exchange.to_json() + "\n")
        return answer

    def close(self) -> None:
        """The transport beneath belongs to all packages; whoever made it closes it."""


def _lines(headers: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


@dataclass
class Proxy:
    """A proxy that is listening, and what went through it."""

    url: str
    exchanges: list[Exchange]

    def forget(self) -> None:
        """Drop what went through until now."""
        self.exchanges.clear()


@contextmanager
def recording_proxy(port: int) -> Iterator[Proxy]:
    """A forward proxy for http on loopback (set as HTTP_PROXY); every exchange is kept."""
    exchanges: list[Exchange] = []

    class Handler(_Handler):
        kept = exchanges

    with listening(port, Handler) as url:
        yield Proxy(url, exchanges)


@contextmanager
def listening(port: int, handler: type[Forwarding]) -> Iterator[str]:
    """A forward proxy for http on loopback; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Forwarding(BaseHTTPRequestHandler):
    """Passes each request on, and its answer back. Others put what they do on the way in `meet`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle_one_request(self) -> None:
        """Called by the standard library."""
        try:
            super().handle_one_request()
        except OSError:  # the client went away
            self.close_connection = True

    def _forward(self) -> None:
        self.meet(self.rfile.read(int(self.headers.get("content-length") or 0)))

    def meet(self, body: bytes) -> None:
        """Do what is to be done with a request."""
        found = self.ask(body)
        if found is None:
            self.close_connection = True
            self.send_error(502)
        else:
            self.pass_on(*found)

    def ask(
        self, body: bytes, halfway: Callable[[], None] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes] | None:
        """The answer and its content, or None when there is none. `halfway`: called when half was sent."""
        target = urlsplit(self.path)
        rest = target._replace(scheme="", netloc="").geturl() or "/"
        headers = [(name, value) for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP]
        upstream = http.client.HTTPConnection(target.netloc, timeout=UPSTREAM_TIMEOUT_S)
        half = len(body) // 2 if halfway else len(body)
        try:
            upstream.putrequest(self.command, rest, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                upstream.putheader(name, value)
            if body or self.command in {"POST", "PUT", "PATCH"}:
                upstream.putheader("content-length", str(len(body)))
            upstream.endheaders(body[:half])
            if halfway:
                halfway()
                upstream.send(body[half:])
            answer = upstream.getresponse()
            return answer, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            upstream.close()

    def pass_on(self, answer: http.client.HTTPResponse, content: bytes) -> None:
        """Give an answer to who asked."""
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _forward  # noqa: N815 - called by name

    def log_message(self, *_arguments: object) -> None:
        """Nothing on standard error."""


class _Handler(Forwarding):
    kept: list[Exchange]

    def ask(
        self, body: bytes, halfway: Callable[[], None] | None = None
    ) -> tuple[http.client.HTTPResponse, bytes] | None:
        found = super().ask(body, halfway)
        if found is not None:
            self._keep(body, *found)
        return found

    def _keep(self, body: bytes, answer: http.client.HTTPResponse, content: bytes) -> None:
        named = {name.lower(): value for name, value in self.headers.items()}
        self.kept.append(
            Exchange(
                caller_of(named, body),
                self.command,
                self.path,
                "\n".join(f"{name}: {value}" for name, value in self.headers.items()),
                body,
                answer.status,
                "\n".join(f"{name}: {value}" for name, value in answer.getheaders()),
                content,
            )
        )
