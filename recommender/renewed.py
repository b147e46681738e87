"""Cards chosen ahead again, where those of the index run no longer hold.

Freshness fades, dates come, and editors decide: then a page's cards would be chosen at its next
request, and at every one after it. A service does that once, beside its requests, newest page
first, and keeps the cards for as long as they hold. Until it has come to a page, and wherever it
finds no cards that last, the request chooses.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from recommender.overrides.force import InForce, Rule, Yes
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

PINS, SINCE, UNTIL = range(PLAIN.limit, PLAIN.limit + 3)
"""Columns of a page's cells, behind its cards: bits of the editor's cards, and from when and before
when all that holds, in seconds since the snapshot was made. An UNTIL of 0 is never; below 0 it is
when to try again. It is written last, so that who reads a page meanwhile finds nothing that holds
for longer than its cards."""

LAST = int(np.iinfo(np.int32).max)


class Renewed:
    """The cards of pages of one snapshot, under the decisions in force."""

    def __init__(self, snapshot: Snapshot, force: InForce, before: Renewed | None = None) -> None:
        """Begin with what ``before`` chose and nobody has touched since."""
        self._snapshot = snapshot
        self._force = force
        self._moved = force.moved(snapshot)
        self._cells = _cells(len(snapshot))
        self._sound = np.zeros(len(snapshot), dtype=np.bool_)
        """Where the snapshot's own cards are known to be untouched by editors since."""
        if before is not None:
            self._take_over(before)

    def ready(self, row: int, now: float) -> list[Pick] | None:
        """Find the cards of a page that are known to hold; None where none are."""
        snapshot, cells = self._snapshot, self._cells[row].tolist()
        if cells[SINCE] <= now - snapshot.made_at < cells[UNTIL]:
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
        since = math.ceil(now - self._snapshot.made_at)
        if since < 0:
            return  # somebody has put the clock back
        ahead = choose_ahead(self._snapshot, row, now, self._force, dates)
        if ahead is None or ahead.until < now + SHORT:
            self._cells[row, UNTIL] = -min(since + AGAIN, LAST)
        else:
            until = min(ahead.until - self._snapshot.made_at, LAST)
            self._cells[row] = [*ahead.rows, ahead.pins, since, until]

    def _wanting(self, first: int, now: float) -> Yes:
        """Tell for which pages of a block neither cards of the snapshot hold nor any of ours."""
        rows, age = slice(first, first + BLOCK), now - self._snapshot.made_at
        cells = self._cells[rows]
        # Those that hold only later are of a clock that was put back.
        ours = (abs(cells[:, UNTIL]) > age) & (cells[:, SINCE] <= age + 1)
        self._sound[rows] = sound = self._untouched(first, rows)
        return ~(ours | sound & (self._snapshot.prepared_until[rows] > now))

    def _untouched(self, first: int, rows: slice) -> Yes:
        """Tell for which pages of a block editors decided just what they had when it was made."""
        keys = self._snapshot.prepared_rules[rows].tolist()
        alike = np.array([self._as_made(first + place, key) for place, key in enumerate(keys)])
        return alike if self._moved is None else alike & self._unmoved(self._moved, rows)

    def _as_made(self, row: int, key: int) -> bool:
        rules = self._force.articles.get(row)
        if rules is None:
            return key == 0
        return key_of(rules) == key and not _any_pin(rules, self._moved)

    def _unmoved(self, moved: Yes, rows: slice | NDArray[np.intp]) -> Yes:
        """Tell for which of some pages no candidate is moved, in any version of its story."""
        return np.asarray(~moved.take(self._snapshot.candidates[rows]).any(axis=1))

    def _take_over(self, before: Renewed) -> None:
        if before._snapshot is not self._snapshot:
            return
        moved = self._force.moved_since(self._snapshot, before._force.lifted(len(self._snapshot)))
        chosen = before._cells[:, UNTIL] != 0
        chosen[self._decided_since(before._force, moved)] = False
        places = np.flatnonzero(chosen)
        for start in range(0, len(places), BLOCK):
            rows = places[start : start + BLOCK]
            rows = rows[self._unmoved(moved, rows)] if moved is not None else rows
            self._cells[rows] = before._cells[rows]

    def _decided_since(self, before: InForce, moved: Yes | None) -> list[int]:
        """Name the pages under which editors decided something since, or moved a pin."""
        old, new = before.articles, self._force.articles
        pages = [] if old is new else [row for row in {*old, *new} if old.get(row) != new.get(row)]
        return pages + [row for row, rules in new.items() if _any_pin(rules, moved)]


def _cells(count: int) -> NDArray[np.int32]:
    """Make cells that take memory page by page, as they are written."""
    width = UNTIL + 1
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS  # of shared memory a look would take some, too
    cells = mmap.mmap(-1, max(count, 1) * width * 4, flags=flags)
    return np.frombuffer(cells, dtype=np.int32).reshape(-1, width)[:count]


def _any_pin(rules: Iterable[Rule], moved: Yes | None) -> bool:
    """Tell whether editors moved what they picked under a page."""
    return moved is not None and any(moved.item(rule.row) for rule in rules)
