"""A published snapshot, as whoever serves opens it: memory-mapped, and nothing that can run.

Articles are rows, numbered from the newest (row 0) to the oldest, so that "the latest" is the
first rows. n articles, k candidates each, f features, d dimensions:

========================  ================  =================================================
``published``             int64 (n,)        seconds since 1970 UTC
``expires``               int64 (n,)        the same; NEVER where it does not expire
``section``               int32 (n,)        index into the manifest's labels
``language``              int32 (n,)        the same
``candidates``            int32 (n, k)      rows, best first; -1 where there are fewer
``affinity``              float32 (n, k)    affinity of the article with each candidate
``shares``                float16 (n, k, f) what each feature gave to the affinity
``vectors``               int8 (n, d)       likeness of two is their product: see stored()
``story``                 int32 (n,)        number of the story that an article tells
``story_starts``          int64 (s + 1,)    where a story's rows begin in ``story_rows``
``story_rows``            int32 (n,)        rows by story, newest first
``section_starts``        int64 (c + 1,)    where a section's rows begin in ``section_rows``
``section_rows``          int32 (n,)        rows by section, newest first
``linker_starts``         int64 (n + 1,)    where the articles that link to a row begin
``linker_rows``           int32 (l,)        in ``linker_rows``, newest first
``ids`` ``cards``         bytes             texts end to end, with int64 (n + 1,) starts
``about``                 bytes             the same; read only where somebody asks why
``id_keys`` ``url_keys``  uint64 (m,)       sorted hashes, with int32 (m,) rows beside them
========================  ================  =================================================
"""

from __future__ import annotations

import hashlib
import mmap
from bisect import bisect_left
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from recommender.articles.article import normalize_id
from recommender.dates import read_date
from recommender.errors import SnapshotError
from recommender.settings import Recency
from recommender.snapshots.manifest import Manifest, check_files, read_manifest
from recommender.snapshots.visibility import VisibilityByDate
from recommender.urls import path_key, url_key

NEVER = np.iinfo(np.int64).max
"""``expires`` of an article that does not."""

VECTOR_SCALE = 127
"""What a component of 1 is stored as in ``vectors``."""


