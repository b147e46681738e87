"""Many articles compared with all at once: the same numbers as asking one by one, much sooner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.dense.top_k import top_k
from models.features.corpus import CorpusView
from models.features.link_rows import LinkRows, Links, link_rows, links_of
from models.features.pairwise import (
    BY_LINKS,
    BY_MEANING,
    BY_TEXT,
    MAX_ZSCORE,
    PAIR_FEATURES,
)
from models.features.passage_rows import batch_passage_features
from models.features.time_distance import time_features
from models.features.word_walk import log_probability

Values = NDArray[np.float32]
Floats = NDArray[np.float64]
Columns = NDArray[np.intp]

COMMON = 1 / 16
"""Share of the articles from which a word is multiplied as a dense column: from there on it costs
less than following each of its articles."""


@dataclass(frozen=True)
class BatchCorpus:
    """A site made ready: rare words as sparse rows and columns, common ones dense, (n, c)."""

    seen: CorpusView
    rare: csr_matrix
    rare_across: csr_matrix
    rare_steps: csr_matrix
    """Steps over rare words, in the places of :attr:`rare`."""
    common: Values
    common_across: Values
    common_steps: Values
    """Steps over common words, (n, c)."""
    common_said: NDArray[np.bool_]
    """Which article says which common word, (n, c)."""
    meaning_across: Values
    """Columns one after the other in memory: a fifth of the product's time."""
    tags_across: csr_matrix
    links: Links


@dataclass(frozen=True)
class QueryBatch:
    """What b articles have in common with all n: float32, (b, n), and links and tags."""

    prepared: BatchCorpus
    rows: Columns
    words: Values
    steps: Values
    """Chances to come to each over rare words."""
    meaning: Values
    links: LinkRows
    tags: csr_matrix


def batch_corpus(seen: CorpusView) -> BatchCorpus:
    """Make a site ready for comparing many."""
    size = seen.words.shape[0]
    frequency = np.bincount(seen.words.indices, minlength=seen.words.shape[1])
    often = frequency > COMMON * size
    few, many = np.flatnonzero(~often), np.flatnonzero(often)
    rare = _columns(seen.words, few)
    dense = seen.words[:, many].toarray()
    return BatchCorpus(
        seen=seen,
        rare=rare,
        rare_across=rare.T.tocsr(),
        rare_steps=_columns(seen.steps, few),
        common=dense,
        common_across=np.ascontiguousarray(dense.T),
        common_steps=seen.steps[:, many].toarray(),
        common_said=dense > 0,
        meaning_across=np.ascontiguousarray(seen.meaning.T),
        tags_across=seen.tags.T.tocsr(),
        links=links_of(seen.site.graph, seen.site.published),
    )


def _columns(matrix: csr_matrix, which: Columns) -> csr_matrix:
    """Take some columns, with the elements of each row in the order of these."""
    found = matrix[:, which].tocsr()
    found.sort_indices()
    return found


def query_batch(prepared: BatchCorpus, first: int, last: int) -> QueryBatch:
    """Compare the articles of rows ``first`` to ``last`` (exclusive) with all."""
    seen, rows = prepared.seen, np.arange(first, last)
    words = prepared.common[first:last] @ prepared.common_across
    steps = np.empty_like(words)
    for place, row in enumerate(range(first, last)):
        shared, steps[place] = _sharing(prepared, row)
        words[place] += shared
    meaning = seen.meaning[first:last] @ prepared.meaning_across
    links = link_rows(prepared.links, rows, words)
    tags = seen.tags[first:last] @ prepared.tags_across
    return QueryBatch(prepared, rows, words, steps, meaning, links, tags)


def _sharing(prepared: BatchCorpus, row: int) -> tuple[Values, Values]:
    """Take the products of an article's rare words with all, and the steps over them: (n,) each.

    Its words' articles are added up one word after the other: a third of the time of a product of
    sparse matrices, which has to find out first where there will be something.
    """
    own = slice(prepared.rare.indptr[row], prepared.rare.indptr[row + 1])
    articles = prepared.rare_across[prepared.rare.indices[own]].T
    words = np.asarray(articles @ prepared.rare.data[own])
    articles.data = np.ones_like(articles.data)  # to make a matrix anew takes as long as a product
    return words, np.asarray(articles @ prepared.rare_steps.data[own])


def _over_common(many: QueryBatch, starts: Columns, candidates: Columns) -> Values:
    """Take the chances to come to candidates over common words, (m,)."""
    prepared, chance = many.prepared, np.zeros(len(candidates), dtype=np.float32)
    for row, start, end in zip(many.rows, starts, starts[1:], strict=False):
        saying = prepared.common_said[candidates[start:end]]
        chance[start:end] = saying @ prepared.common_steps[row]
    return chance


def candidate_pools(
    many: QueryBatch, allowed: NDArray[np.bool_], newest: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Gather the pool of each article: which of all are members, (b, n).

    ``allowed``: who may stand under whom, (b, n). ``newest``: rows that are looked at for being
    new, (b, w); -1 where there are fewer.
    """
    size = allowed.shape[1]
    members = np.zeros(allowed.shape, dtype=bool)
    views = [(many.words, BY_TEXT), (many.meaning, BY_MEANING)]
    if many.links.walk.nnz or many.links.alike.size:
        led = many.links.walk.toarray() + 1e-3 * many.links.alike
        views.append((np.where(led > 0, led, -np.inf).astype(np.float32), BY_LINKS))
    for values, count in views:
        columns, found = top_k(np.where(allowed, values, -np.inf), min(count, size))
        which, place = np.nonzero(np.isfinite(found))
        members[which, columns[which, place]] = True
    which, place = np.nonzero(newest >= 0)
    members[which, newest[which, place]] = True
    return members & allowed


def batch_pair_features(many: QueryBatch, which: Columns, candidates: Columns) -> Floats:
    """Take the features of pairs: (m, len(OF_A_PAIR)).

    ``which``: numbers of the b articles, ascending, (m,). ``candidates``: rows, (m,).
    """
    seen = many.prepared.seen
    words = many.words[which, candidates].astype(np.float64)
    spread = seen.background_std[candidates] + 0.02
    starts = np.searchsorted(which, np.arange(len(many.rows) + 1))
    steps = many.steps[which, candidates] + _over_common(many, starts, candidates)
    taken = {
        "tfidf_cosine_zscore": np.minimum(
            (words - seen.background_mean[candidates]) / spread, MAX_ZSCORE
        ),
        "rare_term_walk": log_probability(steps),
        "embedding_cosine": many.meaning[which, candidates],
        "tag_cosine": _of(many.tags, which, candidates),
        **batch_passage_features(seen.passages, many.rows, starts, candidates),
        **many.links.of_pairs(which, candidates),
        **time_features(seen.site.published, many.rows[which], candidates),
    }
    return np.column_stack([taken[name] for name in PAIR_FEATURES])


def _of(matrix: csr_matrix, which: Columns, candidates: Columns) -> Values:
    if matrix.nnz == 0:
        return np.zeros(len(which), dtype=np.float32)
    return np.asarray(matrix.toarray()[which, candidates])
