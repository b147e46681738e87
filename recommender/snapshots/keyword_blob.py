"""What is kept of each article for people who ask why: its heaviest terms and its tags."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from recommender.snapshots.snapshot import Snapshot


class ArticleKeywords(msgspec.Struct, frozen=True):
    """Terms with their weights, heaviest first; tags as the article has them."""

    terms: list[tuple[str, float]]
    tags: list[str]

    def shared(self, other: ArticleKeywords) -> list[str]:
        """Name the terms that both have, those of the greatest weight in both first.

        No word is named twice, whether by itself or in a pair.
        """
        weights = {term.lower(): weight for term, weight in other.terms}
        both = {
            term: weight * weights[term.lower()]
            for term, weight in self.terms
            if term.lower() in weights
        }
        paired = {word for term in both if " " in term for word in term.split(" ")}
        named: set[str] = set()
        found = []
        for term in sorted(both, key=both.__getitem__, reverse=True):
            if term not in paired and named.isdisjoint(term.split(" ")):
                named.update(term.split(" "))
                found.append(term)
        return found

    def shared_tags(self, other: ArticleKeywords) -> list[str]:
        """Name the tags that both have."""
        theirs = {tag.lower() for tag in other.tags}
        return [tag for tag in self.tags if tag.lower() in theirs]


def encode_keywords(tags: Sequence[str], terms: Sequence[tuple[str, float]]) -> bytes:
    """Write down what an article is about."""
    return msgspec.json.encode(ArticleKeywords(list(terms), list(tags)))


def read_keywords(snapshot: Snapshot, row: int) -> ArticleKeywords:
    """Read what the article of a row is about."""
    return msgspec.json.decode(snapshot.about[row], type=ArticleKeywords)
