"""Candidate lists of a base with what a delta adds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.arrays import AnyRows, Mask, Rows, Vectors
from recommender.snapshots.delta_groups import pair_keys
from recommender.snapshots.parts import CandidateLists, array, numbers


class DeltaLists:
    """Candidate lists: of a row of the base its own candidates, then those that it gained.

    A candidate that was removed keeps its column. It is never public.
    """

    def __init__(self, folder: Path, base: CandidateLists, later: CandidateLists) -> None:
        self._base, self._later, self._size = base, later, len(base)
        self._added_rows: Rows = array(folder, "added_rows")
        self._starts = numbers(folder, "added_starts")
        self._candidates: Rows = array(folder, "added_candidates")
        self._relevance: Vectors = array(folder, "added_relevance")
        self._contributions = array(folder, "added_contributions")
        self._evidence = array(folder, "added_evidence")
        if len(self._starts) != len(self._added_rows) + 1:
            raise ValueError("added_starts does not fit added_rows")
        # A look into an array costs a tenth of a binary search.
        self._place = np.full(self._size, -1, dtype=np.int32)
        self._place[self._added_rows] = np.arange(len(self._added_rows))

    def of(self, row: int) -> tuple[Rows, Vectors]:
        """Return the candidates of a row and their relevance; see :class:`CandidateLists`."""
        if row >= self._size:
            return self._later.of(row - self._size)
        place = self._place.item(row)
        if place < 0:
            return self._base.of(row)
        # Filling empty arrays costs two thirds of np.concatenate.
        start, end, width = self._starts[place], self._starts[place + 1], self._base.width
        rows = np.empty(width + end - start, dtype=np.int32)
        relevance = np.empty(width + end - start, dtype=np.float32)
        rows[:width], relevance[:width] = self._base.of(row)
        rows[width:], relevance[width:] = self._candidates[start:end], self._relevance[start:end]
        return rows, relevance

    def contributions(self, row: int, column: int) -> NDArray[np.float16]:
        """Return what each theme adds to the relevance of a candidate: float16, (f,)."""
        if row >= self._size:
            return self._later.contributions(row - self._size, column)
        if column < self._base.width:
            return self._base.contributions(row, column)
        return np.asarray(self._contributions[self._addition(row, column)])

    def evidence(self, row: int, column: int) -> NDArray[np.float16]:
        """Return the evidence for a common topic with a candidate: float16, (5,)."""
        if row >= self._size:
            return self._later.evidence(row - self._size, column)
        if column < self._base.width:
            return self._base.evidence(row, column)
        return np.asarray(self._evidence[self._addition(row, column)])

    def showing(self, targets: Mask) -> AnyRows:
        """Return the rows that have one of the targets among their candidates."""
        gaining, candidates = self._additions()
        found = (
            self._base.showing(targets),
            gaining[targets[candidates]],
            self._later.showing(targets) + self._size,
        )
        return np.unique(np.concatenate(found))

    def contain(self, rows: AnyRows, candidates: AnyRows) -> Mask:
        """Return whether the list of each row has the candidate beside it: bool, (len(rows),)."""
        found = np.zeros(len(rows), dtype=np.bool_)
        ours = rows < self._size
        found[ours] = self._base.contain(rows[ours], candidates[ours])
        found[~ours] = self._later.contain(rows[~ours] - self._size, candidates[~ours])
        added = [one.astype(np.int64) for one in self._additions()]
        return found | np.isin(pair_keys(rows, candidates), pair_keys(*added))

    def _addition(self, row: int, column: int) -> int:
        return self._starts[self._place.item(row)] + column - self._base.width

    def _additions(self) -> tuple[Rows, Rows]:
        """Return the rows that gain candidates, one for each of these; and the candidates."""
        return np.repeat(self._added_rows, np.diff(self._starts)), self._candidates
