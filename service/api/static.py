"""Files that stay the same while a worker runs: the widget and the OpenAPI document."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from flask import Blueprint, Response
from msgspec import json

from service.api.openapi import load_openapi
from service.api.related import send
from service.http.response_cache import JSON, CachedResponse, prepare

CACHE_CONTROL = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
"""An hour, so that a new version of the widget reaches all readers within one."""


def blueprint(*, push_api: bool) -> Blueprint:
    """Create the routes; ``push_api`` decides whether the OpenAPI document has the push API."""
    routes = Blueprint("static", __name__)

    @routes.get("/widget.js")
    def widget() -> Response:
        return send(_widget())

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return send(_openapi(push_api))

    return routes


@cache
def _widget() -> CachedResponse:
    script = files("service").joinpath("static/widget.js").read_text(encoding="utf-8")
    return prepare(_squeeze(script).encode(), "text/javascript; charset=utf-8", CACHE_CONTROL)


def _squeeze(script: str) -> str:
    """Remove indentation, comment lines, and line breaks that separate nothing."""
    lines = [line.strip() for line in script.splitlines()]
    kept = "\n".join(line for line in lines if line and not line.startswith("//"))
    return re.sub(r"(?<=[;{,(\[])\n", "", kept)


@cache
def _openapi(push_api: bool) -> CachedResponse:
    return prepare(json.encode(load_openapi(push_api=push_api)), JSON, CACHE_CONTROL)
