"""How newer later articles on the same topic lower the scores of later ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from models.arrays import Floats, Mask, Positions
from models.features.batch_index import BatchIndex
from models.features.feature_names import THEMES

NEWEST_THEME = tuple(THEMES).index("newest on topic")
"""Column of the contributions of ``superseded_by_newer``."""


class Supersession(NamedTuple):
    """How later articles lower each other's scores in one list.

    As in :meth:`models.features.pool_context.PoolContext.superseded_by_newer`, an article is
    superseded by newer relevant ones on its topic.

    Attributes
    ----------
    relevance : float64, shape (a,), from 0 to 1.
    slope : float64, shape (a,), log-odds that an article loses if it is superseded fully.
    """

    relevance: Floats
    slope: Floats

    def take(self, selected: Positions | Mask) -> Supersession:
        """Keep some of the articles: positions, or bool of shape (a,)."""
        return Supersession(self.relevance[selected], self.slope[selected])

    @classmethod
    def joined(cls, parts: Sequence[Supersession]) -> Supersession:
        """Concatenate those of several lists."""
        relevance, slope = zip(*(cls(np.zeros(0), np.zeros(0)), *parts), strict=True)
        return cls(np.concatenate(relevance), np.concatenate(slope))

    def losses(self, candidates: Positions, cubes: Floats) -> Floats:
        """Return what each of the later articles of one list loses, in log-odds: shape (a,).

        Parameters
        ----------
        candidates : shape (a,), positions among the m later articles.
        cubes : shape (m, m), see :func:`cubed_cosines`.
        """
        newer = cubes[np.ix_(candidates, candidates)]
        return np.asarray(self.slope * np.cbrt(newer @ self.relevance))


def cubed_cosines(index: BatchIndex, now: float) -> Floats:
    """Return the cubed cosine of each later article with each newer one, 0 for others: (m, m).

    Articles that are published after ``now`` are under embargo, and supersede no other.
    """
    view = index.view
    cosines = np.maximum(view.unit_diversity_vectors @ view.unit_diversity_vectors.T, 0)
    published = view.corpus.published
    newer = (published > published[:, None]) & (published <= now)
    return np.asarray(cosines**3 * newer, dtype=np.float64)
