"""Flags of an article: what was repaired when it was read, and what looks wrong with it.

A reader reports one with ``article_of(fields | {"flags": [Flag.TITLE_REPLACED]}, zone)``, or, where
it has the article already, with ``article.flagged(Flag.TITLE_REPLACED)``. That is all: flags are
stored with the article, counted in the summary of the run, and listed by
``recommender articles list --suspicious``. Another kind is another member of :class:`Flag`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from recommender.text.word_count import word_count

MIN_BODY_WORDS = 25
"""Shorter bodies are suspicious: a caption, a cookie notice or the first words of a story."""


class Flag(StrEnum):
    """A repair, or a reason to look at the article; the value is shown to people and stored."""

    BODY_REPLACED = "body replaced"
    TITLE_REPLACED = "title replaced"
    ID_FROM_ADDRESS = "ID made from the address"
    TITLE_FROM_NAME = "title made from the file name"
    TEASER_MADE = "teaser made from the body"
    TEASER_REPLACED = "cut-off teaser replaced"
    ENCODING_DETECTED = "encoding detected"
    TOO_LONG = "too long texts or lists cut"
    CHARACTERS_REMOVED = "control characters removed"
    DATE_FROM_SITEMAP = "date from the sitemap"
    DATE_FROM_TEXT = "date found in the text"
    DATE_LEFT_OUT = "unreadable optional date left out"
    OTHER_LANGUAGE = "text in another language than declared"
    EMPTY_BODY = "empty body"
    SHORT_BODY = "very short body"

    @property
    def is_suspicious(self) -> bool:
        """Return whether the article may still be wrong; otherwise it was repaired."""
        return self in _SUSPICIOUS


_SUSPICIOUS = {
    Flag.TITLE_FROM_NAME,
    Flag.TOO_LONG,
    Flag.DATE_FROM_TEXT,
    Flag.DATE_LEFT_OUT,
    Flag.OTHER_LANGUAGE,
    Flag.EMPTY_BODY,
    Flag.SHORT_BODY,
}


def merged(flags: Iterable[str]) -> tuple[Flag, ...]:
    """Return each known flag once, the suspicious ones first.

    Values that are no flag come from a database that a newer version wrote. They are left out.
    """
    known = {str(flag) for flag in flags}
    ordered = [flag for flag in Flag if flag in known]
    return tuple(sorted(ordered, key=lambda flag: not flag.is_suspicious))


def body_flags(body: str) -> Iterator[Flag]:
    """Flag a body that is empty or very short."""
    if not body:
        yield Flag.EMPTY_BODY
    elif word_count(body) < MIN_BODY_WORDS:
        yield Flag.SHORT_BODY
