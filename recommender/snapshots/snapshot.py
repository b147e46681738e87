"""A published snapshot as the service opens it: memory-mapped, without anything executable.

Each article is a row, numbered from the newest (row 0) to the oldest; the latest articles are the
first rows. n articles, k candidates each, f themes, d dimensions, c clusters, s sections, l links:

========================  ================  ======================================================
``published``             int64 (n,)        seconds since 1970 UTC
``expires``               int64 (n,)        the same; :data:`NEVER` without an expiry
``recency_from``          int64 (n,)        the same; date from which the recency boost decays
``section``               int32 (n,)        index into ``labels`` of the manifest
``language``              int32 (n,)        the same
``candidates``            int32 (n, k)      rows, greatest relevance first; -1 fills up
``relevance``             float32 (n, k)    relevance score of each candidate, in log-odds
``contributions``         float16 (n, k, f) what each theme adds to the relevance score
``evidence``              float16 (n, k, 5) see :mod:`models.features.evidence_weights`
``diversity_vectors``     int8 (n, d)       see :func:`models.rerank.rerank.quantize`
``cluster_id``            int32 (n,)        cluster of near-duplicates and translations
``cluster_starts``        int64 (c + 1,)    where a cluster begins in ``cluster_rows``
``cluster_rows``          int32 (n,)        rows by cluster, first the one that lists show
``no_copy_starts``        int64 (n + 1,)    where the near-duplicates of a row begin that are no
``no_copy_rows``          int32 (p,)        copies of its text, see :mod:`models.lexical.copies`
``section_starts``        int64 (s + 1,)    where a section begins in ``section_rows``
``section_rows``          int32 (n,)        rows by section, newest first
``linker_starts``         int64 (n + 1,)    where the articles that link to a row begin
``linker_rows``           int32 (l,)        in ``linker_rows``, newest first
``linked_starts``         int64 (n + 1,)    where the articles that a row links to begin
``linked_rows``           int32 (l,)        in ``linked_rows``, newest first
``series``                int32 (n,)        see :func:`recommender.snapshots.newest_only.series_of`
``ids`` ``cards``         bytes             texts end to end, with int64 (n + 1,) starts
``keywords``              bytes             the same; read only for explanations
``other_ids``             bytes             IDs of no row: of hidden articles, former IDs and URLs
``other_rows``            int32 (o,)        row of the article that had that ID or URL, or -1
``other_copy_starts``     int64 (o + 1,)    where the copies of a hidden article begin
``other_copy_rows``       int32 (q,)        in ``other_copy_rows``
``id_keys`` ``url_keys``  uint64 (m,)       sorted hashes, with int32 (m,) rows beside them; the
                                            rows of ``other_keys`` are positions in ``other_ids``
========================  ================  ======================================================
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
from recommender.snapshots.newest_only import NewestOnly
from recommender.snapshots.visibility import VisibilityByDate
from recommender.urls import path_key, url_key

NEVER = np.iinfo(np.int64).max
"""``expires`` of an article that never expires."""


class Blob:
    """Texts end to end in one memory-mapped file; item i is a slice of it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._starts = _numbers(folder, f"{name}_starts")
        path = folder / f"{name}.bin"
        with path.open("rb") as file:  # an empty file cannot be mapped
            self._bytes = (
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
            )

    def __getitem__(self, row: int) -> bytes:
        """Return a copy of the text of a row."""
        return self._bytes[self._starts[row] : self._starts[row + 1]]


class Keys:
    """Index from texts to rows: a sorted array of 64-bit hashes."""

    def __init__(self, folder: Path, name: str) -> None:
        self._keys = _numbers(folder, f"{name}_keys")
        self._rows = _numbers(folder, f"{name}_key_rows")

    def rows(self, text: str) -> list[int]:
        """Return the rows whose text may be this one. Hashes can collide: the caller compares."""
        key = text_key(text)
        first = bisect_left(self._keys, key)
        found = []
        while first < len(self._keys) and self._keys[first] == key:
            found.append(self._rows[first])
            first += 1
        return found


