"""The contract of the site's API in OpenAPI 3.1; a test holds it against the running service."""

from __future__ import annotations

from typing import Any

from recommender import __version__
from service.api.contract_pushing import SCHEMAS, SECURITY, pushing
from service.http.query_params import LONGEST_AGE, MOST

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
NULLABLE: Schema = {"type": ["string", "null"]}

CARD: Schema = {
    "type": "object",
    "required": [
        *("id", "title", "teaser", "url", "image", "image_alt", "section", "authors"),
        *("published", "language", "origin"),
    ],
    "properties": {
        "id": TEXT,
        "title": TEXT,
        "teaser": TEXT,
        "url": TEXT,
        "image": NULLABLE,
        "image_alt": NULLABLE,
        "section": TEXT,
        "authors": {"type": "array", "items": TEXT},
        "published": {"type": "string", "format": "date-time"},
        "language": TEXT,
        "origin": {"enum": ["editor", "related", "latest"]},
        "why": {
            "type": "object",
            "description": "What made it: only with `explain`. Numbers for related cards alone.",
            "required": ["rule", "words"],
            "properties": {
                "score": NUMBER,
                "affinity": NUMBER,
                "shares": {"type": "object", "additionalProperties": NUMBER},
                "freshness": NUMBER,
                "boost": NUMBER,
                "rule": TEXT,
                "words": {"type": "array", "items": TEXT},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}


def contract(*, push: bool) -> Schema:
    """Describe every route that a site may use, and with ``push`` those of content systems."""
    told = _of_the_site()
    if push:
        told["paths"]["/v1/articles/{id}"] = pushing(_problem, _article())
        told["components"]["schemas"] |= SCHEMAS
        told["components"]["securitySchemes"] = SECURITY
    return told


def _of_the_site() -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Related posts", "version": __version__, "license": {"name": "MIT"}},
        "paths": {
            "/v1/articles/{id}/related": _get(
                "Cards under an article", "Answer", [_article(), *_filters(), _explain()]
            ),
            "/v1/articles/{id}/related.html": _get(
                "The same as an HTML fragment", None, [_article(), *_filters()]
            ),
            "/v1/related": _get(
                "Cards by address (url), or under several articles (id)",
                "AnswerOrBatch",
                [_address(required=False), _ids(), *_filters(), _explain()],
            ),
            "/v1/related.html": _get(
                "The fragment by address", None, [_address(required=True), *_filters()]
            ),
            "/v1/latest": _get("The newest articles", "Latest", _filters(), known=False),
            "/healthz": _health("Alive"),
            "/readyz": _health("Ready: a snapshot is in force"),
        },
        "components": {"schemas": _schemas()},
    }


def _schemas() -> Schema:
    cards = {"type": "array", "items": _ref("Card"), "maxItems": MOST}
    return {
        "Card": CARD,
        "Answer": _object(
            {"article": TEXT, "snapshot": TEXT, "cards": cards}, {"rejected": _rejected()}
        ),
        "Latest": _object({"snapshot": TEXT, "cards": cards}),
        "Batch": _object(
            {
                "snapshot": TEXT,
                "answers": {"type": "array", "items": _ref("Answer"), "maxItems": MOST},
                "missing": {"type": "array", "items": TEXT, "maxItems": MOST},
            }
        ),
        "AnswerOrBatch": {"anyOf": [_ref("Answer"), _ref("Batch")]},
        "Problem": _object(
            {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT}
        ),
    }


def _get(
    summary: str, schema: str | None, parameters: list[Schema], *, known: bool = True
) -> Schema:
    content = (
        {"text/html; charset=utf-8": {"schema": TEXT}}
        if schema is None
        else {"application/json": {"schema": _ref(schema)}}
    )
    responses: Schema = {
        "200": {"description": "Done", "headers": _headers(), "content": content},
        "304": {"description": "The copy named in If-None-Match is still good"},
        "400": _problem("A parameter that cannot be read"),
        "503": _problem("No snapshot is published yet"),
    }
    if known:
        responses["404"] = _problem("An article that is unknown or not public")
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}


def _health(summary: str) -> Schema:
    told = {"application/json": {"schema": {"type": "object", "required": ["status"]}}}
    responses = {"200": {"description": summary, "content": told}, "503": _problem("Not ready")}
    return {"get": {"summary": summary, "responses": responses}}


def _filters() -> list[Schema]:
    return [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": 6}),
        _query("exclude", {"type": "array", "items": TEXT}, "ids that the page shows already"),
        _query("section", TEXT),
        _query("exclude_section", TEXT),
        _query("language", TEXT),
        _query("max_age_days", {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_AGE}),
        _query("fill", {"enum": ["latest", "none"], "default": "latest"}),
    ]


def _explain() -> Schema:
    return _query("explain", {"enum": ["1", "true", "0", "false"], "default": "0"})


def _address(*, required: bool) -> Schema:
    return _query("url", TEXT, "the article's address; tracking is ignored", required=required)


def _ids() -> Schema:
    return _query("id", {"type": "array", "items": TEXT, "maxItems": MOST})


def _query(name: str, schema: Schema, says: str = "", *, required: bool = False) -> Schema:
    described = {"description": says} if says else {}
    return {"name": name, "in": "query", "required": required, "schema": schema, **described}


def _article() -> Schema:
    says = "the site's own id; slashes as they are or as %2F"
    return {"name": "id", "in": "path", "required": True, "schema": TEXT, "description": says}


def _headers() -> Schema:
    return {name: {"schema": TEXT} for name in ("ETag", "Cache-Control", "Vary")}


def _problem(says: str) -> Schema:
    return {
        "description": says,
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }


def _rejected() -> Schema:
    lacked = {"type": "array", "items": TEXT}
    one = _object({"id": TEXT, "title": TEXT, "score": NUMBER, "lacked": lacked})
    says = "The best of those not shown, and what they lacked: only with `explain`."
    return {"type": "array", "items": one, "description": says}


def _object(properties: Schema, optional: Schema | None = None) -> Schema:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties | (optional or {}),
        "additionalProperties": False,
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
