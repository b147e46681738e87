"""Find the dates that a page shows: in ``time`` elements, by class names, and in short lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from itertools import chain, islice, takewhile
from typing import Any

from recommender.ingest.page_metadata.elements import (
    MAX_LINE_LENGTH,
    line_of,
    names_of,
    pieces,
    text_of,
)
from recommender.ingest.page_metadata.page import Page
from recommender.text.bylines import date_label
from recommender.written_dates import WrittenDate, find_date

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
        found = self.find(text) if isinstance(text, str) else None
        return found.date.isoformat() if found else ""

    def find(self, text: str) -> WrittenDate | None:
        """Return the date of a text and what is around it; None if it has none."""
        found = find_date(text, self.zone, self.language)
        return found if found and found.date >= EARLIEST else None


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
    is_beside_title: bool = False
    """Whether it stands directly above the headline, below it, or at the beginning of the text."""


def shown_dates(page: Page, title: Any, reader: DateReader) -> Iterator[ShownDate]:
    """Yield the visible dates: beside the title, then above it, then in and below the text.

    Of those in and below the text only dates with a label or class count, or the only one that has
    a line of its own.
    """
    head = page.head(title)
    inside = [one for one in title.iter() if one is not title] if title is not None else []
    near = _lines_above(title) if title is not None else set()
    rest = _without_stories(head.rest, {"li"})
    own = _without_stories(rest, {"li", "div", "td", "section", "article"})
    beside = chain(
        _in([*inside, *head.below], reader),
        _dateline(_beginning(own), reader),
        _in([one for one in head.above if one in near], reader),
    )
    yield from (replace(one, is_beside_title=True) for one in beside)
    yield from _in([one for one in head.above if one not in near], reader)
    yield from (one for one in _in(rest, reader) if one.kind != PLAIN)
    yield from _alone(own, reader)


def _without_stories(elements: list[Any], tags: set[str]) -> list[Any]:
    """Leave out the elements of these tags that link to another story, and what is around them."""
    items = [one for one in elements if one.tag in tags and is_linked(one)]
    other = {one for item in items for one in (*item.iter(), *item.iterancestors())}
    return [one for one in elements if one not in other]


def _lines_above(title: Any) -> set[Any]:
    """Return the elements of the short lines directly above a title, in the same block."""
    own = len(text_of(title))
    outer = next((o for o in title.iterancestors() if len(text_of(o)) > own), title)
    start = next(
        (one for one in (title, *title.iterancestors()) if one.getparent() is outer), title
    )
    siblings = (one for one in start.itersiblings(preceding=True) if isinstance(one.tag, str))
    lines = takewhile(lambda one: len(text_of(one)) <= MAX_LINE_LENGTH, islice(siblings, MAX_LINES))
    return {one for line in lines for one in line.iter()}


def _beginning(elements: list[Any]) -> Iterator[Any]:
    """Yield the first paragraphs of a text, and what is between them."""
    paragraphs = 0
    for element in elements[:MAX_BEGINNING]:
        paragraphs += element.tag == "p"
        if paragraphs > DATELINE:
            return
        if element.tag in {"p", "div"}:
            yield element


def is_linked(item: Any) -> bool:
    """Return whether a short block has a link to another story, so that its date is of that."""
    links = item.iter("a") if line_of(item) else ()
    return any(len(text_of(link)) >= MIN_HEADLINE for link in links)


def _dateline(elements: Iterable[Any], reader: DateReader) -> Iterator[ShownDate]:
    """Yield the date at the beginning of the text: "2 March 2026 – The council ..."."""
    for element in elements:
        start = _DATELINE.match(text_of(element)[:MAX_PLAIN_LENGTH])
        opening = "" if element.text and element.text.strip() else _first_line(element)
        if start and (date := reader.read(start[0])):
            yield ShownDate(PLAIN, date)
        elif _is_only_date(opening, reader):
            yield ShownDate(PLAIN, reader.read(opening))


def _first_line(element: Any) -> str:
    """Return the text of the first element in another, without what follows it."""
    return line_of(element[0]) if len(element) and isinstance(element[0].tag, str) else ""


def _alone(elements: list[Any], reader: DateReader) -> Iterator[ShownDate]:
    """Yield the date on a line of its own in the text or below, if there is only one."""
    lines = (piece.strip() for one in elements if line_of(one) for piece in pieces(one))
    dates = {reader.read(line) for line in dict.fromkeys(lines) if _is_only_date(line, reader)}
    if len(dates) == 1:
        yield ShownDate(PLAIN, dates.pop())


def _is_only_date(line: str, reader: DateReader) -> bool:
    found = reader.find(line) if len(line) <= MAX_DATE_LENGTH and _DIGIT.search(line) else None
    return found is not None and not any(letter.isalnum() for letter in found.rest)


_DATELINE = re.compile(
    r"[^.!?:;\d]{0,40}(?:\d{1,2}\.?[^.!?\d]{1,20}\d{4}|\d{1,2}\.\d{1,2}\.\d{2,4}|[^\W\d]+\s\d+,\s\d{4}"
    r"|\d{4}-\d\d-\d\d)(?=[\s.]*(?:[-–—―|:/)„“\"«•]|$))"
)
"""A date with the name of a place before it, and a dash, bracket or nothing after it."""

DATELINE = 4
"""Paragraphs at the beginning of the text that may begin with a dateline."""

MAX_BEGINNING = 16
"""Elements that the beginning of the text has."""

MAX_LINES = 5
"""Lines directly above a title that may have its date."""

MAX_DATE_LENGTH = 40
"""Characters of a line with a date and nothing else."""

MIN_HEADLINE = 25
"""Characters of a link that is the headline of another story."""


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
    yield from _named(elements, lines, dated, reader)
    for line in dated.values():
        if len(line) <= MAX_PLAIN_LENGTH and date_label(line) != UPDATED:
            yield from (ShownDate(PLAIN, date) for date in filter(None, [reader.read(line)]))


def _named(
    elements: list[Any], lines: dict[Any, str], dated: dict[Any, str], reader: DateReader
) -> Iterator[ShownDate]:
    """Yield the dates of elements whose class names, or a label before them, say what they are."""
    empty = [one for one in elements if not len(one) and one.get("title") and one not in lines]
    for element in (*lines, *empty):
        before = _label_before(element) if element in dated else ""
        kind = _kind(element, lines.get(element, ""), before)
        if kind and (date := reader.first(values_of(element))):
            yield ShownDate(kind, date)


def _label_before(element: Any) -> str:
    """Return the line before an element: the label in ``<dt>Published</dt><dd>2 May 2026</dd>``."""
    before = element.getprevious()
    if before is None or not isinstance(before.tag, str) or (before.tail or "").strip():
        return ""
    line = line_of(before)
    return "" if _DIGIT.search(line) or len(line) > MAX_DATE_LENGTH else line


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