class Snapshot:
    """One published state of the site. Opening it maps the files and reads little."""

    def __init__(self, folder: Path, *, verify: bool = False) -> None:
        """Open the folder of a snapshot.

        Parameters
        ----------
        verify : also compare the SHA-256 of every file with the manifest.

        Raises
        ------
        SnapshotError
            Where a file is missing, truncated or of another format.
        """
        self.manifest: Manifest = read_manifest(folder)
        check_files(folder, self.manifest, verify=verify)
        self.folder = folder
        self.id = self.manifest.id
        self.sections = self.manifest.labels.sections
        self.languages = self.manifest.labels.languages
        self.features = self.manifest.labels.features
        try:
            self.made_at = int(read_date(self.manifest.created).timestamp())
            """When it was built, in seconds since 1970 UTC."""
            self._map(folder)
        except Exception as error:
            # numpy evaluates the header of an array: a damaged one raises almost anything.
            raise SnapshotError(
                f"{folder}: expected the files of a snapshot, got: {str(error)[:200]}; "
                "run `recommender index`"
            ) from error

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.manifest.files.values())

    def verify(self) -> None:
        """Compare the SHA-256 of every file with the manifest.

        Raises
        ------
        SnapshotError
            Where a file differs or cannot be read.
        """
        check_files(self.folder, self.manifest, verify=True)

    def __len__(self) -> int:
        """Count the articles."""
        return len(self.published)

    def row(self, identifier: str) -> int | None:
        """Return the row of an article by its id in any Unicode normal form; None if unknown.

        A former ID names the article that had it, unless another article has it now. Control
        characters are never normalised away.
        """
        row = self._row(identifier)
        if row is None and identifier.isprintable():
            normalized = normalize_id(identifier)
            row = self._row(normalized) if normalized != identifier else None
            if row is None and (other := self._other(normalized)) is not None:
                row = self.other_rows[other] if self.other_rows[other] >= 0 else None
        return row

    def own_row(self, identifier: str) -> int | None:
        """Return the row of an article by its present id in Unicode NFC; None if unknown."""
        return self._row(identifier)

    def rows_of_url(self, url: str) -> list[int]:
        """Return the rows of the articles with a URL, newest first.

        An article whose record has only the path is found where no article has the whole URL.
        Otherwise an address that an article had before names it.
        """
        return self._rows_at(url_key(url)) or self._rows_at(path_key(url)) or self._rows_left(url)

    def card(self, row: int) -> dict[str, Any]:
        """Return the card of a row, without its origin."""
        card: dict[str, Any] = msgspec.json.decode(self.cards[row] + b"}")
        return card

    def identifier(self, row: int) -> str:
        """Return the id of a row."""
        return self.ids[row].decode()

    def duplicates_of(self, row: int) -> NDArray[np.int32]:
        """Return the near-duplicates of a row, itself included, first the one to show: int32."""
        cluster = self.cluster_id.item(row)
        return self.cluster_rows[self.cluster_starts[cluster] : self.cluster_starts[cluster + 1]]

    def copies_of(self, identifier: str) -> NDArray[np.int32]:
        """Return the rows of an article and its copies, also for an article that is hidden: int32.

        A decision about the article applies to all of them.
        """
        row = self.row(identifier)
        if row is not None:
            others = slice(self.no_copy_starts[row], self.no_copy_starts[row + 1])
            duplicates = self.duplicates_of(row)
            if others.start == others.stop:
                return duplicates
            return np.setdiff1d(duplicates, self.no_copy_rows[others])
        other = self._other(identifier)
        if other is None:
            return np.zeros(0, dtype=np.int32)
        return self.other_copy_rows[
            self.other_copy_starts[other] : self.other_copy_starts[other + 1]
        ]

    def latest_of(self, section: int) -> NDArray[np.int32]:
        """Return the rows of a section, newest first: int32."""
        return self.section_rows[self.section_starts[section] : self.section_starts[section + 1]]

    def linkers_of(self, row: int) -> NDArray[np.int32]:
        """Return the rows of the articles that link to this one, newest first: int32."""
        return self.linker_rows[self.linker_starts[row] : self.linker_starts[row + 1]]

    def linked_from(self, row: int) -> NDArray[np.int32]:
        """Return the rows of the articles that this one links to, newest first: int32."""
        return self.linked_rows[self.linked_starts[row] : self.linked_starts[row + 1]]

    def recency_of(self, row: int) -> Recency:
        """Return the recency setting of the section of a row."""
        return self.manifest.ranking.recency_of(self.sections[self.section.item(row)])

    def _rows_at(self, key: str | None) -> list[int]:
        if key is None:
            return []
        return [row for row in self._url_keys.rows(key) if url_key(self.card(row)["url"]) == key]

    def _rows_left(self, url: str) -> list[int]:
        """Return the row of the article that had an address before."""
        keys = filter(None, (url_key(url), path_key(url)))
        others = [other for key in keys if (other := self._other(key)) is not None]
        return [row for other in others if (row := self.other_rows[other]) >= 0][:1]

    def _row(self, identifier: str) -> int | None:
        key = identifier.encode()
        return next((row for row in self._id_keys.rows(identifier) if self.ids[row] == key), None)

    def _other(self, identifier: str) -> int | None:
        key = identifier.encode()
        found = self._other_keys.rows(identifier)
        return next((other for other in found if self.other_ids[other] == key), None)

    def _map(self, folder: Path) -> None:
        self.published = _array(folder, "published")
        self.expires = _array(folder, "expires")
        self.public = VisibilityByDate(self.published, self.expires)
        self.recency_from = _array(folder, "recency_from")
        self.section = _array(folder, "section")
        self.language = _array(folder, "language")
        self.candidates = _array(folder, "candidates")
        self.relevance = _array(folder, "relevance")
        self.contributions = _array(folder, "contributions")
        self.evidence = _array(folder, "evidence")
        self.diversity_vectors = _array(folder, "diversity_vectors")
        self.cluster_id = _array(folder, "cluster_id")
        self.cluster_starts = _numbers(folder, "cluster_starts")
        self.cluster_rows = _array(folder, "cluster_rows")
        self.no_copy_starts = _numbers(folder, "no_copy_starts")
        self.no_copy_rows = _array(folder, "no_copy_rows")
        self.other_rows = _numbers(folder, "other_rows")
        self.other_copy_starts = _numbers(folder, "other_copy_starts")
        self.other_copy_rows = _array(folder, "other_copy_rows")
        self.section_starts = _array(folder, "section_starts")
        self.section_rows = _array(folder, "section_rows")
        self.linker_starts = _array(folder, "linker_starts")
        self.linker_rows = _array(folder, "linker_rows")
        self.linked_starts = _numbers(folder, "linked_starts")
        self.linked_rows = _array(folder, "linked_rows")
        series = _array(folder, "series")
        self.newest_only = NewestOnly(self.published, self.section, series)
        self.ids = Blob(folder, "ids")
        self.cards = Blob(folder, "cards")
        self.keywords = Blob(folder, "keywords")
        self.other_ids = Blob(folder, "other_ids")
        self._other_keys = Keys(folder, "other")
        self._id_keys = Keys(folder, "id")
        self._url_keys = Keys(folder, "url")
        arrays = (self.expires, self.section, self.candidates, self.diversity_vectors)
        rows = {len(array) for array in arrays}
        if rows != {len(self)} or len(self) != self.manifest.articles:
            raise ValueError(f"arrays of {sorted(rows)} rows for {self.manifest.articles} articles")


def text_key(text: str) -> int:
    """Hash a text to 64 bits (BLAKE2b), the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def _array(folder: Path, name: str) -> NDArray[Any]:
    # A plain array over the mapping: numpy's memmap class costs microseconds at every index.
    return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))


def _numbers(folder: Path, name: str) -> memoryview[int]:
    # An item of a memoryview is a plain int and costs a fifth of an item of a numpy array.
    return memoryview(_array(folder, name))  # type: ignore[arg-type]  # a buffer, typed as none
