"""``recommender related``: the cards of an article as text or as JSON."""

from __future__ import annotations

import json
import textwrap
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender.cli.options import WholeNumber, home_option, now_option
from recommender.cli.unknown import not_indexed, state_in
from recommender.settings import Settings, load_settings
from recommender.settings.desk import served_ranking

if TYPE_CHECKING:
    from recommender.overrides.active import ActiveOverrides
    from recommender.serving.filters import Query
    from recommender.serving.responses import RelatedResponse
    from recommender.snapshots.snapshot import Snapshot


@click.command
@click.argument("article_id", required=False)
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the response of the HTTP API.")
@click.option("--all", "every", is_flag=True, help="All public articles, one JSON object a line.")
@click.option("--limit", type=WholeNumber(1, 20), help="Number of cards.  [default: ranking.cards]")
@click.option("--why", metavar="ID", help="Say where article ID is in the list, or why not.")
@click.option(
    "--explain", is_flag=True, help="Add the reasons and feature contributions of each card."
)
@now_option
def command(
    article_id: str | None,
    every: bool,
    home: Path | None,
    as_json: bool,
    limit: int | None,
    why: str | None,
    explain: bool,
    now: datetime,
) -> None:
    """Show the related articles of an article.

    An article that is not public, such as one under embargo, gets a preview and a note on stderr.

    --all --json prints those of every public article, one a line.

    --why ID says why another article is not shown there: blocked, embargo, too similar, and so on.
    """
    if every == (article_id is not None) or (every and not as_json):
        raise click.UsageError("expected ARTICLE_ID, or --all with --json")
    if why is not None and (as_json or explain):
        raise click.UsageError("expected --why without --all, --json and --explain")
    from recommender.overrides.read_once import read_overrides  # noqa: PLC0415 - SQLAlchemy as well
    from recommender.serving.filters import Query  # noqa: PLC0415 - numpy only when it is used
    from recommender.serving.responses import open_current, public_ids  # noqa: PLC0415

    settings = load_settings(home)
    snapshot = _served(open_current(settings.home), settings)
    fallback = settings.data_dir.override_fallback
    overrides = read_overrides(settings.catalogue_url, snapshot, now.timestamp(), fallback)
    if overrides.error:
        click.echo(f"overrides are read from the fallback file: {overrides.error}", err=True)
    query, seconds = Query(limit=limit), now.timestamp()
    articles = public_ids(snapshot, seconds, overrides.active) if every else [str(article_id)]
    row = None if every else snapshot.row(str(article_id))
    if not every and row is None:
        raise not_indexed(str(article_id), settings, now)
    candidate = None if why is None else snapshot.row(why)
    if why is not None and candidate is None:
        raise not_indexed(why, settings, now, "is not shown")
    for article in articles:
        answer = _answer(snapshot, article, query, seconds, overrides.active, explain=explain)
        if row is not None and candidate is not None:
            from recommender.cli.why import why_text  # noqa: PLC0415 - only for --why

            shown = answer.rows
            click.echo(why_text(settings, snapshot, row, candidate, shown, seconds, overrides))
        else:
            body = answer.body
            click.echo(body if as_json else _as_text(json.loads(body)), nl=not as_json)


def _served(snapshot: Snapshot, settings: Settings) -> Snapshot:
    """Return a snapshot with the settings of the desk, as the service uses it."""
    from recommender.overrides.read_once import setting_changes  # noqa: PLC0415 - SQLAlchemy as well

    fallback = settings.data_dir.override_fallback
    changes = setting_changes(settings.catalogue_url, fallback)
    return snapshot.under(served_ranking(snapshot.ranking, settings, changes))


def _answer(
    snapshot: Snapshot,
    article: str,
    query: Query,
    now: float,
    active: ActiveOverrides,
    *,
    explain: bool,
) -> RelatedResponse:
    """Return the response; for an indexed article that is not public, a preview with a note."""
    from recommender.serving.filters import is_public  # noqa: PLC0415 - numpy only when it is used
    from recommender.serving.responses import related_answer, row_answer  # noqa: PLC0415

    row = snapshot.row(article)
    if row is None or is_public(snapshot, row, now, active):
        return related_answer(snapshot, article, query, now, active, explain=explain)
    click.echo(
        f"preview: {article!r} {state_in(snapshot, row, now)}, so the service answers 404",
        err=True,
    )
    return row_answer(snapshot, row, query, now, active, explain=explain)


def _as_text(answer: dict[str, Any]) -> str:
    parts = [f"Related to {answer['article']} (snapshot {answer['snapshot']})"]
    parts += [_card(number, card) for number, card in enumerate(answer["cards"], start=1)]
    if not answer["cards"]:
        parts.append("no cards")
    if answer.get("runners_up"):
        parts.append("Runners-up:\n" + "\n".join(_runner_up(one) for one in answer["runners_up"]))
    return "\n\n".join(parts)


def _card(number: int, card: dict[str, Any]) -> str:
    facts = [card["published"][:10], card["section"], card["language"], card["origin"]]
    lines = [
        f"{number}. {card['title']}",
        textwrap.fill(card["teaser"], 96, initial_indent="   ", subsequent_indent="   "),
        "   " + " | ".join([*filter(None, facts), card["id"]]),
    ]
    if "why" in card:
        lines += [f"   - {sentence}" for sentence in card["why"]["reasons"]]
        if "score" in card["why"]:
            lines.append("   why: " + _why(card["why"]))
    return "\n".join(lines)


def _runner_up(one: dict[str, Any]) -> str:
    return f"- {one['title']} (score {one['score']:.3f}): {', '.join(one['missing'])}"


def _why(why: dict[str, Any]) -> str:
    contributions = ", ".join(
        f"{signal} {value:+.3f}" for signal, value in why["contributions"].items()
    )
    boost = f", boost {why['boost']:+.3f}" if "boost" in why else ""
    return (
        f"score {why['score']:.3f} = {contributions}, freshness {why['freshness']:+.3f}{boost}; "
        f"{why['rule']}"
    )
