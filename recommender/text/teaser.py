"""A teaser for an article that brings none: whole sentences from the top of its body."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sentencex import segment

from recommender.text.bylines import is_head
from recommender.text.page_chrome import is_line

SHORTEST = 30
LONGEST = 80
"""Words: the length that a card is laid out for."""

TOP = 6000
"""Characters of the body that are looked at; a teaser never needs more."""

_CLOSED = re.compile(r"[.!?…。！？][\"”’»)\]]*$")

LONGEST_PLACE = 60
"""Characters that a place line takes: "HARRISBURG, Pa. (AP) - "."""

_DASH = re.compile(r"\s*(?:[—–]|--|\s-)\s+")
_AGENCY = re.compile(r"\s*\([^()]{2,30}\)$")


def make_teaser(
    body: str, title: str = "", language: str = "en", authors: Sequence[str] = ()
) -> str:
    """Take whole sentences from the top of the body, 30 to 80 words where it has them.

    Paragraphs without a sentence's end (sub-headings), bylines and dates are passed over, as are
    the title said again and the place before the first words. A body that has no such run of
    sentences gives its longest shorter one; one without any sentence its first words, cut at a
    word.
    """
    sentences = _sentences(body[:TOP], title, language, list(authors))
    best: list[str] = []
    for start in range(len(sentences)):
        run = _run(sentences[start:])
        if _words(run) >= SHORTEST:
            return " ".join(run)
        best = max(best, run, key=_words)
    return " ".join(best) or _first_words(body)


def without_dateline(sentence: str) -> str:
    """Leave out the place, and the agency, that a report begins with: "WARSAW (AP) - "."""
    dash = _DASH.search(sentence[:LONGEST_PLACE])
    if dash is None:
        return sentence
    before, rest = sentence[: dash.start()], sentence[dash.end() :]
    agency = _AGENCY.search(before)
    place = before[: agency.start()] if agency else before
    town = place.partition(",")[0]
    letters = sum(c.isalpha() for c in town)
    named = (town.isupper() and letters >= 4) or (bool(agency) and town.istitle())
    return rest if named and len(town.split()) <= 5 and _begins(rest) else sentence


def _begins(text: str) -> bool:
    return text[:1].isupper() or text[:1] in set("\"“„«'")


def _run(sentences: list[str]) -> list[str]:
    """Take sentences until they are long enough; fewer where the next is too long."""
    chosen: list[str] = []
    count = 0
    for sentence in sentences:
        count += len(sentence.split())
        if count > LONGEST:
            break
        chosen.append(sentence)
        if count >= SHORTEST:
            break
    return chosen


def _words(sentences: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _sentences(body: str, title: str, language: str, authors: list[str]) -> list[str]:
    found: list[str] = []
    heading = _bare(title)
    for paragraph in body.splitlines():
        joined = " ".join(paragraph.split())
        if not _CLOSED.search(joined) or is_line(joined) or is_head(joined, authors):
            continue
        if not found:
            joined = without_dateline(joined)
        parts = (part.strip() for part in segment(language or "en", joined))
        found += [part for part in parts if part and _bare(part) != heading]
    return found


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _first_words(body: str) -> str:
    words = body[:TOP].split()
    cut = " ".join(words[:LONGEST])
    return cut + "…" if len(words) > LONGEST else cut
