"""Features that tell something at some sites only: what they are worth, a site's own links say.

Learned from other sites, each of them did as much harm at one as good at another. So the shipped
weights give them nothing, and only weights that were refitted on a site's own links may.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.features.corpus import CorpusView
from models.mentions import mentioned
from models.ranker.linear_ranker import LinearRanker

Floats = NDArray[np.float64]

OWN_ONLY = ("mentioned", "bursty_words")
"""What an article and a candidate have in common, for weights of a site's own alone."""


def asked_for(model: LinearRanker) -> bool:
    """Tell whether weights give such features anything, so that they are worth taking."""
    places = [model.features.index(name) for name in OWN_ONLY]
    parts = [part for part in (model.weights, model.bends) if part]
    return bool(np.any([np.take(part, places) for part in parts]))


def site_features(
    seen: CorpusView,
    row: int,
    candidates: NDArray[np.integer[Any]],
    pooled: NDArray[np.bool_],
) -> Floats:
    """Take these features of candidates under an article: shape (c, len(OWN_ONLY)).

    ``mentioned``: see :func:`models.mentions.mentioned`. ``bursty_words``: cosine of words, of
    which bursty ones weigh more, see :func:`models.burstiness.residual_idf`.

    ``pooled``: which of the candidates are members of the article's pool, (c,).
    """
    bursty = seen.bursty_words
    taken = {
        "mentioned": mentioned(seen.passages, seen.subjects, row, candidates, pooled),
        "bursty_words": bursty[candidates] @ bursty[row].toarray().ravel(),
    }
    return np.column_stack([taken[name] for name in OWN_ONLY])
