"""Health checks of an installation: what is set up wrong, damaged or about to fail, and the fix.

Nothing is written and nothing is migrated.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, inspect, select, text

from models.time_units import SECONDS_PER_DAY
from recommender.catalogue.database import REVISION, connect, translate_db_errors
from recommender.catalogue.schema import articles, decisions, editors
from recommender.catalogue.sqlite import file_of
from recommender.embeddings.registry import check_encoder
from recommender.errors import RecommenderError
from recommender.overrides.fallback import database_name
from recommender.overrides.watcher import OverrideWatcher
from recommender.reports.rule_checks import rules_without_articles
from recommender.settings import Settings, check_bucket, check_oidc, load_settings
from recommender.settings.listing import list_settings
from recommender.snapshots.manifest import StepUsage, read_manifest
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id, snapshot_ids

SPARE_SNAPSHOTS = 3
"""A machine that serves, or that runs incrementally, needs this many times the space of the largest
snapshot."""

FULL_RUN_SNAPSHOTS = 20
"""A full run needs about this many times: for inputs mapped from files, the fitted state and
the snapshot. Measured: 19.3 times for 10,000 articles, 11.0 for 30,000."""

MEMORY_SHARE = 0.8
"""Share of the memory from which a larger archive, or longer articles, may need more than there
is."""

MIN_FREE = 200_000_000
"""Bytes that must be free in any case."""

OLD_SECONDS = 2 * SECONDS_PER_DAY
"""Age of a snapshot from which index runs have probably stopped."""

SERVES_ONLY = "this machine can serve, but not index: scikit-learn is not installed"
"""Finding on a machine with the light installation."""

TIMEOUT = 2.0
"""Seconds to wait for the database."""


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """What one check found."""

    check: str
    level: Level
    text: str
    """What was found; for a problem also the fix."""


Results = Iterator[tuple[Level, str]]


def examine(
    now: datetime, home: Path | None = None, environ: Mapping[str, str] | None = None
) -> list[Finding]:
    """Run all checks.

    Parameters
    ----------
    home, environ : as in :func:`recommender.settings.load_settings`.

    Returns
    -------
    The findings in the order of :data:`CHECKS`. Wrong settings end the examination.
    """
    problems = list_settings(home, environ)[1]
    if problems:
        return [Finding("settings", Level.ERROR, problem) for problem in problems]
    settings = load_settings(home, environ)
    found = [Finding("settings", Level.OK, "all are valid")]
    if not settings.home.is_dir():
        missing = f"{settings.home} does not exist; set --home, or run `recommender index SOURCE`"
        return [*found, Finding("data directory", Level.ERROR, missing)]
    for name, check in CHECKS.items():
        try:
            found += [Finding(name, *result) for result in check(settings, now)]
        except (RecommenderError, OSError) as error:
            found.append(Finding(name, Level.ERROR, str(error)))
    return found


def _data_dir(settings: Settings, _now: datetime) -> Results:
    home = settings.home
    if not os.access(home, os.W_OK | os.X_OK):
        yield Level.ERROR, f"{home} cannot be written; run as the user that owns it"
    elif home.stat().st_mode & stat.S_IRWXO:
        yield Level.WARNING, f"all users of this machine can read {home}; run chmod o-rwx {home}"
    else:
        yield Level.OK, f"{home} can be written"


def _disk(settings: Settings, _now: datetime) -> Results:
    data_dir = settings.data_dir
    free = shutil.disk_usage(settings.home).free
    sizes = [_size(data_dir.snapshots / name) for name in snapshot_ids(data_dir)]
    largest = max(sizes, default=0)
    needed, for_full_run = max(SPARE_SNAPSHOTS * largest, MIN_FREE), FULL_RUN_SNAPSHOTS * largest
    line = f"{_megabytes(free)} are free, {_megabytes(sum(sizes))} are snapshots"
    fix = "free some, or lower keep_snapshots"
    if free < needed:
        yield Level.ERROR, f"{line}; index runs need {_megabytes(needed)}: {fix}"
    elif free < for_full_run and find_spec("sklearn") is not None:
        yield Level.WARNING, f"{line}; a full run may need {_megabytes(for_full_run)}: {fix}"
    else:
        yield Level.OK, line


def _size(folder: Path) -> int:
    try:
        return sum(file.lstat().st_size for file in folder.iterdir())
    except FileNotFoundError:  # an index run is deleting it
        return 0


def _memory(settings: Settings, _now: datetime) -> Results:
    """Compare what the kept runs took at most with what this machine or its container has."""
    if find_spec("sklearn") is None:  # runs take place on another machine
        return
    from recommender.indexing.memory import Memory  # noqa: PLC0415 - needs psutil

    peaks = [
        usage.peak_mb
        for name in snapshot_ids(settings.data_dir)
        for usage in _steps(settings.data_dir.snapshots / name)
    ]
    needed, total = int(max(peaks, default=0) * 2**20), Memory.read().total
    line = f"index runs took up to {_megabytes(needed)} of {_megabytes(total)}"
    if needed > MEMORY_SHARE * total:
        yield Level.WARNING, f"{line}; give this machine more, or set index_memory"
    elif needed:
        yield Level.OK, line


def _steps(folder: Path) -> list[StepUsage]:
    """Return the steps of the run that made a snapshot; none if that cannot be read."""
    try:
        return read_manifest(folder).steps
    except RecommenderError:  # another check names it
        return []


def _database(settings: Settings, now: datetime) -> Results:
    url = settings.catalogue_url
    path = file_of(url)
    if path is not None and not path.exists():
        yield Level.ERROR, f"{path} does not exist; restore it, or run `recommender index SOURCE`"
        return
    with translate_db_errors(url):
        engine = connect(url, timeout=TIMEOUT, create=False)
        try:
            with engine.connect() as connection:
                yield from _content(connection, settings, now)
        finally:
            engine.dispose()


def _content(connection: Connection, settings: Settings, now: datetime) -> Results:
    """Check the tables of the database."""
    name = database_name(settings.catalogue_url)
    if not inspect(connection).has_table("alembic_version"):
        yield Level.ERROR, f"{name} has no tables of ours; run `recommender index SOURCE`"
        return
    revision = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
    if revision != REVISION:
        fix = "run `recommender index`" if revision < REVISION else "install the newer version"
        yield Level.ERROR, f"{name}: expected revision {REVISION}, got {revision}; {fix}"
        return
    if connection.dialect.name == "sqlite":
        damage = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        if damage != "ok":
            yield Level.ERROR, f"{name} is damaged: {damage}; restore a backup"
            return
    count = connection.execute(select(func.count()).select_from(articles)).scalar()
    yield Level.OK, f"{name} has {count} articles"
    newest = connection.execute(select(func.max(decisions.c.created))).scalar()
    if newest is not None and newest > now.timestamp() + 60:
        yield Level.ERROR, "an override was saved in the future; set the clock of this machine"
    accounts = connection.execute(select(func.count()).select_from(editors)).scalar()
    if settings.desk and not accounts:
        yield Level.WARNING, "nobody can sign in to the desk; run `recommender editors add NAME`"


def _encoder(settings: Settings, _now: datetime) -> Results:
    if find_spec("sklearn") is None:
        yield Level.WARNING, SERVES_ONLY
        return
    check_encoder(settings.embedding_model)
    yield Level.OK, f"embedding model {settings.embedding_model} is on this machine"


def _snapshot(settings: Settings, now: datetime) -> Results:
    data_dir = settings.data_dir
    current = Snapshot(data_dir.snapshots / current_id(data_dir), verify=True)
    age = now.timestamp() - current.made_at
    kind = f", a delta of {current.base.id}," if current.base is not None else ""
    line = f"{current.id}{kind} has {current.manifest.articles} articles and no damaged file"
    if age < -60:
        yield Level.ERROR, f"{line}, but is from the future; set the clock of this machine"
    elif age > OLD_SECONDS:
        days = f"{age / SECONDS_PER_DAY:.0f} days old"
        yield Level.WARNING, f"{line}, but is {days}; check that index runs take place"
    else:
        yield Level.OK, line
    rows = current.newest_first().tolist()
    if without_url := sum(not current.card(row)["url"] for row in rows):
        found = f"its articles without an address are {without_url} of {len(rows)}"
        fix = "their cards are no links: add url to the records, or make links from the IDs"
        yield Level.WARNING, f"{found}; {fix}"
    if refused := current.manifest.refused:
        yield Level.WARNING, f"its run refused to publish it: {'; '.join(refused)}"


def _older_snapshots(settings: Settings, _now: datetime) -> Results:
    data_dir = settings.data_dir
    active = current_id(data_dir)
    usable, base = 0, None
    for name in snapshot_ids(data_dir):
        if name == active:
            continue
        try:
            snapshot = Snapshot(data_dir.snapshots / name, opened=base)
            base = snapshot.base or snapshot  # verified once for all of its deltas
            snapshot.verify()
        except RecommenderError as error:
            reason = str(error).partition("; ")[0]
            yield Level.WARNING, f"{name} cannot be activated: {reason}; newer ones replace it"
            continue
        usable += 1
        if snapshot.manifest.refused and name > active:
            problems = "; ".join(snapshot.manifest.refused)
            yield (
                Level.WARNING,
                (
                    f"{name} was not published: {problems}; publish it with "
                    f"`recommender snapshots use {name}` or `recommender index --force`"
                ),
            )
    yield Level.OK, f"{usable} can be activated"


def _backup(settings: Settings, now: datetime) -> Results:
    """Check the backup of the overrides, and that the database has all that it has."""
    file = settings.data_dir.override_fallback
    with closing(OverrideWatcher(settings.catalogue_url, file)) as watcher:
        watcher.refresh(now.timestamp())
        if watcher.fallback.error:
            yield (
                Level.ERROR,
                f"{watcher.fallback.error}; delete it: the next index run writes another",
            )
        elif watcher.outdated:
            yield Level.ERROR, watcher.error
        elif not watcher.fallback.exists:
            yield Level.WARNING, "there is no backup of the overrides; run `recommender index`"
        elif not watcher.error:
            yield Level.OK, f"{len(watcher.known.overrides)} active or planned overrides"


def _rules(settings: Settings, now: datetime) -> Results:
    """Name the rules that a renamed section, tag or author has ended."""
    for line in rules_without_articles(settings, now.timestamp()):
        yield Level.WARNING, line


def _bucket(settings: Settings, _now: datetime) -> Results:
    check_bucket(settings.snapshots)
    if settings.snapshots:
        yield Level.OK, f"{settings.snapshots} can be followed: obstore is installed"


def _sign_in(settings: Settings, _now: datetime) -> Results:
    check_oidc(settings.oidc)
    if settings.oidc.issuer:
        yield Level.OK, f"editors sign in through {settings.oidc.host}"


def _megabytes(size: int) -> str:
    return f"{size // 1_000_000:,} MB"


CHECKS: dict[str, Callable[[Settings, datetime], Results]] = {
    "data directory": _data_dir,
    "disk": _disk,
    "memory": _memory,
    "database": _database,
    "embedding model": _encoder,
    "snapshot": _snapshot,
    "other snapshots": _older_snapshots,
    "overrides": _backup,
    "rules": _rules,
    "bucket": _bucket,
    "sign-in": _sign_in,
}
"""The checks by name. An exception of ours is an error with its text."""
