"""Scores at request time: relevance, recency boost and editors' boosts of each candidate.

Only numpy, because this runs inside a request.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.arrays import AnyRows, Floats, Mask, Positions, Vectors
from models.features.evidence_weights import prior_log_odds
from models.rerank.recency import recency_boost
from models.rerank.rerank import VECTOR_SCALE
from recommender.serving.filters import Filters
from recommender.snapshots.snapshot import Snapshot

OTHER_LANGUAGE = 1_000.0
"""Subtracted from candidates in another language under ``language = "prefer"``: more than any
difference of scores."""


class ScoredRows(NamedTuple):
    """The candidates that pass the filters, and what orders them; all of shape (c,)."""

    columns: Positions
    """Positions in the article's candidate list."""
    rows: Positions
    scores: Floats
    """Relevance plus recency boost plus editors' boost, in log-odds."""
    sort_keys: Floats
    """The scores, minus :data:`OTHER_LANGUAGE` for candidates in a language that is ranked last."""
    recency: Floats
    """Recency boost: part of the score, in log-odds."""
    boost: Vectors | None
    """Editors' boost: part of the score, in log-odds; None without any boost."""


def score_rows(snapshot: Snapshot, row: int, filters: Filters, now: float) -> ScoredRows:
    """Score the candidates of an article that pass the filters.

    Parameters
    ----------
    row : the row of the article.
    now : seconds since 1970 UTC.

    Returns
    -------
    The candidates in the order of the article's list.
    """
    stored, relevance = snapshot.candidates.of(row)
    rows = stored.astype(np.intp)  # numpy looks up integers of this size in a quarter of the time
    columns = filters.mask_candidates(rows).nonzero()[0]
    if snapshot.ranking.threshold > snapshot.manifest.ranking.threshold:
        columns = columns[_is_relevant(snapshot, row, columns.tolist())]
    if len(columns) < len(rows):
        rows, relevance = rows[columns], relevance[columns]
    setting = snapshot.recency_of(row)
    recency = recency_boost(snapshot.recency_from[rows], now, setting.boost, setting.half_life_days)
    scores = relevance + recency
    active_boost = filters.active.boost
    boost = None if active_boost is None else active_boost[rows]
    if boost is not None:
        scores += boost
    sort_keys = scores
    if snapshot.ranking.language == "prefer":
        other = snapshot.language[rows] != snapshot.language.item(row)
        sort_keys = scores - OTHER_LANGUAGE * other
    return ScoredRows(columns, rows, scores, sort_keys, recency, boost)


def _is_relevant(snapshot: Snapshot, row: int, columns: list[int]) -> Mask:
    """Return which candidates reach a threshold that was raised since the index run."""
    prior = prior_log_odds(snapshot.manifest.figures["random_similarity"])
    least, evidence = snapshot.ranking.min_evidence - prior, snapshot.candidates.evidence
    found = [float(evidence(row, column).sum(dtype=float)) >= least for column in columns]
    return np.array(found, dtype=np.bool_)


def diversity_similarities(snapshot: Snapshot, one: int, others: Sequence[int]) -> Floats:
    """Return the products of diversity vectors that diversification uses: (len(others),)."""
    vectors = snapshot.vectors_of([one, *others]).astype(np.float64)
    return np.asarray(vectors[1:] @ vectors[0] / VECTOR_SCALE**2)


def newest_duplicate(snapshot: Snapshot, row: int, filters: Filters) -> int:
    """Return the newest near-duplicate of a row that passes the filters, in its language.

    Of equal texts the last imported one is the newest. The row itself must pass the filters.
    """
    if not snapshot.has_duplicates(row):
        return row
    duplicates = snapshot.duplicates_of(row)
    same = snapshot.language.take(duplicates) == snapshot.language.item(row)
    return int(duplicates[filters.mask_candidates(duplicates) & same][0])


def versions_among(snapshot: Snapshot, article: int, rows: AnyRows) -> Positions:
    """Return where some rows have an article, or else its near-duplicates in its language.

    An article can be a card without being a candidate: as the newest version of one.

    Parameters
    ----------
    rows : -1 pads.
    """
    found = np.flatnonzero(rows == article)
    if len(found) or not snapshot.has_duplicates(article):
        return found
    cluster_id, language = snapshot.cluster_id, snapshot.language
    same = (rows >= 0) & (cluster_id.take(rows) == cluster_id.item(article))
    return np.flatnonzero(same & (language.take(rows) == language.item(article)))
