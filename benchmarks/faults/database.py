"""Faults of the database: unavailable, locked, older or newer."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config

from benchmarks.faults.drill import drill
from benchmarks.faults.site import Site
from recommender import migrations
from recommender.catalogue.database import connect

OLDER_REVISION = "0008"
"""Of the database, three migrations ago."""


def database(site: Site) -> Path:
    return site.home / "catalogue.sqlite3"


@drill("database file moved away", saves=503)
def database_moved(site: Site) -> Iterator[None]:
    aside = site.home / "aside"
    database(site).rename(aside)
    yield
    aside.rename(database(site))


@drill("restart without the database", saves=503)
def restart_without_database(site: Site) -> Iterator[None]:
    aside = site.home / "aside"
    site.stop()
    database(site).rename(aside)
    site.start(wait=False)
    yield
    aside.rename(database(site))


@drill("database locked by another program", saves=503)
def database_locked(site: Site) -> Iterator[None]:
    with closing(sqlite3.connect(database(site))) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.rollback()


@drill("database replaced by an older copy", saves=503)
def database_older(site: Site) -> Iterator[None]:
    whole, older = site.home / "whole", site.home / "older"
    with closing(sqlite3.connect(database(site))) as source:
        for target in (whole, older):
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
    with closing(sqlite3.connect(older)) as copy:
        copy.execute("DELETE FROM decisions WHERE id > 1")
        copy.commit()
    older.replace(database(site))
    yield
    whole.replace(database(site))


@drill("database of an older version, migrated meanwhile", saves=0)
def database_migrated(site: Site) -> Iterator[None]:
    site.stop()
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    engine = connect(f"sqlite:///{database(site)}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, OLDER_REVISION)
    engine.dispose()
    site.start()
    site.save()
    newer = [sys.executable, "-m", "recommender", "editors", "list", "--home", str(site.home)]
    subprocess.run(newer, check=True, capture_output=True)
    yield


@drill("database of a newer version", saves=0)
def database_newer(site: Site) -> Iterator[None]:
    with closing(sqlite3.connect(database(site))) as newer:
        newer.execute("ALTER TABLE articles ADD COLUMN later TEXT")
        newer.execute("UPDATE alembic_version SET version_num = '9000'")
        newer.commit()
    yield


DRILLS = (
    database_moved,
    restart_without_database,
    database_locked,
    database_older,
    database_migrated,
    database_newer,
)
