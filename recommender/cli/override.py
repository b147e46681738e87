"""``recommender override``: what editors decide, from the shell."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from recommender.cli.deciding import login_name, opened_log, saving
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
    _add(given, kind="pin", article=article, pick=pick, place=place)


@command.command("block")
@click.argument("ids", nargs=-1, metavar="[ARTICLE] [PICK]")
@_scope_options
@_decision_options
def block_command(ids: tuple[str, ...], **given: Any) -> None:
    """Show PICK not under ARTICLE; with PICK alone, or a --section, --tag or --author, nowhere."""
    article, targets = (ids[0], ids[1:]) if len(ids) == 2 else ("", ids)
    _add(given, kind="block", article=article, **_target(targets, given))


@command.command("boost")
@click.argument("ids", nargs=-1, metavar="[PICK]")
@click.option("--factor", type=float, required=True, help="0.1 to 10; below 1 buries.")
@_scope_options
@_decision_options
def boost_command(ids: tuple[str, ...], factor: float, **given: Any) -> None:
    """Multiply the odds of PICK, or of a --section, --tag or --author, wherever it is related."""
    _add(given, kind="boost", factor=factor, **_target(ids, given))


@command.command("hold")
@click.argument("article")
@_decision_options
def hold_command(article: str, **given: Any) -> None:
    """Show no block at all under ARTICLE."""
    _add(given, kind="hold", article=article)


@command.command("undo")
@click.argument("entry", type=int)
@_decision_options
def undo_command(entry: int, **given: Any) -> None:
    """Lift the decision with the number ENTRY; undoing an undo brings it back."""
    _add(given, kind="undo", undoes=entry)


@command.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def list_command(home: Path | None, as_json: bool) -> None:
    """List what stands, oldest first."""
    with opened_log(load_settings(home)) as log:
        _print(log.standing(), as_json)


@command.command("history")
@click.option("--article", help="Only what concerns this article, as article or as pick.")
@click.option("--by", metavar="NAME", help="Only what this editor decided.")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def history_command(article: str | None, by: str | None, home: Path | None, as_json: bool) -> None:
    """List every decision that was ever taken, oldest first."""
    with opened_log(load_settings(home)) as log:
        _print(log.entries(article=article, author=by), as_json)


@command.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv")
@home_option
def export_command(form: str, home: Path | None) -> None:
    """Print what stands as CSV or JSON."""
    from recommender.overrides.exchange import written  # noqa: PLC0415

    with opened_log(load_settings(home)) as log:
        click.echo(written(log.standing(), form), nl=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", metavar="NAME", help="Who decides.  [default: your login name]")
@home_option
def import_command(file: Path, by: str | None, home: Path | None) -> None:
    """Add the decisions of a CSV or JSON FILE, all of them or none."""
    from recommender.overrides.exchange import added, read_file  # noqa: PLC0415

    settings = load_settings(home)
    lines = read_file(file, settings.zone)
    with saving(settings) as log:
        entries = added(log, lines, by or login_name(), time.time())
    click.echo(f"{len(entries)} decisions added")


def _target(ids: tuple[str, ...], given: dict[str, Any]) -> dict[str, Any]:
    """Find the one thing that is meant: an id, or the name of a section, tag or author."""
    named = [(scope, given[scope]) for scope in ("section", "tag", "author") if given[scope]]
    wanted = [("article", name) for name in ids] + named
    if len(wanted) != 1:
        raise click.UsageError(
            f"got {len(wanted)} things to decide about, wanted one: an id, or one of --section, "
            "--tag, --author"
        )
    return {"scope": wanted[0][0], "pick": wanted[0][1]}


def _add(given: dict[str, Any], **fields: Any) -> None:
    from recommender.overrides.decision import Decision, Kind, Scope  # noqa: PLC0415 - SQLAlchemy
    from recommender.overrides.moments import read_moment  # noqa: PLC0415

    settings = load_settings(given["home"])
    decision = Decision(
        **fields | {"kind": Kind(fields["kind"]), "scope": Scope(fields.get("scope", "article"))},
        reason=given["reason"],
        author=given["by"] or login_name(),
        starts=read_moment("from", given["start"], settings.zone),
        ends=read_moment("until", given["until"], settings.zone),
    )
    with saving(settings) as log:
        (entry,) = log.add([decision], time.time())
    click.echo(f"entry {entry.id}: {entry.kind} {entry.about}")


def _print(entries: list[Any], as_json: bool) -> None:
    from recommender.overrides.decision import public  # noqa: PLC0415

    rows = [public(entry) for entry in entries]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for entry, row in zip(entries, rows, strict=True):
        what = f"{entry.kind} entry {entry.undoes}:" if entry.undoes else str(entry.kind)
        dates = [f"{name} {row[name]}" for name in ("from", "until") if row[name]]
        parts = [f"{what} {entry.about}", *dates, f"{row['created']} by {entry.author}"]
        click.echo(f"{entry.id:>6}  " + " | ".join([*parts, entry.reason]).rstrip(" |"))
