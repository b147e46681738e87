"""``recommender snapshots``: list, use, prune, diff."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click
import msgspec

from recommender.cli.formatting import stats_diff, stats_summary
from recommender.cli.holding import locked_data_dir
from recommender.cli.options import home_option
from recommender.errors import CatalogueError
from recommender.home import DataDir
from recommender.settings import load_settings


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, compare, put in force and prune snapshots."""
    if context.invoked_subcommand is None:
        context.invoke(list_command)


@command.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the manifests.")
def list_command(home: Path | None, as_json: bool) -> None:
    """List the kept snapshots, oldest first; a star marks the one in force."""
    from recommender.snapshots.store import (  # noqa: PLC0415 - numpy only when used
        current_id,
        manifests,
        snapshot_ids,
    )

    place = DataDir(load_settings(home).home)
    in_force = current_id(place)
    kept = manifests(place)
    if as_json:
        rows = [msgspec.to_builtins(m) | {"current": m.id == in_force} for m in kept]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for manifest in kept:
        mark = "*" if manifest.id == in_force else " "
        click.echo(
            f"{mark} {manifest.id}  {manifest.articles} articles  {manifest.encoder}"
            + stats_summary(manifest.figures.get("shown"))
        )
    left_out = sorted(set(snapshot_ids(place)) - {manifest.id for manifest in kept})
    if left_out:
        click.echo(
            f"broken, or of another version's format: {', '.join(left_out)}; where none has a "
            "star, run `recommender index`",
            err=True,
        )


@command.command("use")
@click.argument("snapshot_id")
@home_option
def use_command(snapshot_id: str, home: Path | None) -> None:
    """Put a kept snapshot in force; running services follow within 2 seconds.

    Articles that were withdrawn after it was built stay hidden.
    """
    from recommender.overrides.once import hidden_since  # noqa: PLC0415 - SQLAlchemy as well
    from recommender.snapshots.snapshot import Snapshot  # noqa: PLC0415
    from recommender.snapshots.store import kept_folder, use  # noqa: PLC0415

    settings = load_settings(home)
    place = DataDir(settings.home)
    with locked_data_dir(place.path):
        snapshot = Snapshot(kept_folder(place, snapshot_id))
        use(place, snapshot_id)
    click.echo(f"in force: {snapshot_id}")
    try:
        hidden = hidden_since(settings.catalogue_url, snapshot, time.time(), place.decisions)
    except CatalogueError as error:
        click.echo(f"nothing is served until the database answers: {error}", err=True)
        return
    if hidden:
        articles = "1 article" if hidden == 1 else f"{hidden} articles"
        stay = "stays" if hidden == 1 else "stay"
        click.echo(f"{articles} withdrawn after this snapshot was built {stay} hidden", err=True)


@command.command("prune")
@home_option
@click.option(
    "--keep", type=click.IntRange(1), help="How many stay.  [default: as in the settings]"
)
def prune_command(home: Path | None, keep: int | None) -> None:
    """Delete old snapshots, never the one in force."""
    from recommender.snapshots.store import prune  # noqa: PLC0415

    settings = load_settings(home)
    place = DataDir(settings.home)
    with locked_data_dir(place.path):
        deleted = prune(place, keep or settings.keep_snapshots)
    click.echo(f"deleted {len(deleted)} snapshots")


@command.command("diff")
@click.argument("before")
@click.argument("after")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def diff_command(before: str, after: str, home: Path | None, as_json: bool) -> None:
    """Compare what two kept snapshots show under the articles that both have."""
    from recommender.reports.snapshot_diff import diff  # noqa: PLC0415

    difference = diff(DataDir(load_settings(home).home), before, after)
    if as_json:
        click.echo(json.dumps(difference, ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{difference['articles_added']} articles added, {difference['articles_removed']} removed; "
        f"of {difference['articles_in_both']} in both, {difference['lists_changed']} show other "
        f"cards; {difference['cards_kept']:.1%} of the cards stayed"
    )
    for line in stats_diff(**difference["shown"]):
        click.echo(line)
