"""Sentences in every script: where one ends, and how two are joined."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sentencex import segment

from recommender.text.word_count import word_count

MARKS = "।॥۔؟።፧։។៕။།༎。！？｡"
"""Marks that only end sentences. A full stop also ends abbreviations."""

CLOSING = "\"'”’“»)\\]」』）》〉】"
"""Quotation marks and brackets after the end of a sentence."""

MIN_UNMARKED_WORDS = 15
"""Words of a paragraph in Thai or Lao that is no sub-heading. These languages end sentences
without a mark."""

_END = re.compile(rf"[.!?…{MARKS}][{CLOSING}]*$")
_AFTER_MARK = re.compile(rf"(?<=[{MARKS}])(?![{MARKS}{CLOSING}])\s*")
_UNMARKED = re.compile("[\u0e01-\u0eff]")
_FULL_STOP = re.compile(rf"\.[{CLOSING}]*$")
_WIDE_END = re.compile(
    "[\u2018\u2019\u201c\u201d\u2026\u3001-\u303f\u3040-\u30ff\u3400-\u9fff\uff01-\uff65]$"
)
_WIDE = re.compile("[\u3001-\u30ff\u3400-\u9fff\uff01-\uff65]")


def is_closed(paragraph: str) -> bool:
    """Return whether a paragraph ends with a sentence, so that it is no sub-heading."""
    if _END.search(paragraph):
        return True
    return bool(_UNMARKED.search(paragraph)) and word_count(paragraph) >= MIN_UNMARKED_WORDS


def sentences(paragraph: str, language: str) -> list[str]:
    """Split a paragraph into sentences; Thai and Lao into phrases.

    Parameters
    ----------
    paragraph : text with single spaces.
    language : BCP 47, for abbreviations.
    """
    if _UNMARKED.search(paragraph):
        return paragraph.split(" ")
    parts = (part.strip() for part in segment(language or "en", paragraph))
    split = [piece for part in parts for piece in _AFTER_MARK.split(part) if piece]
    return _without_abbreviations(split) if any(c in "।۔" for c in paragraph) else split


def _without_abbreviations(parts: Iterable[str]) -> list[str]:
    """Join what was split at a full stop: where a danda ends sentences, it abbreviates."""
    joined: list[str] = []
    for part in parts:
        if joined and _FULL_STOP.search(joined[-1]):
            joined[-1] += f" {part}"
        else:
            joined.append(part)
    return joined


def join_sentences(parts: Iterable[str]) -> str:
    """Join sentences by spaces, and those of Chinese and Japanese without."""
    text = ""
    for part in parts:
        text += part if not text or _is_wide(text) else f" {part}"
    return text


def _is_wide(text: str) -> bool:
    """Return whether the text ends in a script that has no spaces after sentences."""
    return bool(_WIDE_END.search(text[-1:])) and bool(_WIDE.search(text[-6:]))


def cut(text: str, words: int) -> str:
    """Return the first words of a text, with an ellipsis if some are left out.

    Where there are no spaces between words, it ends after a comma or space, if there is one.
    """
    if word_count(text) <= words:
        return text
    parts = re.findall(r"[^\s，、；：,;]*[\s，、；：,;]*", text)
    chosen, count = "", 0
    for part in parts:
        count += word_count(part)
        if count > words:
            break
        chosen += part
    return (chosen.rstrip(" ，、；：,;\n") or text[: 2 * words]) + "…"
