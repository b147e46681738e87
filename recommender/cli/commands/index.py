"""``recommender index``: import, embed, score and publish, once or with ``--watch``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from recommender.cli.formatting import count, flags_lines
from recommender.cli.light_install import check_full_install
from recommender.cli.options import (
    LOCK_TIMEOUT,
    WholeNumber,
    home_option,
    now_option,
    renamed_option,
)
from recommender.cli.progress import Progress, RejectedRecords
from recommender.cli.termination import interrupted_by_sigterm
from recommender.errors import SourceError
from recommender.settings import Settings, load_settings


@click.command
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@home_option
@click.option("--full", is_flag=True, help="Ignore cached embeddings and learned weights.")
@click.option("--strict", is_flag=True, help="Stop at the first record that cannot be read.")
@click.option(
    "--prune", is_flag=True, help="Withdraw catalogue articles that are missing from the sources."
)
@click.option("--dry-run", is_flag=True, help="Read the sources and print a sample; write nothing.")
@click.option("--changed", is_flag=True, help="Print the IDs of articles whose cards changed.")
@click.option(
    "--force", is_flag=True, help="Publish and hide also what exceeds the limits of [publish]."
)
@click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Score on a Dask cluster whose workers share the data directory: tcp://host:8786.",
)
@click.option(
    "--watch",
    type=WholeNumber(1),
    metavar="SECONDS",
    help="Repeat every SECONDS, and publish when articles changed.",
)
@click.option(
    "--lock-timeout",
    type=WholeNumber(0),
    default=LOCK_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="Seconds to wait for the data-directory lock.",
)
@now_option
@renamed_option("--replace", "--prune")
@renamed_option("--wait", "--lock-timeout")
@click.pass_context
def command(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    home: Path | None,
    watch: int | None,
    now: datetime,
    dry_run: bool,
    **options: Any,
) -> None:
    """Import articles, compute embeddings and candidates, and publish a snapshot.

    A SOURCE is a file, a folder, an address or a database query:

    \b
    .jsonl .csv .tsv .parquet        articles, one a line or row
    .xml .rss .atom .json            a feed, a sitemap, an export of WordPress or Ghost
    .html .txt                       a saved page; a list of addresses
    a folder                         Markdown files or saved pages
    https://...                      a feed, page, sitemap or WordPress site
    sqlite:///FILE#SELECT ...        a database query

    Files except .parquet may end in .gz. Without a SOURCE the articles of the catalogue are
    indexed again. A record that cannot be read is reported and skipped. The current snapshot
    stays active until the new one is complete.
    """  # noqa: D301 - click takes the control character \b as "do not wrap"
    if not sources and (options["prune"] or dry_run):
        raise click.UsageError("--prune and --dry-run need a SOURCE")
    if dry_run and options["changed"]:
        raise click.UsageError("--dry-run publishes nothing, so --changed cannot be used with it")
    if watch and context.get_parameter_source("now") is not ParameterSource.DEFAULT:
        raise click.UsageError("--watch uses the current time, so --now cannot be used with it")
    check_full_install("index")
    settings = load_settings(home)
    if dry_run:
        _preview(sources, settings, now, strict=options["strict"])
        return
    from recommender.cli.index_run import IndexOptions, run, watch_sources  # noqa: PLC0415 - SQLAlchemy
    from recommender.embeddings.registry import check_encoder  # noqa: PLC0415 - numpy only when it is used

    check_encoder(
        settings.embedding_model
    )  # a missing model is an error before the import, not after it
    with interrupted_by_sigterm():
        if watch:
            watch_sources(settings, now, watch, IndexOptions(sources, **options))
        else:
            run(settings, now, IndexOptions(sources, **options))


def _preview(sources: tuple[str, ...], settings: Settings, now: datetime, *, strict: bool) -> None:
    """Read the sources, print the first articles and every rejected record, write nothing."""
    from recommender.ingest.importer import Importer  # noqa: PLC0415
    from recommender.ingest.web.client import HTTPClient  # noqa: PLC0415

    rejected = RejectedRecords(max_printed=None)
    with HTTPClient(settings.http) as web, Progress() as progress:
        importer = Importer(settings, now, rejected, progress)
        first, total, flags = importer.preview(sources, web)
    for article in first:
        facts = (article.published.date().isoformat(), article.section, article.language)
        click.echo(f"{' | '.join([*filter(None, facts), article.id])}\n  {article.title}")
        click.echo(f"  {article.teaser}")
    click.echo(
        f"would read {count(total, 'article')}, {rejected.count} skipped; nothing was written"
    )
    for line in flags_lines(flags):
        click.echo(line)
    if strict and rejected.count:
        raise SourceError(f"--strict: expected no record that cannot be read, got {rejected.count}")
