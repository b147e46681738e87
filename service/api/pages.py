"""Two pages for people: what this service is, and the HTTP API rendered from its contract."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template

from recommender import __version__
from recommender.serving.responses import public_ids
from service.api.openapi import load_openapi
from service.state.serving_state import ServingState
from service.state.state_updater import StateUpdater

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
}

METHODS = ("get", "put", "post", "delete")


class Parameter(NamedTuple):
    """A parameter of an operation, as a row of a table."""

    name: str
    place: str
    """``path`` or ``query``."""
    values: str
    meaning: str


class Operation(NamedTuple):
    """An operation of the API."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    needs_token: bool
    parameters: list[Parameter]
    responses: list[tuple[str, str]]
    """Status codes with their meaning."""


def blueprint(updater: StateUpdater, *, desk: bool, push_api: bool) -> Blueprint:
    """Create the routes.

    Parameters
    ----------
    desk
        Whether the first page links to the editors' desk.
    push_api
        Whether the API has the push operations.
    """
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def home() -> Response:
        state = updater.state
        snapshot = None if state is None else state.snapshot
        html = render_template(
            "home.html",
            version=__version__,
            snapshot=snapshot,
            reason="" if snapshot else str(updater.unavailable_reason),
            example="" if state is None else _newest(state),
            desk=desk,
        )
        return Response(html, headers=HEADERS)

    @routes.get("/docs")
    def reference() -> Response:
        document = load_openapi(push_api=push_api)
        html = render_template(
            "reference.html",
            version=__version__,
            operations=list(operations_of(document)),
            schemas=document["components"]["schemas"],
        )
        return Response(html, headers=HEADERS)

    return routes


def operations_of(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield the operations of an OpenAPI document, with all references resolved."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if (operation := item.get(method)) is None:
                continue
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                description=operation.get("description", ""),
                needs_token="security" in operation,
                parameters=[
                    _parameter(_resolved(one, document)) for one in operation.get("parameters", ())
                ],
                responses=[
                    (status, str(_resolved(one, document)["description"]))
                    for status, one in operation["responses"].items()
                ],
            )


def _parameter(parameter: Mapping[str, Any]) -> Parameter:
    meaning = parameter.get("description", "")
    values = _values(parameter["schema"])
    return Parameter(parameter["name"], parameter["in"], values, meaning)


def _values(schema: Mapping[str, Any]) -> str:
    """Describe the values that a schema of a parameter accepts."""
    if "enum" in schema:
        found = " or ".join(map(str, schema["enum"]))
    elif schema["type"] == "array":
        found = f"{schema['items']['type']}, repeated"
    else:
        found = str(schema["type"])
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    if "maximum" in schema:
        found += f" from {low} to {schema['maximum']}"
    return f"{found}; default {schema['default']}" if "default" in schema else found


def _resolved(item: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference such as ``#/components/parameters/Limit``."""
    if "$ref" not in item:
        return item
    found: Mapping[str, Any] = document
    for name in str(item["$ref"]).removeprefix("#/").split("/"):
        found = found[name]
    return found


def _newest(state: ServingState) -> str:
    """Return the id of the newest public article, for a link to its cards; "" without any."""
    return next(public_ids(state.snapshot, time.time(), state.overrides), "")
