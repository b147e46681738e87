"""Reading sources into the catalogue: what is kept, what is left out, what is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recommender.articles.article import Article
from recommender.articles.enrich import enrich
from recommender.catalogue.store import Catalogue, Counts
from recommender.dates import embargo_problem
from recommender.embeddings.embed import Report
from recommender.errors import SourceError
from recommender.ingest import http_validators
from recommender.ingest.readers.record_error import RejectedRecord, rejected_record
from recommender.ingest.sources import read, shown
from recommender.ingest.web.client import HTTPClient
from recommender.settings import Settings

Complain = Callable[[RejectedRecord], None]

PREVIEWED = 3
"""Articles of each source that a dry run shows."""


@dataclass(frozen=True)
class ImportOptions:
    """How sources are read."""

    strict: bool = False
    """Whether the first bad record ends the run."""
    replace: bool = False
    """Whether the sources are all there is: what the catalogue has beyond them is withdrawn."""
    full: bool = False
    """Whether what servers call unchanged is read all the same."""


@dataclass
class ImportResult:
    """What came of reading the sources."""

    counts: Counts = field(default_factory=Counts)
    complaints: int = 0
    not_modified: int = 0
    """Addresses that had not changed since they were last read, and were not read again."""
    withdrawn: int | None = 0
    """Articles withdrawn because no source has them any more; None where that was not certain."""


def read_sources(
    sources: Sequence[str],
    settings: Settings,
    catalogue: Catalogue,
    now: datetime,
    complain: Complain,
    report: Report,
    manner: ImportOptions = ImportOptions(),
) -> ImportResult:
    """Read sources into the catalogue; what cannot be read is complained of and left out.

    A source that breaks off counts as one complaint, after what it gave. Where the sources
    replace all there was, what could not be read is not taken for gone. Raises
    :class:`SourceError` where no source gives any article, and, in the strict manner, at the
    first complaint. What was read until then is kept.
    """
    reading = ImportResult()
    intake = _Intake(settings, now, complain, report, strict=manner.strict)
    fresh = manner.replace or manner.full
    memory = {} if fresh else http_validators.load(catalogue.engine)
    with HTTPClient(settings.http, memory) as web:
        for source in sources:
            before = web.unchanged
            counts = catalogue.add(intake.articles(source, web), shown(source), now)
            http_validators.save(catalogue.engine, web.remembered, now)
            web.remembered.clear()
            reading.counts.add(counts)
            intake.close(source, counts.total + web.unchanged - before)
        reading.not_modified = web.unchanged
    if sources:
        intake.settle(reading.counts.total + reading.not_modified)
    reading.complaints = intake.complaints
    if manner.replace:
        reading.withdrawn = _withdraw_others(catalogue, intake, now)
    return reading


def preview(
    sources: Sequence[str],
    settings: Settings,
    now: datetime,
    web: HTTPClient,
    complain: Complain,
    report: Report,
) -> tuple[list[Article], int]:
    """Read sources and keep nothing; returns the first articles of each, and how many there are."""
    intake = _Intake(settings, now, complain, report, strict=False)
    first: list[Article] = []
    total = 0
    for source in sources:
        count = 0
        for count, article in enumerate(intake.articles(source, web), start=1):
            if count <= PREVIEWED:
                first.append(article)
        intake.close(source, count)
        total += count
    intake.settle(total)
    return first, total


def read_items(
    source: str, settings: Settings, now: datetime, web: HTTPClient
) -> Iterator[Article | RejectedRecord]:
    """Read a source, with what no reader can tell: ids that stand twice, dates far ahead."""
    seen: set[str] = set()
    for item in read(source, settings.zone, web):
        if isinstance(item, RejectedRecord):
            yield item
        elif item.id in seen:
            reason = "was read before in this source; wanted each id once"
            yield RejectedRecord(shown(source), f"id {item.id!r} {reason}", item.id)
        elif reason := embargo_problem(item.published, now):
            yield RejectedRecord(f"{shown(source)}: {item.id}", reason, item.id)
        else:
            seen.add(item.id)
            yield enrich(item)


def _withdraw_others(catalogue: Catalogue, intake: _Intake, now: datetime) -> int | None:
    """Withdraw what was not read, but only where it is certain that it is gone."""
    if intake.uncertain:
        return None
    return catalogue.withdraw_all_but(intake.seen, now)


class _Intake:
    """What passes from the sources to the catalogue, counted."""

    def __init__(
        self, settings: Settings, now: datetime, complain: Complain, report: Report, *, strict: bool
    ) -> None:
        self._settings, self._now, self._strict = settings, now, strict
        self._complain, self._report = complain, report
        self.complaints = 0
        self.seen: set[str] = set()
        self.uncertain = False
        self._failure: SourceError | None = None
        self._failed: list[tuple[str, SourceError]] = []

    def articles(self, source: str, web: HTTPClient) -> Iterator[Article]:
        """Give the articles of a source until it ends or breaks off."""
        items = enumerate(read_items(source, self._settings, self._now, web), start=1)
        self._failure = None
        while True:
            try:
                done, item = next(items)
            except StopIteration:
                return
            except SourceError as error:
                self._failure = error
                return
            if isinstance(item, RejectedRecord):
                self._complained(item)
            else:
                self.seen.add(item.id)
                yield item
            self._report(f"reading {shown(source)}", done, None)

    def close(self, source: str, total: int) -> None:
        """Take note of how a source ended; one that gave nothing at all has failed."""
        name = shown(source)
        nothing = SourceError(f"{name}: no article could be read; wanted at least one")
        if failure := self._failure or (nothing if total == 0 else None):
            self._failed.append((name, failure))
            if self._strict:
                raise failure

    def settle(self, total: int) -> None:
        """Raise what failed where nothing else came; else it is one complaint among others."""
        if total == 0:
            raise self._failed[0][1]
        for name, failure in self._failed:
            self._complained(rejected_record(name, failure))

    def _complained(self, complaint: RejectedRecord) -> None:
        self.complaints += 1
        if complaint.id:
            self.seen.add(complaint.id)  # it is still there, only not readable
        else:
            self.uncertain = True
        self._complain(complaint)
        if self._strict:
            raise SourceError(f"{complaint.place}: stopped at its first bad record (--strict)")
