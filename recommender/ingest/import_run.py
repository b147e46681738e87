"""Read the articles of sources, and note what is rejected, flagged and hidden on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial

from recommender.articles.article import Article, Status, normalize_id
from recommender.articles.enrich import enrich
from recommender.articles.flags import Flag
from recommender.dates import embargo_problem
from recommender.embeddings.embed import Report
from recommender.errors import SourceError
from recommender.ingest.readers.record_error import (
    RejectedRecord,
    converted,
    not_stored,
    printable,
    reason_of,
    rejected_record,
)
from recommender.ingest.sources import read, shown
from recommender.ingest.web.client import HTTPClient
from recommender.settings import Settings

OnRejected = Callable[[RejectedRecord], None]
"""Called with each record that is skipped."""


def checked(
    items: Iterable[Article | RejectedRecord], source: str, now: datetime
) -> Iterator[Article | RejectedRecord]:
    """Reject what no reader can detect, duplicate IDs and dates far ahead, and enrich the rest."""
    seen: set[str] = set()
    for item in items:
        if isinstance(item, RejectedRecord):
            yield item
        elif item.id in seen:
            yield repeated_id(source, item)
        elif reason := embargo_problem(item.published, now):
            yield not_stored(f"{shown(source)}: {item.id}", reason, item.id, item.status)
        else:
            seen.add(item.id)
            place = f"{shown(source)}: {item.id}"
            yield converted(place, partial(enrich, item), item.id, item.status)


def repeated_id(source: str, article: Article) -> RejectedRecord:
    """Reject an article whose ID an earlier article of the source has."""
    reason = f"id: expected each ID once in a source, got {article.id!r} again"
    return RejectedRecord(shown(source), reason, article.id)


class ImportRun:
    """State of an import: the IDs that were read, flags, rejected records and failed sources."""

    def __init__(
        self,
        settings: Settings,
        now: datetime,
        on_rejected: OnRejected,
        report: Report,
        *,
        strict: bool = False,
    ) -> None:
        """Begin an import.

        Parameters
        ----------
        now : time of the import; rejects dates that are far ahead.
        on_rejected : called with each rejected record.
        report : receives the progress.
        strict : stop at the first rejected record.
        """
        self._settings, self._now = settings, now
        self._on_rejected, self._report, self._strict = on_rejected, report, strict
        self.rejected = 0
        self.flags: Counter[Flag] = Counter()
        self.ids: set[str] = set()
        """IDs of the sources, also of records that are rejected or passed over."""
        self.hides: dict[str, Status] = {}
        """Status by ID of records of the present source that hide articles and are not stored.

        An article of which the source has a complete record, before or after, is left out.
        """
        self._complete: set[str] = set()
        """IDs of the complete records of the present source."""
        self.has_unknown_rejects = False
        """Whether a record without a known ID was rejected."""
        self._total = 0
        self._failure: SourceError | None = None
        self._failed: list[tuple[str, SourceError]] = []

    def articles(self, source: str, web: HTTPClient) -> Iterator[Article]:
        """Yield the articles of a source until it ends or fails."""
        self.hides, self._complete, self._failure = {}, set(), None
        found = read(source, self._settings.zone, web, self._settings.only_language)
        items, done = iter(checked(found, source, self._now)), 0
        while True:
            try:
                item = next(items)
            except StopIteration:
                return
            except SourceError as error:
                self._failure = error
                return
            except Exception as error:  # noqa: BLE001 - other sources are still read
                self._failure = SourceError(
                    f"{shown(source)}: expected a source that can be read, got an error: "
                    f"{reason_of(error)}"
                )
                return
            if isinstance(item, RejectedRecord):
                self._reject(item)
                if not item.is_error:
                    continue  # a note is no record
            else:
                self._accept(item)
                yield item
            done += 1
            self._report(f"reading {shown(source)}", done, None)

    def finish_source(self, source: str, total: int) -> None:
        """Record how a source ended; without any article, also to hide, it has failed."""
        total += len(self.hides)
        self._total += total
        name = shown(source)
        nothing = SourceError(f"{name}: expected at least one article, got none that can be read")
        if failure := self._failure or (nothing if total == 0 else None):
            self._failed.append((name, failure))
            if self._strict:
                raise failure

    def finish(self) -> None:
        """Raise the first failure if there is no article; else report failures as rejected."""
        if self._total == 0:
            raise self._failed[0][1]
        for name, failure in self._failed:
            self._reject(rejected_record(name, failure))

    def _accept(self, article: Article) -> None:
        self._complete.add(article.id)
        self.hides.pop(article.id, None)
        self.ids.add(article.id)
        self.flags.update(article.flags)

    def _reject(self, record: RejectedRecord) -> None:
        hides = {normalize_id(one): status for one, status in record.hides.items()}
        self.hides |= {one: hides[one] for one in hides.keys() - self._complete}
        if not record.is_error:
            self.ids |= self.hides.keys() | {normalize_id(one) for one in record.kept}
            self._on_rejected(record)
            return
        self.rejected += 1
        if record.id:
            self.ids.add(normalize_id(record.id))  # the article exists, so it is not pruned
        else:
            self.has_unknown_rejects = True
        self._on_rejected(record)
        if self._strict:
            raise SourceError(
                f"{printable(record.place)}: stopped at the first rejected record (--strict)"
            )
