"""A page of another origin that embeds the widget, as a newsroom has it."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

POLICY = (
    "default-src 'none'; script-src 'self' {service}; connect-src {service}; img-src 'self'; "
    "style-src 'self'; require-trusted-types-for 'script'; trusted-types related-posts"
)
STYLE = """html { color-scheme: light dark; font-family: sans-serif } body { margin: 1rem }
related-posts { display: block; min-block-size: 60rem }"""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An article</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/style.css"></head><body><main><h1>An article</h1><p>Text.</p>
{block}</main><footer id="footer">The end.</footer>{scripts}</body></html>"""
BLOCK = '<related-posts article="talks/0" limit="6"></related-posts>'


class Site:
    """A page of another origin, as a newsroom has it."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {"/style.css": ("text/css", STYLE)}
        self.policy = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                kind, text = site.pages.get(self.path, ("text/html", ""))
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"

    def page(self, service: str, block: str = BLOCK, scripts: int = 1) -> str:
        self.policy = POLICY.format(service=service)
        script = f'<script async src="{service}/widget.js"></script>' * scripts
        self.pages["/article"] = ("text/html", PAGE.format(block=block, scripts=script))
        return f"{self.origin}/article"
