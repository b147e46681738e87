"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from recommender.dates import read_date
from recommender.errors import ArticleError

Command = TypeVar("Command", bound=Callable[..., Any])


class Timestamp(click.ParamType[datetime]):
    """A moment in RFC 3339; one without a zone is in UTC."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read the moment, or say what was wanted."""
        if isinstance(value, datetime):
            return value
        try:
            return read_date(str(value))
        except ArticleError as error:
            self.fail(str(error), param, ctx)


def home_option(command: Command) -> Command:
    """Add ``--home``."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="RECOMMENDER_HOME",
        help="Folder of everything that is not code.  [default: ./var]",
    )(command)


def now_option(command: Command) -> Command:
    """Add ``--now``; without it the command gets the present moment."""
    return click.option(
        "--now",
        type=Timestamp(),
        default=lambda: datetime.now(UTC),
        help="Act as if at this moment (RFC 3339).",
    )(command)
