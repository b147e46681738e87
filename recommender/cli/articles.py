"""``recommender articles``: withdraw, restore."""

from __future__ import annotations

import time
from pathlib import Path

import click

from recommender.cli.options import home_option
from recommender.cli.override import login_name, opened_log
from recommender.settings import load_settings


@click.group()
def command() -> None:
    """Withdraw and restore articles."""


@command.command("withdraw")
@click.argument("article_id")
@click.option("--reason", default="", help="Why, for the history.")
@home_option
def withdraw_command(article_id: str, reason: str, home: Path | None) -> None:
    """Show an article nowhere; running services follow within 2 seconds.

    It stays withdrawn through every indexing and re-import, until it is restored.
    """
    from recommender.overrides.withdrawing import withdraw  # noqa: PLC0415 - SQLAlchemy as well

    with opened_log(load_settings(home)) as log:
        entry = withdraw(log, article_id, login_name(), reason, time.time())
    click.echo(f"withdrawn: {article_id} (entry {entry.id})")


@command.command("restore")
@click.argument("article_id")
@click.option("--reason", default="", help="Why, for the history.")
@home_option
def restore_command(article_id: str, reason: str, home: Path | None) -> None:
    """Lift a withdrawal; one that stands in the article's own record is lifted there."""
    from recommender.overrides.withdrawing import restore  # noqa: PLC0415 - SQLAlchemy as well

    with opened_log(load_settings(home)) as log:
        entry = restore(log, article_id, login_name(), reason, time.time())
    click.echo(f"restored: {article_id} (entry {entry.id})")
