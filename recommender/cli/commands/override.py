"""``recommender override``: pins, blocks, boosts and holds from the shell."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from recommender.cli.formatting import count
from recommender.cli.options import home_option, login_name, open_log, save_fallback, saving
from recommender.cli.unknown import unknown_name_lines
from recommender.dates import read_local_time
from recommender.errors import OverrideError
from recommender.settings import load_settings

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def command() -> None:
    """Pin, block, boost or suppress recommendations, and undo it.

    Running services follow within 2 seconds.
    """


def _shared_options(function: Command) -> Command:
    """Add the options of every override: reason, start, end and author."""
    for option in (
        home_option,
        click.option("--by", metavar="NAME", help="Author.  [default: your login name]"),
        click.option("--until", metavar="TIME", help="End, exclusive (RFC 3339)."),
        click.option("--from", "start", metavar="TIME", help="Start (RFC 3339).  [default: now]"),
        click.option("--reason", default="", help="Reason, for the history."),
    ):
        function = option(function)
    return function


def _many_option(function: Command) -> Command:
    return click.option(
        "--ids",
        type=click.File(encoding="utf-8"),
        metavar="FILE",
        help="Apply to each ID of a file, one a line; - for standard input.",
    )(function)


def _scope_options(function: Command) -> Command:
    for scope in ("author", "tag", "section"):
        function = click.option(
            f"--{scope}", metavar="NAME", help=f"Apply to all articles of this {scope}."
        )(function)
    return function


@command.command("pin")
@click.argument("article")
@click.argument("pick")
@click.option("--place", type=int, required=True, help="Position of the card, from 1.")
@_shared_options
def pin_command(article: str, pick: str, place: int, **given: Any) -> None:
    """Show PICK under ARTICLE at position --place."""
    _add(given, [{"article": article, "pick": pick, "place": place}], "pin")


@command.command("block")
@click.argument("picks", nargs=-1, metavar="[ARTICLE] [PICK]")
@_many_option
@_scope_options
@_shared_options
def block_command(picks: tuple[str, ...], **given: Any) -> None:
    """Never show PICK and its copies under ARTICLE.

    Without ARTICLE it is blocked under every article; so is --section, --tag or --author.
    """
    # With --ids the file has the picks, so that the only argument is the article.
    under = 1 if given["ids"] else 2
    article, targets = (picks[0], picks[1:]) if len(picks) == under else ("", picks)
    _add(given, [{"article": article, **target} for target in _targets(targets, given)], "block")


@command.command("boost", short_help="Rank PICK higher or lower.")
@click.argument("picks", nargs=-1, metavar="[PICK]")
@click.option(
    "--factor", type=float, required=True, help="From 0.1 to 10; below 1 lowers the ranking."
)
@_many_option
@_scope_options
@_shared_options
def boost_command(picks: tuple[str, ...], factor: float, **given: Any) -> None:
    """Rank PICK higher or lower: multiply its odds of being recommended by --factor."""
    _add(given, [{"factor": factor, **target} for target in _targets(picks, given)], "boost")


@command.command("hold")
@click.argument("articles", nargs=-1, metavar="[ARTICLE ...]")
@_many_option
@_scope_options
@_shared_options
def hold_command(articles: tuple[str, ...], **given: Any) -> None:
    """Suppress the related posts of ARTICLE.

    With --section, --tag or --author: of all articles with it, also later ones.
    """
    held = [*articles, *_listed(given)]
    if held and not _named(given):
        _add(given, [{"article": article} for article in held], "hold")
        return
    _add(given, _targets(tuple(held), given | {"ids": None}), "hold")


@command.command("undo", short_help="Undo the override with the number ENTRY.")
@click.argument("entries", type=int, nargs=-1, required=True, metavar="ENTRY ...")
@_shared_options
def undo_command(entries: tuple[int, ...], **given: Any) -> None:
    """Undo the override with the number ENTRY; undo the undo to restore it."""
    _add(given, [{"undoes": entry} for entry in entries], "undo")


@command.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the overrides as JSON.")
def list_command(home: Path | None, as_json: bool) -> None:
    """List the overrides that are not undone, oldest first."""
    with open_log(load_settings(home)) as log:
        _print(log.active(), as_json)


@command.command("history")
@click.option("--article", help="Only entries about this article, as article or as pick.")
@click.option("--by", metavar="NAME", help="Only entries of this author.")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the entries as JSON.")
def history_command(article: str | None, by: str | None, home: Path | None, as_json: bool) -> None:
    """List all entries of the log, oldest first, also undone ones."""
    with open_log(load_settings(home)) as log:
        _print(log.entries(article=article, author=by), as_json)


@command.command("export")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json"]),
    default="csv",
    show_default=True,
    help="Format of the output.",
)
@home_option
def export_command(form: str, home: Path | None) -> None:
    """Print the overrides that are not undone as CSV or JSON."""
    from recommender.overrides.edits.import_export import write  # noqa: PLC0415

    with open_log(load_settings(home)) as log:
        click.echo(write(log.active(), form), nl=False)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", metavar="NAME", help="Author.  [default: your login name]")
@home_option
def import_command(file: Path, by: str | None, home: Path | None) -> None:
    """Add the overrides of a CSV or JSON FILE, all of them or none.

    Those that are active already are left out.
    """
    from recommender.overrides.edits.import_export import add, read_file  # noqa: PLC0415

    settings = load_settings(home)
    lines = read_file(file, settings.zone)
    with saving(settings) as log:
        entries = add(log, lines, by or login_name(), time.time())
        warnings = list(unknown_name_lines(log.engine, entries))
    line = f"added {count(len(entries), 'override')}"
    if known := len(lines) - len(entries):
        line += f"; {known} {'is' if known == 1 else 'are'} active already"
    click.echo(line)
    for warning in warnings:
        click.echo(warning, err=True)


@command.command("recover")
@click.option(
    "--discard",
    is_flag=True,
    help="Forget the lost overrides instead, and continue with the database as it is.",
)
@click.option("--by", metavar="NAME", help="Author.  [default: your login name]")
@home_option
def recover_command(discard: bool, by: str | None, home: Path | None) -> None:
    """Repair a database that was restored from an older copy.

    Overrides that it lacks and the fallback file of the data directory has are stored again.
    Until then services refuse to save anything.
    """
    from recommender.overrides.edits.recovery import recover  # noqa: PLC0415
    from recommender.overrides.fallback import load_for  # noqa: PLC0415 - SQLAlchemy

    settings = load_settings(home)
    file = settings.data_dir.override_fallback
    with open_log(settings) as log:
        if not discard:
            backup = load_for(file, settings.catalogue_url)
            recovery = recover(log, backup, by or login_name(), time.time())
            for entry in recovery.entries:
                click.echo(f"entry {entry.id}: {entry.kind} {entry.about}")
            click.echo(
                f"recovered {count(len(recovery.entries), 'entry', 'entries')} and "
                f"{count(len(recovery.rows), 'change')} of visibility"
            )
    file.unlink(missing_ok=True)
    save_fallback(settings)
    click.echo(
        "if /readyz does not report the database as connected within 5 seconds, restart the "
        "services of this data directory",
        err=True,
    )


def _listed(given: dict[str, Any]) -> list[str]:
    """Read the IDs of --ids, without empty lines and duplicates."""
    if given["ids"] is None:
        return []
    try:
        return list(dict.fromkeys(filter(None, map(str.strip, given["ids"]))))
    except UnicodeDecodeError as error:
        raise OverrideError(
            "--ids: expected a file in UTF-8, got %(path)s", path=given["ids"].name
        ) from error


def _named(given: dict[str, Any]) -> list[tuple[str, str]]:
    """List the scope and the name of each section, tag and author given."""
    return [(scope, given[scope]) for scope in ("section", "tag", "author") if given[scope]]


def _targets(ids: tuple[str, ...], given: dict[str, Any]) -> list[dict[str, Any]]:
    """Find the targets: one ID, the IDs of a file, or the name of a section, tag or author."""
    named = _named(given)
    if given["ids"] is not None:
        if ids or named:
            raise click.UsageError("expected --ids or another target, got both")
        if not (listed := _listed(given)):
            raise click.UsageError("--ids: expected one ID a line, got an empty file")
        return [{"scope": "article", "pick": name} for name in listed]
    targets = [("article", name) for name in ids] + named
    if len(targets) != 1:
        raise click.UsageError(
            "expected one target (an ID, --ids FILE, --section, --tag or --author), "
            f"got {len(targets)}"
        )
    return [{"scope": targets[0][0], "pick": targets[0][1]}]


def _add(given: dict[str, Any], overrides: list[dict[str, Any]], kind: str) -> None:
    """Add overrides of one kind, all or none, and print their numbers."""
    from recommender.cli.hidden_copies import print_hidden_copies  # noqa: PLC0415 - numpy as well
    from recommender.overrides.override import Kind, Override, Scope  # noqa: PLC0415 - SQLAlchemy

    settings = load_settings(given["home"])
    shared = {
        "kind": Kind(kind),
        "reason": given["reason"],
        "author": given["by"] or login_name(),
        "starts": read_local_time("from", given["start"], settings.zone),
        "ends": read_local_time("until", given["until"], settings.zone),
    }
    new = [
        Override(**shared | fields | {"scope": Scope(fields.get("scope", "article"))})
        for fields in overrides
    ]
    with saving(settings) as log:
        entries = log.add(new, time.time())
        warnings = list(unknown_name_lines(log.engine, entries))
    for entry in entries:
        click.echo(f"entry {entry.id}: {entry.kind} {entry.about}")
    for line in warnings:
        click.echo(line, err=True)
    print_hidden_copies(settings, entries)


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
