"""The runs of ``recommender index``: import, embed, score and publish, once or again and again."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import click

from recommender.catalogue.setting_changes import load_setting_changes
from recommender.catalogue.store import Catalogue
from recommender.catalogue.visibility_table import settle, to_settle
from recommender.cli.changes import PROPAGATION_SECONDS, ChangeReporter, OverridePurger
from recommender.cli.formatting import (
    count,
    encoder_line,
    flags_lines,
    increment_line,
    language_lines,
    other_articles_line,
    states_line,
    stats_lines,
    still_withdrawn_line,
    threshold_line,
    weights_line,
)
from recommender.cli.hidden_copies import print_copies
from recommender.cli.options import locked_data_dir, open_log, save_fallback
from recommender.cli.progress import Progress, RejectedRecords
from recommender.errors import CatalogueError, PublishRefusedError, RecommenderError
from recommender.indexing.step_meter import StepMeter
from recommender.ingest.importer import Importer, ImportOptions, ImportResult
from recommender.ingest.readers.record_error import reason_of
from recommender.overrides.override import Scope
from recommender.reports.publish_checks import Reading
from recommender.reports.rule_checks import rules_without_articles
from recommender.settings import Settings
from recommender.settings.desk import with_desk_settings

if TYPE_CHECKING:
    from recommender.runs.results import IndexResult

log = logging.getLogger("recommender")


class Version(NamedTuple):
    """What an index run depends on: a run with the same version would publish the same."""

    catalogue: int
    settings: int
    """Number of the newest change of settings at the desk."""


class IndexOptions(NamedTuple):
    """Arguments and options of a run."""

    sources: tuple[str, ...]
    full: bool
    strict: bool
    prune: bool
    changed: bool
    force: bool
    scheduler: str
    lock_timeout: int
    """Seconds to wait for the data-directory lock."""


class EarlierRuns(NamedTuple):
    """How the runs before have ended, of which the same one is not repeated."""

    published: Version | None = None
    refused: tuple[Version, int] | None = None
    """Version and number of rejected records of the last run that was refused."""


NO_RUNS = EarlierRuns()


def watch_sources(settings: Settings, now: datetime, seconds: int, options: IndexOptions) -> None:
    """Import and publish whenever the catalogue has changed, until interrupted.

    The first run with a source may fail with an error, but not because it may not publish. Later
    errors are printed once and the run is repeated. Without a source an empty catalogue is no
    error: articles arrive by push.
    """
    earlier, reported, purger = NO_RUNS, "", OverridePurger(settings)
    if options.sources:
        try:
            earlier = EarlierRuns(run(settings, now, options))
        except NotPublishedError as error:  # under a supervisor, an exit would index for ever
            earlier = EarlierRuns(refused=error.state)
            click.echo(f"{error}", err=True)
        except PublishRefusedError as error:  # of the import
            reported = str(error)
            click.echo(f"{error}; trying again every {seconds} s", err=True)
        time.sleep(seconds)
    while True:
        try:
            earlier = earlier._replace(published=run(settings, datetime.now(UTC), options, earlier))
            reported = ""
        except NotPublishedError as error:
            earlier = earlier._replace(refused=error.state)
            click.echo(f"{error}", err=True)
        except Exception as error:  # noqa: BLE001 - --watch goes on whatever happens
            reason = _reason(error)
            if reason != reported:
                reported = reason
                click.echo(f"{reason}; trying again every {seconds} s", err=True)
        _check(purger)
        time.sleep(seconds)


def _check(purger: OverridePurger) -> None:
    """Purge withdrawals and overrides, also after a run that failed; an error is a warning."""
    try:
        purger.check()
    except Exception as error:  # noqa: BLE001 - --watch goes on whatever happens
        click.echo(f"{_reason(error)}; cached responses expire within minutes", err=True)


def _reason(error: Exception) -> str:
    """Describe the error of a run; the traceback of an unexpected one goes to the log."""
    if isinstance(error, RecommenderError):
        return str(error)
    log.debug("a run failed", exc_info=error)
    return f"unexpected error, {reason_of(error)}"


def run(
    settings: Settings, now: datetime, options: IndexOptions, earlier: EarlierRuns = NO_RUNS
) -> Version | None:
    """Import and publish once, holding the data-directory lock.

    Returns
    -------
    Version or None
        The version that is now published.
    """
    rejected = RejectedRecords()
    with locked_data_dir(settings.home, options.lock_timeout):
        catalogue = Catalogue(settings.catalogue_url)
        changed = load_setting_changes(catalogue.engine)
        settings = with_desk_settings(settings, changed)
        changes = ChangeReporter(settings, catalogue, printed=options.changed)
        try:
            with Progress() as progress, StepMeter(progress) as meter:
                own = _LockedRun(settings, catalogue, now, meter, options)
                imported = own.read_sources(rejected)
                version = Version(catalogue.version(), changed[-1].id if changed else 0)
                state = version, imported.rejected
                is_known = version == earlier.published or state == earlier.refused
                result = None if is_known else own.publish(imported, version)
                if version == earlier.published:  # after its run this may have failed
                    _reinstate(settings)
        except PublishRefusedError:
            rejected.print_rest()
            raise
        finally:
            catalogue.close()
    if result is None:
        return earlier.published
    _reinstate(settings)
    save_fallback(settings)
    rejected.print_rest()
    if options.sources:
        _print_imported(imported, err=options.changed)
        _print_others(imported.counts.others, settings, now)
    _print_published(result, settings, err=options.changed)
    print_copies(settings, now.timestamp(), err=options.changed)
    for line in rules_without_articles(settings, now.timestamp()):
        click.echo(line, err=options.changed)
    changes.report(now)
    return version


@dataclass(frozen=True)
class _LockedRun:
    """A run that holds the data-directory lock. ``settings`` has those of the desk, too."""

    settings: Settings
    catalogue: Catalogue
    now: datetime
    meter: StepMeter
    options: IndexOptions

    def read_sources(self, rejected: RejectedRecords) -> ImportResult:
        """Import the articles of the sources."""
        given = self.options
        how = ImportOptions(
            strict=given.strict, prune=given.prune, full=given.full, force=given.force
        )
        importer = Importer(self.settings, self.now, rejected, self.meter)
        return importer.read(given.sources, self.catalogue, how)

    def publish(self, imported: ImportResult, version: Version) -> IndexResult:
        """Publish; a refusal names what must change before it is tried again."""
        from recommender.runs.pipeline import index  # noqa: PLC0415 - scikit-learn as well
        from recommender.runs.results import RunOptions  # noqa: PLC0415

        reading, given = Reading(imported.counts.total, imported.rejected), self.options
        how = RunOptions(given.full, given.force, given.scheduler, reading)
        try:
            return index(self.settings, self.catalogue, self.now, self.meter, how)
        except PublishRefusedError as error:
            raise NotPublishedError(error, (version, imported.rejected)) from error


class NotPublishedError(PublishRefusedError):
    """A run was refused; ``--watch`` tries again once articles or rejected records change."""

    def __init__(self, error: PublishRefusedError, state: tuple[Version, int]) -> None:
        super().__init__(str(error))
        self.state = state


def _reinstate(settings: Settings) -> None:
    """Show articles again that became visible, once every service uses the new snapshot."""
    try:
        with open_log(settings) as log:
            visible = to_settle(log.engine)
            if any(visible.values()):
                time.sleep(PROPAGATION_SECONDS)
            if visible:
                settle(log.engine, visible, datetime.now(UTC))
    except CatalogueError as error:
        click.echo(
            f"articles that became visible stay hidden until the next run: {error}", err=True
        )


def _print_imported(imported: ImportResult, *, err: bool) -> None:
    """Print what was read, to stderr if stdout has article IDs alone (``--changed``)."""
    counts = imported.counts
    line = (
        f"read {count(counts.total, 'article')}: {counts.new} new, {counts.changed} changed, "
        f"{counts.unchanged} unchanged, {imported.rejected} skipped"
    )
    if imported.not_modified:
        line += f"; {count(imported.not_modified, 'address', 'addresses')} not modified"
    click.echo(line, err=err)
    for line in flags_lines(imported.flags):
        click.echo(line, err=err)
    if imported.withdrawn is None:
        click.echo(
            "--prune withdrew nothing: a record that cannot be read may be a missing article",
            err=True,
        )
    elif imported.withdrawn:
        articles = count(imported.withdrawn, "article")
        click.echo(f"--prune withdrew {articles} missing from the sources", err=err)


def _print_others(ids: Collection[str], settings: Settings, now: datetime) -> None:
    """Name the articles that are others than those about which editors decided."""
    if not ids:
        return
    with open_log(settings) as log:
        entries = [one for one in log.active() if one.ends is None or one.ends > now.timestamp()]
    picks = {one.pick for one in entries if one.scope is Scope.ARTICLE}
    decided = picks | {one.article for one in entries}
    if found := sorted(decided & set(ids)):
        click.echo(other_articles_line(found), err=True)


def _print_published(result: IndexResult, settings: Settings, *, err: bool) -> None:
    figures = result.figures
    published = f"published snapshot {result.snapshot}: {count(figures.articles, 'article')}"
    computed = f"{count(figures.embeddings_computed, 'embedding')} computed"
    lines = [f"{published}, {computed}, {figures.seconds:.1f} s"]
    if result.increment is not None:
        lines.append(increment_line(result.increment))
    else:
        lines += _full_run_lines(result, settings)
    if result.kept_hidden:
        lines.append(still_withdrawn_line(result.kept_hidden))
    for line in filter(None, lines):
        click.echo(line, err=err)
    for line in result.warnings:
        click.echo(line, err=True)


def _full_run_lines(result: IndexResult, settings: Settings) -> Iterator[str]:
    """Yield what a full run tells about the whole archive; some lines may be empty."""
    figures = result.figures
    yield f"full run: {result.reason}" if result.reason else ""
    yield states_line(result.states)
    yield from language_lines(figures.languages, result.language_problems, settings.ranking)
    yield encoder_line(figures.languages, settings.embedding_model)
    yield weights_line(figures.weights)
    yield threshold_line(figures.threshold) if figures.threshold else ""
    if result.stats:
        yield from stats_lines(result.stats, result.states)
