"""Scores blocks of articles in several processes, on this machine or on a Dask cluster.

The inputs are written to a file once, which every process maps into its memory. So the processes of
a machine share them, and nothing large goes through a scheduler. A block is the same work wherever
it is done, so the result is the same to the last bit.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import joblib
from joblib.externals.loky import get_reusable_executor
from threadpoolctl import threadpool_limits

from recommender.errors import SchedulerError, SettingsError
from recommender.indexing.dask_cluster import TIMEOUT_SECONDS, dask_cluster
from recommender.indexing.memory import Memory, keep_freed_memory
from recommender.indexing.scoring_job import ScoredBlock, ScoringJob, padded

TASK_SIZE = 500
"""Articles of a parallel task: seconds of work, so that starting a process pays."""

PROCESS_BYTES = 500_000_000
"""Memory that a process takes to score, without mapped files. Measured with 500,000 articles."""

RUN_BYTES = 700_000_000
"""Memory that a run takes for any archive: mostly the libraries and the embedding model."""

ARTICLE_BYTES = 5_000
"""Memory that a run keeps for each article: its fields but the body, and its share of the terms.
Measured were 2 KB with 100,000 generated articles, and 4.4 KB with 33,151 real ones."""

BLAS_THREADS = 1
"""Threads that multiply matrices in a process. Several wait for each other in a busy loop: two took
1.7 times the processor time of one, and hardly less time. And sums are rounded alike on machines
with more cores."""


class Workers(NamedTuple):
    """Where blocks are scored."""

    scheduler: str = ""
    """Address of a Dask scheduler; "" is this machine."""
    folder: Path | None = None
    """Where the inputs are written, which all workers can read; None is a temporary folder."""
    report: Callable[[int, int], None] = lambda _done, _total: None
    """Gets the number of scored articles, and their total."""
    task_size: int = TASK_SIZE
    """Articles of a task."""
    processes: int = 0
    """Processes on this machine; 0 is one for each core that this process may use, as far as
    memory is available."""
    memory: int | None = None
    """Bytes for all scoring processes together. With None, a given number of processes is not
    limited, and otherwise the available memory is the limit."""
    timeout: float = TIMEOUT_SECONDS
    """Seconds without scheduler or workers after which the run ends."""


HERE = Workers()


class SharedJob(NamedTuple):
    """A scoring job, and the file from which processes map its arrays; None for a small one."""

    job: ScoringJob
    path: Path | None = None


def shared_job(job: ScoringJob, folder: Path, workers: Workers = HERE) -> SharedJob:
    """Write a job of several tasks to a file, and map it: the given one can then be forgotten.

    Parameters
    ----------
    folder : where the file is written. A local disk frees its space when the job is forgotten.
    """
    if len(job.groups) <= workers.task_size:
        return SharedJob(job)
    path = folder / "job.joblib"
    joblib.dump(job, path)
    return SharedJob(joblib.load(path, mmap_mode="r"), path)


def score_in_blocks(
    shared: SharedJob, workers: Workers = HERE
) -> Generator[ScoredBlock, None, None]:
    """Score every article; yields blocks of consecutive ones, in their order.

    Raises
    ------
    SchedulerError
        The scheduler or its workers do not answer, or cannot read the file of the job.
    """
    (job, path), step = shared, workers.task_size
    size = len(job.groups)
    if path is None:
        yield _scored(job, range(size))
        return
    tasks = [range(start, min(start + step, size)) for start in range(0, size, step)]
    count = min(len(tasks), _processes_of(workers))
    try:
        with _backend(workers), warnings.catch_warnings():
            # Mapped files count as memory of a process, so that joblib restarts it now and then.
            warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
            parallel = joblib.Parallel(
                n_jobs=-1 if workers.scheduler else count, return_as="generator"
            )
            blocks = parallel(joblib.delayed(_score_block)(path, rows) for rows in tasks)
            for rows, block in zip(tasks, blocks, strict=True):
                yield block
                workers.report(rows.stop, size)
    except FileNotFoundError as error:
        if not workers.scheduler:
            raise
        raise SchedulerError(
            f"--scheduler {workers.scheduler}: expected workers that can read {path}; put the data "
            "directory into a folder that all machines share"
        ) from error


def _processes_of(workers: Workers) -> int:
    """Return how many processes score at once on this machine."""
    if workers.processes and workers.memory is None:
        return workers.processes
    memory = Memory.read().available if workers.memory is None else workers.memory
    return affordable(workers.processes or int(joblib.cpu_count()), memory)


def affordable(processes: int, memory: int) -> int:
    """Return how many processes fit into ``memory`` bytes: at most ``processes``, at least one."""
    return max(1, min(processes, memory // PROCESS_BYTES))


def scoring_memory(gigabytes: float, articles: int, scheduler: str = "") -> int | None:
    """Return how many bytes of the setting ``index_memory`` are left to score; None without limit.

    Parameters
    ----------
    gigabytes : the setting; 0 is no limit.
    articles : number of public and hidden ones.
    scheduler : see :class:`Workers`; with one, the limit is that of the steps before and after.

    Raises
    ------
    SettingsError
        They are not enough for a single process.
    """
    if not gigabytes:
        return None
    before = RUN_BYTES + articles * ARTICLE_BYTES
    needed, given = before + (0 if scheduler else PROCESS_BYTES), round(gigabytes * 1e9)
    if given < needed:
        least = -(-needed // 10**8) / 10  # rounded up
        raise SettingsError(
            f"index_memory: expected at least {least} for {articles:,} articles, "
            f"got {gigabytes:g}; raise it, or set 0 to take what the machine has"
        )
    return given - before


def _backend(workers: Workers) -> AbstractContextManager[object]:
    """Let joblib send its tasks to processes of this machine, or to a Dask scheduler."""
    return dask_cluster(workers.scheduler, workers.timeout) if workers.scheduler else _processes()


@contextmanager
def _processes() -> Iterator[None]:
    """End the processes at once, so that the rest of the run has their memory.

    A single process is this one. It then forgets the job, whose file is deleted.
    """
    try:
        yield
    finally:
        get_reusable_executor().shutdown(wait=True)
        _job.cache_clear()


@lru_cache(maxsize=1)
def _job(path: Path) -> ScoringJob:
    keep_freed_memory()
    job: ScoringJob = joblib.load(path, mmap_mode="r")
    return job


def _score_block(path: Path, rows: range) -> ScoredBlock:
    return _scored(_job(path), rows)


def _scored(job: ScoringJob, rows: range) -> ScoredBlock:
    with threadpool_limits(BLAS_THREADS, user_api="blas"):
        return padded(list(job.all_top_candidates(rows)))
