"""Neighbours by FAISS, in one thread: all with all, and inverted lists of a wanted recall."""

from __future__ import annotations

from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from models.neighbours import nearest

Vectors = NDArray[np.float32]

WANTED = 0.99
SAMPLE = 1_000
"""Queries on which the recall is measured."""


def flat(vectors: Vectors, count: int) -> Any:
    """Find the nearest by comparing all with all."""
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index.search(vectors, count + 1)


class Inverted:
    """Inverted lists, as many probed as the wanted recall takes."""

    def __init__(self, vectors: Vectors, count: int) -> None:
        self._vectors, self._count = vectors, count
        self.lists = int(2 * len(vectors) ** 0.5)
        self.probed, self.recall = 0, 0.0
        self._tune()

    def run(self) -> Any:
        """Cluster, fill the lists and find the nearest of all."""
        index = self._made()
        index.nprobe = self.probed
        return index.search(self._vectors, self._count + 1)

    def _made(self) -> Any:
        faiss.omp_set_num_threads(1)
        width = self._vectors.shape[1]
        index = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(width), width, self.lists, faiss.METRIC_INNER_PRODUCT
        )
        index.train(self._vectors)
        index.add(self._vectors)
        return index

    def _tune(self) -> None:
        """Probe the fewest lists with which the recall is as wanted."""
        asked = self._vectors[:: max(len(self._vectors) // SAMPLE, 1)]
        truth, _ = nearest(asked, self._vectors, self._count)
        index = self._made()
        while self.recall < WANTED and self.probed < self.lists:
            self.probed = min(max(self.probed + 1, int(self.probed * 1.25)), self.lists)
            index.nprobe = self.probed
            _, found = index.search(asked, self._count)
            same = [np.isin(a, b).mean() for a, b in zip(truth, found, strict=True)]
            self.recall = round(float(np.mean(same)), 4)
