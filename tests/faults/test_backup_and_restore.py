"""The scripts of docs/operations.md, run and compared with the product."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from paths import ROOT
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.overrides.read_once import save_fallback
from recommender.settings import Settings
from sample_site import NOW
from service import create_app


def run(name: str, *arguments: Path) -> str:
    environment = {
        **os.environ,
        "PYTHON": sys.executable,
        "RECOMMENDER": f"{sys.executable} -m recommender",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [ROOT / "deploy" / name, *arguments],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def decide(settings: Settings, kind: str, article: str) -> None:
    with closing(Log(settings.catalogue_url)) as log:
        log.add([Override(kind=Kind(kind), article=article, author="ann")], NOW.timestamp())
    home = settings.home
    assert save_fallback(settings.catalogue_url, home / "decisions.json", time.time()) == ""


def status(settings: Settings, article: str) -> int:
    return create_app(settings).test_client().get(f"/v1/articles/{article}/related").status_code


@pytest.mark.slow
def test_a_backup_is_restored(settings: Settings, snapshot_id: str, tmp_path: Path) -> None:
    decide(settings, "withdraw", "talks/0")
    backup = tmp_path / "backups" / "monday"
    run("backup.sh", settings.home, backup)
    assert not (backup / "catalogue.sqlite3").stat().st_mode & 0o077
    # The database is damaged after another decision, which only decisions.json has.
    decide(settings, "withdraw", "talks/1")
    (settings.home / "catalogue.sqlite3").write_bytes(b"damaged")
    assert "recovered 1 entry" in run("restore.sh", settings.home, backup)
    for article, expected in (("talks/0", 404), ("talks/1", 404), ("talks/2", 200)):
        assert status(settings, article) == expected
    # The whole data directory is lost.
    shutil.rmtree(settings.home)
    run("restore.sh", settings.home, backup)
    assert (settings.home / "current").read_text().strip() == snapshot_id
    for article, expected in (("talks/0", 404), ("talks/1", 200)):
        assert status(settings, article) == expected
