"""Reasons: what speaks for or against a candidate, in words.

One table has the texts of every signal. The API, the command line and the desk use it; the desk
translates it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.rerank.recency import SECONDS_PER_DAY
from models.rerank.rerank import VECTOR_SCALE
from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import is_public
from recommender.snapshots.keyword_blob import ArticleKeywords, read_keywords
from recommender.snapshots.snapshot import Snapshot


def gettext_noop(text: str) -> str:
    """Mark a text for translation: the desk's catalogues must have it."""
    return text


class ReasonTexts(NamedTuple):
    """The texts of one signal."""

    positive: str
    """For a contribution above 0, if :meth:`ReasonBuilder.confirms` that this text is true."""
    relative: str
    """For any other contribution above 0: a comparison with the other candidates."""
    negative: str
    """For a contribution below 0."""
    comparative: str
    """Noun used for runners-up: what they have less of than the last related card."""


REASONS = {
    "text": ReasonTexts(
        gettext_noop("similar text"),
        gettext_noop("more similar text than other candidates"),
        gettext_noop("less similar text than other candidates"),
        "text similarity",
    ),
    "semantic": ReasonTexts(
        gettext_noop("close in meaning"),
        gettext_noop("closer in meaning than other candidates"),
        gettext_noop("less close in meaning than other candidates"),
        "semantic similarity",
    ),
    "title match": ReasonTexts(
        gettext_noop("its title and lead are covered in this article"),
        gettext_noop("its title and lead are covered more than those of other candidates"),
        gettext_noop("its title and lead are hardly covered in this article"),
        "title match",
    ),
    "tags": ReasonTexts(
        gettext_noop("tags in common"),
        gettext_noop("a better match by tags than other candidates"),
        gettext_noop("fewer tags in common than other candidates"),
        "shared tags",
    ),
    "links": ReasonTexts(
        gettext_noop("no direct links, but close in the link graph"),
        gettext_noop("closer by links than other candidates"),
        gettext_noop("less close by links than other candidates"),
        "links",
    ),
    "date distance": ReasonTexts(
        gettext_noop("published close to this article"),
        gettext_noop("a better publication date than other candidates"),
        gettext_noop("a worse publication date than other candidates"),
        "publication date",
    ),
    "newest on topic": ReasonTexts(
        gettext_noop("no newer article covers the same topic"),
        gettext_noop("less covered by newer articles than other candidates"),
        gettext_noop("superseded by newer articles on this topic"),
        "newest on topic",
    ),
    "freshness": ReasonTexts(
        gettext_noop("new"), gettext_noop("new"), gettext_noop("old"), "freshness"
    ),
    "boost": ReasonTexts(
        gettext_noop("boosted by an editor"),
        gettext_noop("boosted by an editor"),
        gettext_noop("lowered by an editor"),
        "boost by editors",
    ),
}
"""By signal: the features of the ranker in groups, as the manifest names them; and what requests
add to the score."""

MAX_NAMES = 4
"""Names, words or tags that one sentence lists."""

SIMILAR_CANDIDATES = 30
"""Candidates of the greatest relevance that count as similar articles."""

MAX_TITLES = 2
"""Titles of similar linking articles that one sentence lists."""

MIN_SERIES_WORDS = 3
"""Words that two titles must share at the start, without a colon, to count as a series."""

CLOSE_SEMANTIC = 0.25
"""Cosine from which two articles are called close in meaning."""

SAME_TOPIC = 0.4
"""Cosine from which a newer article counts as covering the same topic."""

MIN_TITLE_MATCH = 0.25
"""Contribution, in log-odds, from which title and lead are called covered."""

CLOSE_DAYS = 30.0
"""Days between two articles that are called published close to each other."""


class Linkers(NamedTuple):
    """The public articles that link to a candidate."""

    number: int
    similar: int
    """Number of linking articles that are similar to the article above the list."""
    titles: list[str]
    """Titles of the newest similar linking articles, at most :data:`MAX_TITLES`."""


