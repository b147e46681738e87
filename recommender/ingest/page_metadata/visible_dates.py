"""Find the dates that a page shows: in ``time`` elements, by class names, and in short lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import Any

from recommender.ingest.page_metadata.elements import line_of, names_of, pieces, text_of
from recommender.ingest.page_metadata.page import Page
from recommender.text.bylines import date_label
from recommender.written_dates import find_date

_PUBLISHED_CLASS = re.compile(
    r"(?:^|[\s_-]|__)(?:published?(?:-?(?:on|at|date|time))?|pub-?(?:date|time)|(?:entry|post|article"
    r"|story|news|item|blog|publication|publish|created?|release|meta|byline|node|page)-?(?:date"
    r"|time|datum|published)\w*|posted-?on|date-?(?:published|posted|created|time|line)"
    r"|submitted|authored|by-?line|(?:post|entry|article|node|story)-?(?:meta|info|details)|author"
    r"|date|datum|fecha|data|time-?stamp|time|datetime|dtstamp|created)(?=$|[\s_-])",
    re.IGNORECASE,
)
_UPDATED_CLASS = re.compile(r"(?:^|[\s_-]|date)(?:updated?|modified|last-?mod)", re.IGNORECASE)

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""The first web site. Dates before are placeholders such as 1970, or in the text."""


@dataclass(frozen=True)
class DateReader:
    """Reads dates in the language and time zone of a page."""

    language: str
    zone: tzinfo

    def first(self, texts: Iterator[str]) -> str:
        """Return the first date of some texts; "" if none has one."""
        return next((date for text in texts if (date := self.read(text))), "")

    def read(self, text: Any) -> str:
        """Return the date of a text in ISO 8601 with a zone; "" if it has none."""
        found = find_date(text, self.zone, self.language) if isinstance(text, str) else None
        if found is None or not found.date >= EARLIEST:
            return ""
        return found.date.isoformat()


def values_of(element: Any) -> Iterator[str]:
    """Yield the attributes that may have a date, then the text."""
    yield from filter(None, (element.get(name) for name in ("datetime", "content", "title")))
    yield text_of(element)


PUBLISHED, UPDATED, PLAIN = "published", "updated", "plain"
"""What a visible date is, by its label or class name; plain if it has none."""


@dataclass(frozen=True)
class ShownDate:
    """A date and what it is of."""

    kind: str
    date: str
    """In ISO 8601 with a zone."""


def shown_dates(page: Page, title: Any, reader: DateReader) -> Iterator[ShownDate]:
    """Yield the visible dates: below the title, then above it, then those with a label or class."""
    head = page.head(title)
    inside = [one for one in title.iter() if one is not title] if title is not None else []
    yield from _in([*inside, *head.below], reader)
    paragraphs = (one for one in head.rest if one.tag in {"p", "div"})
    yield from _dateline(islice(paragraphs, DATELINE), reader)
    yield from _in(head.above, reader)
    yield from (one for one in _in(head.rest, reader) if one.kind != PLAIN)


def _dateline(elements: Iterable[Any], reader: DateReader) -> Iterator[ShownDate]:
    """Yield the date at the beginning of the text: "2 March 2026 – The council ..."."""
    for element in elements:
        start = _DATELINE.match(text_of(element)[:MAX_PLAIN_LENGTH])
        if start and (date := reader.read(start[0])):
            yield ShownDate(PLAIN, date)


_DATELINE = re.compile(
    r"[^.!?:;\d]{0,40}(?:\d{1,2}\.?[^.!?\d]{1,20}\d{4}|\d{1,2}\.\d{1,2}\.\d{2,4}|[^\W\d]+\s\d+,\s\d{4}"
    r"|\d{4}-\d\d-\d\d)(?=[\s.]*[-–—―|:/)„“\"«•])"
)
"""A date with the name of a place before it, and a dash or bracket after it."""

DATELINE = 4
"""Paragraphs at the beginning of the text that may begin with a dateline."""


def _in(elements: list[Any], reader: DateReader) -> Iterator[ShownDate]:
    """Yield the dates of ``time`` elements, of class names and of short lines, in this order."""
    lines = {one: line for one in elements if (line := line_of(one))}
    for element in (one for one in elements if one.tag == "time"):
        if date := reader.first(values_of(element)):
            around = line_of(element.getparent())
            yield ShownDate(_kind(element, lines.get(element, ""), around) or PUBLISHED, date)
    dated = {
        one: " | ".join(piece.strip() for piece in pieces(one))
        for one, line in lines.items()
        if _DIGIT.search(line)
    }
    for one, divided in dated.items():
        for line in dict.fromkeys((lines[one], divided)):
            yield from _labelled(line, reader)
    empty = [one for one in elements if not len(one) and one.get("title") and one not in lines]
    for element in (*lines, *empty):
        kind = _kind(element, lines.get(element, ""))
        if kind and (date := reader.first(values_of(element))):
            yield ShownDate(kind, date)
    plain = (reader.read(line) for line in dated.values() if len(line) <= MAX_PLAIN_LENGTH)
    yield from (ShownDate(PLAIN, date) for date in plain if date)


def _labelled(line: str, reader: DateReader) -> Iterator[ShownDate]:
    """Yield the dates after labels in a line: "2 March 2026 · updated 3 March 2026"."""
    for part in _PARTS.split(line):
        if (label := date_label(part)) and (date := reader.read(part)):
            yield ShownDate(label, date)


_PARTS = re.compile(" ?[|·•] ?")
_DIGIT = re.compile(r"\d")


def _kind(element: Any, *lines: str) -> str:
    """Return what a date is by its class names, or by the label of its line."""
    names = names_of(element)
    if _UPDATED_CLASS.search(names) and not re.search("publ|posted|entry-date", names):
        return UPDATED
    label = next(filter(None, map(date_label, lines)), "")
    return label or (PUBLISHED if _PUBLISHED_CLASS.search(names) else "")


MAX_PLAIN_LENGTH = 100
"""Characters of a line with a date that has no label."""
