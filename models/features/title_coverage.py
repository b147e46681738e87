"""What of a candidate's title and lead stands in the article's text, and in its best paragraph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize

from models.features.word_walk import log_probability

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Passages:
    """Stems of n articles, part by part: sparse 0 and 1, over one vocabulary of s stems.

    ``titles``, ``leads`` (title and teaser) and ``bodies`` (everything): shape (n, s).
    ``paragraphs``: shape (p, s); those of article i are rows ``starts[i]`` to ``starts[i + 1]``.
    """

    titles: csr_matrix
    leads: csr_matrix
    bodies: csr_matrix
    paragraphs: csr_matrix
    starts: NDArray[np.int64]


@dataclass(frozen=True)
class WeightedPassages:
    """Passages with the weights of a moment; see :func:`passage_features`."""

    passages: Passages
    titles: csr_matrix
    title_weight: Floats
    rarity: NDArray[np.float32]
    """See :func:`models.lexical.tfidf.inverse_document_count`, (s,)."""
    leads: csr_matrix
    paragraphs: csr_matrix
    """Weighed, unit rows."""


def weighted_passages(
    passages: Passages, weights: NDArray[np.float32], rarity: NDArray[np.float32]
) -> WeightedPassages:
    """Weigh titles and leads by the weights of their stems, shape (s,).

    ``weights``: :func:`models.lexical.tfidf.idf`, and ``rarity``:
    :func:`models.lexical.tfidf.inverse_document_count`, of the bodies.
    """
    titles = (passages.titles @ diags(weights)).tocsr()
    mass = np.maximum(np.asarray(titles.sum(axis=1), dtype=np.float64).ravel(), 1e-9)
    leads = normalize(passages.leads @ diags(weights)).tocsr()
    paragraphs = normalize(passages.paragraphs @ diags(weights)).tocsr()
    return WeightedPassages(passages, titles, mass, rarity, leads, paragraphs)


def passage_features(
    weighed: WeightedPassages, row: int, candidates: NDArray[np.int32]
) -> dict[str, Floats]:
    """Features of candidates under an article, each of shape (c,).

    ``title_term_walk``: log-probability of a walk from a random stem of the article to the
    candidate's title; see :mod:`models.features.word_walk`.
    ``title_coverage_best_paragraph``: greatest weighted share of the candidate's title in one
    paragraph. ``lead_cosine_best_paragraph``: greatest cosine of a paragraph with the candidate's
    title and teaser.
    """
    passages = weighed.passages
    own = slice(passages.starts[row], passages.starts[row + 1])
    paragraphs = passages.paragraphs[own]
    titles, mass = weighed.titles[candidates], weighed.title_weight[candidates]
    text = passages.bodies[row]
    rare = np.asarray((passages.titles[candidates] @ text.multiply(weighed.rarity).T).todense())
    walk = {"title_term_walk": log_probability(rare.ravel() / max(text.nnz, 1))}
    if paragraphs.shape[0] == 0:
        nothing = np.zeros(len(candidates))
        return walk | {
            "title_coverage_best_paragraph": nothing,
            "lead_cosine_best_paragraph": nothing,
        }
    at_once = (titles @ paragraphs.T).toarray().max(axis=1) / mass
    leads = weighed.leads[candidates]
    lead = (leads @ weighed.paragraphs[own].T).toarray().max(axis=1)
    return walk | {"title_coverage_best_paragraph": at_once, "lead_cosine_best_paragraph": lead}
