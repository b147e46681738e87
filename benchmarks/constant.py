"""The peer: the same framework giving the same number of bytes, always the same ones.

What a page costs that needs no thought: one route, one response with the headers that a site's
edge wants. ``RECOMMENDER_BENCHMARK_BYTES`` says how many.
"""

from __future__ import annotations

import os

from flask import Flask, Response

HEADERS = [
    ("Content-Type", "application/json"),
    ("Cache-Control", "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"),
    ("ETag", '"0123456789abcdef01234567"'),
]


def create_app() -> Flask:
    """Make the application."""
    app = Flask(__name__, static_folder=None)
    body = b"x" * int(os.environ.get("RECOMMENDER_BENCHMARK_BYTES", "4800"))

    @app.get("/healthz")
    def alive() -> Response:
        return Response("alive")

    @app.get("/v1/articles/<path:article>/related")
    def related(article: str) -> Response:  # noqa: ARG001 - routed, as ours is
        return Response(body, headers=HEADERS)

    return app
