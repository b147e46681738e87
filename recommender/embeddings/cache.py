"""The store of embeddings: a cache beside the catalogue, keyed by encoder and text.

Keyed by the text and never by the article: two articles of one text share a vector, and an
article whose text changes back finds its old one. It can be deleted at any time; the next index
run embeds again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, create_engine, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError

from models.dense.encoders import Encoder, encode_by_length
from recommender.errors import DataDirError, EncoderError

_metadata = MetaData()
_vectors = Table(
    "vectors",
    _metadata,
    Column("encoder", String(200), primary_key=True),
    Column("text_hash", String(32), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

LOOKUP = 500
"""Hashes a query: SQLite takes a bounded number of parameters."""


def text_hash(text: str) -> str:
    """Name a text by its content: 128 bits of BLAKE2b as 32 hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class VectorStore:
    """Embeddings on disk, one SQLite file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._engine = create_engine(f"sqlite:///{path}")
        try:
            _metadata.create_all(self._engine)
        except DatabaseError as error:
            raise DataDirError(
                f"{path}: {error.orig}; delete the file, it is only a cache"
            ) from error

    def forget(self, encoder: str) -> None:
        """Drop all vectors of an encoder."""
        with self._engine.begin() as connection:
            connection.execute(delete(_vectors).where(_vectors.c.encoder == encoder))

    def embed(
        self,
        encoder: Encoder,
        texts: Sequence[str],
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> tuple[NDArray[np.float32], int]:
        """Embed texts, each distinct one once in its life.

        Every batch is kept as soon as it is made, so that an interrupted run goes on where it
        stopped. Returns the unit vectors, float32, shape (len(texts), dimensions), and how many
        texts had to be embedded.
        """
        hashes = [text_hash(text) for text in texts]
        known = self._load(encoder, set(hashes))
        missing = {key: text for key, text in zip(hashes, texts, strict=True) if key not in known}
        keys, done = list(missing), 0
        try:
            for positions, vectors in encode_by_length(encoder, list(missing.values())):
                fresh = {keys[i]: vector for i, vector in zip(positions, vectors, strict=True)}
                self._save(encoder.name, fresh)
                known |= fresh
                done += len(fresh)
                progress(done, len(keys))
        except ValueError as error:
            raise EncoderError(f"{error}; nothing was published") from error
        if not texts:
            return np.zeros((0, encoder.dimensions), dtype=np.float32), 0
        return np.stack([known[key] for key in hashes]), len(keys)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def _load(self, encoder: Encoder, hashes: set[str]) -> dict[str, NDArray[np.float32]]:
        found: dict[str, NDArray[np.float32]] = {}
        wanted = sorted(hashes)
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), LOOKUP):
                query = select(_vectors.c.text_hash, _vectors.c.vector).where(
                    _vectors.c.encoder == encoder.name,
                    _vectors.c.text_hash.in_(wanted[start : start + LOOKUP]),
                )
                for key, blob in connection.execute(query):
                    vector = np.frombuffer(blob, dtype="<f4")
                    if vector.shape == (encoder.dimensions,):
                        found[key] = vector
        return found

    def _save(self, name: str, fresh: dict[str, NDArray[np.float32]]) -> None:
        rows = [
            {"encoder": name, "text_hash": key, "vector": vector.astype("<f4").tobytes()}
            for key, vector in fresh.items()
        ]
        with self._engine.begin() as connection:
            connection.execute(insert(_vectors).prefix_with("OR REPLACE"), rows)
