"""Evidence that two articles have a common topic, on an absolute scale.

The relevance score compares the candidates of one article with each other. It orders them, but it
cannot tell whether even the best one is on topic. The evidence can: it is the log-odds that two
articles have a common topic, on the same scale for a small and a large archive.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Mask, Vectors
from models.features.batch import MIN_BACKGROUND_STD, QueryBatch
from models.features.corpus import Corpus
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
    corpus, row = batch.index.view.corpus, int(batch.rows[place])
    kinds = [
        SEMANTIC_WEIGHT * _similarity(corpus, row, candidates),
        TEXT_WEIGHT * np.clip(_text_zscore(batch, place, candidates), *TEXT_RANGE),
        TITLE_WEIGHT * features[:, TITLE],
        TAG_WEIGHT * _tag_rarity(corpus.tags, batch.index.view.tag_rarity, row, candidates),
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


def _similarity(corpus: Corpus, row: int, candidates: AnyRows) -> Vectors:
    """Return the semantic similarity of each candidate, at least 0: shape (c,)."""
    cosines = corpus.embeddings[candidates] @ corpus.embeddings[row]
    floor = np.maximum(corpus.unrelated_cosine[row], corpus.unrelated_cosine[candidates])
    return np.asarray(np.maximum(cosines - floor, 0))


def _text_zscore(batch: QueryBatch, place: int, candidates: AnyRows) -> Floats:
    """Return the smaller z-score of each pair's TF-IDF cosine: shape (c,)."""
    view, row = batch.index.view, int(batch.rows[place])
    cosines = batch.tfidf[place, candidates].astype(np.float64)
    std = view.background_std + MIN_BACKGROUND_STD
    own = (cosines - view.background_mean[row]) / std[row]
    others = (cosines - view.background_mean[candidates]) / std[candidates]
    usual = (cosines - USUAL_MEAN) / (USUAL_STD + MIN_BACKGROUND_STD)
    share = PRIOR_SIZE / (view.background_size[row] + PRIOR_SIZE)
    return np.asarray(share * usual + (1 - share) * np.minimum(own, others))


def _tag_rarity(tags: csr_matrix, rarity: Vectors, row: int, candidates: AnyRows) -> Vectors:
    """Return the log rarity of the rarest tag that each candidate shares: shape (c,)."""
    own = tags.indices[tags.indptr[row] : tags.indptr[row + 1]]
    if len(own) == 0:
        return np.zeros(len(candidates), dtype=np.float32)
    shared = tags[candidates][:, own].toarray() * np.minimum(rarity[own], MAX_TAG_RARITY)
    return np.asarray(shared.max(axis=1))
