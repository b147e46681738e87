"""Evidence that two articles have a common topic, on an absolute scale.

The relevance score compares the candidates of one article with each other. It orders them, but it
cannot tell whether even the best one is on topic. The evidence can: it is the log-odds that two
articles have a common topic, on the same scale for a small and a large archive.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import diags

from models.arrays import AnyRows, Floats, Mask, Positions, Vectors
from models.features.background import FEW_ARTICLES, PRIOR_SIZE
from models.features.batch import MIN_BACKGROUND_STD, QueryBatch
from models.features.evidence_weights import (
    LINK_WEIGHT,
    MAX_RARITY,
    SEMANTIC_WEIGHT,
    TAG_WEIGHT,
    TEXT_RANGE,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
    untrained_similarity,
)
from models.features.feature_names import PAIR_FEATURES

USUAL_MEAN, USUAL_STD = 0.02, 0.02
"""Mean and deviation of the TF-IDF cosine of random articles in a usual archive."""

RARITY_SHARE = 0.7
"""Part of the log rarity of a shared word that the z-score may have. With all of it, one word that
two of 22 articles share would be a common topic where cosines are no evidence."""

WEIGHTS = np.array([SEMANTIC_WEIGHT, TEXT_WEIGHT, TITLE_WEIGHT, TAG_WEIGHT, LINK_WEIGHT])
"""Weights of the kinds of evidence, in the order of ``EVIDENCE``."""

STORED = np.float16
"""Type of the evidence in snapshots. Decisions read it at this precision, as reasons do."""

MAX_ROUNDING = 0.01
"""More than rounding to :data:`STORED` adds to the evidence of a pair, in log-odds."""

TITLE = PAIR_FEATURES.index("title_coverage_best_paragraph")
WALK = PAIR_FEATURES.index("link_graph_walk")


def evidence_of(
    batch: QueryBatch, query: Positions, candidates: AnyRows, features: Floats
) -> Floats:
    """Return the evidence for a common topic of m pairs of a query article and a candidate.

    Parameters
    ----------
    query : shape (m,), positions of the queries in the batch.
    candidates : shape (m,), rows of the candidates.
    features : shape (m, f), their features, which begin with ``PAIR_FEATURES``.

    Returns
    -------
    float64, shape (m, 5), in log-odds, by kind; see
    :data:`models.features.evidence_weights.EVIDENCE`.
    """
    rows = batch.rows[query]
    kinds: list[Floats | Vectors] = [
        _similarity(batch, query, candidates),
        np.clip(_text_zscore(batch, query, candidates), *TEXT_RANGE),
        features[:, TITLE],
        _tag_rarity(batch, rows, candidates),
        features[:, WALK],
    ]
    return np.asarray(np.column_stack(kinds) * WEIGHTS, dtype=np.float64)


def evidence_bound(batch: QueryBatch, titles: Floats | float = 1.0) -> Floats:
    """Return an upper limit of the evidence of each pair without links, in either direction.

    Computing it for all pairs costs less than the evidence of a few thousand.

    Parameters
    ----------
    titles : upper limit of the title coverage, shape (b, n) or a number.

    Returns
    -------
    float64, shape (b, n), in log-odds.
    """
    own, view, rows = batch.queries.view, batch.index.view, batch.rows
    cosines = own.raw_cosine(rows[:, None], view, slice(None), batch.embedding)
    floor = np.maximum(own.corpus.unrelated_cosine[rows, None], view.corpus.unrelated_cosine)
    rarity = np.minimum(own.weights.tag_rarity, MAX_RARITY)
    shared = (own.corpus.tags[rows] @ diags(rarity)) @ batch.index.view.corpus.tags.T
    return np.asarray(
        SEMANTIC_WEIGHT * _similarity_above(floor, cosines, batch)
        + TEXT_WEIGHT * np.clip(_zscore_bound(batch), *TEXT_RANGE)
        + TITLE_WEIGHT * titles
        + TAG_WEIGHT * np.minimum(shared.toarray(), MAX_RARITY)
        + MAX_ROUNDING,
        dtype=np.float64,
    )


def _zscore_bound(batch: QueryBatch) -> Floats:
    """Return an upper limit of :func:`_text_zscore` of each pair: shape (b, n)."""
    ours, theirs, rows = batch.queries.view.background, batch.index.view.background, batch.rows
    own = (batch.tfidf - ours.mean[rows, None]) / (ours.std[rows, None] + MIN_BACKGROUND_STD)
    others = (batch.tfidf - theirs.mean) / (theirs.std + MIN_BACKGROUND_STD)
    usual = (batch.tfidf - USUAL_MEAN) / (USUAL_STD + MIN_BACKGROUND_STD)
    zscore = np.minimum(own, others)
    least = np.minimum(ours.size[rows, None], theirs.size)
    most = np.maximum(ours.size[rows, None], theirs.size)
    shares = [PRIOR_SIZE / (size + PRIOR_SIZE) for size in (least, most)]
    return np.asarray(np.maximum(*(share * usual + (1 - share) * zscore for share in shares)))


def has_common_topic(evidence: Floats, prior: float, least: float) -> Mask:
    """Return which candidates have enough evidence in all: bool, shape (c,).

    Parameters
    ----------
    evidence : shape (c, 5), see :func:`evidence_of`.
    prior : see :func:`models.features.evidence_weights.prior_log_odds`.
    least : log-odds.
    """
    return np.asarray(common_topic_log_odds(evidence, prior) >= least)


def common_topic_log_odds(evidence: Floats, prior: float) -> Floats:
    """Return the log-odds of a common topic of each candidate: float64, shape (c,).

    ``evidence`` and ``prior`` are those of :func:`has_common_topic`.
    """
    stored = evidence.astype(STORED).astype(np.float64)
    return np.asarray(stored.sum(axis=1) + prior)


def _similarity(batch: QueryBatch, query: Positions, candidates: AnyRows) -> Vectors:
    """Return the semantic similarity of each pair: shape (m,)."""
    own, view, rows = batch.queries.view, batch.index.view, batch.rows[query]
    cosines = own.raw_cosine(rows, view, candidates, batch.embedding[query, candidates])
    unrelated = own.corpus.unrelated_cosine[rows], view.corpus.unrelated_cosine[candidates]
    return _similarity_above(np.maximum(*unrelated), cosines, batch)


def _similarity_above(unrelated: Vectors, cosines: Vectors, batch: QueryBatch) -> Vectors:
    """Return how far cosines exceed those of unrelated texts, or a constant where none is evidence.

    Parameters
    ----------
    unrelated : the greater one of each pair, see :func:`models.dense.unrelated.unrelated_cosine`.
    cosines : of the embeddings, of the same shape.
    """
    constant = untrained_similarity(batch.index.view.corpus.random_similarity)
    above = np.maximum(cosines - unrelated, 0)
    return np.where(np.isinf(unrelated), np.float32(constant), above)


def _text_zscore(batch: QueryBatch, query: Positions, candidates: AnyRows) -> Floats:
    """Return the smaller z-score of each pair's TF-IDF cosine, with a limit: shape (m,)."""
    ours, theirs = batch.queries.view.background, batch.index.view.background
    rows, cosines = batch.rows[query], batch.tfidf[query, candidates].astype(np.float64)
    own = (cosines - ours.mean[rows]) / (ours.std[rows] + MIN_BACKGROUND_STD)
    others = (cosines - theirs.mean[candidates]) / (theirs.std[candidates] + MIN_BACKGROUND_STD)
    usual = (cosines - USUAL_MEAN) / (USUAL_STD + MIN_BACKGROUND_STD)
    share = PRIOR_SIZE / (ours.size[rows] + PRIOR_SIZE)
    zscore = share * usual + (1 - share) * np.minimum(own, others)
    return _limited(np.minimum(zscore, TEXT_RANGE[1]), batch, rows, candidates)


