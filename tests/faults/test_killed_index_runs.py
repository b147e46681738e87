"""Incremental runs killed in the middle: a whole snapshot serves, and the next run finishes."""

import os
import subprocess
import sys
from pathlib import Path

from paths import ROOT, SUPPORT
from recommender.settings import Incremental, Settings
from sample_site import ENCODER, publish, records, write_jsonl

KILLS = int(os.environ.get("RECOMMENDER_KILLS", "5"))
"""50 by hand."""


def test_a_killed_run_leaves_a_published_snapshot(tmp_path: Path) -> None:
    home, site = tmp_path / "home", records()
    settings = Settings(home=home, embedding_model=ENCODER, incremental=Incremental(min_articles=0))
    publish(settings, write_jsonl(tmp_path / "site.jsonl", site))
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "killed_runs.py"), str(home), str(KILLS)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{SUPPORT}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [list(map(int, line.split())) for line in done.stdout.splitlines()]
    assert len(lines) == KILLS
    for killed, finished, added in lines:
        assert finished == len(site) + added
        assert killed in {finished - 1, finished}, "neither the one before nor the new one"
