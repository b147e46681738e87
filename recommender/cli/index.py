"""``recommender index``: read, embed, relate, publish."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from recommender.cli.options import home_option, now_option
from recommender.cli.progress import Progress
from recommender.home import Home
from recommender.settings import load_settings

SHOWN = 20
"""Complaints printed one by one; a file of another kind would fill the terminal."""


@click.command
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]")
@home_option
@click.option("--full", is_flag=True, help="Relearn everything, also what has not changed.")
@click.option("--strict", is_flag=True, help="Stop at the first record that cannot be read.")
@now_option
def command(
    sources: tuple[str, ...], home: Path | None, full: bool, strict: bool, now: datetime
) -> None:
    """Read, embed, relate and publish articles.

    A SOURCE is a file of JSON Lines, plain or .gz. Without one, what the catalogue already holds
    is indexed again. A record that cannot be read is named and left out; the last published
    snapshot serves until the new one is complete.
    """
    from recommender.encoders import find_encoder  # noqa: PLC0415 - numpy only when it is used

    settings = load_settings(home)
    find_encoder(settings.encoder)  # one that is missing is said now, not after the reading

    from recommender.catalogue import Catalogue  # noqa: PLC0415 - SQLAlchemy only when it is used
    from recommender.indexing import index  # noqa: PLC0415 - scikit-learn as well
    from recommender.intake import read_sources  # noqa: PLC0415
    from recommender.readers.complaint import Complaint  # noqa: PLC0415

    complaints: list[Complaint] = []

    def complain(complaint: Complaint) -> None:
        complaints.append(complaint)
        if len(complaints) <= SHOWN:
            click.echo(f"{complaint}; left out", err=True)

    with Home(settings.home).locked():
        catalogue = Catalogue(settings.catalogue_url)
        with Progress() as progress:
            reading = read_sources(
                sources, settings, catalogue, now, complain, progress, strict=strict
            )
            outcome = index(settings, catalogue, now, progress, full=full)
        catalogue.close()
    if len(complaints) > SHOWN:
        click.echo(f"... and {len(complaints) - SHOWN} more records left out", err=True)
    if sources:
        counts = reading.counts
        click.echo(
            f"read {counts.total} articles: {counts.new} new, {counts.changed} changed, "
            f"{counts.unchanged} unchanged, {len(complaints)} left out"
        )
    figures = outcome.figures
    click.echo(
        f"published {outcome.snapshot}: {figures['articles']} articles, "
        f"{figures['embedded']} embedded, {figures['seconds']:.1f} s"
    )
