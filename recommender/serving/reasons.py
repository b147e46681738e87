"""Reasons: why a candidate is related to an article, in words.

The API, the command line and the desk use the same reasons; the desk translates them. A reason
rests on evidence for a common topic that is strong by itself, see
:mod:`models.features.evidence_weights`, and it names what the evidence is. A candidate that scores
higher than others is not related for that alone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from models.features.evidence_weights import (
    EVIDENCE,
    LINK_WEIGHT,
    SEMANTIC_WEIGHT,
    TAG_WEIGHT,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
    prior_log_odds,
)
from recommender.embeddings.languages import is_trained_on, setting_of
from recommender.messages import Message, gettext_noop
from recommender.serving.inlinks import Inlinks
from recommender.serving.list_context import ListContext
from recommender.serving.overlap import MAX_LISTED, Overlap
from recommender.serving.scoring import versions_among

LITTLE_IN_COMMON = Message(gettext_noop("little in common with this article"))

WEAK_EVIDENCE = Message(gettext_noop("several signs of a common topic, none strong by itself"))

MAX_TITLES = 2
"""Titles of similar linking articles that one sentence lists."""

QUOTED = {1: gettext_noop("“%(one)s”"), MAX_TITLES: gettext_noop("“%(one)s”, “%(two)s”")}
"""Titles in the quotation marks of the language, by their number."""

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


@dataclass(frozen=True)
class ReasonBuilder:
    """Builds the reasons for the candidates of one article at one time.

    A ``candidate`` below is a row of the snapshot.
    """

    context: ListContext

    def reasons(self, candidate: int) -> list[Message]:
        """Return why a candidate is related, the strongest evidence first.

        Returns
        -------
        :data:`LITTLE_IN_COMMON` alone if the evidence in all is below even odds, whatever
        ``minimum_relevance`` is. Nothing for an article whose evidence is unknown.
        """
        if self.log_odds(candidate) < 0:
            return [LITTLE_IN_COMMON] if self._is_known(candidate) else []
        found = [
            (value, message)
            for kind, value in self.evidence(candidate).items()
            for message in self._sentences(kind, value, candidate)
        ]
        found.sort(key=lambda pair: -pair[0])
        return [message for _, message in found] or [WEAK_EVIDENCE]

    def evidence(self, candidate: int) -> dict[str, float]:
        """Return the evidence for a common topic by kind, in log-odds.

        A card is the newest version of a candidate, and need not be a candidate itself. Then it has
        the evidence of its near-duplicate in the same language that is most relevant. Empty for
        other articles that are no candidates.
        """
        candidates, row = self.context.snapshot.candidates, self.context.row
        rows, _ = candidates.of(row)
        columns = versions_among(self.context.snapshot, candidate, rows)
        if not len(columns):
            return {}
        values = candidates.evidence(row, columns.item(0)).astype(float).tolist()
        return dict(zip(EVIDENCE, values, strict=True))

    def _is_known(self, article: int) -> bool:
        """Return whether an article is a candidate, or none because it is off topic.

        Other articles that are no candidates are not compared, or not stored in a full list.
        """
        snapshot, row = self.context.snapshot, self.context.row
        other_language = snapshot.language.item(article) != snapshot.language.item(row)
        is_excluded = other_language and snapshot.manifest.ranking.language == "same"
        is_unknown = (
            is_excluded or self.context.has_full_list or self.context.is_older_post(article)
        )
        return bool(self.evidence(article)) or not is_unknown

    def log_odds(self, candidate: int) -> float:
        """Return the log-odds of a common topic; minus infinity if it is not a candidate."""
        evidence = self.evidence(candidate)
        return sum(evidence.values()) + prior_log_odds(self._random) if evidence else -math.inf

    @cached_property
    def overlap(self) -> Overlap:
        """What the article shares with others."""
        return Overlap(self.context.snapshot, self.context.row)

    @cached_property
    def inlinks(self) -> Inlinks:
        """The articles that link to candidates."""
        return Inlinks(self.context)

    def _sentences(self, kind: str, value: float, candidate: int) -> Iterator[Message]:
        """Yield the reasons for one kind of evidence, if it is strong enough by itself."""
        match kind:
            case "text" if value >= MIN_TEXT:
                if terms := self.overlap.terms(candidate):
                    yield Message(gettext_noop("both texts have: %(terms)s"), terms=_listed(terms))
            case "semantic" if value >= max(MIN_SEMANTIC, SEMANTIC_WEIGHT * self._clear):
                yield from self._similarity(value, candidate)
            case "tags" if value >= MIN_TAGS:
                if tags := self.overlap.tags(candidate):
                    yield Message(gettext_noop("same tags: %(tags)s"), tags=", ".join(tags))
            case "title" if value >= MIN_TITLE:
                yield from self._title(candidate)
            case "links" if value >= MIN_LINKS:
                yield from self._links(candidate)

    def _title(self, candidate: int) -> Iterator[Message]:
        """Yield which words of the title of a candidate are keywords of the article."""
        title = self.context.snapshot.card(candidate)["title"].casefold()
        shared = self.overlap.terms(candidate)
        if terms := [term for term in shared if _occurs(term.casefold(), title)]:
            text = gettext_noop("its headline matches this text: %(terms)s")
            yield Message(text, terms=_listed(terms))

    def _links(self, candidate: int) -> Iterator[Message]:
        """Yield whether a candidate links to the article, and which similar articles link to it."""
        if candidate in self.context.snapshot.linkers_of(self.context.row):
            yield Message(gettext_noop("it links to this article"))
        if titles := self.inlinks.similar_titles(candidate, MAX_TITLES):
            quoted = Message(QUOTED[len(titles)], **dict(zip(("one", "two"), titles, strict=False)))
            yield Message(gettext_noop("similar articles link to it: %(titles)s"), titles=quoted)

    def _similarity(self, value: float, candidate: int) -> Iterator[Message]:
        """Yield the similarity, unless the encoder was not trained on one of the languages."""
        snapshot = self.context.snapshot
        encoder = snapshot.manifest.encoder
        languages = (snapshot.card(row)["language"] for row in (self.context.row, candidate))
        if not setting_of(encoder) or all(is_trained_on(encoder, one) for one in languages):
            yield Message(
                gettext_noop(
                    "close in meaning: similarity %(similarity)s, random articles %(random)s"
                ),
                similarity=Decimal(f"{value / SEMANTIC_WEIGHT:.2f}"),
                random=Decimal(f"{self._random:.2f}"),
            )

    @property
    def _random(self) -> float:
        return float(self.context.snapshot.manifest.figures.get("random_similarity", 0.0))

    @property
    def _clear(self) -> float:
        """Similarity that is clearly above that of two random articles."""
        return self._random + ABOVE_RANDOM


def _listed(terms: Sequence[str]) -> str:
    return ", ".join(terms[:MAX_LISTED])


def _occurs(term: str, text: str) -> bool:
    """Return whether a text has a term as a whole word, or anywhere in a script without case."""
    if term.upper() == term:
        return term in text
    return re.search(rf"\b{re.escape(term)}\b", text) is not None
