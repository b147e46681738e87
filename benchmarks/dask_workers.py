"""Measures how much faster two Dask workers score candidates than one, each with one thread.

    python -m benchmarks.dask_workers [--sizes N ...] [--rounds 3]

A first run of each size detects languages and stores vectors. Full runs with one worker and with
two follow, in turns. A single worker scores on the machine of the run, as ``recommender index``
decides. All processes share the cores of this machine, the scheduler too. Workers are started as
docs/scaling.md advises. Texts are generated.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks import machine
from benchmarks.growth import environment, new_home, run_command
from recommender.home import DataDir
from recommender.incremental.fitted_state import forget_state
from recommender.snapshots.manifest import StepUsage, read_manifest
from recommender.snapshots.store import current_id

SIZES = (10_000, 100_000)
STEP = "scoring candidates"

WORKER_OPTIONS = (
    *("--nthreads", "1", "--memory-limit", "0", "--no-dashboard"),
    *("--preload", "recommender.indexing.parallel"),
)

NO_PROFILER = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
"""Turns off the profiler of Dask's dashboard, which interrupts workers a hundred times a second."""

ONE, TWO = 1, 2


@click.command
@click.option("--sizes", multiple=True, type=int, default=SIZES, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(sizes: Sequence[int], rounds: int, results: Path) -> None:
    """Measure every size, print, and write dask_workers.json."""
    measured = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measured.append(measure(Path(folder) / "home", size, rounds))
            print(json.dumps(measured[-1], indent=2), flush=True)
    packages = machine.describe("numpy", "scipy", "joblib", "distributed")
    machine.write("dask_workers", {"machine": packages, "sizes": measured}, results)


def measure(home: Path, size: int, rounds: int) -> dict[str, Any]:
    """Measure an archive of one size, with one worker and with two in turns."""
    new_home(home, size)
    run_command(home, "index")
    found: dict[int, list[StepUsage]] = {ONE: [], TWO: []}
    for _ in range(rounds):
        for count, usages in found.items():
            usages.append(_scoring(home, count))
    seconds = {count: [usage.seconds for usage in usages] for count, usages in found.items()}
    return {
        "articles": size,
        "one_worker_s": _rounded(seconds[ONE]),
        "two_workers_s": _rounded(seconds[TWO]),
        "speed_up": round(median(seconds[ONE]) / median(seconds[TWO]), 2),
    }


def _scoring(home: Path, count: int) -> StepUsage:
    """Run a full index run on a new cluster; returns what scoring took."""
    data_dir = DataDir(home)
    forget_state(data_dir)  # without the state of the last full run the next one is full
    with cluster(home, count) as address:
        run_command(home, "index", "--scheduler", address)
    steps = read_manifest(data_dir.snapshots / current_id(data_dir)).steps
    return next(usage for usage in steps if usage.step == STEP)


def _rounded(seconds: Sequence[float]) -> list[float]:
    return [round(one, 1) for one in seconds]


@contextmanager
def cluster(home: Path, count: int) -> Iterator[str]:
    """Start a scheduler and some workers of one thread; yields the address of the scheduler."""
    started = [_start(home, "dask_scheduler", "--port", "0", "--no-dashboard")]
    try:
        address = _wait(started[0], r"Scheduler at:\s+(tcp://\S+)")
        options = ("dask_worker", address, *WORKER_OPTIONS)
        started += [_start(home, *options) for _ in range(count)]
        for worker in started[1:]:
            _wait(worker, "(Registered to)")
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.communicate()


def _start(home: Path, program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{program}", *arguments],
        env=environment(home) | NO_PROFILER, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _wait(process: subprocess.Popen[str], pattern: str) -> str:
    """Wait for a line of the log; returns what the group matches."""
    for line in process.stderr or ():
        if found := re.search(pattern, line):
            return found[1]
    raise SystemExit(f"a process of the cluster ended before it logged {pattern!r}")


if __name__ == "__main__":
    main()
