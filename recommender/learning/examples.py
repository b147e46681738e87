"""What a site teaches about its own picks: links in its texts, its editors' pins and blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.ranker.linear_ranker import LinearRanker
from models.ranker.ranking_metrics import CUT
from recommender.articles.article import Article
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery
from recommender.overrides.override import Kind, Override, Scope

MAX_LINKS = 8
"""Links from which on an article is a list of things and no longer about one."""

MOST = 1_500
"""Questions learned from, the newest: more of them move weights no further."""

HALF_LIFE = 365.0
"""Days after which a decision counts half: newsrooms change their minds, and their editors."""

SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True)
class TrainingExample:
    """Candidates that somebody looked at, and which of them were preferred: masks, (p,)."""

    sheet: CandidateFeatures
    shown: NDArray[np.bool_]
    chosen: NDArray[np.bool_]
    importance: float = 1.0

    @property
    def is_informative(self) -> bool:
        """Whether there was a choice: something was preferred, and something was not."""
        return bool(self.chosen.any() and not self.chosen[self.shown].all())


def from_link(sheet: CandidateFeatures) -> TrainingExample:
    """Of the whole pool an author linked some."""
    return TrainingExample(sheet, np.ones(len(sheet.pool), dtype=bool), sheet.chosen)


def from_override(
    sheet: CandidateFeatures, decision: Override, model: LinearRanker, now: float
) -> TrainingExample:
    """Of the whole pool an editor pinned one; or of the cards shown preferred all but one.

    What was shown then is not recorded; the best by ``model`` stand for it.
    """
    worth = float(np.exp2(-max(now - decision.created, 0) / SECONDS_A_DAY / HALF_LIFE))
    if decision.kind is Kind.PIN:
        return replace(from_link(sheet), importance=worth)
    best = np.argsort(-model.contributions(sheet.raw).sum(axis=1), kind="stable")
    stayed = np.zeros(len(best), dtype=bool)
    stayed[best[~sheet.chosen[best]][:CUT]] = True
    return TrainingExample(sheet, stayed | sheet.chosen, stayed, worth)


def training_queries(linking: Sequence[EvaluationQuery]) -> list[EvaluationQuery]:
    """Take, of all articles that link to earlier ones, the newest that are no round-ups."""
    return [one for one in linking if len(one.relevant) <= MAX_LINKS][:MOST]


def override_queries(
    articles: Sequence[Article], decisions: Sequence[Override]
) -> list[tuple[EvaluationQuery, Override]]:
    """Ask for each article under which an editor pinned or blocked another, as of that moment."""
    rows = {article.id: row for row, article in enumerate(articles)}
    published = np.array([int(article.published.timestamp()) for article in articles])
    asked = []
    for decision in decisions[-MOST:]:
        pair = _pair(decision, rows)
        if pair is None:
            continue
        row, pick = pair
        candidates = np.flatnonzero(published <= decision.created).astype(np.int32)
        candidates = candidates[candidates != row]
        if pick in candidates:
            asked.append(
                (EvaluationQuery(row, candidates, frozenset({pick}), decision.created), decision)
            )
    return asked


def _pair(decision: Override, rows: Mapping[str, int]) -> tuple[int, int] | None:
    """Rows of the article and the pick of a decision that tells something of the two."""
    told = decision.kind in {Kind.PIN, Kind.BLOCK} and decision.scope is Scope.ARTICLE
    row, pick = rows.get(decision.article), rows.get(decision.pick)
    return (row, pick) if told and row is not None and pick is not None else None
