"""What two articles have to do with each other, as a person would say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.rerank.recency import SECONDS_A_DAY
from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import is_public
from recommender.snapshots.keyword_blob import ArticleKeywords, read_keywords
from recommender.snapshots.snapshot import VECTOR_SCALE, Snapshot

NAMED = 4
"""Shared names, words and tags that are told, of each."""

CLOSEST = 30
"""Candidates of the best affinity that count as similar articles."""

TITLES = 2
"""Similar articles that are named as those which linked."""

BEGINNING = 3
"""Words with which two titles begin alike before that says something."""


class Linkers(NamedTuple):
    """Who links to an article."""

    number: int
    similar: int
    """How many of them are similar to the article that asks."""
    titles: list[str]
    """Of the newest of these, :data:`TITLES` at most."""


@dataclass(frozen=True)
class ReasonBuilder:
    """Speaks of one article and the candidates under it, at one moment; both are rows."""

    snapshot: Snapshot
    row: int
    now: float
    force: ActiveOverrides

    def shared_terms(self, candidate: int) -> str:
        """Name the heaviest names and words that both texts have; "" where there are none."""
        names, words = self.terms(candidate)
        parts = [("name", names), ("word", words)]
        told = [
            f"the {kind}{'' if len(some) == 1 else 's'} {', '.join(some)}"
            for kind, some in parts
            if some
        ]
        return "shares " + " and ".join(told) if told else ""

    def terms(self, candidate: int) -> tuple[list[str], list[str]]:
        """Find the heaviest names and words that both texts have."""
        terms = self._about.shared(read_keywords(self.snapshot, candidate))
        names = [term for term in terms if term[0].isupper()]
        words = [term for term in terms if not term[0].isupper()]
        return names[:NAMED], words[:NAMED]

    def shared_tags(self, candidate: int) -> str:
        """Name the tags that both have; "" where there are none."""
        tags = self._about.shared_tags(read_keywords(self.snapshot, candidate))
        return "same tags: " + ", ".join(tags[:NAMED]) if tags else ""

    def cosine(self, one: int, other: int) -> float:
        """Tell how near two articles are in words and meaning together, from -1 to 1."""
        first, second = self._vectors(one), self._vectors(other)
        length = np.linalg.norm(first) * np.linalg.norm(second)
        return float(first @ second / length) if length else 0.0

    def diversity_vectors(self, one: int, others: Sequence[int]) -> NDArray[np.float64]:
        """Tell how much of others an article tells again, as diversity sees it: (len(others),)."""
        products = self._vectors(others) @ self._vectors(one)
        return np.asarray(products / VECTOR_SCALE**2)

    def linked(self, candidate: int) -> str:
        """Count who links to a candidate, and name similar articles that do."""
        number, similar, titles = self.linkers(candidate)
        if not number:
            return ""
        told = f"linked from {several(number, 'other article')}"
        if not similar:
            return told
        some = "" if similar == number else f"{similar} of them "
        named = ", ".join(f"“{title}”" for title in titles)
        return f"{told}, {some}similar to this one: {named}"

    def linkers(self, candidate: int) -> Linkers:
        """Find who links to a candidate.

        The asking article's own links are not looked at, as in its ranking; nor is anything told
        of articles that readers may not see.
        """
        linkers = [
            row
            for row in self.snapshot.linkers_of(candidate).tolist()
            if row != self.row and is_public(self.snapshot, row, self.now, self.force)
        ]
        similar = [row for row in linkers if row in self._closest]
        titles = [self.snapshot.card(row)["title"] for row in similar[:TITLES]]
        return Linkers(len(linkers), len(similar), titles)

    def distance(self, candidate: int) -> str:
        """Tell how far apart two articles were published."""
        seconds = self.snapshot.published.item(self.row) - self.snapshot.published.item(candidate)
        if abs(seconds) < SECONDS_A_DAY:
            return "published within a day of this one"
        return f"published {_span(abs(seconds))} {'before' if seconds > 0 else 'after'} this one"

    def age(self, candidate: int) -> str:
        """Tell how old a candidate is at the moment."""
        return _span(max(self.now - self.snapshot.published.item(candidate), 0.0)) + " old"

    def in_common(self, candidate: int) -> Iterator[str]:
        """Name section, authors and series where they are the same: facts without a share."""
        own, other = self.card, self.snapshot.card(candidate)
        if own["section"] and own["section"] == other["section"]:
            yield f"same section: {own['section']}"
        if authors := self.authors(other):
            yield f"same author: {', '.join(authors)}"
        if series := same_beginning(own["title"], other["title"]):
            yield f"both titles begin with “{series}”"

    def authors(self, other: Mapping[str, Any]) -> list[str]:
        """Name who wrote both this article and that of a card."""
        return [author for author in self.card["authors"] if author in other["authors"]]

    def _vectors(self, rows: int | Sequence[int]) -> NDArray[np.float64]:
        return np.asarray(self.snapshot.vectors[rows], dtype=np.float64)

    @cached_property
    def card(self) -> dict[str, Any]:
        """The article's own card."""
        return self.snapshot.card(self.row)

    @cached_property
    def _about(self) -> ArticleKeywords:
        return read_keywords(self.snapshot, self.row)

    @cached_property
    def _closest(self) -> frozenset[int]:
        return frozenset(self.snapshot.candidates[self.row][:CLOSEST].tolist())


def same_beginning(one: str, other: str) -> str:
    """Find with what two titles begin alike: up to a colon, or with three words and more."""
    ours, theirs = one.split(), other.split()
    pairs = zip(ours, theirs, strict=False)
    count = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(ours), len(theirs)))
    colon = next((i + 1 for i, word in enumerate(ours[:count]) if word.endswith(":")), 0)
    return " ".join(ours[: colon or (count if count >= BEGINNING else 0)])


def several(count: int, name: str) -> str:
    """Count things: "1 day", "2 days"."""
    return f"{count} {name}" + ("" if count == 1 else "s")


def _span(seconds: float) -> str:
    if seconds < SECONDS_A_DAY:
        return several(round(seconds / 3600), "hour")
    return several(round(seconds / SECONDS_A_DAY), "day")
