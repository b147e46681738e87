"""``recommender override``: what editors decide, from the shell."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from recommender.cli.deciding import login_name, open_log, saving
from recommender.cli.options import home_option
from recommender.settings import load_settings

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def command() -> None:
    """Pin, block, boost and hold by hand, and undo it.

    Running services follow within 2 seconds.
    """


def _decision_options(function: Command) -> Command:
    """Add what every decision takes: why, from when, until when, by whom."""
    for option in (
        home_option,
        click.option("--by", metavar="NAME", help="Who decides.  [default: your login name]"),
        click.option("--until", metavar="TIME", help="First moment at which it no longer holds."),
        click.option("--from", "start", metavar="TIME", help="First moment at which it holds."),
        click.option("--reason", default="", help="Why, for the history."),
    ):
        function = option(function)
    return function


def _many_option(function: Command) -> Command:
    return click.option(
        "--ids",
        type=click.File(encoding="utf-8"),
        metavar="FILE",
        help="Decide the same about each id of a file, one a line; - for the input.",
    )(function)


def _scope_options(function: Command) -> Command:
    for scope in ("author", "tag", "section"):
        function = click.option(
            f"--{scope}", metavar="NAME", help=f"All articles of this {scope}, in every block."
        )(function)
    return function


@command.command("pin")
@click.argument("article")
@click.argument("pick")
@click.option("--place", type=int, required=True, help="From 1, the first card.")
@_decision_options
def pin_command(article: str, pick: str, place: int, **given: Any) -> None:
    """Show PICK under ARTICLE at a place."""
    _add(given, [{"article": article, "pick": pick, "place": place}], "pin")


@command.command("block")
@click.argument("picks", nargs=-1, metavar="[ARTICLE] [PICK]")
@_many_option
@_scope_options
@_decision_options
def block_command(picks: tuple[str, ...], **given: Any) -> None:
    """Show PICK not under ARTICLE; with PICK alone, or a --section, --tag or --author, nowhere.

    With --ids each of these, under ARTICLE or, without it, nowhere.
    """
    # With a list the picks are there, and what is left to name is the article.
    under = 1 if given["ids"] else 2
    article, targets = (picks[0], picks[1:]) if len(picks) == under else ("", picks)
    _add(given, [{"article": article, **target} for target in _targets(targets, given)], "block")


@command.command("boost")
@click.argument("picks", nargs=-1, metavar="[PICK]")
@click.option("--factor", type=float, required=True, help="0.1 to 10; below 1 buries.")
@_many_option
@_scope_options
@_decision_options
def boost_command(picks: tuple[str, ...], factor: float, **given: Any) -> None:
    """Multiply the odds of PICK, or of a --section, --tag or --author, wherever it is related."""
    _add(given, [{"factor": factor, **target} for target in _targets(picks, given)], "boost")


@command.command("hold")
@click.argument("articles", nargs=-1, metavar="[ARTICLE ...]")
@_many_option
@_decision_options
def hold_command(articles: tuple[str, ...], **given: Any) -> None:
    """Show no block at all under ARTICLE."""
    held = [*articles, *_listed(given)]
    if not held:
        raise click.UsageError("got no article to hold, wanted its id, or --ids FILE")
    _add(given, [{"article": article} for article in held], "hold")


@command.command("undo")
@click.argument("entries", type=int, nargs=-1, required=True, metavar="ENTRY ...")
@_decision_options
def undo_command(entries: tuple[int, ...], **given: Any) -> None:
    """Lift the decision with the number ENTRY; undoing an undo brings it back."""
    _add(given, [{"undoes": entry} for entry in entries], "undo")


@command.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_command(home: Path | None, as_json: bool) -> None:
    """List what stands, oldest first."""
    with open_log(load_settings(home)) as log:
        _print(log.standing(), as_json)


@command.command("history")
@click.option("--article", help="Only what concerns this article, as article or as pick.")
@click.option("--by", metavar="NAME", help="Only what this editor decided.")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def history_command(article: str | None, by: str | None, home: Path | None, as_json: bool) -> None:
    """List every decision that was ever taken, oldest first."""
    with open_log(load_settings(home)) as log:
        _print(log.entries(article=article, author=by), as_json)


@command.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@home_option
def export_command(form: str, home: Path | None) -> None:
    """Print what stands as CSV or JSON."""
    from recommender.overrides.import_export import written  # noqa: PLC0415

    with open_log(load_settings(home)) as log:
        click.echo(written(log.standing(), form), nl=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", metavar="NAME", help="Who decides.  [default: your login name]")
@home_option
def import_command(file: Path, by: str | None, home: Path | None) -> None:
    """Add the decisions of a CSV or JSON FILE, all of them or none."""
    from recommender.overrides.import_export import added, read_file  # noqa: PLC0415

    settings = load_settings(home)
    lines = read_file(file, settings.zone)
    with saving(settings) as log:
        entries = added(log, lines, by or login_name(), time.time())
    click.echo(f"{len(entries)} decisions added")


def _listed(given: dict[str, Any]) -> list[str]:
    """Read the ids of --ids, each once; empty lines are none."""
    lines = [] if given["ids"] is None else [line.strip() for line in given["ids"]]
    return list(dict.fromkeys(filter(None, lines)))


def _targets(ids: tuple[str, ...], given: dict[str, Any]) -> list[dict[str, Any]]:
    """Find what is meant: one id, the ids of a list, or the name of a section, tag or author."""
    named = [(scope, given[scope]) for scope in ("section", "tag", "author") if given[scope]]
    if given["ids"] is not None:
        if ids or named:
            raise click.UsageError("got --ids and something else to decide about, wanted one")
        if not (listed := _listed(given)):
            raise click.UsageError("got no id in the list, wanted one a line")
        return [{"scope": "article", "pick": name} for name in listed]
    wanted = [("article", name) for name in ids] + named
    if len(wanted) != 1:
        raise click.UsageError(
            f"got {len(wanted)} things to decide about, wanted one: an id, a list of them by "
            "--ids, or one of --section, --tag, --author"
        )
    return [{"scope": wanted[0][0], "pick": wanted[0][1]}]


def _add(given: dict[str, Any], wanted: list[dict[str, Any]], kind: str) -> None:
    """Add decisions of one kind, all or none, and say their numbers."""
    from recommender.overrides.moments import read_local_time  # noqa: PLC0415
    from recommender.overrides.override import Kind, Override, Scope  # noqa: PLC0415 - SQLAlchemy

    settings = load_settings(given["home"])
    shared = {
        "kind": Kind(kind),
        "reason": given["reason"],
        "author": given["by"] or login_name(),
        "starts": read_local_time("from", given["start"], settings.zone),
        "ends": read_local_time("until", given["until"], settings.zone),
    }
    made = [
        Override(**shared | fields | {"scope": Scope(fields.get("scope", "article"))})
        for fields in wanted
    ]
    with saving(settings) as log:
        entries = log.add(made, time.time())
    for entry in entries:
        click.echo(f"entry {entry.id}: {entry.kind} {entry.about}")


def _print(entries: list[Any], as_json: bool) -> None:
    from recommender.overrides.override import public  # noqa: PLC0415

    rows = [public(entry) for entry in entries]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for entry, row in zip(entries, rows, strict=True):
        what = f"{entry.kind} entry {entry.undoes}:" if entry.undoes else str(entry.kind)
        dates = [f"{name} {row[name]}" for name in ("from", "until") if row[name]]
        parts = [f"{what} {entry.about}", *dates, f"{row['created']} by {entry.author}"]
        click.echo(f"{entry.id:>6}  " + " | ".join([*parts, entry.reason]).rstrip(" |"))
