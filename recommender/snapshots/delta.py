"""A delta on top of its base: what changed since the last full index run, with no copy of the rest.

A delta is a snapshot folder of its own. It has *later* rows, of new and changed articles, and names
the rows of its base that are no articles any more. A row of the base keeps its number r; later
row i is row n + i, where n is the number of rows of the base. Besides the files of
:class:`recommender.snapshots.parts.RowParts` for its m later rows it has:

======================  ==============  ==========================================================
``removed``             int32 (x,)      ascending rows of the base that are no articles any more:
                                        withdrawn, deleted, or changed
``replaced_by``         int32 (x,)      row of the article that has their ID now, or -1
``added_rows``          int32 (r,)      ascending rows of the base whose lists gain candidates
``added_starts``        int64 (r + 1,)  where those of each begin in the four files that follow
``added_candidates``    int32 (a,)      later rows
``added_relevance``     float32 (a,)    as ``relevance``
``added_contributions`` float16 (a, f)  as ``contributions``
``added_evidence``      float16 (a, 5)  as ``evidence``
``link_sources``        int32 (p,)      rows of articles that link ...
``link_targets``        int32 (p,)      ... to these; links that the base does not have
``no_copy_ones``        int32 (q,)      rows of one cluster: the second is no copy ...
``no_copy_others``      int32 (q,)      ... of the first, as in ``no_copy_rows``; these are further
                                        ones
======================  ==============  ==========================================================

Rows are those of base and delta together; only ``id_keys`` and ``url_keys`` count the later rows
from 0. ``cluster_id`` is a cluster of the base, or a new one. The lists of the manifest's labels
begin with those of the base, so that its codes stay valid. A delta never rests on another delta.

In an order by date, later rows come before those of the base with the same date.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.arrays import Rows, Timestamps
from recommender.snapshots.delta_groups import (
    NO_ROWS,
    DeltaGroups,
    DeltaLinks,
    DeltaOtherIds,
    Removals,
    by_label,
    newest_first,
    with_pairs,
)
from recommender.snapshots.delta_lists import DeltaLists
from recommender.snapshots.parts import Blob, Groups, Keys, Parts, RowParts, array, joined

REMOVED = np.iinfo(np.int64).min
"""``expires`` of a row of the base that is no article any more."""


class DeltaBlob:
    """Texts of the base and, from row n, of the delta."""

    def __init__(self, base: Blob, later: Blob, size: int) -> None:
        # Without a call of the blob of the base, which would double the cost of a text.
        self._starts, self._texts = base.starts, base.texts
        self._later, self._size = later, size

    def __getitem__(self, row: int) -> bytes:
        """Return a copy of the text of a row."""
        if row < self._size:
            return self._texts[self._starts[row] : self._starts[row + 1]]
        return self._later[row - self._size]


class DeltaKeys:
    """Index from texts to rows: later ones first, and none that is removed."""

    def __init__(self, base: Keys, later: Keys, size: int, expires: Timestamps) -> None:
        self._base, self._expires = base, expires
        # Few enough for a dictionary; a second binary search would cost 4 % of a request.
        self._later: dict[int, list[int]] = {}
        for key, row in later.pairs():
            self._later.setdefault(key, []).append(row + size)

    def rows(self, key: int) -> list[int]:
        """Return the rows whose text may have this hash; see :class:`Keys`."""
        rows = [row for row in self._base.rows(key) if self._expires.item(row) != REMOVED]
        later = self._later.get(key)
        return rows if later is None else later + rows


class DeltaParts:
    """All parts of a delta on top of those of its base, under the same names."""

    def __init__(self, folder: Path, base: Parts) -> None:
        later, size = RowParts(folder), len(base)
        self._base_size, self._base = size, base
        removals = Removals(folder, size)
        self.articles = size + len(later) - len(removals.rows)
        self.published = joined(base.folder, folder, "published")
        self.expires = joined(base.folder, folder, "expires")
        self.expires[removals.rows] = REMOVED
        self.recency_from = joined(base.folder, folder, "recency_from")
        self.section = joined(base.folder, folder, "section")
        self.language = joined(base.folder, folder, "language")
        self.cluster_id = joined(base.folder, folder, "cluster_id")
        self.series = joined(base.folder, folder, "series")
        self.candidates = DeltaLists(folder, base.candidates, later.candidates)
        self.ids = DeltaBlob(base.ids, later.ids, size)
        self.cards = DeltaBlob(base.cards, later.cards, size)
        self.keywords = DeltaBlob(base.keywords, later.keywords, size)
        self.id_keys = DeltaKeys(base.id_keys, later.id_keys, size, self.expires)
        self.url_keys = DeltaKeys(base.url_keys, later.url_keys, size, self.expires)
        self.other_ids = DeltaOtherIds(base.other_ids, later.other_ids, removals)
        self._removals = removals
        self.clusters = self._grouped(base.clusters, self.cluster_id)
        self.sections = self._grouped(base.sections, self.section)
        ones, others = array(folder, "no_copy_ones"), array(folder, "no_copy_others")
        self.non_copies = with_pairs(base.non_copies, ones, others)
        sources, targets = array(folder, "link_sources"), array(folder, "link_targets")
        ends, dates = (base.linked, base.linkers), self.published
        self.linked = DeltaLinks(*ends, removals, sources, targets, dates, outgoing=True)
        self.linkers = DeltaLinks(*ends[::-1], removals, targets, sources, dates, outgoing=False)
        self._vectors = base.diversity_vectors, later.diversity_vectors, size
        self._newest_first: Rows | None = None

    def __len__(self) -> int:
        """Count the rows, with those that are no articles any more."""
        return len(self.published)

    def vector_of(self, row: int) -> NDArray[np.int8]:
        """Return the diversity vector of a row: int8, shape (d,)."""
        base, later, size = self._vectors
        vector: NDArray[np.int8] = base[row] if row < size else later[row - size]
        return vector

    def by_date(self, rows: Rows) -> Rows:
        """Sort some rows, newest first."""
        return newest_first(rows, self._base_size, self.published)

    def newest_first(self) -> Rows:
        """Return the rows of all articles, newest first: int32."""
        if self._newest_first is None:
            ours = self._removals.without(self._base.newest_first())
            self._newest_first = _merged(ours, self._later_rows(), self.published)
        return self._newest_first

    def _later_rows(self) -> Rows:
        return np.arange(self._base_size, len(self), dtype=np.int32)

    def _grouped(self, base: Groups, labels: Rows) -> DeltaGroups:
        """Group the rows of each label that has later or removed ones again."""
        rows = self._later_rows()
        later = by_label(zip(labels[rows].tolist(), rows.tolist(), strict=True))
        changed = {*later, *labels[self._removals.rows].tolist()}
        groups = {}
        for label in changed:
            ours = base.of(label) if label < len(base) else NO_ROWS
            kept = self._removals.without(ours)
            groups[label] = _merged(kept, later.get(label, NO_ROWS), self.published)
        return DeltaGroups(base, groups)


def _merged(ours: Rows, later: Rows, published: Timestamps) -> Rows:
    """Insert later rows, each before the first row of the base that is not newer."""
    if len(later) > 1:
        later = later[np.argsort(-published[later], kind="stable")]
    if not len(ours) or not len(later):
        return ours if len(ours) else later
    # The last imported of equal texts is first, whatever its date: its cluster is not by date.
    oldest = np.minimum.accumulate(published[ours])
    places = np.searchsorted(-oldest, -published[later], side="left")
    return np.insert(ours, places, later)
