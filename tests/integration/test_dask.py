"""Scoring on a Dask cluster: the same result to the last bit, also if a worker is killed."""

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from distributed import Client

from paths import ROOT
from real_server import eventually
from recommender.errors import SchedulerError
from recommender.indexing.dask_cluster import ClusterMonitor
from recommender.indexing.parallel import Workers, score_in_blocks, shared_job
from recommender.indexing.scoring_job import ScoringJob
from sample_corpus import sample_job

TASK_SIZE = 20
LOST = "expected a scheduler with workers to the end, got: "


class Cluster(NamedTuple):
    address: str
    scheduler: subprocess.Popen[str]
    workers: list[subprocess.Popen[str]]


def _process(*arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'support'}"}
    return subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        env=environment, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _line(process: subprocess.Popen[str], pattern: str) -> str:
    """Wait for a line of the log; returns what the group matches."""
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError(f"no line like {pattern}")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    scheduler = _process("dask_scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
    workers: list[subprocess.Popen[str]] = []
    try:
        address = _line(scheduler, r"Scheduler at:\s+(tcp://\S+)")
        for _ in range(2):
            options = ("--nthreads", "1", "--no-dashboard", "--no-nanny")
            workers.append(_process("dask_worker", address, *options))
        for worker in workers:
            _line(worker, r"(Registered to)")
        yield Cluster(address, scheduler, workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.communicate()


@pytest.fixture(scope="module")
def job() -> ScoringJob:
    return sample_job()


def test_two_workers_of_which_one_is_killed(
    cluster: Cluster, job: ScoringJob, tmp_path: Path
) -> None:
    done: list[int] = []

    def kill(count: int, _total: int) -> None:
        if not done:
            os.kill(cluster.workers[0].pid, signal.SIGKILL)
        done.append(count)

    workers = Workers(cluster.address, tmp_path, kill, TASK_SIZE)
    blocks = list(score_in_blocks(shared_job(job, tmp_path, workers), workers))
    here = list(score_in_blocks(shared_job(job, tmp_path, workers), Workers(task_size=TASK_SIZE)))
    assert len(blocks) == len(done) == len(here) > 4
    for one, other in zip(blocks, here, strict=True):
        for name in ("candidates", "relevance", "contributions", "evidence"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    cluster.workers[1].kill()
    with Client(cluster.address) as client:  # type: ignore[no-untyped-call]
        eventually(lambda: not client.nthreads())  # type: ignore[no-untyped-call]
    with pytest.raises(SchedulerError, match=f"{LOST}no workers for 1 s"):
        list(score_in_blocks(shared_job(job, tmp_path, workers), workers._replace(timeout=1)))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_lost_scheduler_ends_the_run_with_one_line(
    cluster: Cluster,
    job: ScoringJob,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    number: signal.Signals,
) -> None:
    def kill(_count: int, _total: int) -> None:
        cluster.scheduler.send_signal(number)

    workers = Workers(cluster.address, tmp_path, kill, TASK_SIZE, timeout=2)
    with pytest.raises(SchedulerError, match=LOST):
        list(score_in_blocks(shared_job(job, tmp_path, workers), workers))
    assert "Traceback" not in capfd.readouterr().err
    assert logging.getLogger("distributed").level < logging.CRITICAL
    assert not any(isinstance(one, ClusterMonitor) for one in threading.enumerate())


def test_without_a_scheduler_one_line_names_the_fix(job: ScoringJob, tmp_path: Path) -> None:
    workers = Workers("tcp://127.0.0.1:9", tmp_path, task_size=TASK_SIZE)
    with pytest.raises(SchedulerError, match=r"expected a Dask scheduler, got: .*`dask scheduler`"):
        list(score_in_blocks(shared_job(job, tmp_path, workers), workers))
