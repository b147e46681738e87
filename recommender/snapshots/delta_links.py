"""What a delta removes from its base, and the links and pairs that it adds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.arrays import AnyRows, Mask, Rows, Timestamps
from recommender.snapshots.parts import Groups, OtherId, OtherIds, array

NO_ROWS: Rows = np.zeros(0, dtype=np.int32)


class Removals:
    """The rows of the base that are no articles any more."""

    def __init__(self, folder: Path, size: int) -> None:
        self.rows: Rows = array(folder, "removed")
        self._replaced_by: Rows = array(folder, "replaced_by")
        if len(self.rows) != len(self._replaced_by) or np.any(self.rows >= size):
            raise ValueError(f"rows removed that are not among the {size} of the base")
        pairs = zip(self._replaced_by.tolist(), self.rows.tolist(), strict=True)
        self.replaced = by_label(pairs)
        """Removed rows by the row that has their ID now."""

    def without(self, rows: Rows) -> Rows:
        """Leave removed rows out."""
        return rows[~self._are_removed(rows)] if len(self.rows) else rows

    def replace(self, rows: Rows) -> Rows:
        """Replace each removed row by the one that has its ID now, or by -1."""
        gone = self._are_removed(rows) if len(self.rows) else None
        if gone is None or not gone.any():
            return rows
        found = rows.copy()
        found[gone] = self._replaced_by[np.searchsorted(self.rows, rows[gone])]
        return found

    def successors(self, rows: Rows) -> Rows:
        """Replace removed rows by those that have their IDs now, and leave the others out."""
        found = self.replace(rows)
        return found if found is rows else found[found >= 0]

    def _are_removed(self, rows: Rows) -> Mask:
        places = np.searchsorted(self.rows, rows)
        return np.asarray(self.rows[np.minimum(places, len(self.rows) - 1)] == rows)


class DeltaPairs:
    """Rows that belong to a row: those of the base, and further ones."""

    def __init__(self, base: Groups, ones: Rows, others: Rows) -> None:
        self._base = base
        self._further = by_label(zip(ones.tolist(), others.tolist(), strict=True))

    def of(self, row: int) -> Rows:
        """Return the rows that belong to a row: int32."""
        ours = self._base.of(row) if row < len(self._base) else NO_ROWS
        return np.append(ours, self._further[row]) if row in self._further else ours


class DeltaLinks:
    """Links of the base between articles that are left, and those that the delta adds."""

    def __init__(
        self, base: Groups, removals: Removals, ones: Rows, others: Rows, published: Timestamps
    ) -> None:
        self._base = base
        self._removals = removals
        self._further = ones, others
        self._links = DeltaPairs(base, ones, others)
        self._published = published

    def of(self, row: int) -> Rows:
        """Return the rows at the other ends of the links of a row, newest first: int32."""
        former = [self._base.of(one) for one in self._removals.replaced.get(row, NO_ROWS)]
        rows = self._removals.successors(np.concatenate((self._links.of(row), *former)))
        return newest_first(np.unique(rows), len(self._base), self._published)

    def pairs(self) -> tuple[Rows, Rows]:
        """Return all rows that have links, and the rows at the other ends, in pairs."""
        ours = [self._removals.replace(side) for side in self._base.pairs()]
        left = (ours[0] >= 0) & (ours[1] >= 0)
        ones, others = (
            np.append(side[left], more) for side, more in zip(ours, self._further, strict=True)
        )
        once = np.unique(pair_keys(ones, others), return_index=True)[1]
        return ones[once], others[once]


class DeltaOtherIds:
    """IDs of no row: those of the delta, then those of the base.

    What the base says about a changed article holds for it as it is now. So the copy of a
    withdrawn article stays hidden, unless the delta has an entry about that article, too.
    """

    def __init__(self, base: OtherIds, later: OtherIds, removals: Removals) -> None:
        self._base, self._later, self._removals = base, later, removals

    def find(self, identifier: str) -> OtherId | None:
        """Return what an ID or a normalised address stands for; None if it is not known."""
        if (found := self._later.find(identifier)) is not None:
            return found
        if (found := self._base.find(identifier)) is None:
            return None
        row = self._removals.successors(np.array([found.row], dtype=np.int32)).tolist()
        return OtherId(row[0] if row else -1, self._removals.successors(found.copies))


def newest_first(rows: Rows, size: int, published: Timestamps) -> Rows:
    """Sort rows by date; ``size`` is the number of rows of the base."""
    return rows[np.lexsort((rows, rows < size, -published[rows]))]


def by_label(pairs: Iterable[tuple[int, int]]) -> dict[int, Rows]:
    """Collect the rows of each label from pairs of a label and a row."""
    found: dict[int, list[int]] = {}
    for label, row in pairs:
        found.setdefault(label, []).append(row)
    return {label: np.array(rows, dtype=np.int32) for label, rows in found.items()}


def pair_keys(ones: AnyRows, others: AnyRows) -> NDArray[np.int64]:
    """Encode each pair of rows as one integer."""
    return (ones.astype(np.int64) << 32) | others.astype(np.int64)