def _limited(zscore: Floats, batch: QueryBatch, rows: AnyRows, candidates: AnyRows) -> Floats:
    """Limit z-scores by the rarity of the words that each pair shares, in a small archive.

    There most pairs of short texts share no word, so that the first everyday word that two of them
    share has a z-score of 4. But a word in 2 of 20 articles is not rare.

    Long texts share several such words by chance. So the limit is the excess over what both
    articles usually share by chance, in deviations. It is negative for pairs that share less. The
    number of such words is roughly Poisson, so that the variance of the sum of their rarities is at
    most :data:`MAX_RARITY` times its mean. One more is added, as chance is 0 for short texts.

    From :data:`FEW_ARTICLES` on the limit fades, or one more article would change many lists.
    """
    share = np.clip(2 - batch.queries.view.background.size[rows] / FEW_ARTICLES, 0, 1)
    few = np.flatnonzero(share)
    ours, theirs = batch.queries.view.background, batch.index.view.background
    chance = (ours.chance_rarity[rows[few]] + theirs.chance_rarity[candidates[few]]) / 2
    excess_rarity = _shared_rarity(batch, rows[few], candidates[few]) - chance
    limit = RARITY_SHARE * excess_rarity / np.sqrt(1 + MAX_RARITY * chance)
    excess = zscore[few] - limit
    zscore[few] -= share[few] * np.maximum(excess, 0)
    return zscore


def _shared_rarity(batch: QueryBatch, rows: AnyRows, candidates: AnyRows) -> Floats:
    """Return the sum of the log rarities, ``log(n / df)``, of the terms that each pair shares."""
    own = batch.queries.view
    shared = own.tfidf[rows].multiply(batch.index.view.tfidf[candidates]).tocsr()
    pair = np.repeat(np.arange(len(rows)), np.diff(shared.indptr))
    language, rarity = own.corpus.language[rows][pair], np.zeros(len(pair))
    for code in np.unique(language).tolist():
        own_terms = language == code
        rarity[own_terms] = own.background.log_rarity(code, shared.indices[own_terms])
    return np.asarray(np.bincount(pair, rarity, minlength=len(rows)), dtype=np.float64)


def _tag_rarity(batch: QueryBatch, rows: AnyRows, candidates: AnyRows) -> Floats:
    """Return the log rarity of the rarest tag that each pair shares: shape (m,)."""
    own, view = batch.queries.view.corpus.tags, batch.index.view
    shared = own[rows].multiply(view.corpus.tags[candidates]).tocsr()
    rarity = np.zeros(len(rows))
    if shared.nnz:
        values = np.minimum(view.weights.tag_rarity[shared.indices], MAX_RARITY)
        np.maximum.at(rarity, np.repeat(np.arange(len(rows)), np.diff(shared.indptr)), values)
    return rarity
