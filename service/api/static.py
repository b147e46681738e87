"""What stays the same from one start to the next: the widget, and the contract."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from flask import Blueprint, Response
from msgspec import json

from service.api.openapi import contract
from service.api.related import sent
from service.http.response_cache import JSON, CachedResponse, uncached_response

CACHE_CONTROL = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
"""An hour, so that a new version of the widget is everywhere within one."""


def blueprint(*, push: bool) -> Blueprint:
    """Make the routes; ``push`` tells whether content systems may tell of articles."""
    routes = Blueprint("assets", __name__)

    @routes.get("/widget.js")
    def widget() -> Response:
        return sent(_widget())

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return sent(_openapi(push))

    return routes


@cache
def _widget() -> CachedResponse:
    script = files("service").joinpath("static/widget.js").read_bytes()
    return uncached_response(script, "text/javascript; charset=utf-8", CACHE_CONTROL)


@cache
def _openapi(push: bool) -> CachedResponse:
    return uncached_response(json.encode(contract(push=push)), JSON, CACHE_CONTROL)
