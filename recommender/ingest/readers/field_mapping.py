"""Make articles of the fields of CSV, Parquet, feeds, pages and databases, whatever their types."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

import msgspec

from recommender.articles.article import Article, Record, Status, article_from
from recommender.articles.flags import Flag
from recommender.articles.limits import within_limits
from recommender.articles.statuses import status_of
from recommender.errors import ArticleError
from recommender.ingest.readers.field_names import REQUIRED, is_missing
from recommender.ingest.readers.record_error import RejectedRecord, converted, described
from recommender.language_tags import tag_without_region
from recommender.text.bylines import MAX_BYLINE_LENGTH, names_in
from recommender.text.sections import section_and_tags, split_names

LIST_FIELDS = ("tags", "authors", "links", "translations", "formerly")


def article_of(
    fields: Mapping[str, Any], zone: tzinfo, default_language: str = "", *, is_text: bool = False
) -> Article:
    """Make an article from fields of any type.

    Parameters
    ----------
    fields : values by the names of an article, and ``flags`` of what the reader repaired.
    zone : time zone of dates that name none.
    default_language : BCP 47, in which dates are written where the article has no language.
    is_text : whether the body was converted from HTML, so that tags in it are program code.

    Raises
    ------
    ArticleError
        A field is missing or wrong; the message names it.
    """
    given = {name: value for name, value in fields.items() if not is_missing(value)}
    flags: Iterable[Flag] = given.pop("flags", ())
    for name in REQUIRED:
        if name not in given:
            raise ArticleError(f"{name}: expected text, got nothing")
    section, tags = _section_and_tags(given.get("section"), as_list(given.get("tags")))
    named = {name: _value(name, given[name]) for name in given}
    values, is_cut = within_limits(named | {"section": section, "tags": tags})
    article = article_from(
        Record(**values), zone, default_language=default_language, is_text=is_text
    )
    # The region decides about 02/03/2026. A feed may have it and the pages of the same site not.
    language = tag_without_region(article.language) or article.language
    article = msgspec.structs.replace(article, language=language)
    return article.flagged(*flags, *([Flag.TOO_LONG] if is_cut else []))


def _section_and_tags(section: Any, tags: list[str]) -> tuple[str, list[str]]:
    """Split several sections or tags in one text; one comma may be part of a name."""
    names = as_list(section) if isinstance(section, list | tuple) else [as_text(section or "")]
    if len(names) == 1 and names[0].count(",") > 1:
        names = split_names(names[0])
    if len(tags) == 1 and "," in tags[0]:
        tags = split_names(tags[0])
    return section_and_tags(names, tags)


def article_or_rejected(
    place: str, fields: Mapping[str, Any], zone: tzinfo, default_language: str = ""
) -> Article | RejectedRecord:
    """Make an article of the fields of a row; a row with an error is rejected."""
    return converted(
        place,
        lambda: article_of(fields, zone, default_language),
        fields.get("id") or "",
        as_text(fields.get("status", "")),
    )


def _value(name: str, value: Any) -> Any:
    if name == "status":
        return _status(value)
    if name == "authors":
        return as_names(value)
    return as_list(value) if name in LIST_FIELDS else as_text(value)


def as_text(value: Any) -> str:
    """Return a value as text: of a list the first item, of a mapping its name or address."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a numeric key of a database
    if isinstance(value, list | tuple):
        return as_text(value[0]) if value else ""  # the first of several categories or pictures
    if isinstance(value, dict):
        return as_text(next((v for k in _NAMED if (v := value.get(k))), ""))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


_NAMED = ("name", "title", "label", "src", "url", "path", "image", "current", "@id", "slug")
"""Keys under which a mapping has its text: an author's name, a picture's address, a slug."""


def as_names(value: Any) -> list[str]:
    """Return the names of authors: the items of a list, or those in one text."""
    if isinstance(value, str) and not _is_json(value):
        return list(_names(value[:MAX_BYLINE_LENGTH]))
    return as_list(value)


@lru_cache(maxsize=4096)
def _names(text: str) -> tuple[str, ...]:
    return tuple(names_in(text, is_label=False) or split_names(text))


def as_list(value: Any) -> list[str]:
    """Return the texts of a list, also of one that is written as text."""
    if is_missing(value):
        return []
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value if not is_missing(item)]
    if isinstance(value, str):
        return _split(value)
    return [as_text(value)]


def _split(text: str) -> list[str]:
    """Split a list that is written as text: JSON, or as :func:`split_names` does."""
    if _is_json(text):
        try:
            return as_list(json.loads(text))
        except (ValueError, RecursionError):
            pass
    return split_names(text)


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("[", "{"))


def _status(value: Any) -> Status:
    known = status_of(as_text(value))
    if known is None:
        got = described(value)
        raise ArticleError(f"status: expected published, draft or withdrawn, got {got}")
    return known
