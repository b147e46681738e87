"""Map the fields of CSV, Parquet, feeds, pages and databases to those of an article.

Exports name the same field differently and write lists as text. :data:`ALIASES` has the names.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from difflib import get_close_matches
from typing import Any

from recommender.articles.article import Article, Record, Status, article_from
from recommender.articles.flags import Flag
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.language_tags import tag_without_region

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
    "language": ("lang", "locale", "langcode", "language_code", "inlanguage"),
    "image": ("cover", "heroimage", "featured_image", "thumbnail", "img"),
    "image_alt": ("imagealt", "alt", "heroimagealt", "cover_alt"),
    "links": (),
    "translations": ("translation_of", "translation_group", "translationkey"),
    "status": (),
    "formerly": ("former_ids",),
}
"""Field names of other systems (exports, Hugo, Jekyll, Astro, Eleventy, Ghost), in lower case.

If a record has several names of a field, the first one is used."""

REQUIRED = ("id", "title", "published")
"""Fields that every article has."""

LIST_FIELDS = ("tags", "authors", "links", "translations", "formerly")

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
    """Rename fields to those of an article; unknown and empty fields are dropped."""
    lowered = {str(key).strip().casefold(): value for key, value in fields.items()}
    found: dict[str, Any] = {}
    for field, aliases in ALIASES.items():
        for name in (field, *aliases):
            if not _missing(lowered.get(name)):
                found[field] = lowered[name]
                break
    return found


def missing_field(name: str, given: Iterable[str]) -> str:
    """Write the error for a missing field, with the name that was probably meant.

    Parameters
    ----------
    name : the missing field.
    given : the names that the record or table has.
    """
    by_key = {one.strip().casefold(): one for one in map(str, given) if one not in ALIASES}
    close = get_close_matches(name, by_key, n=1, cutoff=0.8)
    meant = next((by_key[one] for one in (name, *ALIASES[name], *close) if one in by_key), None)
    if meant is None:
        return f"{name!r} is missing; every article has {', '.join(REQUIRED)}"
    return f"{name!r} is missing (it has {meant!r}); rename it"


def article_of(fields: Mapping[str, Any], zone: tzinfo) -> Article:
    """Make an article from fields of any type.

    Parameters
    ----------
    fields : values by the names of :data:`ALIASES`, and ``flags`` of what the reader repaired.
    zone : time zone of dates that name none.

    Raises
    ------
    ArticleError
        A field is missing or wrong; the message names it.
    """
    given = {name: value for name, value in fields.items() if not _missing(value)}
    flags: Iterable[Flag] = given.pop("flags", ())
    for name in REQUIRED:
        if name not in given:
            raise ArticleError(f"{name}: expected text, got nothing")
    record = Record(**{name: _value(name, given[name]) for name in given})
    return article_from(record, zone).flagged(*flags)


def article_or_rejected(
    place: str, fields: Mapping[str, Any], zone: tzinfo
) -> Article | RejectedRecord:
    """Make an article of the fields of a row; a row with an error is rejected."""
    try:
        return article_of(fields, zone)
    except ArticleError as error:
        return RejectedRecord(place, str(error), str(fields.get("id") or ""))


def check_columns(source: str, names: Iterable[str], expected: str) -> None:
    """Raise a :class:`SourceError` if a table lacks a required column."""
    names = list(names)
    known = renamed(dict.fromkeys(names, "x"))
    for needed in REQUIRED:
        if needed not in known:
            raise SourceError(
                f"{source}: column {missing_field(needed, names)}; expected {expected}"
            )


def _value(name: str, value: Any) -> Any:
    if name == "language":
        # A feed may have "en-US" and the pages of the same site "en".
        return tag_without_region(_text(value)) or _text(value)
    if name == "status":
        return _status(value)
    return _list(value) if name in LIST_FIELDS else _text(value)


def _missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a numeric key of a database
    if isinstance(value, list | tuple):
        return _text(value[0]) if value else ""  # the first of several categories or pictures
    if isinstance(value, dict):
        return _text(next((v for k in _NAMED if (v := value.get(k))), ""))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


_NAMED = ("name", "title", "label", "src", "url", "path", "image")
"""Keys under which a mapping has its text: an author's name, a picture's address."""


def _list(value: Any) -> list[str]:
    if _missing(value):
        return []
    if isinstance(value, list | tuple):
        return [_text(item) for item in value if not _missing(item)]
    if isinstance(value, str):
        return _split(value)
    return [_text(value)]


def _split(text: str) -> list[str]:
    """Split a list that is written as text: JSON, or separated by ``;``, ``|`` or commas."""
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
        raise ArticleError(f"status: expected published, draft or withdrawn, got {value!r}")
    return known
