"""Writers and servers killed in the middle: each acknowledged write is there exactly once."""

import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from benchmarks.killed_writers import FAULTS, Writers, compare, main
from paths import ROOT
from recommender.catalogue.database import open_database

KILLS, SAVES = 4, 100
"""The benchmark at full size has 100 and 10,000."""


def test_each_acknowledged_write_is_there_exactly_once(database: str, tmp_path: Path) -> None:
    sizes = ["--kills", str(KILLS), "--saves", str(SAVES)]
    places = ["--database", database, "--results", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.killed_writers", *sizes, *places],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "killed_writers.json").read_text(encoding="utf-8"))["databases"]
    (row,) = found.values()
    assert row["acknowledged"] >= SAVES
    assert {name: row[name] for name in FAULTS} == dict.fromkeys(FAULTS, 0)


def test_a_run_without_kills_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--kills", "0", "--results", str(tmp_path)])
    assert result.exit_code == 2
    assert "--kills" in result.output


def test_a_writer_that_fails_runs_no_code_of_its_parent(tmp_path: Path) -> None:
    writers = Writers("no URL of a database")
    try:
        writers.start()
        assert os.waitstatus_to_exitcode(os.waitpid(writers.running[0], 0)[1]) == 1
    finally:
        (tmp_path / str(os.getpid())).touch()
    writers.close()
    writers.lines.close()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_lost_write_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.sqlite3'}"
    open_database(url).dispose()
    reported = [("saved", "0-1", 1), ("uncertain", "0-2", 0), ("failed", "0-3", 0)]
    assert compare(url, reported)["lost"] == 1
