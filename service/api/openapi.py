"""The OpenAPI document, loaded from ``openapi.yaml`` when it is first requested."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from msgspec import yaml

from recommender import __version__

PUSH_PATH = "/v1/articles/{id}"
PUSH_SCHEMAS = ("Article", "PushResult")
PUSH_RESPONSES = ("Pushed", "Unauthorized", "Forbidden", "UnsupportedMediaType", "Unprocessable")


def load_openapi(*, push_api: bool) -> dict[str, Any]:
    """Load the OpenAPI 3.1 document of the service.

    Parameters
    ----------
    push_api
        Whether the push API is on; without it the document leaves it out.
    """
    text = files("service").joinpath("api/openapi.yaml").read_bytes()
    document: dict[str, Any] = yaml.decode(text)
    document["info"]["version"] = __version__
    if not push_api:
        _remove_push_api(document)
    return document


def _remove_push_api(document: dict[str, Any]) -> None:
    components = document["components"]
    del document["paths"][PUSH_PATH], components["securitySchemes"]
    for name in PUSH_SCHEMAS:
        del components["schemas"][name]
    for name in PUSH_RESPONSES:
        del components["responses"][name]
