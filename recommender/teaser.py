"""A teaser for an article that brings none: whole sentences from the top of its body."""

from __future__ import annotations

from sentencex import segment

SHORTEST = 30
LONGEST = 80
"""Words: the length that a card is laid out for."""

TOP = 4000
"""Characters of the body that are looked at; a teaser never needs more."""


def make_teaser(body: str, title: str = "", language: str = "en") -> str:
    """Take whole sentences from the top of the body, 30 to 80 words where it has them.

    Paragraphs without a sentence's end (sub-headings, bylines) and the title said again are
    passed over. A body that is shorter gives what it has; one without any sentence gives its
    first words, cut at a word.
    """
    chosen: list[str] = []
    count = 0
    for sentence in _sentences(body[:TOP], title, language):
        words = len(sentence.split())
        if count + words > LONGEST:
            break
        chosen.append(sentence)
        count += words
        if count >= SHORTEST:
            break
    return " ".join(chosen) or _first_words(body)


def _sentences(body: str, title: str, language: str) -> list[str]:
    found: list[str] = []
    for paragraph in body.splitlines():
        joined = " ".join(paragraph.split())
        if joined and joined != title and joined[-1] in ".!?…\"”'’»)":
            found += [part for raw in segment(language or "en", joined) if (part := raw.strip())]
    return found


def _first_words(body: str) -> str:
    words = body[:TOP].split()
    cut = " ".join(words[:LONGEST])
    return cut + "…" if len(words) > LONGEST else cut
