"""Overlap: terms, tags, authors, section and series that two articles share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models.lexical.scripts import are_forms, fold, is_letter_pair
from recommender.messages import Message, gettext_noop
from recommender.names import name_key
from recommender.snapshots.keyword_blob import ArticleKeywords, read_keywords
from recommender.snapshots.snapshot import Snapshot

MAX_LISTED = 5
"""Terms or tags that one sentence lists."""

MIN_SERIES_WORDS = 3
"""Words that two titles must share at the start, without a colon, to count as a series."""


@dataclass(frozen=True)
class Overlap:
    """Finds what one article shares with others; ``row`` and ``candidate`` are their rows."""

    snapshot: Snapshot
    row: int

    def terms(self, candidate: int) -> list[str]:
        """Return the names and words that both texts have, by descending weight."""
        return _without_parts(self._keywords.shared(read_keywords(self.snapshot, candidate)))

    def tags(self, candidate: int) -> list[str]:
        """Return the tags that both articles have."""
        return self._keywords.shared_tags(read_keywords(self.snapshot, candidate))[:MAX_LISTED]

    def authors(self, candidate: int) -> list[str]:
        """Return the authors of the article who also wrote the candidate."""
        others = self.snapshot.card(candidate)["authors"]
        return [author for author in self._card["authors"] if author in others]

    def facts(self, candidate: int) -> Iterator[Message]:
        """Yield facts that the score does not use: the same section, authors or series."""
        own, other = self._card, self.snapshot.card(candidate)
        if own["section"] and name_key(own["section"]) == name_key(other["section"]):
            yield Message(gettext_noop("same section: %(section)s"), section=own["section"])
        if authors := self.authors(candidate):
            yield Message(gettext_noop("same author: %(authors)s"), authors=", ".join(authors))
        if series := shared_beginning(own["title"], other["title"]):
            yield Message(gettext_noop("both titles begin with “%(series)s”"), series=series)

    @cached_property
    def _card(self) -> dict[str, Any]:
        return self.snapshot.card(self.row)

    @cached_property
    def _keywords(self) -> ArticleKeywords:
        return read_keywords(self.snapshot, self.row)


def _without_parts(terms: Sequence[str]) -> list[str]:
    """Keep one of two forms of a word, such as a word and the same word with a particle.

    Only terms of scripts that are compared by letter pairs: other words may share letters by
    chance.
    """
    kept: list[str] = []
    for term in terms:
        if not (is_letter_pair(fold(term)) and any(_is_same_word(term, one) for one in kept)):
            kept.append(term)
    return kept


def _is_same_word(term: str, other: str) -> bool:
    return term in other or other in term or are_forms(term, other)


def shared_beginning(one: str, other: str) -> str:
    """Return the common beginning of two titles: up to a colon, or three words and more."""
    first, second = one.split(), other.split()
    pairs = zip(first, second, strict=False)
    count = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
    colon = next((i + 1 for i, word in enumerate(first[:count]) if word.endswith(":")), 0)
    return " ".join(first[: colon or (count if count >= MIN_SERIES_WORDS else 0)])
