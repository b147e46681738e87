"""Copies of the data directory of a fitted recommender."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from recommender.errors import DataDirError
from recommender.home import DataDir, make_private_file
from recommender.settings import FILE
from recommender.snapshots.manifest import read_manifest
from recommender.snapshots.store import current_id

DATABASES = ("catalogue.sqlite3", "vectors.sqlite3")
"""Databases of a fitted recommender: articles and embeddings."""

FILES = ("weights.json", FILE)
"""Other files that belong to it."""


def copy_fitted(source: Path, target: Path) -> None:
    """Copy a data directory with its current snapshot, also while it is used.

    Parameters
    ----------
    target : folder that is new or empty.

    Raises
    ------
    SnapshotError
        ``source`` has no snapshot.
    DataDirError
        ``target`` has files, or something cannot be read or written.
    """
    current = current_id(DataDir(source))
    try:
        target.mkdir(parents=True, exist_ok=True)
        if any(target.iterdir()):
            raise DataDirError(f"{target}: expected a new or empty folder, got one with files")
        base = read_manifest(source / "snapshots" / current).base
        for one in filter(None, (base, current)):
            shutil.copytree(source / "snapshots" / one, target / "snapshots" / one)
        for name in FILES:
            if (source / name).is_file():
                shutil.copy2(source / name, target / name)
        for name in DATABASES:
            if (source / name).is_file():
                _copy_database(source / name, target / name)
        DataDir(target).current.write_text(f"{current}\n", encoding="utf-8")
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataDirError(f"{target}: expected a folder to write to, got: {reason}") from error


def _copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database with what is only in its write-ahead log yet."""
    # Beside a database in a read-only folder SQLite cannot make its log.
    mode = "mode=rw" if os.access(source.parent, os.W_OK) else "immutable=1"
    make_private_file(target)
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?{mode}", uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        original.backup(copy)


def write_settings(home: Path, settings: Mapping[str, Any]) -> None:
    """Write the settings file of a data directory; one that exists stays.

    Parameters
    ----------
    settings : texts, numbers, lists and nested tables by name.
    """
    if not (home / FILE).exists():
        (home / FILE).write_text("\n".join(_toml(settings)) + "\n", encoding="utf-8")


def _toml(table: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[str]:
    """Write a table as lines of TOML, whose keys and values are those of JSON."""
    if above:
        yield f"[{'.'.join(map(_as_key, above))}]"
    for name, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{_as_key(name)} = {_as_json(value)}"
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _toml(value, (*above, name))


def _as_key(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else _as_json(name)


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