@dataclass(frozen=True)
class ReasonBuilder:
    """Builds the reasons for the candidates of one article at one time.

    Attributes
    ----------
    row : the row of the article; a ``candidate`` below is a row, too.
    now : seconds since 1970 UTC.
    """

    snapshot: Snapshot
    row: int
    now: float
    active: ActiveOverrides

    def text(self, signal: str, contribution: float, candidate: int) -> str:
        """Return the text of a signal in the table, by the sign of its contribution.

        The positive text is checked against the articles. If it is not true, the text only
        compares the candidate with other candidates.
        """
        texts = REASONS.get(signal)
        if texts is None:
            return signal
        if contribution < 0:
            return texts.negative
        confirmed = self.confirms(signal, contribution, candidate)
        return texts.positive if confirmed else texts.relative

    def confirms(self, signal: str, contribution: float, candidate: int) -> bool:
        """Return whether the positive text of a signal is true for this candidate."""
        match signal:
            case "text":
                confirmed = any(self.shared_terms(candidate))
            case "semantic":
                confirmed = self.cosine(candidate) >= CLOSE_SEMANTIC
            case "title match":
                confirmed = contribution >= MIN_TITLE_MATCH
            case "tags":
                confirmed = bool(self.shared_tags(candidate))
            case "links":
                confirmed = self._has_only_outgoing_links(candidate)
            case "date distance":
                days = abs(self._seconds_after(candidate)) / SECONDS_PER_DAY
                confirmed = days <= CLOSE_DAYS
            case "newest on topic":
                confirmed = not self._has_newer_on_topic(candidate)
            case _:
                confirmed = True
        return confirmed

    def sentence(self, signal: str, contribution: float, candidate: int) -> str:
        """Return a sentence for a contribution: evidence if there is any, else the text."""
        evidence = ""
        match signal:
            case "text" if contribution > 0:
                evidence = _terms_sentence(*self.shared_terms(candidate))
            case "tags" if contribution > 0:
                tags = ", ".join(self.shared_tags(candidate)[:MAX_NAMES])
                evidence = f"same tags: {tags}" if tags else ""
            case "links" if contribution > 0:
                evidence = _links_sentence(self.linkers(candidate))
            case "semantic":
                evidence = f"semantic similarity {self.cosine(candidate):.2f}"
            case "date distance":
                evidence = _distance_sentence(self._seconds_after(candidate))
            case "freshness":
                evidence = self.age(candidate)
        return evidence or self.text(signal, contribution, candidate)

    def shared_terms(self, candidate: int) -> tuple[list[str], list[str]]:
        """Return the highest-weighted names and words that both texts have."""
        terms = self._keywords.shared(read_keywords(self.snapshot, candidate))
        names = [term for term in terms if term[0].isupper()]
        words = [term for term in terms if not term[0].isupper()]
        return names[:MAX_NAMES], words[:MAX_NAMES]

    def shared_tags(self, candidate: int) -> list[str]:
        """Return the tags that both articles have."""
        return self._keywords.shared_tags(read_keywords(self.snapshot, candidate))

    def cosine(self, candidate: int) -> float:
        """Return the cosine of the diversity vectors of article and candidate, from -1 to 1."""
        return float(self._cosines(self.row, [candidate])[0])

    def diversity_similarities(self, one: int, others: Sequence[int]) -> NDArray[np.float64]:
        """Return the products of diversity vectors that diversification uses: (len(others),)."""
        products = self._vectors(others) @ self._vectors(one)
        return np.asarray(products / VECTOR_SCALE**2)

    def linkers(self, candidate: int) -> Linkers:
        """Find the public articles that link to a candidate, except the article above the list.

        Its own links are left out because its ranking does not see them either.
        """
        linkers = [
            row
            for row in self.snapshot.linkers_of(candidate).tolist()
            if row != self.row and is_public(self.snapshot, row, self.now, self.active)
        ]
        similar = [row for row in linkers if row in self._similar]
        titles = [self.snapshot.card(row)["title"] for row in similar[:MAX_TITLES]]
        return Linkers(len(linkers), len(similar), titles)

    def age(self, candidate: int) -> str:
        """Return the age of a candidate in words."""
        return _span(max(self.now - self.snapshot.published.item(candidate), 0.0)) + " old"

    def common_facts(self, candidate: int) -> list[str]:
        """Return facts that the score does not use: the same section, authors or series."""
        own, other = self.card, self.snapshot.card(candidate)
        facts = []
        if own["section"] and own["section"] == other["section"]:
            facts.append(f"same section: {own['section']}")
        if authors := self.shared_authors(other):
            facts.append(f"same author: {', '.join(authors)}")
        if series := shared_beginning(own["title"], other["title"]):
            facts.append(f"both titles begin with “{series}”")
        return facts

    def shared_authors(self, card: Mapping[str, Any]) -> list[str]:
        """Return the authors of the article who also wrote the article of a card."""
        return [author for author in self.card["authors"] if author in card["authors"]]

    def _vectors(self, rows: int | Sequence[int]) -> NDArray[np.float64]:
        return np.asarray(self.snapshot.diversity_vectors[rows], dtype=np.float64)

    def _cosines(self, one: int, others: Sequence[int]) -> NDArray[np.float64]:
        first, second = self._vectors(one), self._vectors(others)
        lengths = np.linalg.norm(first) * np.linalg.norm(second, axis=1)
        return np.asarray(second @ first / np.maximum(lengths, 1e-9))

    def _seconds_after(self, candidate: int) -> int:
        """Return how long after a candidate the article was published; negative if before."""
        published = self.snapshot.published
        return int(published.item(self.row) - published.item(candidate))

    def _has_only_outgoing_links(self, candidate: int) -> bool:
        """Return whether a candidate links to other articles, but none links to it."""
        if len(self.snapshot.linkers_of(candidate)):
            return False
        return bool((self.snapshot.linker_rows == candidate).any())

    def _has_newer_on_topic(self, candidate: int) -> bool:
        """Return whether a newer public article of the candidate list covers the same topic."""
        snapshot = self.snapshot
        newer = [
            row
            for row in snapshot.candidates[self.row].tolist()
            if row >= 0
            and snapshot.published.item(row) > snapshot.published.item(candidate)
            and is_public(snapshot, row, self.now, self.active)
        ]
        return bool(newer) and bool(self._cosines(candidate, newer).max() >= SAME_TOPIC)

    @cached_property
    def card(self) -> dict[str, Any]:
        """The article's own card."""
        return self.snapshot.card(self.row)

    @cached_property
    def _keywords(self) -> ArticleKeywords:
        return read_keywords(self.snapshot, self.row)

    @cached_property
    def _similar(self) -> frozenset[int]:
        return frozenset(self.snapshot.candidates[self.row][:SIMILAR_CANDIDATES].tolist())


