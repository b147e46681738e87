"""What a rollback would show again is hidden first, and lifted when its record shows it again."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from recommender.cli.announcing import FOLLOWED
from recommender.cli.deciding import opened_log, saving
from recommender.errors import CatalogueError, UnsureError
from recommender.settings import Settings

if TYPE_CHECKING:
    from recommender.snapshots.snapshot import Snapshot


def hide_gone(settings: Settings, snapshot: Snapshot) -> None:
    """Hide what was withdrawn since a snapshot was made, before it is put in force.

    Where the database is away, rolling back is worth more: it is said, and done all the same.
    """
    from recommender.overrides import rollback  # noqa: PLC0415 - SQLAlchemy when it is used

    now = datetime.now(UTC)
    try:
        with saving(settings) as log:
            count = rollback.hide_gone(settings.catalogue_url, log.engine, snapshot, now)
    except UnsureError as error:
        time.sleep(FOLLOWED)
        click.echo(f"whether what was withdrawn since is hidden is not known: {error}", err=True)
        return
    except CatalogueError as error:
        click.echo(f"what was withdrawn since may be shown again: {error}", err=True)
        return
    if count:
        click.echo(f"hidden, withdrawn since: {count} articles", err=True)
        time.sleep(FOLLOWED)


def lift(settings: Settings) -> None:
    """Lift what a rollback hid and the catalogue hides no longer.

    Not before every service goes by the snapshot that is new in force: an article that comes back
    may have been withdrawn for what the old one says of it.
    """
    from recommender.overrides import rollback  # noqa: PLC0415

    url = settings.catalogue_url
    try:
        with opened_log(settings) as log:
            if again := rollback.shown_again(url, log.engine, datetime.now(UTC)):
                time.sleep(FOLLOWED)
                rollback.lift(url, log.engine, again, datetime.now(UTC))
    except UnsureError as error:
        told = "what a rollback hid is shown again, or stays hidden until the next run"
        click.echo(f"{told}: {error}", err=True)
    except CatalogueError as error:
        click.echo(f"what a rollback hid stays hidden until the next run: {error}", err=True)
