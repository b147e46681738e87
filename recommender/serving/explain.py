"""Explanations: what made each card, and why the best hidden candidates rank lower."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np

from recommender.messages import Message
from recommender.serving.date_reasons import DateReasons
from recommender.serving.filters import Query, filters_for
from recommender.serving.list_context import ListContext
from recommender.serving.reasons import ReasonBuilder
from recommender.serving.recommend import Recommendation
from recommender.serving.scoring import ScoredRows, diversity_similarities, score_rows
from recommender.serving.signals import comparative

MIN_CONTRIBUTION = 0.05
"""Contribution, in log-odds, from which a signal is of note: 5 % of the odds."""

RUNNERS_UP = 3
"""Number of hidden candidates that are explained."""

MAX_MISSING = 3
"""Reasons given per runner-up."""

SLIGHTLY_LOWER = "slightly lower on all features"


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The ``why`` of a card. The numbers are in log-odds; only related cards have them."""

    score: float | None = None
    relevance: float | None = None
    """Sum of the contributions."""
    contributions: dict[str, float] | None = None
    """Contribution to the relevance by signal."""
    freshness: float | None = None
    """Recency boost."""
    boost: float | None = None
    """Boost by editors; None without a boost."""
    rule: str
    """How the card was chosen."""
    reasons: list[str]


class RunnerUp(msgspec.Struct, frozen=True, kw_only=True):
    """A high-scoring candidate that is not shown."""

    id: str
    title: str
    score: float
    missing: list[str]
    """Why it is not shown, compared with the lowest-scoring related card."""


