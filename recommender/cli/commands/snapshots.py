"""``recommender snapshots``: list, activate, prune and compare snapshots."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from recommender.cli.formatting import count, hidden_since_line, stats_diff, stats_summary
from recommender.cli.options import ListByDefault, WholeNumber, home_option, locked_data_dir
from recommender.errors import CatalogueError, SnapshotError
from recommender.settings import load_settings

if TYPE_CHECKING:
    from recommender.snapshots.manifest import Manifest


@click.group(cls=ListByDefault)
def command() -> None:
    """List, compare, activate and prune snapshots."""


@command.command("list")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the manifests as JSON.")
def list_command(home: Path | None, as_json: bool) -> None:
    """List the snapshots, oldest first; a star marks the active one."""
    from recommender.snapshots.store import (  # noqa: PLC0415 - numpy only when used
        current_id,
        manifests,
        snapshot_ids,
    )

    data_dir = load_settings(home).data_dir
    readable, active = manifests(data_dir), ""
    try:
        active = current_id(data_dir)
    except SnapshotError as error:
        if not readable:
            raise
        click.echo(str(error), err=True)
    if as_json:
        rows = [msgspec.to_builtins(m) | {"current": m.id == active} for m in readable]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for manifest in readable:
        _print_manifest(manifest, is_active=manifest.id == active)
    unreadable = sorted(set(snapshot_ids(data_dir)) - {manifest.id for manifest in readable})
    if unreadable:
        click.echo(
            f"broken or of another format: {', '.join(unreadable)}; if no snapshot has a star, "
            "run `recommender index`",
            err=True,
        )


def _print_manifest(manifest: Manifest, *, is_active: bool) -> None:
    click.echo(
        f"{'*' if is_active else ' '} {manifest.id}  {count(manifest.articles, 'article')}  "
        f"{manifest.encoder}"
        + (f"  delta of {manifest.base}" if manifest.base else "")
        + stats_summary(manifest.stats)
    )
    for problem in () if is_active else manifest.refused:
        click.echo(f"    not published: {problem}")


@command.command("use")
@click.argument("snapshot_id")
@home_option
def use_command(snapshot_id: str, home: Path | None) -> None:
    """Activate a snapshot (also: roll back).

    All files of the snapshot are verified first. Running services follow within 2 seconds.
    Articles that were withdrawn after it was built stay hidden.
    """
    from recommender.overrides.read_once import count_hidden  # noqa: PLC0415 - SQLAlchemy as well
    from recommender.snapshots.bucket import Bucket  # noqa: PLC0415
    from recommender.snapshots.snapshot import Snapshot  # noqa: PLC0415
    from recommender.snapshots.store import kept_folder, use  # noqa: PLC0415

    settings = load_settings(home)
    data_dir = settings.data_dir
    with locked_data_dir(data_dir.path):
        folder = kept_folder(data_dir, snapshot_id)
        snapshot = Snapshot(folder, verify=bool(settings.snapshots))  # before others follow
        if settings.snapshots:
            bucket = Bucket(settings.snapshots)
            bucket.publish(data_dir, snapshot_id, bucket.published(to_replace=True))
        use(data_dir, snapshot_id)
    click.echo(f"active: {snapshot_id}")
    try:
        hidden = count_hidden(
            settings.catalogue_url, snapshot, time.time(), data_dir.override_fallback
        )
    except CatalogueError as error:
        click.echo(f"services answer 503 until the database is available: {error}", err=True)
        return
    if hidden:
        click.echo(hidden_since_line(hidden), err=True)


command.add_command(use_command, "activate")


@command.command("prune")
@home_option
@click.option("--keep", type=WholeNumber(1), help="Snapshots to keep.  [default: keep_snapshots]")
def prune_command(home: Path | None, keep: int | None) -> None:
    """Delete the oldest snapshots, never the active one.

    Deltas are counted apart. The snapshot that a delta rests on stays as long as the delta.
    Deltas that later ones repeat without a change are deleted.
    """
    from recommender.snapshots.store import prune  # noqa: PLC0415

    settings = load_settings(home)
    data_dir = settings.data_dir
    with locked_data_dir(data_dir.path):
        deleted = prune(data_dir, keep or settings.keep_snapshots)
    click.echo(f"deleted {count(len(deleted), 'snapshot')}")


@command.command("diff")
@click.argument("before")
@click.argument("after")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def diff_command(before: str, after: str, home: Path | None, as_json: bool) -> None:
    """Compare the cards and statistics of two snapshots.

    BEFORE and AFTER are IDs. Both are ranked as of the later one's creation, without overrides.
    """
    from recommender.reports.snapshot_diff import diff  # noqa: PLC0415

    difference = diff(load_settings(home).data_dir, before, after)
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(difference), ensure_ascii=False, indent=2))
        return
    click.echo(
        f"{difference.articles_added} articles added, {difference.articles_removed} removed; "
        f"of {difference.articles_in_both} in both, {difference.lists_changed} have other "
        f"cards; {difference.cards_kept:.1%} of the cards are unchanged"
    )
    stats = difference.stats
    if stats.before is not None and stats.after is not None:
        for line in stats_diff(stats.before, stats.after):
            click.echo(line)
