"""Features of a pair of articles, and the pool of candidates for which they are worth taking."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from models.dense.top_k import top_k
from models.features.corpus import CorpusView
from models.features.link_graph import LinkGraph, link_features
from models.features.pool_context import PoolContext, links_between, with_pool_features
from models.features.time_distance import time_features
from models.features.title_coverage import passage_features
from models.features.word_walk import log_probability, walk_probabilities
from models.ranker.linear_ranker import LinearRanker

Floats = NDArray[np.float64]
Rows = NDArray[np.int32]

PAIR_FEATURES = (
    "tfidf_cosine_zscore",
    "rare_term_walk",
    "embedding_cosine",
    "title_term_walk",
    "title_coverage_best_paragraph",
    "lead_cosine_best_paragraph",
    "tag_cosine",
    "inlink_rate_log",
    "cocitation_tfidf",
    "link_graph_walk",
    "outlink_count_log",
    "rank_distance_log",
    "within_10_articles",
    "within_50_articles",
    "within_250_articles",
    "within_60_days",
    "within_365_days",
)
"""What an article and a candidate have in common, whoever else there is."""

FEATURES = (*PAIR_FEATURES, "superseded_by_newer", "linked_to_top")
"""In the order of the weights; what each is stands where it is taken."""

THEMES = {
    "text": ("tfidf_cosine_zscore", "rare_term_walk"),
    "semantic": ("embedding_cosine",),
    "title match": (
        "title_term_walk",
        "title_coverage_best_paragraph",
        "lead_cosine_best_paragraph",
    ),
    "tags": ("tag_cosine",),
    "links": (
        "inlink_rate_log",
        "cocitation_tfidf",
        "link_graph_walk",
        "outlink_count_log",
        "linked_to_top",
    ),
    "date distance": (
        "rank_distance_log",
        "within_10_articles",
        "within_50_articles",
        "within_250_articles",
        "within_60_days",
        "within_365_days",
    ),
    "newest on topic": ("superseded_by_newer",),
}
"""What people are told: the shares of features that say much the same, added up."""

BY_TEXT, BY_MEANING, BY_LINKS, NEWEST = 150, 60, 60, 60
"""Candidates that each view brings into a pool."""

MAX_ZSCORE = 12.0
"""Deviations at which ``tfidf_cosine_zscore`` is cut: beyond them is only more of the same text."""


@dataclass(frozen=True)
class QueryContext:
    """One article that asks for candidates: similarities with all, shape (n,), and its links.

    ``steps``: chances to come to each over words, (n,), see
    :func:`models.features.word_walk.walk_probabilities`.
    ``graph``: the links known then, without its own. ``out``: who can be read then, (n,).
    """

    row: int
    words: Floats
    steps: Floats
    meaning: Floats
    links: dict[str, Floats]
    graph: LinkGraph
    out: NDArray[np.bool_]


def query_context(
    seen: CorpusView,
    row: int,
    graph: LinkGraph,
    known: NDArray[np.bool_],
    out: NDArray[np.bool_] | None = None,
) -> QueryContext:
    """Compare one article with all others; link features look at the known ones alone.

    ``out``: who can be read at the moment; who is known, if not given.
    """
    words = np.asarray((seen.words @ seen.words[row].T).todense(), dtype=np.float64).ravel()
    meaning = (seen.meaning @ seen.meaning[row]).astype(np.float64)
    similar = np.where(known, words, 0.0)
    similar[row] = 0.0
    links = link_features(graph, similar, seen.site.published)
    steps = walk_probabilities(seen.steps, seen.site.said, row)
    return QueryContext(row, words, steps, meaning, links, graph, known if out is None else out)


def contributions_by_theme(shares: Floats, names: tuple[str, ...]) -> Floats:
    """Add the shares of features up by theme: shape (c, len(names)) to (c, len(THEMES))."""
    return shares @ _membership(names)


@cache
def _membership(names: tuple[str, ...]) -> Floats:
    return np.array([[float(name in theme) for theme in THEMES.values()] for name in names])


def newest_slice(upcoming: int) -> slice:
    """Tell where the newest stand among rows of which the first are still under embargo.

    Those that come out next are as many at most as the newest that are out.
    """
    return slice(max(upcoming - NEWEST, 0), upcoming + NEWEST)


def candidate_pool(asked: QueryContext, allowed: Rows, upcoming: int = 0) -> Rows:
    """Gather the rows worth scoring among those allowed (ascending): ascending, each once.

    ``upcoming``: how many of the first are still under embargo.
    """
    if len(allowed) <= BY_TEXT:
        return allowed
    led = asked.links["link_graph_walk"][allowed] + 1e-3 * asked.links["cocitation_tfidf"][allowed]
    chosen = [
        _best(asked.words[allowed], BY_TEXT),
        _best(asked.meaning[allowed], BY_MEANING),
        np.intersect1d(_best(led, BY_LINKS), np.flatnonzero(led > 0)),
        np.arange(len(allowed))[newest_slice(upcoming)],
    ]
    return np.asarray(allowed[np.unique(np.concatenate(chosen))])


def features(
    seen: CorpusView, asked: QueryContext, candidates: Rows, members: Rows, guess: LinearRanker
) -> Floats:
    """Take all features of candidates under an article: shape (c, len(FEATURES)).

    ``candidates``: rows, ascending. ``members``: rows of its pool, all of them candidates.
    ``guess``: the first guess of who suits, see :func:`models.features.pool_context.pool_features`.
    """
    rivals = pool_context(seen, asked, candidates, members)
    return with_pool_features(pair_features(seen, asked, candidates), rivals, guess)


def pool_context(
    seen: CorpusView, asked: QueryContext, candidates: Rows, members: Rows
) -> PoolContext:
    """Hold candidates against the members of an article's pool."""
    return PoolContext(
        rows=candidates,
        pooled=np.isin(candidates, members),
        between=links_between(asked.graph, candidates, np.sort(members)),
        diversity_vectors=seen.unit_diversity_vectors,
        published=seen.site.published,
        out=asked.out,
    )


def pair_features(seen: CorpusView, asked: QueryContext, candidates: Rows) -> Floats:
    """Take the features of candidates under an article: shape (c, len(OF_A_PAIR))."""
    row, words = asked.row, asked.words[candidates]
    spread = seen.background_std[candidates] + 0.02
    taken = {
        "tfidf_cosine_zscore": np.minimum(
            (words - seen.background_mean[candidates]) / spread, MAX_ZSCORE
        ),
        "rare_term_walk": log_probability(asked.steps[candidates]),
        "embedding_cosine": asked.meaning[candidates],
        "tag_cosine": np.asarray((seen.tags[candidates] @ seen.tags[row].T).todense()).ravel(),
        **passage_features(seen.passages, row, candidates),
        **{name: values[candidates] for name, values in asked.links.items()},
        **time_features(seen.site.published, row, candidates),
    }
    return np.column_stack([taken[name] for name in PAIR_FEATURES])


def _best(values: Floats, count: int) -> NDArray[np.intp]:
    columns, _ = top_k(values[None].astype(np.float32), min(count, len(values)))
    return np.asarray(columns[0])
