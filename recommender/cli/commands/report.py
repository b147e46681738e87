"""``recommender report``: figures of the published snapshots as one HTML file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from recommender.cli.formatting import count
from recommender.cli.options import home_option, now_option
from recommender.cli.progress import Progress
from recommender.errors import ReportError
from recommender.home import replace_atomically
from recommender.settings import load_settings


@click.command
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default="report.html",
    show_default=True,
    metavar="FILE",
    help="The HTML file to write.",
)
@home_option
@now_option
def command(output: Path, home: Path | None, now: datetime) -> None:
    """Write a report about the published snapshots: one HTML file.

    It has coverage, concentration, ages and sections of the cards, agreement with editors over the
    stored snapshots, the lists that changed most, a map of the archive, and the time and memory of
    each step of the index run. The file loads nothing from elsewhere.
    """
    settings = load_settings(home)
    if not output.absolute().parent.is_dir():
        raise ReportError(
            f"--output: expected a folder at {output.parent}, got none; make it, or name another"
        )
    try:
        from recommender.reports.page.render import render  # noqa: PLC0415 - an extra, and heavy
    except ImportError as error:
        raise ReportError(
            f"the report needs Matplotlib and scikit-learn ({error}); "
            "pip install 'related-posts[report]'"
        ) from error
    from recommender.reports.archive.report import archive_report  # noqa: PLC0415 - numpy as well

    with Progress() as progress:
        report = archive_report(settings, now, progress)
    page = render(report).encode()
    _write(output, page)
    if report.database_error:
        click.echo(f"overrides may be missing in it: {report.database_error}", err=True)
    click.echo(
        f"wrote {output}: {count(report.cards.articles, 'article')}, "
        f"{count(len(report.history), 'snapshot')}, {len(page) / 1e6:.1f} MB"
    )


def _write(output: Path, page: bytes) -> None:
    try:
        replace_atomically(output, page)
    except OSError as error:
        raise ReportError(
            f"{output}: expected a file that can be written, got {error.strerror}; "
            "set --output to another one"
        ) from error
