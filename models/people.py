"""The affinity in force at a site: what editors link, and, until its own do, what people see alike.

Weights learned from sites that link say what their editors would link. Of a site that hardly links
nobody knows whether its editors would; there, people's sense of one topic has a say as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from models.features.corpus import CorpusView
from models.ranker.linear_ranker import LinearRanker

Floats = NDArray[np.float64]

TOPIC = "topic"

ENOUGH = 20
"""Articles that link, pins and blocks from which on people have no say: as many as it takes before
the rate of links to an article is believed (:data:`models.features.link_graph.PRIOR`)."""

SURE, STEEPNESS = 2.0, 3.0
"""Evidence, in log-odds, that counts half, and how fast that changes around it. Below, a few words
shared by chance make most of the difference. For these and ALIKE see benchmarks/quality."""

ALIKE = 1.5
"""Log-odds that one and the same topic is worth."""

GROWN = 200
"""Articles from which on topics count in full: the ten nearest of a few dozen are no topic, and of
few articles none stands out enough to count as evidence."""


@dataclass(frozen=True)
class Affinity:
    """Affinity as a sum of shares. ``people``: how far their word counts, from 0 to 1.

    With ``a`` the sum of the shares by links' weights, each of them counts ``1 - people`` plus
    ``people * expit(STEEPNESS * (a - SURE))``, and beside them stands
    ``people * ALIKE * cosine of topics``. That cosine is not held against the pool, as features
    are: it says how alike two articles are, wherever the others stand, and orders a list no
    differently.
    """

    links: LinearRanker
    people: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the shares: those of features and products, and the topic where it counts."""
        return (*self.links.names, TOPIC) if self.people else self.links.names

    def contributions(
        self,
        seen: CorpusView,
        row: int,
        candidates: NDArray[np.integer[Any]],
        raw: Floats,
        among: Floats | None = None,
    ) -> Floats:
        """Tell what each feature gives to candidates under an article: (c, len(names)).

        ``candidates``: rows, (c,). ``raw`` and ``among``: their features and those of the pool, as
        :meth:`models.ranker.linear_ranker.LinearAffinity.contributions` takes them.
        """
        shares = self.links.contributions(raw, among)
        if not self.people:
            return shares
        counts = 1 - self.people * expit(STEEPNESS * (SURE - shares.sum(axis=1)))
        alike = (seen.topics[candidates] @ seen.topics[row]).astype(np.float64)
        return np.column_stack([shares * counts[:, None], self.people * ALIKE * alike])


def in_force(links: LinearRanker, told: int, articles: int) -> Affinity:
    """Give people's word the less weight the more a site has told: none from ENOUGH on.

    ``told``: articles that link to an earlier one, however many links they have, and pins and
    blocks under one article; each moves the affinity by a twentieth of the way at most.
    ``articles``: how many there are to tell topics by.
    """
    return Affinity(links, max(0.0, 1 - told / ENOUGH) * min(1.0, articles / GROWN))
