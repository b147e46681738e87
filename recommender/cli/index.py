"""``recommender index``: read, embed, relate, publish."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from recommender.cli.announcing import FOLLOWED, ChangeReporter
from recommender.cli.deciding import open_log, save_fallback
from recommender.cli.forgetting import OverridePurger
from recommender.cli.formatting import kept_hidden_line, stats_lines, weights_line
from recommender.cli.holding import LOCK_TIMEOUT, locked_data_dir
from recommender.cli.options import home_option, now_option
from recommender.cli.progress import Progress
from recommender.errors import CatalogueError, RecommenderError, SourceError
from recommender.settings import Settings, load_settings

if TYPE_CHECKING:
    from recommender.indexing.pipeline import IndexResult
    from recommender.ingest.importer import ImportResult
    from recommender.ingest.readers.record_error import RejectedRecord


class Flags(NamedTuple):
    """How a run goes."""

    full: bool
    strict: bool
    replace: bool
    changed: bool
    wait: int
    """Seconds for which another run on the same home is waited for."""


SHOWN = 20
"""Complaints printed one by one; a file of another kind would fill the terminal."""


@click.command
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@home_option
@click.option("--full", is_flag=True, help="Relearn everything, also what has not changed.")
@click.option("--strict", is_flag=True, help="Stop at the first record that cannot be read.")
@click.option(
    "--replace", is_flag=True, help="The sources are all there is: withdraw what they lack."
)
@click.option("--dry-run", is_flag=True, help="Show what would be read, and write nothing.")
@click.option("--changed", is_flag=True, help="Print the ids under which cards have changed.")
@click.option(
    "--watch", type=click.IntRange(1), metavar="SECONDS", help="Look again and again, until ended."
)
@click.option(
    "--wait",
    type=click.IntRange(0),
    default=LOCK_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for another run on the same home.",
)
@now_option
@click.pass_context
def command(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    home: Path | None,
    watch: int | None,
    now: datetime,
    **flags: Any,
) -> None:
    """Read, embed, relate and publish articles.

    A SOURCE is a file (.jsonl, .csv, .parquet, .xml, .json, .html, .txt with addresses; .gz as
    well), a folder of Markdown or of saved pages, an address of a feed, a page, a sitemap or a
    WordPress site, or a database's URL with # and a query. Without one, what the catalogue
    already holds is indexed again; with --watch as often as it changes, by pushes. A record that
    cannot be read is named and left out; the last published snapshot serves until the new one is
    complete.
    """
    if not sources and (flags["replace"] or flags["dry_run"]):
        raise click.UsageError("--replace and --dry-run need a SOURCE")
    if flags["dry_run"] and flags["changed"]:
        raise click.UsageError(
            "--dry-run publishes nothing, and --changed is about what is published"
        )
    if watch and context.get_parameter_source("now") is not ParameterSource.DEFAULT:
        raise click.UsageError("--watch goes with the clock; leave --now out")
    settings = load_settings(home)
    if flags.pop("dry_run"):
        _preview(sources, settings, now, strict=flags["strict"])
        return
    from recommender.embeddings.registry import find_encoder  # noqa: PLC0415 - numpy only when it is used

    find_encoder(settings.embedding_model)  # one that is missing is said now, not after the reading
    if watch:
        _watch(sources, settings, now, watch, Flags(**flags))
    else:
        _run(sources, settings, now, Flags(**flags))


def _watch(
    sources: tuple[str, ...], settings: Settings, now: datetime, seconds: int, flags: Flags
) -> None:
    """Read and publish whenever the catalogue has become another, until ended.

    Trouble is said once, and tried again. At the start it is an error, unless there is no source:
    a site that is pushed begins with nothing.
    """
    known, said, forgetting = None, "", OverridePurger(settings)
    if sources:
        known = _run(sources, settings, now, flags)
        time.sleep(seconds)
    while True:
        try:
            moment = datetime.now(UTC)
            known = _run(sources, settings, moment, flags, known)
            forgetting.look()
            said = ""
        except RecommenderError as error:
            if str(error) != said:
                said = str(error)
                click.echo(f"{said}; trying again every {seconds} s", err=True)
        time.sleep(seconds)


def _run(
    sources: tuple[str, ...],
    settings: Settings,
    now: datetime,
    flags: Flags,
    known: int | None = None,
) -> int:
    """Read and publish once; the home is held for that long, and waited for.

    Nothing is published while the catalogue's version is the one ``known``; returns the version
    that is published. Where what has changed is printed, all else is said on stderr.
    """
    from recommender.catalogue.store import Catalogue  # noqa: PLC0415 - SQLAlchemy only when it is used
    from recommender.indexing.pipeline import index  # noqa: PLC0415 - scikit-learn as well
    from recommender.ingest.importer import ImportOptions, read_sources  # noqa: PLC0415

    complaints = _Complaints()
    with locked_data_dir(settings.home, flags.wait):
        catalogue = Catalogue(settings.catalogue_url)
        announcing = ChangeReporter(settings, catalogue, printed=flags.changed)
        try:
            with Progress() as progress:
                reading = read_sources(
                    sources, settings, catalogue, now, complaints, progress,
                    ImportOptions(strict=flags.strict, replace=flags.replace, full=flags.full),
                )  # fmt: skip
                version = catalogue.version()
                if version == known:
                    return version
                outcome = index(settings, catalogue, now, progress, full=flags.full)
        finally:
            catalogue.close()
    _settle(settings)
    save_fallback(settings)
    complaints.end()
    if sources:
        _say_what_was_read(reading, err=flags.changed)
    _say_what_is_published(outcome, err=flags.changed)
    announcing.tell(now)
    return version


def _settle(settings: Settings) -> None:
    """Show what sources show again, once every service uses the new snapshot."""
    from recommender.catalogue.visibility import settle, to_settle  # noqa: PLC0415 - SQLAlchemy as well

    url = settings.catalogue_url
    try:
        with open_log(settings) as log:
            wanted = to_settle(url, log.engine)
            if any(wanted.values()):
                time.sleep(FOLLOWED)
            if wanted:
                settle(url, log.engine, wanted, datetime.now(UTC))
    except CatalogueError as error:
        click.echo(
            f"articles that became visible stay hidden until the next run: {error}", err=True
        )


def _say_what_is_published(outcome: IndexResult, *, err: bool) -> None:
    figures = outcome.figures
    click.echo(
        f"published {outcome.snapshot}: {figures.articles} articles, "
        f"{figures.embeddings_computed} embedded, {figures.seconds:.1f} s",
        err=err,
    )
    for line in (weights_line(figures.weights), *stats_lines(outcome.shown)):
        click.echo(line, err=err)
    if outcome.kept_hidden:
        click.echo(kept_hidden_line(outcome.kept_hidden), err=err)


def _say_what_was_read(reading: ImportResult, *, err: bool) -> None:
    counts = reading.counts
    line = (
        f"read {counts.total} articles: {counts.new} new, {counts.changed} changed, "
        f"{counts.unchanged} unchanged, {reading.complaints} left out"
    )
    if reading.not_modified:
        line += f"; {reading.not_modified} addresses not changed since they were last read"
    click.echo(line, err=err)
    if reading.withdrawn is None:
        click.echo("nothing was withdrawn: what could not be read may be what is missing", err=True)
    elif reading.withdrawn:
        click.echo(
            f"withdrew {reading.withdrawn} articles that the sources no longer have", err=err
        )


def _preview(sources: tuple[str, ...], settings: Settings, now: datetime, *, strict: bool) -> None:
    """Read everything, print the first articles and all complaints, keep nothing."""
    from recommender.ingest.importer import preview  # noqa: PLC0415
    from recommender.ingest.web.client import HTTPClient  # noqa: PLC0415

    complaints = _Complaints(shown=None)
    with HTTPClient(settings.http) as web, Progress() as progress:
        first, total = preview(sources, settings, now, web, complaints, progress)
    for article in first:
        facts = (article.published.date().isoformat(), article.section, article.language)
        click.echo(f"{' | '.join([*filter(None, facts), article.id])}\n  {article.title}")
        click.echo(f"  {article.teaser}")
    click.echo(f"would read {total} articles, {complaints.count} left out; nothing was written")
    if strict and complaints.count:
        raise SourceError(f"got {complaints.count} records that cannot be read (--strict)")


class _Complaints:
    """Prints complaints, and counts those that are too many to print."""

    def __init__(self, shown: int | None = SHOWN) -> None:
        self._shown = shown
        self.count = 0

    def __call__(self, complaint: RejectedRecord) -> None:
        self.count += 1
        if self._shown is None or self.count <= self._shown:
            click.echo(f"{' '.join(str(complaint).split())}; left out", err=True)

    def end(self) -> None:
        """Say how many were not printed."""
        if self._shown is not None and self.count > self._shown:
            click.echo(f"... and {self.count - self._shown} more records left out", err=True)
