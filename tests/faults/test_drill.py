"""The drill itself: a short fault under a real service, and that it finds what goes wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.faults.__main__ import DRILLS, main
from benchmarks.faults.drill import failures

MIGRATED = "database of an older version, migrated meanwhile"


def test_a_short_drill(tmp_path: Path) -> None:
    arguments = ["--only", MIGRATED, "--seconds", "0.6", "--results", str(tmp_path)]
    done = CliRunner().invoke(main, arguments)
    row = json.loads((tmp_path / "faults.json").read_text(encoding="utf-8"))["drills"][MIGRATED]
    # How long a recovery takes depends on the machine.
    assert [one for one in row["failures"] if "recovery" not in one] == [], row
    assert row["readers"]["right"] > 10
    assert f"| {MIGRATED} |" in done.output


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({}, []),
        ({"readers": {"right": 90, "lost": 1}}, ["readers: {'lost': 1}"]),
        ({"readers": {"right": 90, "wrong": 2}}, ["readers: {'wrong': 2}"]),
        ({"save": {"status": 503, "told": "x"}}, ["save: 503, expected 201"]),
        ({"recovery_seconds": 5.2}, ["recovery: 5.2 s"]),
        ({"lost_overrides": 1}, ["lost overrides: 1"]),
        ({"log": ["Traceback (most recent call last):"]}, ["traceback in the log"]),
    ],
)
def test_each_failure_is_found(change: dict[str, object], failure: list[str]) -> None:
    held: dict[str, object] = {
        "readers": {"right": 90},
        "save": {"status": 201, "told": ""},
        "recovery_seconds": 0.3,
        "lost_overrides": 0,
        "log": [],
    }
    one = DRILLS["clock a day back, then right again"]
    assert failures(one, held | change) == failure
