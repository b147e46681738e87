"""What an article mentions: each of its paragraphs goes to the candidates that it is about.

An article of a thousand words is about one thing and mentions ten; its links lead to both. So every
paragraph shares itself out among the pool, as a softmax of how well title and teaser, and the whole
text, of a candidate suit it: what is the best answer to one paragraph counts, whatever the others
are about. Paragraphs are short, so they are compared by the main directions of their stems (latent
semantic analysis), in which two suit each other that share no word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import diags
from sklearn.preprocessing import normalize

from models.dense.encoders import unit_rows
from models.features.title_coverage import WeightedPassages
from models.lexical.tfidf import frequent_columns, lsa_components

Floats = NDArray[np.float64]

TEMPERATURE = 0.16
"""Of the softmax, in sums of two cosines: who suits a paragraph by .5 more in both than a hundred
others do takes five sixths of it. It was chosen for embeddings of paragraphs, see
benchmarks/quality, and left as it was."""

FLOOR = 1e-3
"""Added to a share, so that none at all has a logarithm, too."""


@dataclass(frozen=True)
class Subjects:
    """What candidates are held against paragraphs by.

    ``directions``: of stems, float32, (s, k); k is 0 where there is too little text.
    ``of_articles``: title and teaser, plus the whole text, both unit rows, divided by
    :data:`TEMPERATURE`, float32, (n, k).
    """

    unit_diversity_vectors: NDArray[np.float32]
    of_articles: NDArray[np.float32]


def subjects(weighed: WeightedPassages, known: NDArray[np.bool_]) -> Subjects:
    """Find the main directions of the texts known, a mask (n,), and lay all articles along them."""
    bodies = normalize(weighed.passages.bodies @ diags(weighed.weights)).tocsr()
    which = frequent_columns(bodies, known)
    found = lsa_components(bodies[:, which], known)
    directions = np.zeros((bodies.shape[1], found.shape[1]), dtype=np.float32)
    directions[which] = found
    both = unit_rows(weighed.leads @ directions) + unit_rows(bodies @ directions)
    return Subjects(directions, np.asarray(both / np.float32(TEMPERATURE), dtype=np.float32))


def mentioned(
    weighed: WeightedPassages,
    about: Subjects,
    row: int,
    candidates: NDArray[np.integer[Any]],
    pooled: NDArray[np.bool_],
) -> Floats:
    """Take the log of the greatest share that candidates have of any paragraph of an article: (c,).

    :data:`FLOOR` is added first. Without paragraphs, directions or a pool it is 0 for all.

    ``pooled``: which of them are members of the pool, (c,), among whom a paragraph is shared out.
    Who is none is held against the members and itself.
    """
    own = slice(*weighed.passages.starts[row : row + 2])
    paragraphs = unit_rows(weighed.paragraphs[own] @ about.unit_diversity_vectors)
    if paragraphs.size == 0 or not pooled.any():
        return np.zeros(len(candidates))
    suits = about.of_articles[candidates] @ paragraphs.T
    members = suits if pooled.all() else suits[pooled]
    best = members.max(axis=0)
    claims, total = np.exp(suits - best), np.exp(members - best).sum(axis=0)
    shares = claims / np.where(pooled[:, None], total, total + claims)
    return np.asarray(np.log(FLOOR + shares.max(axis=1).astype(np.float64)))
