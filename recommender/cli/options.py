"""What commands share: options, the data-directory lock and the override log.

Nothing here is imported for ``recommender --help``. Heavy libraries are imported on use.
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recommender.cli.unknown import closest_id
from recommender.dates import read_date
from recommender.errors import (
    ArticleError,
    CatalogueError,
    CommitUncertainError,
    OverrideError,
    UnknownArticleError,
)
from recommender.home import DataDir
from recommender.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from recommender.overrides.log import Log

Command = TypeVar("Command", bound=Callable[..., Any])

LOCK_TIMEOUT = 300
"""Seconds to wait for the lock by default. Indexing 30,000 articles holds it for 3 minutes."""


class Timestamp(click.ParamType[datetime]):
    """A point in time in RFC 3339. Without a zone it is in UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse the value; a value that is no date is a usage error."""
        if isinstance(value, datetime):
            return value
        try:
            return read_date(str(value))
        except ArticleError as error:
            self.fail(str(error), param, ctx)


class WholeNumber(click.ParamType[int]):
    """A whole number in a range; an error names the range."""

    name = "integer"

    def __init__(self, least: int, greatest: int | None = None) -> None:
        self._least, self._greatest = least, greatest

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Parse the value; a value out of range is a usage error."""
        try:
            number = int(value)
        except ValueError:
            number = self._least - 1
        if number < self._least or (self._greatest is not None and number > self._greatest):
            limits = f"from {self._least}" + (f" to {self._greatest}" if self._greatest else " on")
            self.fail(f"expected a whole number {limits}, got {value!r}", param, ctx)
        return number


class ListByDefault(click.Group):
    """A group that runs its ``list`` command where no sub-command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``list`` before arguments that start with an option of it."""
        is_option = bool(args) and args[0].startswith("-") and args[0] not in ctx.help_option_names
        return super().parse_args(ctx, ["list", *args] if is_option or not args else args)


def home_option(command: Command) -> Command:
    """Add ``--home``, the data directory."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="RECOMMENDER_HOME",
        show_envvar=True,
        help="Data directory: database, snapshots and caches.  [default: ./var]",
    )(command)


def now_option(command: Command) -> Command:
    """Add ``--now``; without it the command receives the current time."""
    return click.option(
        "--now",
        type=Timestamp(),
        default=lambda: datetime.now(UTC),
        help="Act as if it were this time (RFC 3339).",
    )(command)


def renamed_option(old: str, new: str) -> Callable[[Command], Command]:
    """Reject the former name of an option with a usage error that gives the new name."""

    def refuse(_context: click.Context, _parameter: click.Parameter, given: bool) -> None:
        if given:
            raise click.UsageError(f"{old} is now {new}")

    return click.option(
        old, is_flag=True, hidden=True, is_eager=True, expose_value=False, callback=refuse
    )


@contextmanager
def locked_data_dir(home: Path, timeout: int = LOCK_TIMEOUT) -> Iterator[None]:
    """Hold the write lock of the data directory; print a line where another run has it.

    Parameters
    ----------
    home : the data directory.
    timeout : seconds to wait for the lock.

    Raises
    ------
    DataDirError
        The lock was not released in time. The message names the process that holds it.
    """

    def print_wait(holder: str) -> None:
        click.echo(
            f"waiting up to {timeout} s for the data-directory lock, held by {holder}", err=True
        )

    with DataDir(home).lock(timeout, print_wait):
        yield


@contextmanager
def open_log(
    settings: Settings, check: Callable[[Connection], None] = lambda _: None
) -> Iterator[Log]:
    """Open the override log; a missing database is an error and is not created.

    ``check`` is called at the start of each write transaction.
    """
    from recommender.catalogue.database import open_database  # noqa: PLC0415 - SQLAlchemy when it is used
    from recommender.overrides.log import Log  # noqa: PLC0415

    url = settings.catalogue_url
    with closing(Log(url, open_database(url, create=False), check)) as log:
        yield log


@contextmanager
def saving(settings: Settings) -> Iterator[Log]:
    """Open the override log for writing, and update the fallback file afterwards.

    Raises
    ------
    CommitUncertainError
        The connection was lost during the commit: the entry may or may not be saved.
    CatalogueError
        The database cannot be reached, or lacks overrides that the fallback file has; nothing was
        saved.
    """
    from recommender.overrides.watcher import OverrideWatcher  # noqa: PLC0415 - SQLAlchemy when it is used

    fallback = settings.data_dir.override_fallback
    known = OverrideWatcher(settings.catalogue_url, fallback)
    try:
        with open_log(settings, known.check_database) as log:
            yield log
    except CommitUncertainError as error:
        raise CommitUncertainError(
            f"it may be saved: check `recommender override history` before you repeat it: {error}"
        ) from error
    except CatalogueError as error:
        raise CatalogueError(f"nothing was saved: {error}") from error
    except UnknownArticleError as error:
        raise OverrideError(f"{error}; {closest_id(error.unknown, settings)}") from error
    save_fallback(settings)


def save_fallback(settings: Settings) -> None:
    """Copy the overrides to the fallback file.

    Services that start while the database is unavailable read that file.
    """
    from recommender.overrides.read_once import save_fallback  # noqa: PLC0415 - SQLAlchemy when it is used

    problem = save_fallback(
        settings.catalogue_url, settings.data_dir.override_fallback, time.time()
    )
    if problem:
        click.echo(f"overrides are saved, but not in the fallback file: {problem}", err=True)


def login_name() -> str:
    """Return the user's login name, the default author of an override."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "shell"
