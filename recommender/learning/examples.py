"""Training examples of a site: links in its articles, and its editors' pins and blocks.

An example has the candidates of one query, and which of them were shown and preferred.
:func:`query_groups` concatenates examples into the arrays on which weights are fitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Floats, Mask
from models.ranker.linear_ranker import LinearRanker, QueryGroups, standardize
from models.ranker.ranking_metrics import CUT
from models.time_units import SECONDS_PER_DAY
from recommender.articles.article import Article
from recommender.articles.model_inputs import publication_times
from recommender.learning.point_in_time import CandidateFeatures
from recommender.learning.queries import EvaluationQuery, first_before
from recommender.overrides.override import Kind, Override, Scope

MAX_LINKS = 8
"""Articles with more links are round-up articles (lists of links), not about one subject."""

MAX_EXAMPLES = 1_500
"""Number of newest examples used. Beyond it the weights no longer change."""

HALF_LIFE_DAYS = 365.0
"""Age at which an override counts half, because newsrooms and their editors change."""


@dataclass(frozen=True)
class TrainingExample:
    """Candidates of one query with what was shown and what was preferred.

    Attributes
    ----------
    candidates : the pool of the query and its features.
    shown : bool, (p,), the candidates that were (or are assumed to have been) shown.
    chosen : bool, (p,), the candidates that were preferred to the other shown ones.
    weight : how much the example counts in a fit.
    """

    candidates: CandidateFeatures
    shown: Mask
    chosen: Mask
    weight: float = 1.0

    @property
    def is_informative(self) -> bool:
        """Whether there was a choice: some shown candidates were preferred and some were not."""
        return bool(self.chosen.any() and not self.chosen[self.shown].all())

    @property
    def prefers_relevant(self) -> bool:
        """Whether the relevant articles of the query are preferred: a link or a pin, no block."""
        return bool(np.array_equal(self.chosen, self.candidates.chosen))


def from_link(candidates: CandidateFeatures) -> TrainingExample:
    """Prefer the linked articles to all other candidates of the pool."""
    return TrainingExample(candidates, np.ones(len(candidates.pool), dtype=bool), candidates.chosen)


def from_override(
    candidates: CandidateFeatures, override: Override, model: LinearRanker, now: float
) -> TrainingExample:
    """Turn a pin or a block into an example.

    A pin is preferred to the whole pool. The other cards are preferred to a blocked article. The
    cards shown at the time are not recorded; the best six by ``model`` stand in for them.

    Parameters
    ----------
    candidates : the pool as of the override; its relevant row is the pinned or blocked article.
    now : seconds since 1970 UTC, for the decay of old overrides.
    """
    weight = float(np.exp2(-max(now - override.created, 0) / SECONDS_PER_DAY / HALF_LIFE_DAYS))
    if override.kind is Kind.PIN:
        return replace(from_link(candidates), weight=weight)
    best = np.argsort(-model.contributions(candidates.features).sum(axis=1), kind="stable")
    kept = np.zeros(len(best), dtype=bool)
    kept[best[~candidates.chosen[best]][:CUT]] = True
    return TrainingExample(candidates, kept | candidates.chosen, kept, weight)


def training_queries(queries: Sequence[EvaluationQuery]) -> list[EvaluationQuery]:
    """Keep the newest queries of articles that are not round-ups; ``queries`` come newest first."""
    return [query for query in queries if len(query.relevant) <= MAX_LINKS][:MAX_EXAMPLES]


def override_queries(
    articles: Sequence[Article], overrides: Sequence[Override]
) -> list[tuple[EvaluationQuery, Override]]:
    """Make a query for each pin and block under an article, as of the time it was saved."""
    rows = {article.id: row for row, article in enumerate(articles)}
    published, queries = publication_times(articles), []
    for override in overrides[-MAX_EXAMPLES:]:
        pair = _pair(override, rows)
        if pair is None:
            continue
        row, pick = pair
        first = first_before(published, override.created + 1)
        if pick >= first and pick != row:
            query = EvaluationQuery(row, first, len(articles), frozenset({pick}), override.created)
            queries.append((query, override))
    return queries


def _pair(override: Override, rows: Mapping[str, int]) -> tuple[int, int] | None:
    """Rows of the article and of its pinned or blocked pick; None for any other override."""
    usable = override.kind in {Kind.PIN, Kind.BLOCK} and override.scope is Scope.ARTICLE
    row, pick = rows.get(override.article), rows.get(override.pick)
    return (row, pick) if usable and row is not None and pick is not None else None


def query_groups(examples: Sequence[TrainingExample], min_scale: tuple[float, ...]) -> QueryGroups:
    """Concatenate the shown candidates of all informative examples.

    Features are standardised over the whole pool, shown or not. At least one example must be
    informative.

    Parameters
    ----------
    min_scale : floor of the standard deviation of each feature, in its unit.
    """
    informative = [example for example in examples if example.is_informative]
    sizes = [int(example.shown.sum()) for example in informative]
    features = [
        standardize(example.candidates.features, min_scale)[example.shown]
        for example in informative
    ]
    return QueryGroups(
        features=np.concatenate(features),
        starts=np.cumsum([0, *sizes[:-1]], dtype=np.int64),
        chosen=np.concatenate([example.chosen[example.shown] for example in informative]),
        importance=np.array([example.weight for example in informative]),
    )


def hard_negatives(groups: QueryGroups, weights: Floats, best: int) -> QueryGroups:
    """Keep the ``best`` candidates of each group by ``weights``, and the chosen ones."""
    sizes = np.diff(np.append(groups.starts, len(groups.chosen)))
    owner = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((-(groups.features @ weights), owner))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - groups.starts[owner]
    keep = (rank < best) | groups.chosen
    starts = np.cumsum(np.append(0, np.add.reduceat(keep, groups.starts)[:-1]))
    return QueryGroups(groups.features[keep], starts, groups.chosen[keep], groups.importance)


def concatenate(parts: Sequence[QueryGroups]) -> QueryGroups:
    """Concatenate the groups of several sites."""
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0, *(len(part.chosen) for part in parts[:-1])])
    return QueryGroups(
        features=np.concatenate([part.features for part in parts]),
        starts=np.concatenate([p.starts + o for p, o in zip(parts, offsets, strict=True)]),
        chosen=np.concatenate([part.chosen for part in parts]),
        importance=np.concatenate([part.importance for part in parts]),
    )
