"""``recommender doctor``: check an installation, one line for each finding."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import click

from recommender.cli.commands.serve import check_address
from recommender.cli.options import WholeNumber, home_option, now_option
from recommender.errors import SettingsError

STYLES = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command
@home_option
@click.option("--port", type=WholeNumber(1, 65535), help="Also check that this port is free.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@now_option
def command(home: Path | None, port: int | None, as_json: bool, now: datetime) -> None:
    """Check settings, database, snapshots, overrides and disk.

    Each finding is one line; a problem has its fix. The exit status is 1 if there is an error, so
    that monitoring can run this. Warnings do not change it. Nothing is changed.
    """
    from recommender.reports.health import Finding, Level, examine  # noqa: PLC0415 - SQLAlchemy and numpy

    found = examine(now, home)
    if port is not None:
        try:
            check_address("127.0.0.1", port)
            found.append(Finding("port", Level.OK, f"{port} is free"))
        except SettingsError as error:
            found.append(Finding("port", Level.ERROR, str(error)))
    if as_json:
        click.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False, indent=2))
    else:
        width = max(len(one.check) for one in found)
        for one in found:
            level = click.style(f"{one.level:<7}", fg=STYLES[one.level])
            click.echo(f"{level}  {one.check:<{width}}  {' '.join(one.text.split())}")
    if any(one.level == Level.ERROR for one in found):
        sys.exit(1)
