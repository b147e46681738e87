"""A small real encoder for the tests: letter trigrams, hashed into 64 dimensions."""

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.dense.encoders import unit_rows


class SmallEncoder:
    """Texts that share letters in threes get near vectors; it counts the texts that it embeds."""

    name = "letters-in-threes"
    dimensions = 64

    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            lower = text.lower()
            for start in range(len(lower) - 2):
                vectors[row, zlib.crc32(lower[start : start + 3].encode()) % self.dimensions] += 1
        return unit_rows(vectors)