def stored(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Round diversity vectors to a byte each, as ``vectors`` has them; any shape.

    A component beyond 1, which only texts that are all but the same have, counts as 1.
    """
    return np.rint(np.clip(vectors, -1, 1) * VECTOR_SCALE).astype(np.int8)


class Blob:
    """Texts end to end in one mapped file; item i is a slice of it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._starts = _numbers(folder, f"{name}_starts")
        with (folder / f"{name}.bin").open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __getitem__(self, row: int) -> bytes:
        """Copy the text of a row out."""
        return self._bytes[self._starts[row] : self._starts[row + 1]]


class Keys:
    """From a text to a row, by a sorted list of 64-bit hashes."""

    def __init__(self, folder: Path, name: str) -> None:
        self._keys = _numbers(folder, f"{name}_keys")
        self._rows = _numbers(folder, f"{name}_key_rows")

    def rows(self, text: str) -> list[int]:
        """Rows whose text may be this one: the caller compares (hashes can collide)."""
        key = text_key(text)
        first = bisect_left(self._keys, key)
        found = []
        while first < len(self._keys) and self._keys[first] == key:
            found.append(self._rows[first])
            first += 1
        return found


class Snapshot:
    """One published state of the site; opening maps files and reads next to nothing."""

    def __init__(self, folder: Path, *, verify: bool = False) -> None:
        """Open a folder; ``thoroughly`` also compares the contents with their sha256.

        Raises :class:`SnapshotError` where a file is missing, cut or of another format.
        """
        self.manifest: Manifest = read_manifest(folder)
        check_files(folder, self.manifest, verify=verify)
        self.folder = folder
        self.id = self.manifest.id
        self.sections = self.manifest.labels["sections"]
        self.languages = self.manifest.labels["languages"]
        self.features = self.manifest.labels["features"]
        try:
            self.made_at = int(read_date(self.manifest.created).timestamp())
            """When it was made, in seconds since 1970 UTC."""
            self._map(folder)
        except (OSError, ValueError, IndexError) as error:
            raise SnapshotError(f"{folder}: {error}; wanted the files of a snapshot") from error

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.published)

    def row(self, identifier: str) -> int | None:
        """Find the row of an article by its id, however that spells its accents.

        A line's end or another control character is no spelling of anything.
        """
        row = self._row(identifier)
        if (
            row is None
            and identifier.isprintable()
            and (known := normalize_id(identifier)) != identifier
        ):
            row = self._row(known)
        return row

    def rows_of_url(self, url: str) -> list[int]:
        """Find the rows of the articles with an address, newest first.

        Where none has it whole: of those whose records have the path alone.
        """
        return self._rows_at(url_key(url)) or self._rows_at(path_key(url))

    def card(self, row: int) -> dict[str, Any]:
        """Read the card of a row."""
        card: dict[str, Any] = msgspec.json.decode(self.cards[row] + b"}")
        return card

    def identifier(self, row: int) -> str:
        """Tell the id of a row."""
        return self.ids[row].decode()

    def duplicates_of(self, row: int) -> NDArray[np.int32]:
        """Rows that tell the same story as this one, itself included, newest first."""
        story = self.cluster_id[row]
        return self.cluster_rows[self.cluster_starts[story] : self.cluster_starts[story + 1]]

    def latest_of(self, section: int) -> NDArray[np.int32]:
        """Rows of a section, newest first."""
        return self.section_rows[self.section_starts[section] : self.section_starts[section + 1]]

    def linkers_of(self, row: int) -> NDArray[np.int32]:
        """Rows of the articles whose text links to this one, newest first."""
        return self.linker_rows[self.linker_starts[row] : self.linker_starts[row + 1]]

    def recency_of(self, row: int) -> Recency:
        """Tell how much newness counts under an article."""
        return self.manifest.ranking.recency_of(self.sections[self.section.item(row)])

    def _rows_at(self, key: str | None) -> list[int]:
        if key is None:
            return []
        return [row for row in self._url_keys.rows(key) if url_key(self.card(row)["url"]) == key]

    def _row(self, identifier: str) -> int | None:
        wanted = identifier.encode()
        return next(
            (row for row in self._id_keys.rows(identifier) if self.ids[row] == wanted), None
        )

    def _map(self, folder: Path) -> None:
        self.published = _array(folder, "published")
        self.expires = _array(folder, "expires")
        self.public = VisibilityByDate(self.published, self.expires)
        self.section = _array(folder, "section")
        self.language = _array(folder, "language")
        self.candidates = _array(folder, "candidates")
        self.relevance = _array(folder, "affinity")
        self.contributions = _array(folder, "shares")
        self.vectors = _array(folder, "vectors")
        self.cluster_id = _array(folder, "story")
        self.cluster_starts = _array(folder, "story_starts")
        self.cluster_rows = _array(folder, "story_rows")
        self.section_starts = _array(folder, "section_starts")
        self.section_rows = _array(folder, "section_rows")
        self.linker_starts = _array(folder, "linker_starts")
        self.linker_rows = _array(folder, "linker_rows")
        self.ids = Blob(folder, "ids")
        self.cards = Blob(folder, "cards")
        self.about = Blob(folder, "about")
        self._id_keys = Keys(folder, "id")
        self._url_keys = Keys(folder, "url")
        rows = {len(a) for a in (self.expires, self.section, self.candidates, self.vectors)}
        if rows != {len(self)} or len(self) != self.manifest.articles:
            raise ValueError(f"arrays of {sorted(rows)} rows for {self.manifest.articles} articles")


def text_key(text: str) -> int:
    """Hash a text into 64 bits (BLAKE2b), the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _array(folder: Path, name: str) -> NDArray[Any]:
    # A plain array over the mapping: numpy's memmap class costs microseconds at every index.
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))


def _numbers(folder: Path, name: str) -> memoryview[int]:
    # Items of a memoryview are plain numbers; numpy's cost five times as much where one is taken.
    return memoryview(_array(folder, name))  # type: ignore[arg-type]  # a buffer, typed as none
