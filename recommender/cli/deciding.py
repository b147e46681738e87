"""The log of decisions as commands use it: opened, added to, kept in the home."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from recommender.errors import CatalogueError, CommitUncertainError
from recommender.home import DataDir
from recommender.settings import Settings

if TYPE_CHECKING:
    from recommender.overrides.log import Log


@contextmanager
def open_log(settings: Settings) -> Iterator[Log]:
    """Open the log of decisions for as long as a command needs it; no database is made for it."""
    from recommender.catalogue.database import open_database  # noqa: PLC0415 - SQLAlchemy when it is used
    from recommender.overrides.log import Log  # noqa: PLC0415

    url = settings.catalogue_url
    with closing(Log(url, open_database(url, create=False))) as log:
        yield log


@contextmanager
def saving(settings: Settings) -> Iterator[Log]:
    """Open the log to add to it, and afterwards keep the decisions in the home as well."""
    try:
        with open_log(settings) as log:
            yield log
    except CommitUncertainError as error:
        raise CommitUncertainError(
            f"look before you repeat it, it may be saved: {error}"
        ) from error
    except CatalogueError as error:
        raise CatalogueError(f"nothing was saved: {error}") from error
    save_fallback(settings)


def save_fallback(settings: Settings) -> None:
    """Put the decisions into the home, for services that start while the database is away."""
    from recommender.overrides.once import keep  # noqa: PLC0415 - SQLAlchemy when it is used

    trouble = keep(settings.catalogue_url, DataDir(settings.home).decisions, time.time())
    if trouble:
        click.echo(f"decisions are saved, but not kept in the home: {trouble}", err=True)


def login_name() -> str:
    """Tell who sits at the shell."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "shell"
