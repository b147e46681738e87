"""Request paths: popular articles again and again, or each article once."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np

from benchmarks.sites.synthetic import identifier

EXPONENT = 1.0
"""Of Zipf's law. Web pages: .6 to .8 (Breslau et al. 1999, Web caching and Zipf-like
distributions); news, where a front page leads readers, is steeper."""


def related_path(number: int) -> str:
    """Path of the related posts of an article."""
    return f"/v1/articles/{quote(identifier(number))}/related"


def zipf(size: int, count: int, random: np.random.Generator) -> list[str]:
    """Draw ``count`` paths; the n-th most read of ``size`` articles is 1/n as frequent."""
    weights = 1.0 / np.arange(1, size + 1) ** EXPONENT
    numbers = random.choice(size, count, p=weights / weights.sum())
    return [related_path(int(number)) for number in numbers]


class DistinctPages:
    """Paths without repetition, as a crawler requests them: the response cache never helps."""

    def __init__(self, size: int, random: np.random.Generator) -> None:
        self._order = random.permutation(size)
        self._next = 0

    def take(self, count: int) -> list[str]:
        """Return the next ``count`` paths."""
        places = np.arange(self._next, self._next + count) % len(self._order)
        self._next += count
        return [related_path(int(number)) for number in self._order[places]]
