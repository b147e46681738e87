"""Limits of the fields of an article, so that one record cannot fill cards, pages and memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from recommender.errors import ArticleError

MAX_CHARACTERS = {
    "title": 1_000,
    "teaser": 5_000,
    "section": 500,
    "tags": 500,
    "authors": 500,
    "image_alt": 5_000,
    "url": 4_000,
    "image": 4_000,
    "links": 4_000,
    "translations": 4_000,
}
"""Characters of a text, or of one text of a list. Real ones have a fifth of that."""

MAX_ITEMS = {"tags": 1_000, "authors": 500, "links": 10_000, "translations": 1_000, "formerly": 100}
"""Values of a list."""

MARKUP_FACTOR = 4
"""How many times as long a text may be before its markup is removed."""

_CUT = ("title", "teaser", "section", "tags", "authors", "image_alt")
"""Texts of which the beginning is of use. An address that is cut leads elsewhere."""


def cleaned(field: str, raw: str, clean: Callable[[str], str]) -> str:
    """Clean the text of a field. A text beyond its limit is not analysed.

    Raises
    ------
    ArticleError
        It is too long.
    """
    most = MAX_CHARACTERS[field]
    if len(raw) > MARKUP_FACTOR * most:
        raise _too_long(field, most, len(raw))
    text = clean(raw)
    if len(text) > most:
        raise _too_long(field, most, len(text))
    return text


def cleaned_list(
    field: str, raw: Sequence[object] | None, clean: Callable[[str], str]
) -> tuple[str, ...]:
    """Clean the texts of a list, each once and without empty ones; errors as :func:`cleaned`."""
    check_items(field, raw)
    texts = (cleaned(field, str(item), clean) for item in raw or ())
    return tuple(dict.fromkeys(text for text in texts if text))


def check_items(field: str, raw: Sequence[object] | None) -> None:
    """Raise an ArticleError for a list with too many values."""
    if len(raw or ()) > MAX_ITEMS[field]:
        raise ArticleError(
            f"{field}: expected at most {MAX_ITEMS[field]} values, got {len(raw or ())}"
        )


def within_limits(fields: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
    """Cut the texts and lists of a record that are too long, and leave out such a picture.

    Returns
    -------
    tuple of dict and bool
        The fields, and whether something was cut.
    """
    found = {name: _within(name, value) for name, value in fields.items()}
    return found, any(found[name] is not value for name, value in fields.items())


def _within(field: str, value: Any) -> Any:
    if isinstance(value, str):
        is_long = len(value) > MAX_CHARACTERS.get(field, len(value))
        if not is_long or field == "url":
            return value
        return "" if field == "image" else value[: MAX_CHARACTERS[field] - 1] + "…"
    if isinstance(value, list) and field in MAX_ITEMS and field != "formerly":
        most = MAX_CHARACTERS[field]
        kept = [item if field not in _CUT else item[:most] for item in value[: MAX_ITEMS[field]]]
        kept = [item for item in kept if len(item) <= most]
        return value if kept == value else kept
    return value


def _too_long(field: str, most: int, got: int) -> ArticleError:
    return ArticleError(f"{field}: expected at most {most} characters, got {got}")
