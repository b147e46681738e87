"""What a delta removes from its base, and the groups of rows that it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        self.replaced = by_label(pair for pair in pairs if pair[0] >= 0)
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

    def drop(self, rows: Rows) -> Rows:
        """Replace each removed row by -1."""
        return np.where(self._are_removed(rows), -1, rows) if len(self.rows) else rows

    def successors(self, rows: Rows) -> Rows:
        """Replace removed rows by those that have their IDs now, and leave the others out."""
        found = self.replace(rows)
        return found if found is rows else found[found >= 0]

    def _are_removed(self, rows: Rows) -> Mask:
        places = np.searchsorted(self.rows, rows)
        return np.asarray(self.rows[np.minimum(places, len(self.rows) - 1)] == rows)


class DeltaGroups:
    """Groups of rows of which a delta changes some."""

    def __init__(self, base: Groups, changed: Mapping[int, Rows]) -> None:
        self._base = base
        self._labels = len(base)
        self._starts = base.starts
        self._changed = changed

    def size(self, label: int) -> int:
        """Count the rows of a label."""
        if label in self._changed:
            return len(self._changed[label])
        return self._starts[label + 1] - self._starts[label]

    def of(self, label: int) -> Rows:
        """Return the rows of a label: int32."""
        changed = self._changed.get(label)
        if changed is None:
            return self._base.of(label) if label < self._labels else NO_ROWS
        return changed


def with_pairs(base: Groups, ones: Rows, others: Rows) -> DeltaGroups:
    """Add pairs of rows: ``others`` to the groups of ``ones``."""
    further = by_label(zip(ones.tolist(), others.tolist(), strict=True))
    ours = DeltaGroups(base, {})
    return DeltaGroups(base, {row: np.append(ours.of(row), more) for row, more in further.items()})


class DeltaLinks(DeltaGroups):
    """Links of the base between articles that are left, and those that the delta adds.

    A changed article keeps the links to it. Those in its text are all among the further links.

    Parameters
    ----------
    base, reverse : links of the base, by the row at one end and by the row at the other.
    ones, others : rows at both ends of the further links.
    outgoing : whether ``ones`` are the articles that link, and not those that are linked to.
    """

    def __init__(
        self,
        base: Groups,
        reverse: Groups,
        removals: Removals,
        ones: Rows,
        others: Rows,
        published: Timestamps,
        *,
        outgoing: bool,
    ) -> None:
        ends = (removals.drop, removals.replace)
        self._one, self._other = ends if outgoing else ends[::-1]
        self._further = ones, others = self._left(ones, others)
        further = by_label(zip(ones.tolist(), others.tolist(), strict=True))
        former: dict[int, NDArray[np.int32]] = {} if outgoing else removals.replaced
        rows = {*further, *former}
        rows.update(*(reverse.of(row).tolist() for row in removals.rows.tolist()))
        changed = {}
        for row in rows:
            known = [base.of(one) for one in (row, *former.get(row, ())) if one < len(base)]
            found = self._other(np.concatenate((*known, further.get(row, NO_ROWS))))
            changed[row] = newest_first(np.unique(found[found >= 0]), len(base), published)
        super().__init__(base, changed)

    def pairs(self) -> tuple[Rows, Rows]:
        """Return all rows that have links, and the rows at the other ends, in pairs."""
        ours = self._left(*self._base.pairs())
        ones, others = (np.append(*sides) for sides in zip(ours, self._further, strict=True))
        once = np.unique(pair_keys(ones, others), return_index=True)[1]
        return ones[once], others[once]

    def _left(self, ones: Rows, others: Rows) -> tuple[Rows, Rows]:
        """Redirect links to changed articles, and leave out those of removed ones."""
        ones, others = self._one(ones), self._other(others)
        left = (ones >= 0) & (others >= 0) & (ones != others)
        return ones[left], others[left]


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
