"""Extract from the visible page what its metadata lacks: labelled dates, section and byline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from recommender.dates import read_date
from recommender.errors import ArticleError

_UPDATED = re.compile(
    r"(?:last\s+|ostatnio\s+|ostatnia\s+)?(?:updated|modified|update|zaktualizowan\w+|aktualizacja"
    r"|zmodyfikowan\w+|aktualisiert|mis à jour|actualizado|aggiornato|aktualizováno)"
    r"(?:\s+(?:on|at|am|le|el|dnia))?\s*[:·|-]?\s*",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:first\s+)?(?:published|posted|opublikowan\w+|data publikacji|dodan[oy]|veröffentlicht"
    r"|publié|publicado|pubblicato|publikováno)(?:\s+(?:on|at|am|le|el|dnia))?\s*[:·|-]?\s*",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:by|written by|autor(?:zy|ka|stwo)?|tekst|text|von|par|por)\s*:?\s+", re.IGNORECASE
)
_BYLINE_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|post-author|entry-author)(?:$|[\s_-])"
)

_PARTS = re.compile(" ?[|·•] ?")
_SECTION_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:section|category|kicker|eyebrow|rubri[ck]a?|overline)(?:$|[\s_-])"
)

MAX_SECTION_LENGTH = 40
"""Characters of the name of a section. Longer texts are a section of the page."""

MAX_LINE_LENGTH = 120
"""Characters of a date line or byline. Longer lines are sentences."""


def first_readable(candidates: list[str], zone: tzinfo) -> str:
    """Return the first text that is a date; if there is none, the first text, for the error."""
    given = [text for text in candidates if text]
    for text in given:
        try:
            read_date(text, zone)
        except ArticleError:
            continue
        return text
    return given[0] if given else ""


def labelled_dates(root: Any, language: str, zone: tzinfo) -> tuple[list[str], list[str]]:
    """Find visible dates: published and updated, ``time`` elements before text."""
    published: list[str] = []
    updated: list[str] = []
    for element in root.iter("time"):
        names = f"{element.get('class') or ''} {element.get('itemprop') or ''}".casefold()
        date = element.get("datetime") or ""
        (updated if "updat" in names or "modif" in names else published).append(date)
    for line in (part for whole in _short_lines(root) for part in _PARTS.split(whole)):
        if label := _UPDATED.match(line):
            updated += _readings(line[label.end() :], language, zone)
        elif label := _PUBLISHED.match(line):
            published += _readings(line[label.end() :], language, zone)
    return published, updated


def section_in(root: Any) -> str:
    """Return the visible section of a page: a short label before the title."""
    for element in root.iter("p", "span", "div", "a", "h1"):
        if element.tag == "h1":
            break
        text = " ".join(element.text_content()[: 2 * MAX_LINE_LENGTH].split())
        names = (element.get("class") or "").casefold()
        if text and len(text) <= MAX_SECTION_LENGTH and _SECTION_CLASSES.search(names):
            return text
    return ""


def is_head(line: str, authors: list[str]) -> bool:
    """Return whether a line is a date or the byline."""
    if len(line) > MAX_LINE_LENGTH:
        return False
    opening = _BYLINE.match(line)
    signed = line[opening.end() :] if opening else line
    dated = _UPDATED.match(line) or _PUBLISHED.match(line)
    return bool(dated and re.search(r"\d", line)) or any(signed.startswith(a) for a in authors)


def authors_in(root: Any) -> list[str]:
    """Return the authors in the byline of a page."""
    for element in root.iter():
        names = f"{element.get('class') or ''} {element.get('rel') or ''}".casefold()
        if element.get("itemprop") == "author" or _BYLINE_CLASSES.search(names):
            text = " ".join(element.text_content().split())
            if text and len(text) <= MAX_LINE_LENGTH:
                return _names(text)
    return []


def _names(byline: str) -> list[str]:
    """Split a byline into names: "By A. Nowak and B. Kowal | 2 Jun 2025"."""
    opening = _BYLINE.match(byline)
    named = re.split(r" ?[|•·] ?|,? \d", byline[opening.end() if opening else 0 :])[0]
    parts = re.split(" ?, ?| (?:and|und|oraz|i|et|y|&) ", named)
    return [part for part in parts if part and len(part) <= 60]


def _short_lines(root: Any) -> Iterator[str]:
    """Yield the texts of elements that are short enough for a label and a date."""
    for element in root.iter("p", "span", "div", "small", "time", "li", "em", "strong"):
        if len(element) <= 4:
            line = " ".join(element.text_content()[: 4 * MAX_LINE_LENGTH].split())
            if line and len(line) <= MAX_LINE_LENGTH:
                yield line


def _readings(text: str, language: str, zone: tzinfo) -> list[str]:
    """Parse the date at the start of a text: in English or digits, else in the page's language."""
    text = re.split(r" ?[|•·(] ?| by ", text)[0].strip(" .,")
    try:
        return [read_date(text, zone).isoformat()]
    except ArticleError:
        return _in_language(text, language.partition("-")[0].casefold(), zone)


def _in_language(text: str, language: str, zone: tzinfo) -> list[str]:
    """Parse "2 czerwca 2025, 14:30" or "02.06.2025" in a known language."""
    if not re.search(r"\b[12]\d{3}\b", text) or language in {"", "en"}:
        return []
    import dateparser  # noqa: PLC0415 - heavy, and only pages without other dates need it

    required: Any = {"REQUIRE_PARTS": ["day", "month", "year"]}
    try:
        parsed = dateparser.parse(text, languages=[language], settings=required)
    except (ValueError, OverflowError):
        return []  # dateparser does not know the language
    if parsed is None:
        return []
    return [(parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).isoformat()]
