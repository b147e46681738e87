"""``recommender articles``: list, show, withdraw and restore articles."""

from __future__ import annotations

import json
import textwrap
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from recommender.cli.options import (
    ListByDefault,
    home_option,
    login_name,
    now_option,
    open_log,
    saving,
)
from recommender.dates import write_date
from recommender.errors import ArticleNotFoundError, SnapshotError
from recommender.settings import load_settings

if TYPE_CHECKING:
    from recommender.articles.article import Article

COLUMNS = ("published", "status", "language", "section", "id", "title")
"""Fields of an article in a list, in this order."""


@click.group(cls=ListByDefault)
def command() -> None:
    """List, show, withdraw and restore articles."""


@command.command("list")
@home_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object per article, one a line."
)
def list_command(home: Path | None, as_json: bool) -> None:
    """List the articles of the catalogue, newest first."""
    from recommender.catalogue.store import Catalogue  # noqa: PLC0415 - SQLAlchemy only when it is used

    with closing(Catalogue(load_settings(home).catalogue_url)) as catalogue:
        for article in catalogue.all():
            facts = _facts(article)
            if as_json:
                click.echo(json.dumps(facts, ensure_ascii=False))
            else:
                click.echo("  ".join(facts.values()))


@command.command("show")
@click.argument("article_id")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print all fields as a JSON object.")
@now_option
def show_command(article_id: str, home: Path | None, as_json: bool, now: datetime) -> None:
    """Show an article as imported, and the reasons why it is hidden, if it is."""
    from recommender.articles.boilerplate import strip_boilerplate  # noqa: PLC0415 - numpy only when it is used
    from recommender.articles.model_inputs import for_encoder  # noqa: PLC0415
    from recommender.catalogue.store import Catalogue  # noqa: PLC0415 - SQLAlchemy as well
    from recommender.catalogue.visibility import rows_about  # noqa: PLC0415
    from recommender.overrides.active_log import ActiveLog  # noqa: PLC0415
    from recommender.serving.why_hidden import reasons_hidden  # noqa: PLC0415

    settings = load_settings(home)
    with closing(Catalogue(settings.catalogue_url)) as catalogue:
        archive = {article.id: article for article in strip_boilerplate(catalogue.all())}
        article = catalogue.get(article_id)
    if article is None:
        raise ArticleNotFoundError(
            f"article {article_id!r}: expected an ID of the catalogue; "
            "see `recommender articles list`"
        )
    with open_log(settings) as log:
        overrides = ActiveLog(log.entries(article=article.id)).overrides()
        with log.engine.connect() as connection:
            rows = rows_about(connection, [article.id]).values()
    indexed = _is_indexed(settings.home, article.id)
    reasons = reasons_hidden(article, now, overrides, rows, indexed=indexed)
    shown = msgspec.to_builtins(article) | {
        "shown": not reasons,
        "reasons": reasons,
        "embedded_text": for_encoder(archive[article.id]),
    }
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else _as_text(shown))


def _is_indexed(home: Path, article_id: str) -> bool:
    from recommender.serving.responses import open_current  # noqa: PLC0415

    try:
        return open_current(home).row(article_id) is not None
    except SnapshotError:
        return False


def _facts(article: Article) -> dict[str, str]:
    facts = {name: str(getattr(article, name)) for name in COLUMNS}
    return facts | {"published": write_date(article.published)}


def _as_text(fields: dict[str, Any]) -> str:
    width = max(map(len, fields))
    given = {name: value for name, value in fields.items() if value not in (None, "", [], ())}
    return "\n".join(f"{name:<{width}}  {_flat(value)}" for name, value in given.items())


def _flat(value: Any) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return textwrap.shorten(text, 500, placeholder=" ...")


@command.command("withdraw")
@click.argument("article_id")
@click.option("--reason", default="", help="Reason, for the history.")
@home_option
def withdraw_command(article_id: str, reason: str, home: Path | None) -> None:
    """Hide an article everywhere; running services follow within 2 seconds.

    It stays withdrawn through later imports and index runs, until it is restored.
    """
    from recommender.overrides.withdrawals import withdraw  # noqa: PLC0415 - SQLAlchemy as well

    with saving(load_settings(home)) as log:
        entry = withdraw(log, article_id, login_name(), reason, time.time())
    click.echo(f"withdrawn: {article_id} (entry {entry.id})")


@command.command("restore")
@click.argument("article_id")
@click.option("--reason", default="", help="Reason, for the history.")
@home_option
def restore_command(article_id: str, reason: str, home: Path | None) -> None:
    """Undo the withdrawal of an article, by an editor or by a content system.

    A withdrawn status in the article's own record is changed at its source.
    """
    from recommender.overrides.withdrawals import restore  # noqa: PLC0415 - SQLAlchemy as well

    with saving(load_settings(home)) as log:
        entry = restore(log, article_id, login_name(), reason, time.time())
    click.echo(f"restored: {article_id}" + (f" (entry {entry.id})" if entry else ""))
