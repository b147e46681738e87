"""Names of the features in the order of their weights, and groups of features for explanations."""

from __future__ import annotations

from functools import cache

import numpy as np

from models.arrays import Floats

PAIR_FEATURES = (
    "tfidf_cosine_zscore",
    "tfidf_zscore_by_length",
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
"""Features of a query article and one candidate; they do not depend on the other candidates."""

FEATURES = (*PAIR_FEATURES, "superseded_by_newer", "linked_to_top")
"""All features, in the order of the weights. The last two depend on the other candidates, see
:mod:`models.features.pool_context`."""

THEMES = {
    "text": ("tfidf_cosine_zscore", "tfidf_zscore_by_length", "rare_term_walk"),
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
"""Groups of features used in explanations. Snapshots store one contribution per group."""


def contributions_by_theme(contributions: Floats, names: tuple[str, ...]) -> Floats:
    """Sum the contributions of features by theme.

    Parameters
    ----------
    contributions : shape (c, f), in log-odds.
    names : the f features.

    Returns
    -------
    float64, shape (c, len(THEMES)).
    """
    return contributions @ _theme_indicator(names)


@cache
def _theme_indicator(names: tuple[str, ...]) -> Floats:
    return np.array([[float(name in theme) for theme in THEMES.values()] for name in names])
