"""A web site on loopback whose pages a test writes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Page = bytes | str | Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """Its pages by path (with query); a callable answers by itself. It counts its requests."""

    pages: dict[str, Page] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests if path != "/robots.txt"]


def respond(
    handler: BaseHTTPRequestHandler,
    body: bytes | str = b"",
    status: int = 200,
    **headers: str,
) -> None:
    """Answer whole; header names are written with underscores."""
    data = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    for name, value in {"content_type": "text/html; charset=utf-8", **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("content-length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data)


@contextmanager
def serving(
    site: Site, wrap: Callable[[ThreadingHTTPServer], None] = lambda _: None
) -> Iterator[Site]:
    """Serve a site until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            page = site.pages.get(self.path)
            if page is None:
                respond(self, "<h1>Not found</h1>", 404)
            elif callable(page):
                page(self)
            else:
                kind = site.types.get(self.path, "text/html; charset=utf-8")
                respond(self, page, content_type=kind)

        do_POST = do_GET  # noqa: N815 - as the library names it

        def log_message(self, *_: object) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError, TimeoutError):
                super().handle()

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_port
    wrap(server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
