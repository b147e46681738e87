"""A database whose files were removed, that is full, newer than the program, or open to all."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from full_disk import full_disk
from recommender.catalogue.database import connect_service, open_database
from recommender.cli import main
from recommender.embeddings.cache import EmbeddingCache
from recommender.errors import DataDirError
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import Settings
from sample_site import NOW
from small_encoder import SmallEncoder


def test_a_removed_write_ahead_log_loses_nothing(
    settings: Settings, snapshot_id: str, tmp_path: Path
) -> None:
    assert snapshot_id
    database = settings.home / "catalogue.sqlite3"
    engines = [connect_service(settings.catalogue_url, timeout=1.0) for _ in range(2)]
    logs = [Log(settings.catalogue_url, engine) for engine in engines]
    for number in range(6):
        if number in {2, 4}:
            database.with_name("catalogue.sqlite3-wal").unlink()
        hold = Override(kind=Kind.HOLD, article=f"talks/{number}", author="ann")
        logs[number % 2].add([hold], NOW.timestamp())
        assert logs[1 - number % 2].version() == number + 1
    # What a killed process leaves on the disk.
    for file in settings.home.glob("catalogue.sqlite3*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, tmp_path / file.name)
    with closing(sqlite3.connect(tmp_path / database.name)) as left:
        assert left.execute("SELECT count(*) FROM decisions").fetchone() == (6,)
        assert left.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for engine in engines:
        engine.dispose()


def test_a_newer_database_is_refused(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    open_database(settings.catalogue_url).dispose()
    with closing(sqlite3.connect(settings.home / "catalogue.sqlite3")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9000'")
        database.commit()
    with pytest.raises(SystemExit):
        main(["override", "list", "--home", str(settings.home)])
    message = capsys.readouterr().err
    assert "got 9000: a newer version of this program has migrated it" in message
    assert message.count("\n") == 1


def test_a_full_disk_below_the_embedding_cache(tmp_path: Path) -> None:
    path = tmp_path / "vectors.sqlite3"
    EmbeddingCache(path).close()
    with full_disk():
        cache = EmbeddingCache(path)
        with pytest.raises(DataDirError, match=r"vectors.sqlite3: .* free space, got: .*full"):
            cache.embed(SmallEncoder(), [f"text {number}" for number in range(100)])
        cache.close()


def test_new_files_are_not_open_to_all_users(settings: Settings) -> None:
    before = os.umask(0o022)
    try:
        open_database(settings.catalogue_url).dispose()
        main(["editors", "list", "--home", str(settings.home)])
        (settings.home / "new").touch()
        assert (settings.home / "new").stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)
