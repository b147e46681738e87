"""Cache of embeddings in SQLite, keyed by model and text.

The key is the text and not the article. Articles with the same text share a vector, and a text that
is changed back is found again. The file can be deleted; the next index run computes it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import numpy as np
from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    select,
)
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError, OperationalError

from models.arrays import Vectors
from models.dense.encoders import Encoder, encode_by_length
from models.storage import IN_MEMORY, Storage
from recommender.errors import DataDirError, EncoderError
from recommender.home import make_private_folder

_metadata = MetaData()
_vectors = Table(
    "vectors",
    _metadata,
    Column("encoder", String(200), primary_key=True),
    Column("text_hash", String(32), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

Item = TypeVar("Item")

LOOKUP = 500
"""Hashes in one query; SQLite limits the number of parameters."""


def text_hash(text: str) -> str:
    """Hash a text: 128 bits of BLAKE2b as 32 hexadecimal digits."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class EmbeddingCache:
    """Embeddings on disk, in one SQLite file."""

    def __init__(self, path: Path) -> None:
        """Open or create the file; raises :class:`DataDirError` if it is damaged."""
        make_private_folder(path.parent)
        self._path = path
        self._engine = create_engine(f"sqlite:///{path}")
        with self._transaction() as connection:
            _metadata.create_all(connection)

    def clear(self, encoder: str) -> None:
        """Delete all vectors of a model."""
        with self._transaction() as connection:
            connection.execute(delete(_vectors).where(_vectors.c.encoder == encoder))

    def embed(
        self,
        encoder: Encoder,
        items: Sequence[Item],
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        text_of: Callable[[Item], str] = str,
        storage: Storage = IN_MEMORY,
    ) -> tuple[Vectors, int]:
        """Return the embeddings of texts and compute the missing ones.

        Every batch is stored at once, so that an interrupted run continues where it stopped.

        Parameters
        ----------
        items : texts, or what ``text_of`` turns into texts, each time when it is needed.
        progress : gets the number of computed texts and their total.
        storage : where the vectors are kept.

        Returns
        -------
        vectors : float32, (len(items), dimensions), rows of length 1.
        computed : number of texts that were not in the cache.

        Raises
        ------
        EncoderError
            If the model returns vectors of another shape or values that are not finite.
        """
        hashes = [text_hash(text_of(item)) for item in items]
        found = storage.empty((len(items), encoder.dimensions), np.float32)
        rows: dict[str, list[int]] = {}
        for row, key in enumerate(hashes):
            rows.setdefault(key, []).append(row)
        missing = rows.keys() - self._load(encoder, rows, found)
        keys, done = [key for key in rows if key in missing], 0
        try:
            batches = encode_by_length(
                encoder, len(keys), lambda place: text_of(items[rows[keys[place]][0]])
            )
            for positions, vectors in batches:
                computed = {keys[i]: vector for i, vector in zip(positions, vectors, strict=True)}
                self._save(encoder.name, computed)
                for key, vector in computed.items():
                    found[rows[key]] = vector
                done += len(computed)
                progress(done, len(keys))
        except ValueError as error:
            raise EncoderError(f"{error}; nothing was published") from error
        return found, len(keys)

    def close(self) -> None:
        """Close the file."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except OperationalError as error:  # locked, full or not writable
            raise DataDirError(
                f"{self._path}: expected a writable file and free space, got: {error.orig}"
            ) from error
        except DatabaseError as error:
            raise DataDirError(
                f"{self._path}: expected a SQLite file, got: {error.orig}; delete it, it is only "
                "a cache"
            ) from error

    def _load(self, encoder: Encoder, rows: Mapping[str, list[int]], into: Vectors) -> set[str]:
        """Read stored vectors into the rows of their hashes; return the hashes that are stored.

        Vectors of another length are ignored.
        """
        found: set[str] = set()
        keys = sorted(rows)
        with self._transaction() as connection:
            for start in range(0, len(keys), LOOKUP):
                query = select(_vectors.c.text_hash, _vectors.c.vector).where(
                    _vectors.c.encoder == encoder.name,
                    _vectors.c.text_hash.in_(keys[start : start + LOOKUP]),
                )
                for key, blob in connection.execute(query):
                    vector = np.frombuffer(blob, dtype="<f4")
                    if vector.shape == (encoder.dimensions,):
                        into[rows[key]] = vector
                        found.add(key)
        return found

    def _save(self, name: str, vectors: dict[str, Vectors]) -> None:
        rows = [
            {"encoder": name, "text_hash": key, "vector": vector.astype("<f4").tobytes()}
            for key, vector in vectors.items()
        ]
        with self._transaction() as connection:
            connection.execute(insert(_vectors).prefix_with("OR REPLACE"), rows)
