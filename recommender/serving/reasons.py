"""Reasons: why a candidate is related to an article, in words.

The API, the command line and the desk use the same reasons; the desk translates them. A reason
rests on evidence for a common topic that is strong by itself, see
:mod:`models.features.evidence_weights`, and it names what the evidence is. A candidate that scores
higher than others is not related for that alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.arrays import Rows, Vectors
from models.features.evidence_weights import (
    EVIDENCE,
    LINK_WEIGHT,
    SEMANTIC_WEIGHT,
    TAG_WEIGHT,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
    prior_log_odds,
)
from models.rerank.recency import SECONDS_PER_DAY
from models.rerank.rerank import VECTOR_SCALE
from recommender.messages import Message, gettext_noop
from recommender.overrides.active import ActiveOverrides
from recommender.serving.filters import is_public
from recommender.snapshots.keyword_blob import ArticleKeywords, read_keywords
from recommender.snapshots.snapshot import Snapshot

LITTLE_IN_COMMON = Message(gettext_noop("little in common with this article"))

WEAK_EVIDENCE = Message(gettext_noop("several signs of a common topic, none strong by itself"))

MAX_NAMES = 4
"""Names, words or tags that one sentence lists."""

SIMILAR_CANDIDATES = 30
"""Candidates of the greatest relevance that count as similar articles."""

MAX_TITLES = 2
"""Titles of similar linking articles that one sentence lists."""

QUOTED = {1: gettext_noop("“%(one)s”"), MAX_TITLES: gettext_noop("“%(one)s”, “%(two)s”")}
"""Titles in the quotation marks of the language, by their number."""

MIN_SERIES_WORDS = 3
"""Words that two titles must share at the start, without a colon, to count as a series."""

MIN_TEXT = TEXT_WEIGHT * 0.5
"""Evidence from which shared words are a reason: half a standard deviation above random articles.
Of unrelated articles 95 % have less."""

MIN_SEMANTIC = SEMANTIC_WEIGHT * 0.3
"""Evidence from which two articles are close in meaning: of a similarity of 0.3."""

MIN_TITLE = TITLE_WEIGHT * 0.3
"""Evidence from which a text matches a title: of a paragraph that covers 30 % of it."""

ABOVE_RANDOM = 0.1
"""Similarity above that of two random articles from which two articles are close in meaning."""

MIN_TAGS = TAG_WEIGHT * 0.7
"""Evidence from which a tag is a reason: of one that half of the articles have."""

MIN_LINKS = LINK_WEIGHT * 0.1
"""Evidence from which links are a reason: of a walk that reaches the candidate with a probability
of 1 %, of which the feature is the root."""

SAME_TOPIC = 0.4
"""Cosine from which a newer article counts as covering the same topic."""

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

    def reasons(self, candidate: int) -> list[Message]:
        """Return why a candidate is related, the strongest evidence first.

        Returns
        -------
        :data:`LITTLE_IN_COMMON` alone if the evidence in all is below even odds, whatever
        ``minimum_relevance`` is.
        """
        evidence = self.evidence(candidate)
        if evidence is None or sum(evidence.values()) + prior_log_odds(self._random) < 0:
            return [LITTLE_IN_COMMON]
        found = [
            (value, message)
            for kind, value in evidence.items()
            for message in self._sentences(kind, value, candidate)
        ]
        found.sort(key=lambda pair: -pair[0])
        return [message for _, message in found] or [WEAK_EVIDENCE]

    def evidence(self, candidate: int) -> dict[str, float] | None:
        """Return the evidence for a common topic by kind, in log-odds.

        None for an article that is not a candidate: its evidence was below the threshold of the
        index run, or 128 candidates rank above it.
        """
        columns = np.flatnonzero(self._candidates[0] == candidate).tolist()
        if not columns:
            return None
        values = self.snapshot.candidates.evidence(self.row, columns[0]).astype(float).tolist()
        return dict(zip(EVIDENCE, values, strict=True))

    def shared_terms(self, candidate: int) -> tuple[list[str], list[str]]:
        """Return the highest-weighted names and words that both texts have."""
        terms = self._keywords.shared(read_keywords(self.snapshot, candidate))
        names = [term for term in terms if term[0].isupper()]
        words = [term for term in terms if not term[0].isupper()]
        return names[:MAX_NAMES], words[:MAX_NAMES]

    def shared_tags(self, candidate: int) -> list[str]:
        """Return the tags that both articles have."""
        return self._keywords.shared_tags(read_keywords(self.snapshot, candidate))

    def diversity_similarities(self, one: int, others: Sequence[int]) -> NDArray[np.float64]:
        """Return the products of diversity vectors that diversification uses: (len(others),)."""
        products = self._vectors(*others) @ self._vectors(one)[0]
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

    def time_facts(self, candidate: int) -> Iterator[Message]:
        """Yield what speaks for the date of a candidate: its distance, and no newer article."""
        seconds = int(self._published(self.row) - self._published(candidate))
        if abs(seconds) < SECONDS_PER_DAY:
            yield Message(gettext_noop("published within a day of this one"))
        elif abs(seconds) <= CLOSE_DAYS * SECONDS_PER_DAY:
            before = gettext_noop("published %(span)s before this one")
            after = gettext_noop("published %(span)s after this one")
            yield Message(before if seconds > 0 else after, span=_span(abs(seconds)))
        if not self._has_newer_on_topic(candidate):
            yield Message(gettext_noop("no newer article covers the same topic"))

    def age(self, candidate: int) -> Message:
        """Return the age of a candidate in words, from the date that its recency counts from."""
        fresh_from = self.snapshot.recency_from.item(candidate)
        updated, old = gettext_noop("updated %(span)s ago"), gettext_noop("%(span)s old")
        is_update = fresh_from > self._published(candidate)
        return Message(updated if is_update else old, span=_span(max(self.now - fresh_from, 0.0)))

    def common_facts(self, candidate: int) -> Iterator[Message]:
        """Yield facts that the score does not use: the same section, authors or series."""
        own, other = self.card, self.snapshot.card(candidate)
        if own["section"] and own["section"] == other["section"]:
            yield Message(gettext_noop("same section: %(section)s"), section=own["section"])
        if authors := self.shared_authors(other):
            yield Message(gettext_noop("same author: %(authors)s"), authors=", ".join(authors))
        if series := shared_beginning(own["title"], other["title"]):
            yield Message(gettext_noop("both titles begin with “%(series)s”"), series=series)

    def shared_authors(self, card: Mapping[str, Any]) -> list[str]:
        """Return the authors of the article who also wrote the article of a card."""
        return [author for author in self.card["authors"] if author in card["authors"]]

    @cached_property
    def card(self) -> dict[str, Any]:
        """The article's own card."""
        return self.snapshot.card(self.row)

    def _sentences(self, kind: str, value: float, candidate: int) -> Iterator[Message]:
        """Yield the reasons for one kind of evidence, if it is strong enough by itself."""
        match kind:
            case "text" if value >= MIN_TEXT:
                yield from self._terms(candidate)
            case "semantic" if value >= max(MIN_SEMANTIC, SEMANTIC_WEIGHT * self._clear):
                yield self._similarity(value)
            case "tags" if value >= MIN_TAGS:
                if tags := self.shared_tags(candidate)[:MAX_NAMES]:
                    yield Message(gettext_noop("same tags: %(tags)s"), tags=", ".join(tags))
            case "title" if value >= MIN_TITLE:
                yield from self._title(candidate)
            case "links" if value >= MIN_LINKS:
                yield from self._links(candidate)

    def _terms(self, candidate: int) -> Iterator[Message]:
        """Yield which names and words both texts have."""
        names, words = self.shared_terms(candidate)
        both = {"names": ", ".join(names), "words": ", ".join(words)}
        if names and words:
            yield Message(
                gettext_noop("both texts have the names %(names)s and the words %(words)s"), **both
            )
        elif names:
            yield Message(gettext_noop("both texts have the names %(names)s"), **both)
        elif words:
            yield Message(gettext_noop("both texts have the words %(words)s"), **both)

    def _title(self, candidate: int) -> Iterator[Message]:
        """Yield which words of the title of a candidate are keywords of the article."""
        title = self.snapshot.card(candidate)["title"].casefold()
        names, words = self.shared_terms(candidate)
        if terms := [term for term in names + words if _occurs(term.casefold(), title)]:
            text = gettext_noop("its headline matches this text: %(terms)s")
            yield Message(text, terms=", ".join(terms))

    def _links(self, candidate: int) -> Iterator[Message]:
        """Yield whether a candidate links to the article, and which similar articles link to it."""
        if candidate in self.snapshot.linkers_of(self.row):
            yield Message(gettext_noop("it links to this article"))
        if titles := self.linkers(candidate).titles:
            quoted = Message(QUOTED[len(titles)], **dict(zip(("one", "two"), titles, strict=False)))
            yield Message(gettext_noop("similar articles link to it: %(titles)s"), titles=quoted)

    def _similarity(self, value: float) -> Message:
        return Message(
            gettext_noop("close in meaning: similarity %(similarity)s, random articles %(random)s"),
            similarity=f"{value / SEMANTIC_WEIGHT:.2f}",
            random=f"{self._random:.2f}",
        )

    @property
    def _random(self) -> float:
        return float(self.snapshot.manifest.figures.get("random_similarity", 0.0))

    @property
    def _clear(self) -> float:
        """Similarity that is clearly above that of two random articles."""
        return self._random + ABOVE_RANDOM

    @cached_property
    def _keywords(self) -> ArticleKeywords:
        return read_keywords(self.snapshot, self.row)

    @cached_property
    def _similar(self) -> frozenset[int]:
        rows, relevance = self._candidates
        best = rows[np.argsort(-relevance, kind="stable")]
        return frozenset(best[self.snapshot.are_articles(best)][:SIMILAR_CANDIDATES].tolist())

    @cached_property
    def _candidates(self) -> tuple[Rows, Vectors]:
        """The candidates of the article, and their relevance."""
        return self.snapshot.candidates.of(self.row)

    def _published(self, row: int) -> int:
        return int(self.snapshot.published.item(row))

    def _has_newer_on_topic(self, candidate: int) -> bool:
        """Return whether a newer public candidate covers the topic of a candidate."""
        snapshot = self.snapshot
        rows = self._candidates[0]
        rows = rows[snapshot.are_articles(rows)]
        newer = rows[snapshot.published[rows] > snapshot.published[candidate]]
        newer = [r for r in newer.tolist() if is_public(snapshot, r, self.now, self.active)]
        return bool(newer) and bool(self._cosines(candidate, newer).max() >= SAME_TOPIC)

    def _vectors(self, *rows: int) -> NDArray[np.float64]:
        return self.snapshot.vectors_of(list(rows)).astype(np.float64)

    def _cosines(self, one: int, others: Sequence[int]) -> NDArray[np.float64]:
        first, second = self._vectors(one)[0], self._vectors(*others)
        lengths = np.linalg.norm(first) * np.linalg.norm(second, axis=1)
        return np.asarray(second @ first / np.maximum(lengths, 1e-9))


def shared_beginning(one: str, other: str) -> str:
    """Return the common beginning of two titles: up to a colon, or three words and more."""
    first, second = one.split(), other.split()
    pairs = zip(first, second, strict=False)
    count = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
    colon = next((i + 1 for i, word in enumerate(first[:count]) if word.endswith(":")), 0)
    return " ".join(first[: colon or (count if count >= MIN_SERIES_WORDS else 0)])


def _occurs(term: str, text: str) -> bool:
    """Return whether a text has a term as a whole word, or anywhere in a script without case."""
    if term.upper() == term:
        return term in text
    return re.search(rf"\b{re.escape(term)}\b", text) is not None


def _span(seconds: float) -> Message:
    if seconds < SECONDS_PER_DAY:
        hours = round(seconds / 3600)
        text = gettext_noop("1 hour") if hours == 1 else gettext_noop("%(number)s hours")
        return Message(text, number=hours)
    days = round(seconds / SECONDS_PER_DAY)
    text = gettext_noop("1 day") if days == 1 else gettext_noop("%(number)s days")
    return Message(text, number=days)
