"""Incremental runs that are killed, or meet a full disk: a whole snapshot serves, the next ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from paths import ROOT, SUPPORT
from recommender.settings import Incremental, Settings
from sample_site import ENCODER, publish, records, write_jsonl

KILLS = int(os.environ.get("RECOMMENDER_KILLS", "5"))
"""50 by hand."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data directory after a full run over the sample site."""
    settings = Settings(
        home=tmp_path / "home", embedding_model=ENCODER, incremental=Incremental(min_articles=0)
    )
    publish(settings, write_jsonl(tmp_path / "site.jsonl", records()))
    return settings.home


def lines_of(script: str, *arguments: str) -> list[str]:
    """Run a script of the tests to its end, and return what it prints."""
    done = subprocess.run(
        [sys.executable, str(SUPPORT / script), *arguments],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{SUPPORT}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_killed_run_leaves_a_published_snapshot(home: Path) -> None:
    lines = [
        list(map(int, one.split())) for one in lines_of("killed_runs.py", str(home), str(KILLS))
    ]
    assert len(lines) == KILLS
    for killed, finished, added in lines:
        assert finished == len(records()) + added
        assert killed in {finished - 1, finished}, "neither the one before nor the new one"


def test_a_disk_that_is_full_from_any_step_on(home: Path) -> None:
    """The script checks the snapshot after each run, and that the next one finishes."""
    found = [one.split("\t") for one in lines_of("full_disk_runs.py", str(home))]
    assert len(found) > 2
    for step, outcome, error in found:
        assert outcome == "error", step
        assert "disk I/O error" in error or "expected a writable folder with free space" in error
