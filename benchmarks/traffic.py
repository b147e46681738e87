"""What readers ask for: the front of the archive again and again, or a page nobody asked for."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np

from benchmarks.synthetic import identifier

EXPONENT = 1.0
"""Of Zipf's law. Web pages: .6 to .8 (Breslau et al. 1999, Web caching and Zipf-like
distributions); news, where a front page leads readers, is steeper."""


def related(number: int) -> str:
    """Path of the cards under an article."""
    return f"/v1/articles/{quote(identifier(number))}/related"


def zipf(size: int, count: int, random: np.random.Generator) -> list[str]:
    """Ask ``count`` times, for the n-th most read of ``size`` articles as 1/n."""
    weights = 1.0 / np.arange(1, size + 1) ** EXPONENT
    numbers = random.choice(size, count, p=weights / weights.sum())
    return [related(int(number)) for number in numbers]


class Strangers:
    """Every request is for an article that nobody asked for before, as crawlers do."""

    def __init__(self, size: int, random: np.random.Generator) -> None:
        self._order = random.permutation(size)
        self._next = 0

    def take(self, count: int) -> list[str]:
        """Name the next ``count`` articles."""
        places = np.arange(self._next, self._next + count) % len(self._order)
        self._next += count
        return [related(int(number)) for number in self._order[places]]
