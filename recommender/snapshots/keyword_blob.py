"""Keywords and tags of each article, stored for explanations."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from models.lexical.scripts import are_forms, has_forms
from recommender.snapshots.snapshot import Snapshot


class ArticleKeywords(msgspec.Struct, frozen=True):
    """Terms with their TF-IDF weights, greatest first; and the tags of the article."""

    terms: list[tuple[str, float]]
    tags: list[str]

    def shared(self, other: ArticleKeywords) -> list[str]:
        """Return the terms of both articles, the greatest product of weights first.

        No word occurs twice, whether alone or in a pair of words. A term is capitalised if both
        articles capitalise it: the first word of a sentence need not be a name.
        """
        theirs = {term.lower(): (term, weight) for term, weight in other.terms}
        theirs |= self._forms(theirs)
        both = {
            term.lower(): weight * theirs[term.lower()][1]
            for term, weight in self.terms
            if term.lower() in theirs
        }
        own = {term.lower(): term for term, _ in self.terms}
        paired = {word for term in both if len(_words(term)) > 1 for word in _words(term)}
        used: set[str] = set()
        found = []
        for term in sorted(both, key=both.__getitem__, reverse=True):
            if term not in paired and used.isdisjoint(_words(term)):
                used.update(_words(term))
                found.append(own[term] if theirs[term][0][0].isupper() else theirs[term][0])
        return list(dict.fromkeys(found))

    def _forms(self, theirs: dict[str, tuple[str, float]]) -> dict[str, tuple[str, float]]:
        """Return their words of which this article has other forms, by the words of this one.

        Of the two forms the shorter one is taken.
        """
        unmatched = [term for term, _ in self.terms if has_forms(term) and term not in theirs]
        return {
            term: (min(term, form, key=len), theirs[form][1])
            for term in unmatched
            for form in reversed(theirs)  # that of the greatest weight last
            if are_forms(term, form)
        }

    def shared_tags(self, other: ArticleKeywords) -> list[str]:
        """Return the tags of both articles, ignoring case."""
        others = {tag.lower() for tag in other.tags}
        return [tag for tag in self.tags if tag.lower() in others]


def _words(term: str) -> list[str]:
    """Split a pair of words, also with a hyphen or, in Persian, a zero-width non-joiner."""
    return re.split("[ -]|\u200c", term)


def encode_keywords(tags: Sequence[str], terms: Sequence[tuple[str, float]]) -> bytes:
    """Encode the keywords of an article for the ``keywords`` blob."""
    return msgspec.json.encode(ArticleKeywords(list(terms), list(tags)))


def read_keywords(snapshot: Snapshot, row: int) -> ArticleKeywords:
    """Decode the keywords of a row."""
    return msgspec.json.decode(snapshot.keywords[row], type=ArticleKeywords)