def shared_beginning(one: str, other: str) -> str:
    """Return the common beginning of two titles: up to a colon, or three words and more."""
    first, second = one.split(), other.split()
    pairs = zip(first, second, strict=False)
    count = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
    colon = next((i + 1 for i, word in enumerate(first[:count]) if word.endswith(":")), 0)
    return " ".join(first[: colon or (count if count >= MIN_SERIES_WORDS else 0)])


def _terms_sentence(names: list[str], words: list[str]) -> str:
    parts = [
        f"the {kind}{'' if len(terms) == 1 else 's'} {', '.join(terms)}"
        for kind, terms in (("name", names), ("word", words))
        if terms
    ]
    return "shares " + " and ".join(parts) if parts else ""


def _links_sentence(linkers: Linkers) -> str:
    if not linkers.number:
        return ""
    text = f"linked from {_count(linkers.number, 'other article')}"
    if not linkers.similar:
        return text
    some = "" if linkers.similar == linkers.number else f"{linkers.similar} of them "
    titles = ", ".join(f"“{title}”" for title in linkers.titles)
    return f"{text}, {some}similar to this one: {titles}"


def _distance_sentence(seconds: float) -> str:
    if abs(seconds) < SECONDS_PER_DAY:
        return "published within a day of this one"
    return f"published {_span(abs(seconds))} {'before' if seconds > 0 else 'after'} this one"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _span(seconds: float) -> str:
    if seconds < SECONDS_PER_DAY:
        return _count(round(seconds / 3600), "hour")
    return _count(round(seconds / SECONDS_PER_DAY), "day")
