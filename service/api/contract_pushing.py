"""The part of the contract that content systems use: PUT and DELETE of an article."""

from __future__ import annotations

from typing import Any

from recommender.articles.article import LONGEST_ID, LONGEST_LANGUAGE

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "null"]}
MOMENT: Schema = {
    "type": ["string", "null"],
    "description": "RFC 3339; without a zone in the site's time zone",
}
TEXTS: Schema = {"type": ["array", "null"], "items": {"type": "string"}}

ARTICLE: Schema = {
    "type": "object",
    "description": "An article in the native form; null is the same as missing.",
    "required": ["id", "title", "published"],
    "properties": {
        "id": {
            "type": ["string", "integer"],
            "maxLength": LONGEST_ID,
            "description": "the same as in the address",
        },
        "title": {"type": "string"},
        "published": {**MOMENT, "type": "string"},
        "updated": {
            **MOMENT,
            "description": "an earlier one than that of the version taken over before is refused",
        },
        "expires": MOMENT,
        **dict.fromkeys(("teaser", "body", "url", "section", "image", "image_alt"), TEXT),
        "language": {**TEXT, "maxLength": LONGEST_LANGUAGE, "description": "BCP 47"},
        "tags": TEXTS,
        "authors": TEXTS,
        "links": {"type": ["array", "null"], "items": {"type": ["string", "integer"]}},
        "status": {"enum": ["published", "draft", "withdrawn", None]},
    },
}

PUSHED: Schema = {
    "type": "object",
    "required": ["article", "change"],
    "properties": {
        "article": {"type": "string"},
        "change": {"enum": ["new", "changed", "unchanged", "withdrawn"]},
    },
    "additionalProperties": False,
}

SCHEMAS = {"Article": ARTICLE, "Pushed": PUSHED}

SECURITY: Schema = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "`recommender editors token NAME --articles`",
    }
}

_REFUSALS = {
    "400": "The body is not JSON",
    "401": "No token for articles",
    "403": "The token of a viewer",
    "404": "DELETE of an article that was never told of",
    "409": "A version updated later was taken over before",
    "413": "More than 2 MB",
    "415": "Not application/json, or compressed",
    "422": "Not an article, or another one than the address names",
    "503": "The catalogue is away: send it again. Nothing was taken over, "
    "unless it went away while it saved",
}


def pushing(problem: Any, article: Schema) -> Schema:
    """Describe the route; ``problem`` describes a refusal, ``article`` the parameter."""

    def responses(*codes: str) -> Schema:
        done = {"application/json": {"schema": {"$ref": "#/components/schemas/Pushed"}}}
        taken = {"202": {"description": "Taken over", "content": done}}
        return taken | {code: problem(_REFUSALS[code]) for code in codes}

    sent = {"application/json": {"schema": {"$ref": "#/components/schemas/Article"}}}
    both = {"parameters": [article], "security": [{"token": []}]}
    return {
        "put": {
            "summary": "Tell of a new or changed article",
            "requestBody": {"required": True, "content": sent},
            "responses": responses("400", "401", "403", "409", "413", "415", "422", "503"),
            **both,
        },
        "delete": {
            "summary": "Withdraw an article",
            "responses": responses("401", "403", "404", "415", "422", "503"),
            **both,
        },
    }
