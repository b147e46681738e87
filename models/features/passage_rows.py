"""Passage features of many pairs at once, equal to :mod:`models.features.title_coverage`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.features.title_coverage import WeightedPassages
from models.features.word_walk import log_probability

Floats = NDArray[np.float64]
Values = NDArray[np.float32]
Columns = NDArray[np.intp]


def batch_passage_features(
    weighed: WeightedPassages, rows: Columns, starts: Columns, candidates: Columns
) -> dict[str, Floats]:
    """Features of pairs, each of shape (m,).

    ``rows``: b articles. ``starts``: (b + 1,), where the candidates of each begin.
    """
    passages = weighed.passages
    titles, leads = weighed.titles[candidates], weighed.leads[candidates]
    rare = weighed.rarity[titles.indices]
    steps, in_title, in_lead = np.zeros((3, len(candidates)), dtype=np.float32)
    # Each article has dense columns of its own, one a stem of its text; the first is of all others.
    own = np.zeros(passages.bodies.shape[1], dtype=np.int32)
    for row, start, end in zip(rows, starts, starts[1:], strict=False):
        stems = passages.bodies.indices[slice(*passages.bodies.indptr[row : row + 2])]
        own[stems] = np.arange(1, len(stems) + 1)
        pairs, height = slice(start, end), len(stems) + 1
        said = _across(passages.paragraphs, passages.starts[row : row + 2], own, height)
        laid, places = _laid(titles, pairs, own, height)
        in_title[pairs] = (laid @ said).max(axis=1, initial=0)
        laid[places] = rare[slice(*titles.indptr[[start, end]])]
        steps[pairs] = laid[:, 1:].sum(axis=1) / max(len(stems), 1)
        said = _across(weighed.paragraphs, passages.starts[row : row + 2], own, height)
        in_lead[pairs] = (_laid(leads, pairs, own, height)[0] @ said).max(axis=1, initial=0)
        own[stems] = 0
    mass = weighed.title_weight[candidates]
    return {
        "title_term_walk": log_probability(steps),
        "title_coverage_best_paragraph": in_title / mass,
        "lead_cosine_best_paragraph": in_lead.astype(np.float64),
    }


def _across(
    paragraphs: csr_matrix, bounds: NDArray[np.int64], own: NDArray[np.int32], height: int
) -> Values:
    """Lay an article's paragraphs side by side: dense, (its stems and one, its paragraphs)."""
    ends = paragraphs.indptr[bounds[0] : bounds[1] + 1]
    part = slice(ends[0], ends[-1])
    laid = np.zeros((height, len(ends) - 1), dtype=np.float32)
    laid[own[paragraphs.indices[part]], np.repeat(np.arange(len(ends) - 1), np.diff(ends))] = (
        paragraphs.data[part]
    )
    return laid


def _laid(
    parts: csr_matrix, rows: slice, own: NDArray[np.int32], height: int
) -> tuple[Values, tuple[Columns, NDArray[np.int32]]]:
    """Lay some rows out in an article's own columns, dense, and tell where each element is.

    Shape (rows, height): so few columns cost less than to make a sparse matrix of them.
    """
    ends = parts.indptr[rows.start : rows.stop + 1]
    part = slice(ends[0], ends[-1])
    places = np.repeat(np.arange(len(ends) - 1), np.diff(ends)), own[parts.indices[part]]
    laid = np.zeros((len(ends) - 1, height), dtype=np.float32)
    laid[places] = parts.data[part]
    return laid, places
