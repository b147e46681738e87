"""Loosely typed fields, as foreign forms have them, to an article.

Exports and front matter name the same things differently and write lists as text; this is the
one place that knows.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from recommender.articles.article import Article, Record, Status, article_from
from recommender.errors import ArticleError

ALIASES = {
    "id": ("guid", "uuid"),
    "title": ("headline", "name"),
    "published": ("date", "pubdate", "publishdate", "published_at", "publisheddate", "created"),
    "teaser": ("description", "summary", "excerpt", "lead", "abstract", "deck"),
    "body": ("content", "text"),
    "url": ("link", "permalink", "canonical_url", "canonicalurl"),
    "updated": ("lastmod", "updated_at", "updateddate", "last_modified_at", "modified"),
    "expires": ("expirydate", "expires_at", "unpublishdate"),
    "section": ("category", "categories"),
    "tags": ("keywords", "topics"),
    "authors": ("author", "byline"),
    "language": ("lang", "locale"),
    "image": ("cover", "heroimage", "featured_image", "thumbnail", "img"),
    "image_alt": ("imagealt", "alt", "heroimagealt", "cover_alt"),
    "links": (),
    "status": (),
}
"""Our names, and what exports, Hugo, Jekyll, Astro, Eleventy and Ghost call the same; compared
without case. The first that is there wins."""

LISTS = ("tags", "authors", "links")

STATUSES = {
    "published": Status.PUBLISHED,
    "publish": Status.PUBLISHED,
    "public": Status.PUBLISHED,
    "future": Status.PUBLISHED,  # WordPress: publishes itself on its date, which is an embargo
    "draft": Status.DRAFT,
    "auto-draft": Status.DRAFT,
    "pending": Status.DRAFT,
    "private": Status.DRAFT,
    "trash": Status.WITHDRAWN,
    "withdrawn": Status.WITHDRAWN,
}


def renamed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give fields our names; what we have no name for is left out."""
    lowered = {str(key).strip().casefold(): value for key, value in fields.items()}
    found: dict[str, Any] = {}
    for ours, theirs in ALIASES.items():
        for name in (ours, *theirs):
            if not _missing(lowered.get(name)):
                found[ours] = lowered[name]
                break
    return found


def article_of(fields: Mapping[str, Any], zone: tzinfo) -> Article:
    """Make an article of fields under our names, whatever the types of their values.

    Raises :class:`ArticleError` naming the field.
    """
    given = {name: value for name, value in fields.items() if not _missing(value)}
    for name in ("id", "title", "published"):
        if name not in given:
            raise ArticleError(f"{name}: got nothing, wanted a text")
    return article_from(Record(**{name: _value(name, given[name]) for name in given}), zone)


def _value(name: str, value: Any) -> Any:
    if name == "language":
        # "en-US" in a feed and "en" on the pages are one language to a reader of cards.
        return re.split("[-_]", _text(value))[0].casefold()
    if name == "status":
        return _status(value)
    return _list(value) if name in LISTS else _text(value)


def _missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a database's numeric key
    if isinstance(value, list | tuple):
        return _text(value[0]) if value else ""  # the first of several categories or pictures
    if isinstance(value, dict):
        return _text(next((v for k in _NAMED if (v := value.get(k))), ""))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


_NAMED = ("name", "title", "label", "src", "url", "path", "image")
"""Where a mapping keeps what it is called: an author's name, a picture's address."""


def _list(value: Any) -> list[str]:
    if _missing(value):
        return []
    if isinstance(value, list | tuple):
        return [_text(item) for item in value if not _missing(item)]
    if isinstance(value, str):
        return _split(value)
    return [_text(value)]


def _split(text: str) -> list[str]:
    """Split a list written as text: JSON, or parted by ; or |, or else by commas."""
    if text.lstrip().startswith("["):
        try:
            return _list(json.loads(text))
        except json.JSONDecodeError:
            pass
    separator = r"[;|]" if re.search(r"[;|]", text) else ","
    return [part.strip() for part in re.split(separator, text) if part.strip()]


def _status(value: Any) -> Status:
    known = STATUSES.get(str(value).strip().casefold())
    if known is None:
        raise ArticleError(f"status: got {value!r}, wanted published, draft or withdrawn")
    return known
