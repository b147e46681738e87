"""Reading sources into the catalogue: what is kept, what is left out, what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from recommender.article import Article
from recommender.catalogue import Catalogue, Counts
from recommender.completing import completed
from recommender.dates import write_date
from recommender.embedding import Report
from recommender.errors import SourceError
from recommender.readers.complaint import Complaint
from recommender.reading import read, shown
from recommender.settings import Settings

FURTHEST = timedelta(days=3653)
"""How far ahead an embargo can be meant: ten years. 2099 is what content systems fill in."""


@dataclass
class Reading:
    """What came of reading the sources."""

    counts: Counts = field(default_factory=Counts)
    complaints: int = 0


def read_sources(
    sources: Sequence[str],
    settings: Settings,
    catalogue: Catalogue,
    now: datetime,
    complain: Callable[[Complaint], None],
    report: Report,
    *,
    strict: bool = False,
) -> Reading:
    """Read sources into the catalogue; what cannot be read is complained of and left out.

    A source that breaks off counts as one complaint, after what it gave. Raises
    :class:`SourceError` where no source gives any article, and, with ``strict``, at the first
    complaint. What was read until then is kept.
    """
    reading = Reading()

    def complained(complaint: Complaint) -> None:
        reading.complaints += 1
        complain(complaint)
        if strict:
            raise SourceError(f"{complaint.place}: stopped at its first bad record (--strict)")

    failed: SourceError | None = None
    for source in sources:
        name = shown(source)
        stream = _Stream(read_items(source, settings, now), name, complained, report)
        counts = catalogue.add(stream.articles(), name, now)
        reading.counts.add(counts)
        if counts.total == 0 and failed is None:
            failed = stream.failure or SourceError(
                f"{name}: no article could be read; wanted at least one"
            )
        if stream.failure and not (len(sources) == 1 and counts.total == 0):
            complained(Complaint("source left off", str(stream.failure)))
    if failed and reading.counts.total == 0:
        raise failed
    return reading


def read_items(source: str, settings: Settings, now: datetime) -> Iterator[Article | Complaint]:
    """Read a source, with what no reader can tell: ids that stand twice, dates far ahead."""
    seen: set[str] = set()
    for item in read(source, settings.zone):
        if isinstance(item, Complaint):
            yield item
        elif item.id in seen:
            reason = "was read before in this source; wanted each id once"
            yield Complaint(shown(source), f"id {item.id!r} {reason}", item.id)
        elif item.published > now + FURTHEST:
            reason = f"published: got {write_date(item.published)}, more than ten years ahead"
            yield Complaint(f"{shown(source)}: {item.id}", reason, item.id)
        else:
            seen.add(item.id)
            yield item


class _Stream:
    """The good articles of a source; complaints go their own way."""

    def __init__(
        self,
        items: Iterator[Article | Complaint],
        name: str,
        complained: Callable[[Complaint], None],
        report: Report,
    ) -> None:
        self._items, self._name = items, name
        self._complained, self._report = complained, report
        self.failure: SourceError | None = None

    def articles(self) -> Iterator[Article]:
        """Give the articles until the source ends or breaks off."""
        items = enumerate(self._items, start=1)
        while True:
            try:
                done, item = next(items)
            except StopIteration:
                return
            except SourceError as error:
                self.failure = error
                return
            if isinstance(item, Complaint):
                self._complained(item)
            else:
                yield completed(item)
            self._report(f"reading {self._name}", done, None)
