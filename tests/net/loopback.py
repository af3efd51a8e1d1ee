"""A web server on loopback that a test scripts route by route, and that remembers requests."""

from __future__ import annotations

import gzip
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def page(cls, body: str, **headers: str) -> Answer:
        """A web page; `etag="..."` and the like become headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(body, headers={"content-type": "text/html; charset=utf-8", **named})

    @classmethod
    def to(cls, target: str, status: int = 302) -> Answer:
        """A redirect."""
        return cls(status=status, headers={"location": target})

    @classmethod
    def packed(cls, body: bytes) -> Answer:
        """A page sent compressed."""
        return cls(gzip.compress(body), headers={"content-encoding": "gzip"})


Stream = Callable[[BaseHTTPRequestHandler], None]
Route = Answer | Callable[[Asked], Answer]


class Site:
    """A server's routes, which may change between requests; unknown paths are not found."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"
        self.routes: dict[str, Route] = {}
        self.streams: dict[str, Stream] = {}
        """Paths whose handler writes to the wire itself."""
        self.asked: list[Asked] = []
        self.down = False
        """Whether everything answers 503."""

    def page(self, path: str, body: str, **headers: str) -> None:
        """Set a web page."""
        self.routes[path] = Answer.page(body, **headers)

    def paths(self) -> list[str]:
        """The paths asked for so far, in order; the list begins anew."""
        found = [one.path for one in self.asked]
        self.asked.clear()
        return found

    def answer(self, asked: Asked) -> Answer:
        """What this request gets."""
        self.asked.append(asked)
        if self.down:
            return Answer("down for maintenance", 503)
        route = self.routes.get(asked.path, Answer("not found", 404))
        return route if isinstance(route, Answer) else route(asked)


@contextmanager
def site(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A running server; with `context`, over TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length", 0))
            named = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, named, self.rfile.read(length))
            if self.path in served.streams:
                served.asked.append(asked)
                served.streams[self.path](self)
                return
            answer = served.answer(asked)
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "content-length" not in answer.headers:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that hangs up is what several tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    served = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
