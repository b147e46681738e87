"""Send the tasks of joblib to a Dask cluster, and notice when it is lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import joblib

from recommender.errors import SchedulerError

if TYPE_CHECKING:
    from distributed import Client

REPLY_SECONDS = 5.0
"""Time within which a scheduler must answer."""

TIMEOUT_SECONDS = 60.0
"""How long a run waits for a worker, such as one that is started again, or for the scheduler."""

POLL_SECONDS = 1.0
"""Between two looks at the cluster."""


@contextmanager
def dask_cluster(address: str, timeout: float = TIMEOUT_SECONDS) -> Iterator[None]:
    """Let joblib send its tasks to a Dask scheduler until the end of the block.

    Dask repeats the tasks of a lost worker itself, and waits for ever for another one.

    Parameters
    ----------
    address : of the scheduler, such as ``tcp://host:8786``.
    timeout : seconds without scheduler or workers after which the tasks are given up.

    Raises
    ------
    SchedulerError
        The scheduler does not answer, has no workers, or each task ends its workers.
    """
    try:
        from distributed.client import FutureCancelledError  # noqa: PLC0415 - an optional dependency
        from distributed.scheduler import KilledWorker  # noqa: PLC0415
    except ImportError as error:
        raise SchedulerError(
            "--scheduler needs the package distributed: pip install 'related-posts[dask]'"
        ) from error
    with _quiet():
        client = _connected(address)
        monitor = ClusterMonitor(client, timeout)
        try:
            with client, joblib.parallel_config(backend="dask"), monitor:
                yield
        except FutureCancelledError as error:
            got = monitor.reason or "a lost connection"
            fix = "start `dask scheduler` and `dask worker`, then run `recommender index` again"
            raise _error(address, "a scheduler with workers to the end", got, fix) from error
        except KilledWorker as error:
            got, fix = (
                "several that one task ended",
                "give them more memory, or score on one machine",
            )
            raise _error(address, "workers that survive", got, fix) from error


def _connected(address: str) -> Client:
    from distributed import Client  # noqa: PLC0415 - an optional dependency

    try:
        return Client(address, timeout=REPLY_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error).partition("\n")[0]
        fix = "start one with `dask scheduler`"
        raise _error(address, "a Dask scheduler", reason, fix) from error


def _error(address: str, expected: str, got: str, fix: str) -> SchedulerError:
    return SchedulerError(f"--scheduler {address}: expected {expected}, got: {got}; {fix}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide the traceback that distributed writes for each attempt to reach a lost scheduler."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


class ClusterMonitor(threading.Thread):
    """Closes a client, so that its tasks end, once the cluster has been lost for too long."""

    def __init__(self, client: Client, timeout: float) -> None:
        super().__init__(daemon=True)
        self.reason = ""
        """Why the client was closed; "" if it was not."""
        self._client = client
        self._timeout = timeout
        self._over = threading.Event()

    def __enter__(self) -> ClusterMonitor:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        """Query the scheduler until the end of the block or of the timeout."""
        seen = time.monotonic()
        while not self._over.wait(POLL_SECONDS):
            lost = self._lost()
            if not lost:
                seen = time.monotonic()
            elif time.monotonic() - seen > self._timeout:
                self.reason = f"{lost} for {self._timeout:g} s"
                with suppress(Exception):  # a scheduler that hangs; the tasks end nevertheless
                    self._client.close(timeout=REPLY_SECONDS)  # type: ignore[no-untyped-call]
                return

    def _lost(self) -> str:
        """Return what the cluster lacks now."""
        if self._client.status != "running":
            return "no scheduler"
        with suppress(Exception):  # any: the connection is lost, hangs, or is being closed
            workers = self._client.nthreads(callback_timeout=REPLY_SECONDS)  # type: ignore[no-untyped-call]
            return "" if workers else "no workers"
        return "no scheduler"
