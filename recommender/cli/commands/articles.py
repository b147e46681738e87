"""``recommender articles``: list, show, withdraw and restore articles."""

from __future__ import annotations

import json
import textwrap
import time
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
from recommender.cli.unknown import not_indexed
from recommender.dates import write_date
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
@click.option(
    "--suspicious",
    is_flag=True,
    help="Only articles that look wrong, then those that were repaired, each with the reasons.",
)
def list_command(home: Path | None, as_json: bool, suspicious: bool) -> None:
    """List the articles of the catalogue, newest first."""
    from recommender.catalogue.store import existing_catalogue  # noqa: PLC0415 - SQLAlchemy only when it is used

    with existing_catalogue(load_settings(home).catalogue_url) as catalogue:
        articles = catalogue.all()
    if suspicious:
        flagged = (article for article in articles if article.flags)
        articles = sorted(flagged, key=lambda article: not article.is_suspicious)
    for article in articles:
        facts = _facts(article) | ({"flags": article.flags} if suspicious else {})
        click.echo(json.dumps(facts, ensure_ascii=False) if as_json else _as_row(facts))


@command.command("show", short_help="Show an article, and why it is hidden.")
@click.argument("article_id")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print all fields as a JSON object.")
@now_option
def show_command(article_id: str, home: Path | None, as_json: bool, now: datetime) -> None:
    """Show an article as imported, and the reasons why it is hidden, if it is."""
    from recommender.articles.boilerplate import strip_boilerplate  # noqa: PLC0415 - numpy only when it is used
    from recommender.articles.model_inputs import for_encoder  # noqa: PLC0415
    from recommender.catalogue.store import existing_catalogue  # noqa: PLC0415
    from recommender.catalogue.visibility_table import rows_about  # noqa: PLC0415
    from recommender.cli.hidden_copies import open_hidden_copies  # noqa: PLC0415
    from recommender.overrides.active_log import ActiveLog  # noqa: PLC0415
    from recommender.serving.why_hidden import reasons_hidden  # noqa: PLC0415

    settings = load_settings(home)
    with existing_catalogue(settings.catalogue_url) as catalogue:
        archive = {article.id: article for article in strip_boilerplate(catalogue.all())}
        article, former = catalogue.get(article_id), catalogue.former_ids()
    if article is None:
        raise not_indexed(article_id, settings, now)
    with open_log(settings) as log:
        overrides = ActiveLog(log.entries(article=article.id)).overrides()
        with log.engine.connect() as connection:
            rows = rows_about(connection, [article.id]).values()
    copy, indexed, moved_to = "", False, former.current_of(article.id)
    if hidden := open_hidden_copies(settings, now.timestamp()):
        copy, indexed = hidden.original_of(article.id), hidden.contains(article.id)
    reasons = reasons_hidden(article, now, overrides, rows, indexed=indexed, copy_of=copy)
    if moved_to != article.id:
        reasons = [f"it has moved to the ID {moved_to!r}"]
    shown = msgspec.to_builtins(article) | {
        "formerly": former.former_of(article.id),
        "shown": not reasons,
        "reasons": reasons,
        "embedded_text": for_encoder(archive[article.id]),
    }
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else _as_text(shown))


def _facts(article: Article) -> dict[str, Any]:
    facts: dict[str, Any] = {name: str(getattr(article, name)) for name in COLUMNS}
    return facts | {"published": write_date(article.published)}


def _as_row(facts: dict[str, Any]) -> str:
    return "  ".join(_flat(value) if name == "flags" else value for name, value in facts.items())


def _as_text(fields: dict[str, Any]) -> str:
    width = max(map(len, fields))
    given = {name: value for name, value in fields.items() if value not in (None, "", [], ())}
    return "\n".join(f"{name:<{width}}  {_flat(value)}" for name, value in given.items())


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return textwrap.shorten(text, 500, placeholder=" ...")


@command.command("withdraw", short_help="Hide an article and its copies everywhere.")
@click.argument("article_id")
@click.option("--reason", default="", help="Reason, for the history.")
@home_option
def withdraw_command(article_id: str, reason: str, home: Path | None) -> None:
    """Hide an article and its copies everywhere; running services follow within 2 seconds.

    They stay hidden through later imports and index runs, until the article is restored.
    """
    from recommender.cli.hidden_copies import print_hidden_copies  # noqa: PLC0415 - numpy as well
    from recommender.overrides.edits.withdrawals import withdraw  # noqa: PLC0415 - SQLAlchemy as well

    settings = load_settings(home)
    with saving(settings) as log:
        entry = withdraw(log, article_id, login_name(), reason, time.time())
    click.echo(f"withdrawn: {article_id} (entry {entry.id})")
    print_hidden_copies(settings, [entry])


@command.command("restore", short_help="Undo the withdrawal of an article.")
@click.argument("article_id")
@click.option("--reason", default="", help="Reason, for the history.")
@home_option
def restore_command(article_id: str, reason: str, home: Path | None) -> None:
    """Undo the withdrawal of an article, by an editor or by a content system.

    A copy of a blocked or withdrawn article is shown in spite of that. A withdrawn status in the
    article's own record is changed at its source.
    """
    from recommender.cli.hidden_copies import open_hidden_copies  # noqa: PLC0415 - numpy as well
    from recommender.overrides.edits.withdrawals import restore  # noqa: PLC0415 - SQLAlchemy as well

    settings, now = load_settings(home), time.time()
    hidden = open_hidden_copies(settings, now)
    copy = hidden.original_of(article_id) if hidden else ""
    with saving(settings) as log:
        entry = restore(log, article_id, login_name(), reason, now, copy_of=copy)
    click.echo(f"restored: {article_id}" + (f" (entry {entry.id})" if entry else ""))
