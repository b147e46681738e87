"""Evidence that two articles have a common topic, on an absolute scale.

The relevance score compares the candidates of one article with each other. It orders them, but it
cannot tell whether even the best one is on topic. The evidence can: it is the log-odds that two
articles have a common topic, on the same scale for a small and a large archive.
"""

from __future__ import annotations

import numpy as np

from models.arrays import AnyRows, Floats, Mask, Vectors
from models.features.batch import MIN_BACKGROUND_STD, QueryBatch
from models.features.evidence_weights import (
    LINK_WEIGHT,
    MAX_TAG_RARITY,
    SEMANTIC_WEIGHT,
    TAG_WEIGHT,
    TEXT_RANGE,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
)
from models.features.feature_names import PAIR_FEATURES

PRIOR_SIZE = 6
"""Size of an archive whose z-scores count as much as those of a usual archive. Otherwise ten
articles on one topic would have nothing in common, as random ones among them have as much."""

USUAL_MEAN, USUAL_STD = 0.02, 0.02
"""Mean and deviation of the TF-IDF cosine of random articles in a usual archive."""

TITLE = PAIR_FEATURES.index("title_coverage_best_paragraph")
WALK = PAIR_FEATURES.index("link_graph_walk")


def evidence_of(batch: QueryBatch, place: int, candidates: AnyRows, features: Floats) -> Floats:
    """Return the evidence for a common topic of one query article with some candidates.

    Parameters
    ----------
    place : position of the query in the batch.
    candidates : shape (c,), rows of the candidates.
    features : shape (c, f), their features, which begin with ``PAIR_FEATURES``.

    Returns
    -------
    float64, shape (c, 5), in log-odds, by kind; see
    :data:`models.features.evidence_weights.EVIDENCE`.
    """
    kinds = [
        SEMANTIC_WEIGHT * _similarity(batch, place, candidates),
        TEXT_WEIGHT * np.clip(_text_zscore(batch, place, candidates), *TEXT_RANGE),
        TITLE_WEIGHT * features[:, TITLE],
        TAG_WEIGHT * _tag_rarity(batch, place, candidates),
        LINK_WEIGHT * features[:, WALK],
    ]
    return np.column_stack(kinds).astype(np.float64)


def has_common_topic(evidence: Floats, prior: float, least: float) -> Mask:
    """Return which candidates have enough evidence in all: bool, shape (c,).

    Parameters
    ----------
    evidence : shape (c, 5), see :func:`evidence_of`.
    prior : see :func:`models.features.evidence_weights.prior_log_odds`.
    least : log-odds.
    """
    return np.asarray(evidence.sum(axis=1) + prior >= least)


def _similarity(batch: QueryBatch, place: int, candidates: AnyRows) -> Vectors:
    """Return the semantic similarity of each candidate, at least 0: shape (c,)."""
    corpus, own, row = batch.index.view.corpus, batch.queries.view.corpus, batch.rows[place]
    cosines = corpus.embeddings[candidates] @ own.embeddings[row]
    floor = np.maximum(own.unrelated_cosine[row], corpus.unrelated_cosine[candidates])
    return np.asarray(np.maximum(cosines - floor, 0))


def _text_zscore(batch: QueryBatch, place: int, candidates: AnyRows) -> Floats:
    """Return the smaller z-score of each pair's TF-IDF cosine: shape (c,)."""
    theirs, ours, row = (
        batch.index.view.background,
        batch.queries.view.background,
        batch.rows[place],
    )
    cosines = batch.tfidf[place, candidates].astype(np.float64)
    own = (cosines - ours.mean[row]) / (ours.std[row] + MIN_BACKGROUND_STD)
    others = cosines - theirs.mean[candidates]
    others /= theirs.std[candidates] + MIN_BACKGROUND_STD
    usual = (cosines - USUAL_MEAN) / (USUAL_STD + MIN_BACKGROUND_STD)
    share = PRIOR_SIZE / (ours.size[row] + PRIOR_SIZE)
    return np.asarray(share * usual + (1 - share) * np.minimum(own, others))


def _tag_rarity(batch: QueryBatch, place: int, candidates: AnyRows) -> Vectors:
    """Return the log rarity of the rarest tag that each candidate shares: shape (c,)."""
    own, row = batch.queries.view.corpus.tags, batch.rows[place]
    tags = own.indices[own.indptr[row] : own.indptr[row + 1]]
    if len(tags) == 0:
        return np.zeros(len(candidates), dtype=np.float32)
    view = batch.index.view
    rarity = np.minimum(view.weights.tag_rarity[tags], MAX_TAG_RARITY)
    return np.asarray((view.corpus.tags[candidates][:, tags].toarray() * rarity).max(axis=1))
