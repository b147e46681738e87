"""Import articles from sources into the catalogue, and count what happened to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from recommender.articles.article import Article, Status
from recommender.articles.flags import Flag
from recommender.articles.languages import with_languages
from recommender.catalogue.store import Catalogue, Counts
from recommender.embeddings.embed import Report
from recommender.errors import PublishRefusedError, SourceError
from recommender.ingest import http_validators
from recommender.ingest.hiding import HiddenRecords, HidingLimit, public_ids
from recommender.ingest.import_run import ImportRun, OnRejected
from recommender.ingest.known_pages import KnownPages
from recommender.ingest.scheme_changes import SchemeChanges
from recommender.ingest.sources import shown
from recommender.ingest.web.client import HTTPClient
from recommender.settings import Settings

PREVIEW_SIZE = 3
"""Articles of each source that a dry run prints."""


@dataclass(frozen=True)
class ImportOptions:
    """Options of an import."""

    strict: bool = False
    """Stop at the first rejected record."""
    prune: bool = False
    """Withdraw catalogue articles that are missing from the sources."""
    full: bool = False
    """Fetch pages again that have not been modified."""
    force: bool = False
    """Hide and withdraw also more articles than the setting ``publish.max_shrinkage`` allows."""


@dataclass
class ImportResult:
    """Result of an import."""

    counts: Counts = field(default_factory=Counts)
    rejected: int = 0
    """Records and sources that could not be read."""
    not_modified: int = 0
    """Addresses that were not read again because they have not been modified."""
    flags: Counter[Flag] = field(default_factory=Counter)
    """Articles by what was repaired in them or looks wrong."""
    withdrawn: int | None = 0
    """Articles withdrawn by ``prune``; None if a rejected record may be a missing article."""


@dataclass(frozen=True)
class Importer:
    """Reads sources at one time, and reports what it rejects and how far it is.

    Attributes
    ----------
    now : time of the import; rejects dates that are far ahead.
    on_rejected : called with each rejected record.
    report : receives the progress.
    """

    settings: Settings
    now: datetime
    on_rejected: OnRejected
    report: Report

    def read(
        self,
        sources: Sequence[str],
        catalogue: Catalogue,
        options: ImportOptions = ImportOptions(),
    ) -> ImportResult:
        """Import sources into the catalogue; records that cannot be read are skipped.

        A source that fails part-way keeps the articles read before, and counts as one rejected
        record.

        Parameters
        ----------
        sources : files, folders, addresses and database queries.

        Raises
        ------
        SourceError
            No source has an article, or ``options.strict`` and a record was rejected. Articles
            read before are kept.
        PublishRefusedError
            A source hides too many articles, without ``options.force``. None of them is hidden;
            the other records of the sources are stored.
        """
        result = ImportResult()
        refusal: PublishRefusedError | None = None
        limit = HidingLimit(catalogue.engine, self.settings, self.now, force=options.force)
        run = self._import_run(strict=options.strict)
        fresh = options.prune or options.full
        memory = {} if fresh else http_validators.load(catalogue.engine)
        with HTTPClient(self.settings.http, memory) as web:
            for source in sources:
                before = web.unchanged
                try:
                    counts = self._add(source, catalogue, web, run, limit)
                except PublishRefusedError as error:  # the withdrawals of other sources count
                    refusal = refusal or error
                    continue
                finally:
                    web.remembered.clear()
                    web.forgotten.clear()
                result.counts.add(counts)
                run.finish_source(source, counts.total + web.unchanged - before)
            result.not_modified = web.unchanged
        if refusal:
            raise refusal
        if sources:
            run.finish()
        result.rejected, result.flags = run.rejected, run.flags
        if result.counts.unchanged:
            catalogue.renew(run.ids)
        if options.prune:
            result.withdrawn = self._prune(catalogue, run, force=options.force)
        return result

    def _add(
        self,
        source: str,
        catalogue: Catalogue,
        web: HTTPClient,
        run: ImportRun,
        limit: HidingLimit,
    ) -> Counts:
        """Import one source. Records that hide articles are stored when all others are."""
        name = shown(source)
        pages, schemes = KnownPages(name), SchemeChanges(name)

        def choose(connection: Connection, batch: Sequence[Article]) -> Sequence[Article]:
            stored = pages.leave_out(connection, batch)
            return hiding.keep(connection, schemes.with_former_ids(connection, stored))

        with closing(HiddenRecords(self.now, limit.is_exceeded)) as hiding:
            try:
                counts = catalogue.add(run.articles(source, web), name, self.now, choose)
            except (SourceError, KeyboardInterrupt):  # what was read before is kept
                if not limit.is_exceeded(len(limit.with_copies(hiding.ids, hiding.withdrawn))):
                    catalogue.add(hiding, name, self.now)
                raise
            counts.add(self._hide(name, catalogue, hiding, run.hides, limit))
        counts.unchanged += len(pages.ids)
        run.ids -= pages.left_out
        run.ids |= pages.ids
        # Last: a page that is not modified is not read again.
        http_validators.save(catalogue.engine, web.remembered, self.now)
        http_validators.forget(catalogue.engine, web.forgotten)
        return counts

    def _hide(
        self,
        source: str,
        catalogue: Catalogue,
        hiding: HiddenRecords,
        hides: Mapping[str, Status],
        limit: HidingLimit,
    ) -> Counts:
        """Hide articles by the records that were kept back and those that cannot be stored."""
        hidden = public_ids(catalogue.engine, hides, self.now)
        withdrawn = {one for one in hidden if hides[one] is Status.WITHDRAWN}
        limit.count(source, limit.with_copies(hiding.ids | hidden, hiding.withdrawn | withdrawn))
        counts = catalogue.add(hiding, source, self.now)
        counts.add(catalogue.hide(hides, source, self.now))
        return counts

    def preview(
        self, sources: Sequence[str], web: HTTPClient
    ) -> tuple[list[Article], int, Counter[Flag]]:
        """Read sources without writing anything.

        Returns
        -------
        tuple of list of Article, int, and Counter of Flag
            The first articles of each source, with the languages that they show, the number of
            all articles, and how many have each flag.
        """
        run = self._import_run(strict=False)
        first: list[Article] = []
        total = 0
        for source in sources:
            count = 0
            for count, article in enumerate(run.articles(source, web), start=1):
                if count <= PREVIEW_SIZE:
                    first.append(article)
            run.finish_source(source, count)
            total += count
        run.finish()
        return with_languages(first, self.settings.languages), total, run.flags

    def _prune(self, catalogue: Catalogue, run: ImportRun, *, force: bool) -> int | None:
        """Withdraw articles that were not read; none if one of them may be a rejected record.

        Much of an archive is not withdrawn without ``force``: the source may be incomplete.
        """
        if run.has_unknown_rejects:
            return None
        stored, limits = catalogue.shown_ids(), self.settings.publish
        missing = len(stored - run.ids)
        if not force and limits.too_many_missing(missing, len(stored)):
            raise PublishRefusedError(
                f"--prune withdrew nothing: {missing} of {len(stored)} articles are missing from "
                f"the sources: {missing / len(stored):.0%}, limit {limits.max_shrinkage:.0%} "
                "(publish.max_shrinkage). The current snapshot keeps serving; check the sources, "
                "or run again with --force"
            )
        return catalogue.withdraw_all_but(run.ids, self.now)

    def _import_run(self, *, strict: bool) -> ImportRun:
        return ImportRun(self.settings, self.now, self.on_rejected, self.report, strict=strict)
