"""Writers and servers killed in the middle: each acknowledged write is there exactly once."""

import os
import subprocess
import sys
from collections import Counter

from paths import ROOT, SUPPORT
from recommender.catalogue.database import open_database
from recommender.overrides.log import Log

KILLS = int(os.environ.get("RECOMMENDER_KILLS", "4"))
"""100 by hand."""

SAVES_PER_KILL = 25 if KILLS < 100 else 100


def test_each_acknowledged_write_is_there_exactly_once(database: str) -> None:
    engine = open_database(database)
    server = "server" if database.startswith("postgresql") else "writer"
    done = subprocess.run(
        [
            sys.executable, str(SUPPORT / "killed_writers.py"),
            database, str(KILLS), str(SAVES_PER_KILL), server,
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    outcomes = [line.split() for line in done.stdout.splitlines()]
    log = Log(database, engine)
    found = [(entry.reason, entry.id) for entry in log.entries()]
    times = Counter(mark for mark, _ in found)
    stored = dict(found)
    assert [number for _, number in found] == list(range(1, len(found) + 1))
    assert set(times.values()) == {1}
    for outcome, mark, number in outcomes:
        if outcome == "saved":
            assert stored.get(mark) == int(number)
        elif outcome == "failed":
            assert mark not in stored, "it was said that nothing was saved"
    counts = Counter(outcome for outcome, *_ in outcomes)
    assert counts["saved"] >= KILLS * SAVES_PER_KILL
    log.close()
