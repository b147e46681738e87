"""Title and lead coverage: how far a paragraph of the query article covers a candidate's title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import AnyRows, Floats, Mask, Offsets, Positions, Vectors
from models.features.word_walk import log_probability
from models.sparse import SparseWriter, scaled_unit_rows, with_scaled_columns
from models.storage import IN_MEMORY, Storage

MIN_TITLE_WEIGHT = 1e-9
"""Weight of a title without any known stem: its coverage is 0 and not undefined."""

CELLS_AT_ONCE = 1_000_000
"""Most cells of the paragraphs that are dense at once: 4 MB. An article of usual length has about
10,000, a list of results with 100,000 characters has 10 million."""


@dataclass(frozen=True)
class Passages:
    """Stems of the fields of n articles: sparse 0 and 1, over one vocabulary of s stems.

    Attributes
    ----------
    titles, leads, bodies : shape (n, s); a lead is title and teaser, a body is the whole text.
    paragraphs : shape (p, s); those of article i are rows ``starts[i]`` to ``starts[i + 1]``.
    starts : int64, shape (n + 1,).
    """

    titles: csr_matrix
    leads: csr_matrix
    bodies: csr_matrix
    paragraphs: csr_matrix
    starts: Offsets

    @classmethod
    def joined(
        cls, parts: Iterable[Passages], width: int, storage: Storage = IN_MEMORY
    ) -> Passages:
        """Concatenate the passages of several groups of articles.

        Parameters
        ----------
        width : number of stems, s.
        storage : where the matrices are kept.
        """
        titles, leads, bodies, paragraphs = (SparseWriter(storage, width) for _ in range(4))
        sizes = [np.zeros(1, dtype=np.int64)]
        for part in parts:
            titles.append(part.titles)
            leads.append(part.leads)
            bodies.append(part.bodies)
            paragraphs.append(part.paragraphs)
            sizes.append(np.diff(part.starts))
        return cls(
            titles=titles.matrix(),
            leads=leads.matrix(),
            bodies=bodies.matrix(),
            paragraphs=paragraphs.matrix(),
            starts=np.cumsum(np.concatenate(sizes), dtype=np.int64),
        )


@dataclass(frozen=True)
class WeightedPassages:
    """Passages weighted by the document frequencies of a point in time.

    Attributes
    ----------
    titles : sparse, shape (n, s), IDF weights.
    title_weight : shape (n,), sum of the weights of each title.
    inverse_count : float32, shape (s,), see :func:`models.lexical.tfidf.inverse_document_count`.
    leads, paragraphs : sparse, shapes (n, s) and (p, s), IDF weights, unit rows.
    """

    passages: Passages
    titles: csr_matrix
    title_weight: Floats
    inverse_count: Vectors
    leads: csr_matrix
    paragraphs: csr_matrix


def weighted_passages(
    passages: Passages,
    weights: Vectors,
    inverse_count: Vectors,
    storage: Storage = IN_MEMORY,
) -> WeightedPassages:
    """Weight passages by the document frequencies of the bodies.

    Parameters
    ----------
    weights : float32, shape (s,), see :func:`models.lexical.tfidf.idf`.
    inverse_count : float32, shape (s,), see :func:`models.lexical.tfidf.inverse_document_count`.
    storage : where the matrices are kept.
    """
    titles = with_scaled_columns(passages.titles, weights)
    total = np.asarray(titles.sum(axis=1), dtype=np.float64).ravel()
    return WeightedPassages(
        passages=passages,
        titles=titles,
        title_weight=np.maximum(total, MIN_TITLE_WEIGHT),
        inverse_count=inverse_count,
        leads=scaled_unit_rows(passages.leads, weights, storage),
        paragraphs=scaled_unit_rows(passages.paragraphs, weights, storage),
    )


def coverage_features(
    queries: WeightedPassages,
    weighted: WeightedPassages,
    rows: AnyRows,
    starts: Positions,
    candidates: AnyRows,
) -> dict[str, Floats]:
    """Compute the title and lead features of m pairs, each of shape (m,).

    ``title_term_walk``: log-probability of a walk from a random stem of the query article to the
    candidate's title, see :mod:`models.features.word_walk`. ``title_coverage_best_paragraph``:
    greatest share of the candidate's title, by IDF weight, in one paragraph of the query article.
    ``lead_cosine_best_paragraph``: greatest cosine of a paragraph with the candidate's lead.

    Parameters
    ----------
    queries, weighted : passages of the query articles and of the candidates, with the same weights.
    rows : shape (b,), rows of the query articles.
    starts : shape (b + 1,), where the candidates of each query begin.
    candidates : shape (m,), rows of the candidates, query after query.
    """
    passages = queries.passages
    titles, leads = weighted.titles[candidates], weighted.leads[candidates]
    inverse_count = weighted.inverse_count[titles.indices]
    walk, best_of_title, best_of_lead = np.zeros((3, len(candidates)), dtype=np.float32)
    # The stems of a query article that are in a lead get dense columns 1, 2, ...; column 0 is of
    # all other stems, of which an article that lists results has thousands.
    column = np.zeros(passages.bodies.shape[1], dtype=np.int32)
    needed = _stems_of_any(weighted.leads, candidates)
    for row, (start, end) in zip(rows, pairwise(starts), strict=True):
        all_stems = passages.bodies.indices[slice(*passages.bodies.indptr[row : row + 2])]
        stems = all_stems[needed[all_stems]]
        column[stems] = np.arange(1, len(stems) + 1)
        pairs, width = slice(start, end), len(stems) + 1
        own = slice(*passages.starts[row : row + 2])
        in_titles, places = _dense_rows(titles, pairs, column, width)
        in_leads = _dense_rows(leads, pairs, column, width)[0]
        for paragraphs in _dense_blocks(queries.paragraphs, own, column, width):
            _keep_best(best_of_title[pairs], in_titles, np.sign(paragraphs))
            _keep_best(best_of_lead[pairs], in_leads, paragraphs)
        in_titles[places] = inverse_count[slice(*titles.indptr[[start, end]])]
        walk[pairs] = in_titles[:, 1:].sum(axis=1) / max(len(all_stems), 1)
        column[stems] = 0
    return {
        "title_term_walk": log_probability(walk),
        "title_coverage_best_paragraph": best_of_title / weighted.title_weight[candidates],
        "lead_cosine_best_paragraph": best_of_lead.astype(np.float64),
    }


def _stems_of_any(leads: csr_matrix, candidates: AnyRows) -> Mask:
    """Return which stems are in the lead of any candidate: bool, shape (s,).

    No title has another stem, since it is part of its lead.

    Parameters
    ----------
    leads : sparse, shape (n, s).
    candidates : shape (m,), rows. Most are those of many queries, but each lead is read once.
    """
    rows = np.zeros(leads.shape[0], dtype=bool)
    rows[candidates] = True
    stems = np.zeros(leads.shape[1], dtype=bool)
    stems[leads[np.flatnonzero(rows)].indices] = True
    return stems


def _dense_blocks(
    paragraphs: csr_matrix, own: slice, column: NDArray[np.int32], width: int
) -> Iterator[Vectors]:
    """Make the paragraphs of one article dense, at most :data:`CELLS_AT_ONCE` cells at a time.

    Parameters are those of :func:`_dense_rows`. Column 0 is set to 0: there, a paragraph and a
    title have different stems.
    """
    size = max(CELLS_AT_ONCE // width, 1)
    for first in range(own.start, own.stop, size):
        rows = slice(first, min(first + size, own.stop))
        dense = _dense_rows(paragraphs, rows, column, width)[0]
        dense[:, 0] = 0
        yield dense


# OpenBLAS at times reports an invalid value, though factors and products are finite:
# https://github.com/numpy/numpy/issues/24067
@np.errstate(invalid="ignore")
def _keep_best(best: Vectors, dense: Vectors, paragraphs: Vectors) -> None:
    """Raise the best product so far, float32, shape (c,), by those with some paragraphs."""
    np.maximum(best, (dense @ paragraphs.T).max(axis=1), out=best)


def _dense_rows(
    matrix: csr_matrix, rows: slice, column: NDArray[np.int32], width: int
) -> tuple[Vectors, tuple[Positions, NDArray[np.int32]]]:
    """Make some rows of a sparse matrix dense, in the columns of one query article.

    A dense product of so few columns costs less than a sparse one.

    Parameters
    ----------
    column : int32, shape (s,), the dense column of each stem; 0 for stems that are not needed.
    width : number of dense columns.

    Returns
    -------
    dense : float32, shape (rows, width). Column 0 is arbitrary where a row has several such stems.
    places : rows and columns of the elements, in their order in ``matrix``.
    """
    ends = matrix.indptr[rows.start : rows.stop + 1]
    part = slice(ends[0], ends[-1])
    places = np.repeat(np.arange(len(ends) - 1), np.diff(ends)), column[matrix.indices[part]]
    dense = np.zeros((len(ends) - 1, width), dtype=np.float32)
    dense[places] = matrix.data[part]
    return dense, places
