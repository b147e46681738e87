"""A published snapshot as the service opens it: memory-mapped, without anything executable.

These are the files of a whole snapshot. A delta has other ones, see
:mod:`recommender.snapshots.delta`; :class:`Snapshot` presents it together with its base.

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

from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from models.arrays import Mask
from recommender.articles.article import normalize_id
from recommender.dates import read_date
from recommender.errors import SnapshotError
from recommender.settings import Ranking, Recency
from recommender.snapshots.delta import REMOVED, DeltaParts
from recommender.snapshots.manifest import Manifest, check_files, read_manifest
from recommender.snapshots.newest_only import NewestOnly
from recommender.snapshots.parts import Parts, text_key
from recommender.snapshots.visibility import VisibilityByDate
from recommender.urls import path_key, url_key

NEVER = np.iinfo(np.int64).max
"""``expires`` of an article that never expires."""


class Snapshot:
    """One published state of the site. Opening it maps the files and reads little."""

    def __init__(
        self, folder: Path, *, verify: bool = False, opened: Snapshot | None = None
    ) -> None:
        """Open the folder of a snapshot; of a delta also the folder of its base beside it.

        Parameters
        ----------
        verify : also compare the SHA-256 of every file with the manifest.
        opened : a snapshot that may be the base, used then in place of opening that again.

        Raises
        ------
        SnapshotError
            Where a file is missing, truncated or of another format.
        """
        self.manifest: Manifest = read_manifest(folder)
        check_files(folder, self.manifest, verify=False)
        self.folder = folder
        self.id = self.manifest.id
        self.ranking = self.manifest.ranking
        """The settings with which it is served; see :meth:`under`."""
        self.sections = self.manifest.labels.sections
        self.languages = self.manifest.labels.languages
        self.features = self.manifest.labels.features
        self.base = self._open_base(opened) if self.manifest.base else None
        """The snapshot that a delta rests on; None for a snapshot that is no delta."""
        self.is_verified = False
        """Whether the checksums of all files have been compared."""
        if verify:
            self.verify()
        try:
            self.made_at = int(read_date(self.manifest.created).timestamp())
            """When it was built, in seconds since 1970 UTC."""
            self._map()
        except Exception as error:
            # numpy evaluates the header of an array: a damaged one raises almost anything.
            raise SnapshotError(
                f"{folder}: expected the files of a snapshot, got: {str(error)[:200]}; "
                f"run `{self._fix}`"
            ) from error

    @property
    def size(self) -> int:
        """Bytes of all files, with those of the base."""
        own = sum(file.size for file in self.manifest.files.values())
        return own if self.base is None else own + self.base.size

    def under(self, ranking: Ranking) -> Snapshot:
        """Return this snapshot with other settings of the ranking; both share their arrays."""
        other = copy(self)
        other.ranking = ranking
        return other

    def verify(self) -> None:
        """Compare the SHA-256 of every file with the manifest, once for the same base.

        Raises
        ------
        SnapshotError
            Where a file differs or cannot be read.
        """
        if self.base is not None and not self.base.is_verified:
            try:
                self.base.verify()
            except SnapshotError as error:
                raise self._base_error(error) from error.__cause__
        check_files(self.folder, self.manifest, verify=True)
        self.is_verified = True

    def __len__(self) -> int:
        """Count the rows. With a delta some of them are no articles any more."""
        return len(self.published)

    def are_articles(self, rows: NDArray[np.int32]) -> Mask:
        """Return which rows are articles: bool, the shape of ``rows``.

        Row -1 is none, and a row that a delta removed.
        """
        return np.asarray((rows >= 0) & (self.expires.flat[rows] != REMOVED))

    def newest_first(self) -> NDArray[np.int32]:
        """Return the rows of all articles, newest first: int32."""
        return self.parts.newest_first()

    def by_date(self, rows: Iterable[int]) -> list[int]:
        """Sort some rows, newest first."""
        ordered: list[int] = self.parts.by_date(np.array(sorted(rows), dtype=np.int32)).tolist()
        return ordered

    def row(self, identifier: str) -> int | None:
        """Return the row of an article by its id in any Unicode normal form; None if unknown.

        A former ID names the article that had it, unless another article has it now. Control
        characters are never normalised away.
        """
        row = self._row(identifier)
        if row is None and identifier.isprintable():
            normalized = normalize_id(identifier)
            row = self._row(normalized) if normalized != identifier else None
            if row is None and (other := self._other_ids.find(normalized)) is not None:
                row = other.row if other.row >= 0 else None
        return row

    def own_row(self, identifier: str) -> int | None:
        """Return the row of an article by its present id in Unicode NFC; None if unknown."""
        return self._row(identifier)

    def rows_of_url(self, url: str) -> list[int]:
        """Return the rows of the articles with a URL, newest first.

        An article whose record has only the path is found where no article has the whole URL.
        Otherwise an address that an article had before names it.
        """
        keys = [key for key in (url_key(url), path_key(url)) if key]
        rows = next(filter(None, map(self.rows_at, keys)), [])
        return rows or next(filter(None, map(self._rows_left, keys)), [])

    def rows_at(self, key: str) -> list[int]:
        """Return the rows of the articles with a normalised URL or path now, newest first."""
        found = self.parts.url_keys.rows(text_key(key))
        rows = [row for row in found if url_key(self.card(row)["url"]) == key]
        return self.by_date(rows)

    def card(self, row: int) -> dict[str, Any]:
        """Return the card of a row, without its origin."""
        card: dict[str, Any] = msgspec.json.decode(self.cards[row] + b"}")
        return card

    def identifier(self, row: int) -> str:
        """Return the id of a row."""
        return self.ids[row].decode()

    def vectors_of(self, rows: Iterable[int]) -> NDArray[np.int8]:
        """Return the diversity vectors of m rows: int8, shape (m, d)."""
        return np.array([self.vector_of(row) for row in rows], dtype=np.int8)

    def has_duplicates(self, row: int) -> bool:
        """Return whether a row has near-duplicates besides itself."""
        return self._clusters.size(self.cluster_id.item(row)) > 1

    def duplicates_of(self, row: int) -> NDArray[np.int32]:
        """Return the near-duplicates of a row, itself included, first the one to show: int32."""
        return self._clusters.of(self.cluster_id.item(row))

    def copies_of(self, identifier: str) -> NDArray[np.int32]:
        """Return the rows of an article and its copies, also for an article that is hidden: int32.

        A decision about the article applies to all of them.
        """
        row, other = self.row(identifier), self._other_ids.find(identifier)
        copies = np.zeros(0, dtype=np.int32) if other is None else other.copies
        if row is None:
            return copies
        duplicates, others = self.duplicates_of(row), self.parts.non_copies.of(row)
        own = np.setdiff1d(duplicates, others) if len(others) else duplicates
        return np.union1d(own, copies) if len(copies) else own

    def latest_of(self, section: int) -> NDArray[np.int32]:
        """Return the rows of a section, newest first: int32."""
        return self.parts.sections.of(section)

    def linkers_of(self, row: int) -> NDArray[np.int32]:
        """Return the rows of the articles that link to this one, newest first: int32."""
        return self.parts.linkers.of(row)

    def linked_from(self, row: int) -> NDArray[np.int32]:
        """Return the rows of the articles that this one links to, newest first: int32."""
        return self.parts.linked.of(row)

    def links(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return all links: the rows of the articles that link, and of those that they link to."""
        return self.parts.linked.pairs()

    def recency_of(self, row: int) -> Recency:
        """Return the recency setting of the section of a row."""
        return self.ranking.recency_of(self.sections[self.section.item(row)])

    def _rows_left(self, key: str) -> list[int]:
        """Return the row of the article that had an address before."""
        other = self._other_ids.find(key)
        return [other.row] if other is not None and other.row >= 0 else []

    def _row(self, identifier: str) -> int | None:
        key, found = identifier.encode(), self._id_keys.rows(text_key(identifier))
        return next((row for row in found if self.ids[row] == key), None)

    @property
    def _fix(self) -> str:
        return "recommender index --full" if self.manifest.base else "recommender index"

    def _open_base(self, opened: Snapshot | None) -> Snapshot:
        """Open the snapshot that a delta rests on, or take the one that is open already."""
        folder = self.folder.parent / self.manifest.base
        try:
            found = read_manifest(folder)
            if found.base:
                raise SnapshotError(f"{folder}: expected no delta, got one of {found.base}")
            if found.checksum != self.manifest.base_checksum:
                raise SnapshotError(f"{folder}: expected the snapshot of then, got another")
            if opened is not None and opened.manifest.checksum == found.checksum:
                return opened
            return Snapshot(folder)
        except SnapshotError as error:
            raise self._base_error(error) from error.__cause__

    def _base_error(self, error: SnapshotError) -> SnapshotError:
        reason = str(error).partition("; run ")[0]
        return SnapshotError(
            f"delta {self.id} needs snapshot {self.manifest.base}: {reason}; run `{self._fix}`"
        )

    def _map(self) -> None:
        parts = self.parts = self._open_parts()
        if parts.articles != self.manifest.articles:
            raise ValueError(f"{parts.articles} rows for {self.manifest.articles} articles")
        self.published = parts.published
        self.expires = parts.expires
        self.public = VisibilityByDate(parts.published, parts.expires)
        self.recency_from = parts.recency_from
        self.section = parts.section
        self.language = parts.language
        self.cluster_id = parts.cluster_id
        self.newest_only = NewestOnly(parts.published, parts.section, parts.series, parts.by_date)
        self.candidates = parts.candidates
        self.vector_of = parts.vector_of
        self.ids = parts.ids
        self.cards = parts.cards
        self.keywords = parts.keywords
        self._clusters = parts.clusters
        self._id_keys = parts.id_keys
        self._other_ids = parts.other_ids

    def _open_parts(self) -> Parts | DeltaParts:
        if self.base is None:
            return Parts(self.folder)
        labels, first = self.manifest.labels, self.base.manifest.labels
        for ours, theirs in (
            (labels.sections, first.sections),
            (labels.languages, first.languages),
            (labels.features, first.features),
        ):
            if ours[: len(theirs)] != theirs:
                raise ValueError("labels that do not begin with those of the base")
        if not isinstance(self.base.parts, Parts):
            raise TypeError("a base that is a delta itself")
        return DeltaParts(self.folder, self.base.parts)
