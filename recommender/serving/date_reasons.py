"""Reasons that rest on dates: how far apart two articles are, how old, and which is newest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.time_units import SECONDS_PER_DAY
from recommender.messages import Message, gettext_noop
from recommender.serving.list_context import ListContext
from recommender.snapshots.snapshot import Snapshot

SAME_TOPIC = 0.4
"""Cosine from which a newer article counts as covering the same topic."""

CLOSE_DAYS = 30.0
"""Days between two articles that are called published close to each other."""


@dataclass(frozen=True)
class DateReasons:
    """Builds the reasons for the dates of the candidates of one article at one time.

    A ``candidate`` below is a row of the snapshot.
    """

    context: ListContext

    def reasons(self, candidate: int) -> Iterator[Message]:
        """Yield what speaks for the date of a candidate: its distance, and no newer article."""
        seconds = int(self._published(self.context.row) - self._published(candidate))
        if abs(seconds) < SECONDS_PER_DAY:
            yield Message(gettext_noop("published within a day of this one"))
        elif abs(seconds) <= CLOSE_DAYS * SECONDS_PER_DAY:
            before = gettext_noop("published %(span)s before this one")
            after = gettext_noop("published %(span)s after this one")
            yield Message(before if seconds > 0 else after, span=_span(abs(seconds)))
        if not self._has_newer_on_topic(candidate):
            yield Message(gettext_noop("no newer article covers the same topic"))

    def age(self, candidate: int) -> Message:
        """Return the age of a candidate in words, from the date that its recency counts from."""
        fresh_from = self.context.snapshot.recency_from.item(candidate)
        updated, old = gettext_noop("updated %(span)s ago"), gettext_noop("%(span)s old")
        age = max(self.context.now - fresh_from, 0.0)
        is_update = fresh_from > self._published(candidate)
        return Message(updated if is_update else old, span=_span(age))

    def _published(self, row: int) -> int:
        return int(self.context.snapshot.published.item(row))

    def _has_newer_on_topic(self, candidate: int) -> bool:
        """Return whether a newer public candidate covers the topic of a candidate."""
        snapshot = self.context.snapshot
        rows = snapshot.candidates.of(self.context.row)[0]
        rows = rows[snapshot.are_articles(rows)]
        newer = rows[snapshot.published[rows] > snapshot.published[candidate]]
        newer = list(filter(self.context.is_public, newer.tolist()))
        return bool(newer) and bool(_cosines(snapshot, candidate, newer).max() >= SAME_TOPIC)


def _cosines(snapshot: Snapshot, one: int, others: Sequence[int]) -> Floats:
    vectors = snapshot.vectors_of([one, *others]).astype(np.float64)
    first, second = vectors[0], vectors[1:]
    lengths = np.linalg.norm(first) * np.linalg.norm(second, axis=1)
    return np.asarray(second @ first / np.maximum(lengths, 1e-9))


def _span(seconds: float) -> Message:
    if seconds < SECONDS_PER_DAY:
        hours = round(seconds / 3600)
        text = gettext_noop("1 hour") if hours == 1 else gettext_noop("%(number)s hours")
        return Message(text, number=hours)
    days = round(seconds / SECONDS_PER_DAY)
    text = gettext_noop("1 day") if days == 1 else gettext_noop("%(number)s days")
    return Message(text, number=days)
