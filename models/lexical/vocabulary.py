"""A fitted vocabulary: the columns that terms and stems of later texts have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.arrays import Positions

Keys = NDArray[np.uint64]

UNKNOWN = -1
"""Column of a text that no fitted column has."""


def text_keys(texts: Iterable[str]) -> Keys:
    """Hash texts to 64 bits (BLAKE2b), the same on every machine: uint64, one each."""
    digests = bytearray()
    for text in texts:
        digests += hashlib.blake2b(text.encode(), digest_size=8).digest()
    return np.frombuffer(digests, dtype=">u8").astype(np.uint64)


@dataclass(frozen=True)
class Columns:
    """The columns of a matrix by the text that each stands for, or other numbers by text.

    Hashes stand for the texts, so that millions of terms are opened at once from a mapped file.

    Attributes
    ----------
    keys : uint64, shape (w,), ascending hashes.
    columns : intp, shape (w,), the column of each, at least 0.
    """

    keys: Keys
    columns: Positions

    @classmethod
    def of(cls, texts: Iterable[str]) -> Columns:
        """Return the columns of texts in their order."""
        keys = text_keys(texts)
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], order)

    @classmethod
    def numbered(cls, numbers: Mapping[str, int]) -> Columns:
        """Return the numbers of texts, each at least 0."""
        places = cls.of(numbers)
        values = np.fromiter(numbers.values(), dtype=np.intp, count=len(numbers))
        return cls(places.keys, values[places.columns])

    def of_texts(self, texts: Sequence[str]) -> Positions:
        """Return the column of each text, or :data:`UNKNOWN`: intp, shape (len(texts),)."""
        keys = text_keys(texts)
        if len(self.keys) == 0:
            return np.full(len(keys), UNKNOWN, dtype=np.intp)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.columns[places], UNKNOWN)


@dataclass(frozen=True)
class Vocabulary:
    """The words of a corpus, and what was learned about them.

    Attributes
    ----------
    terms : columns of words and word pairs, see
        :func:`models.lexical.tfidf.count_shared_terms`.
    stems : columns of the stems of passages.
    stop_words : words of most texts, by ISO 639 code of the language.
    """

    terms: Columns
    stems: Columns
    stop_words: Mapping[str, frozenset[str]]
