"""Reasons that rest on dates: how far apart two articles are, how old, and which is newest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.time_units import SECONDS_PER_DAY
from recommender.messages import Message, gettext_noop
from recommender.serving.list_context import ListContext

CLOSE_DAYS = 30.0
"""Days between two articles that are called published close to each other."""


@dataclass(frozen=True)
class DateReasons:
    """Builds the reasons for the dates of the candidates of one article at one time.

    A ``candidate`` below is a row of the snapshot.
    """

    context: ListContext

    def reasons(self, candidate: int) -> Iterator[Message]:
        """Yield what speaks for the date of a candidate: its distance, or that it is the newest."""
        seconds = int(self._published(self.context.row) - self._published(candidate))
        if abs(seconds) < SECONDS_PER_DAY:
            yield Message(gettext_noop("published within a day of this one"))
        elif abs(seconds) <= CLOSE_DAYS * SECONDS_PER_DAY:
            before = gettext_noop("published %(span)s before this one")
            after = gettext_noop("published %(span)s after this one")
            yield Message(before if seconds > 0 else after, span=_span(abs(seconds)))
        if self._is_newest(candidate):
            yield Message(gettext_noop("newer than all other candidates"))

    def age(self, candidate: int) -> Message:
        """Return the age of a candidate in words, from the date that its recency counts from."""
        fresh_from = self.context.snapshot.recency_from.item(candidate)
        updated, old = gettext_noop("updated %(span)s ago"), gettext_noop("%(span)s old")
        age = max(self.context.now - fresh_from, 0.0)
        is_update = fresh_from > self._published(candidate)
        return Message(updated if is_update else old, span=_span(age))

    def _published(self, row: int) -> int:
        return int(self.context.snapshot.published.item(row))

    def _is_newest(self, candidate: int) -> bool:
        """Return whether there are other public candidates, all of them older."""
        snapshot = self.context.snapshot
        rows = snapshot.candidates.of(self.context.row)[0]
        others = rows[snapshot.are_articles(rows) & (rows != candidate)]
        is_older = snapshot.published[others] < snapshot.published[candidate]
        if any(map(self.context.is_public, others[~is_older].tolist())):
            return False
        return any(map(self.context.is_public, others[is_older].tolist()))


def _span(seconds: float) -> Message:
    if seconds < SECONDS_PER_DAY:
        hours = round(seconds / 3600)
        text = gettext_noop("1 hour") if hours == 1 else gettext_noop("%(number)s hours")
        return Message(text, number=hours)
    days = round(seconds / SECONDS_PER_DAY)
    text = gettext_noop("1 day") if days == 1 else gettext_noop("%(number)s days")
    return Message(text, number=days)