@dataclass(frozen=True)
class Explainer(ListContext):
    """Explains the recommendations of a list."""

    def why(self, card: Recommendation) -> Explanation:
        """Explain a recommendation."""
        if card.origin == "editor":
            return self._unscored(card, f"pinned here by an editor (entry {card.entry})")
        if card.column < 0:
            return self._unscored(card, "latest of the section or site: too few related articles")
        contributions = self.contributions(card.column)
        relevance = self.snapshot.candidates.of(self.row)[1].item(card.column)
        boosted = "; boosted by an editor" if card.boost > 0 else "; lowered by an editor"
        return Explanation(
            score=round(card.score, 4),
            relevance=round(relevance, 4),
            contributions={name: round(value, 4) for name, value in contributions.items()},
            freshness=round(card.recency, 4),
            boost=round(card.boost, 4) if card.boost else None,
            rule="ranked by score; duplicates removed; diversified"
            + (boosted if card.boost else ""),
            reasons=[str(reason) for reason in self._reasons(card, contributions)],
        )

    def contributions(self, column: int) -> dict[str, float]:
        """Return what each signal adds to the relevance of a candidate, in log-odds."""
        values = self.snapshot.candidates.contributions(self.row, column).astype(float).tolist()
        return dict(zip(self.snapshot.features, values, strict=True))

    def runners_up(self, query: Query, cards: Sequence[Recommendation]) -> list[RunnerUp]:
        """Explain the best candidates that pass the filters and are not among ``cards``.

        Returns
        -------
        At most :data:`RUNNERS_UP`; none if no card has the origin "related".
        """
        shown = {card.column for card in cards if card.column >= 0}
        if not shown:
            return []
        filters, _ = filters_for(self.snapshot, self.row, query, self.now, self.active)
        scored = score_rows(self.snapshot, self.row, filters, self.now)
        order = np.argsort(-scored.sort_keys, kind="stable").tolist()
        others = [place for place in order if scored.columns.item(place) not in shown]
        return [self._runner_up(scored, place, cards) for place in others[:RUNNERS_UP]]

    @cached_property
    def reasons(self) -> ReasonBuilder:
        """The reasons for candidates of the article."""
        return ReasonBuilder(self)

    def _unscored(self, card: Recommendation, rule: str) -> Explanation:
        """Explain a pin or a latest article: the rule first, then what both articles share."""
        reasons = [*self.reasons.reasons(card.row), *self.reasons.overlap.facts(card.row)]
        return Explanation(rule=rule, reasons=[rule, *map(str, reasons)])

    def _reasons(
        self, card: Recommendation, contributions: dict[str, float]
    ) -> Iterator[Message | str]:
        """Yield the evidence for a common topic, and then what else raised the score.

        All reasons describe the article of the card. If it is the newest version of the candidate,
        the dates that raised the score are those of another version, and no reasons.
        """
        yield from self.reasons.reasons(card.row)
        if self.snapshot.candidates.of(self.row)[0].item(card.column) == card.row:
            yield from self._dates(card, contributions)
        else:
            yield "the newest of several versions, one of which was chosen"
        if card.boost:
            text = "boosted by an editor" if card.boost > 0 else "lowered by an editor"
            yield f"{text} (x{_factor(card.boost)})"
        yield from self.reasons.overlap.facts(card.row)

    def _dates(self, card: Recommendation, contributions: dict[str, float]) -> Iterator[Message]:
        """Yield which dates raised the score."""
        dates = DateReasons(self)
        if contributions["date distance"] + contributions["newest on topic"] >= MIN_CONTRIBUTION:
            yield from dates.reasons(card.row)
        if card.recency >= MIN_CONTRIBUTION:
            yield dates.age(card.row)

    def _runner_up(
        self, scored: ScoredRows, place: int, cards: Sequence[Recommendation]
    ) -> RunnerUp:
        candidate = scored.rows.item(place)
        return RunnerUp(
            id=self.snapshot.identifier(candidate),
            title=self.snapshot.card(candidate)["title"],
            score=round(scored.scores.item(place), 4),
            missing=self._missing(scored, place, cards),
        )

    def _missing(
        self, scored: ScoredRows, place: int, cards: Sequence[Recommendation]
    ) -> list[str]:
        """Return why a candidate is not shown, in the order of the checks that rule it out."""
        cluster_id, candidate = self.snapshot.cluster_id, scored.rows.item(place)
        cluster = cluster_id.item(candidate)
        if cluster == cluster_id.item(self.row):
            return [f"{self._likeness(candidate, self.row)} of this article"]
        for number, card in enumerate(cards, start=1):
            if cluster == cluster_id.item(card.row):
                return [f"{self._likeness(candidate, card.row)} of card {number}"]
        if reason := self._already_linked(candidate):
            return [reason]
        if scored.sort_keys.item(place) < scored.scores.item(place):
            return ["in another language than this article"]
        # Diversification may put a card of a lower score before one of a higher score.
        last = min((card for card in cards if card.column >= 0), key=lambda card: card.score)
        last_place = int(np.flatnonzero(scored.columns == last.column)[0])
        if scored.sort_keys.item(place) >= scored.sort_keys.item(last_place):
            return [self._too_similar(candidate, cards)]
        return self._lower(scored, place, last_place)

    def _likeness(self, candidate: int, row: int) -> str:
        language = self.snapshot.language
        same = language.item(candidate) == language.item(row)
        return "duplicate" if same else "translation"

    def _already_linked(self, candidate: int) -> str:
        """Return the reason for a candidate that the text links to; "" for others."""
        if not self.snapshot.ranking.exclude_linked:
            return ""
        linked = self.snapshot.linked_from(self.row)
        if candidate in linked:
            return "already linked in the text"
        cluster_id = self.snapshot.cluster_id
        same = cluster_id.item(candidate) in cluster_id.take(linked)
        return "duplicate of an article that the text links to" if same else ""

    def _too_similar(self, candidate: int, cards: Sequence[Recommendation]) -> str:
        """Name the most similar card, and the diversity penalty for all of them."""
        related = {number: card.row for number, card in enumerate(cards, 1) if card.column >= 0}
        similarities = diversity_similarities(self.snapshot, candidate, list(related.values()))
        text = f"too similar to card {list(related)[int(np.argmax(similarities))]}"
        penalty = self.snapshot.ranking.diversity_penalty * similarities.mean()
        return f"{text} (diversity {-penalty:+.2f})" if penalty > MIN_CONTRIBUTION else text

    def _lower(self, scored: ScoredRows, place: int, last_place: int) -> list[str]:
        """Name the signals in which a candidate is below the last card, the largest gap first."""
        own, last = self._parts(scored, place), self._parts(scored, last_place)
        gaps = {signal: own[signal] - last[signal] for signal in own}
        lower = sorted((s for s in gaps if gaps[s] <= -MIN_CONTRIBUTION), key=gaps.__getitem__)
        if not lower:
            where = "slightly lower score" if max(gaps.values()) > 0 else SLIGHTLY_LOWER
            return [f"{where} ({sum(gaps.values()):+.2f})"]
        return [f"{comparative(signal)} {gaps[signal]:+.2f}" for signal in lower[:MAX_MISSING]]

    def _parts(self, scored: ScoredRows, place: int) -> dict[str, float]:
        """Split a score into its contributions, freshness and boost."""
        boost = 0.0 if scored.boost is None else scored.boost.item(place)
        parts = {"freshness": scored.recency.item(place), "boost": boost}
        return self.contributions(scored.columns.item(place)) | parts


def _factor(log_odds: float) -> str:
    """Write a boost as the factor that editors gave: two significant digits, "2.0" or "0.25"."""
    factor = math.exp(log_odds)
    return f"{factor:.1f}" if factor >= 1 else f"{factor:.2g}"
