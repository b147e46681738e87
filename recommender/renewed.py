"""Cards chosen ahead again, where those of the index run no longer hold.

Freshness fades, dates come, and editors decide: then a page's cards would be chosen at its next
request, and at every one after it. A service does that once, beside its requests, newest page
first, and keeps the cards for as long as they hold. Until it has come to a page, and wherever it
finds no cards that last, the request chooses.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from recommender.overrides.force import InForce, Yes
from recommender.picks import Pick
from recommender.prepared import PLAIN, as_picks, key_of
from recommender.preparing import Dates, choose_ahead
from recommender.snapshot import Snapshot

BLOCK = 256
"""Pages looked over in one go, while no request is answered."""

SHORT = 60
"""Seconds that cards must hold to be worth having been chosen ahead."""

AGAIN = 3_600
"""Seconds until it is tried again where no cards were found that hold for so long."""

PINS, UNTIL = PLAIN.limit, PLAIN.limit + 1
"""Columns of a page's cells, behind its cards: bits of the editor's cards, and before when all that
holds, in seconds since the snapshot was made; 0 is never, and below 0 is when to try again."""

LAST = int(np.iinfo(np.int32).max)


class Renewed:
    """The cards of pages of one snapshot, under the decisions in force."""

    def __init__(self, snapshot: Snapshot, force: InForce, before: Renewed | None = None) -> None:
        """Begin with what ``before`` chose and nobody has touched since."""
        self._snapshot = snapshot
        self._force = force
        self._moved = force.moved(snapshot)
        # Nothing of it takes memory before it is written to, page by page.
        cells = mmap.mmap(-1, max(len(snapshot), 1) * (UNTIL + 1) * 4)
        self._cells: NDArray[np.int32] = np.frombuffer(cells, dtype=np.int32).reshape(-1, UNTIL + 1)
        self._sound = np.zeros(len(snapshot), dtype=np.bool_)
        """Where the snapshot's own cards are known to be untouched by editors since."""
        if before is not None:
            self._take_over(before)

    def ready(self, row: int, now: float) -> list[Pick] | None:
        """Find the cards of a page that are known to hold; None where none are."""
        snapshot, cells = self._snapshot, self._cells[row].tolist()
        if 0 <= now - snapshot.made_at < cells[UNTIL]:
            return as_picks(cells[:PINS], cells[PINS])
        if self._sound.item(row) and snapshot.made_at <= now < snapshot.prepared_until.item(row):
            return as_picks(snapshot.prepared[row].tolist(), snapshot.prepared_pins.item(row))
        return None

    def renew(self, clock: Callable[[], float]) -> Iterator[None]:
        """Choose the cards of every page that has none which hold, newest first.

        Stops after each page for which it chose, and after each :data:`BLOCK` of pages that it
        looked over, until the next item is asked for.
        """
        dates = Dates(self._snapshot, clock())
        for first in range(0, len(self._snapshot), BLOCK):
            for place in np.flatnonzero(self._wanting(first, clock())).tolist():
                self._choose(first + place, clock(), dates)
                yield
            yield

    def _choose(self, row: int, now: float, dates: Dates) -> None:
        made_at = self._snapshot.made_at
        ahead = choose_ahead(self._snapshot, row, now, self._force, dates)
        if ahead is None or ahead.until < now + SHORT:
            self._cells[row, UNTIL] = -min(int(now) + AGAIN - made_at, LAST)
        else:
            self._cells[row] = [*ahead.rows, ahead.pins, min(ahead.until - made_at, LAST)]

    def _wanting(self, first: int, now: float) -> Yes:
        """Tell for which pages of a block neither cards of the snapshot hold nor any of ours."""
        rows = slice(first, first + BLOCK)
        ours = abs(self._cells[rows, UNTIL]) > now - self._snapshot.made_at
        self._sound[rows] = sound = self._untouched(first, rows)
        return ~(ours | sound & (self._snapshot.prepared_until[rows] > now))

    def _untouched(self, first: int, rows: slice) -> Yes:
        alike = self._decided_alike(first)
        if self._moved is None:
            return alike
        candidates, cards = self._snapshot.candidates[rows], self._snapshot.prepared[rows]
        return alike & ~_any(self._moved, candidates) & ~_any(self._moved, cards)

    def _decided_alike(self, first: int) -> Yes:
        """Tell under which pages of a block just that is decided which was when it was made."""
        keys = self._snapshot.prepared_rules[first : first + BLOCK].tolist()
        return np.array([self._as_made(first + place, key) for place, key in enumerate(keys)])

    def _as_made(self, row: int, key: int) -> bool:
        rules = self._force.articles.get(row)
        if rules is None:
            return key == 0
        return key_of(rules) == key and not self._touched(row, self._moved)

    def _touched(self, row: int, moved: Yes | None) -> bool:
        """Tell whether editors moved a pin under a page."""
        rules = self._force.articles.get(row, ())
        return moved is not None and any(moved.item(rule.row) for rule in rules)

    def _take_over(self, before: Renewed) -> None:
        if before._snapshot is not self._snapshot:
            return
        lifted = before._force.lifted(len(self._snapshot))
        moved = self._force.moved_since(self._snapshot, lifted)
        old, new = before._force.articles, self._force.articles
        chosen = np.flatnonzero(before._cells[:, UNTIL])
        for start in range(0, len(chosen), BLOCK):
            rows = chosen[start : start + BLOCK]
            alike = [
                old.get(row) == new.get(row) and not self._touched(row, moved)
                for row in rows.tolist()
            ]
            rows = rows[alike]
            if moved is not None:
                rows = rows[~_any(moved, self._snapshot.candidates[rows])]
                rows = rows[~_any(moved, before._cells[rows, :PINS])]
            self._cells[rows] = before._cells[rows]


def _any(moved: Yes, rows: NDArray[np.int32]) -> Yes:
    """Tell for each line of ``rows``, shape (b, k), whether any of it is moved."""
    return np.asarray(moved.take(rows).any(axis=1))
