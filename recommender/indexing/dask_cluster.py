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

CONNECT_SECONDS = 5
"""Time within which a scheduler must answer."""

PATIENCE_SECONDS = 60.0
"""How long a run waits for a worker, such as one that is started again, or for the scheduler."""

POLL_SECONDS = 1.0
"""Between two looks at the cluster."""


@contextmanager
def dask_cluster(address: str, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Let joblib send its tasks to a Dask scheduler until the end of the block.

    Dask repeats the tasks of a lost worker itself, and waits for ever for another one.

    Parameters
    ----------
    address : of the scheduler, such as ``tcp://host:8786``.
    patience : seconds without scheduler or workers after which the tasks are given up.

    Raises
    ------
    SchedulerError
        The scheduler does not answer, has no workers, or each task ends its workers.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an optional dependency
        from distributed.client import FutureCancelledError  # noqa: PLC0415
        from distributed.scheduler import KilledWorker  # noqa: PLC0415
    except ImportError as error:
        raise SchedulerError(
            "--scheduler needs the package distributed: pip install 'related-posts[dask]'"
        ) from error
    # It writes a traceback for each attempt to reach a scheduler that is gone.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        reason = str(error).partition("\n")[0]
        raise _error(
            address, "a Dask scheduler", reason, "start one with `dask scheduler`"
        ) from error
    watch = _Watch(client, patience)
    try:
        with client, joblib.parallel_config(backend="dask"), watch:
            yield
    except FutureCancelledError as error:
        got = watch.reason or "a lost connection"
        fix = "start `dask scheduler` and `dask worker`, then run `recommender index` again"
        raise _error(address, "a scheduler with workers to the end", got, fix) from error
    except KilledWorker as error:
        fix = "give them more memory, or score on one machine"
        raise _error(address, "workers that survive", "several that one task ended", fix) from error


def _error(address: str, expected: str, got: str, fix: str) -> SchedulerError:
    return SchedulerError(f"--scheduler {address}: expected {expected}, got: {got}; {fix}")


class _Watch(threading.Thread):
    """Closes a client, so that its tasks end, once the cluster has been lost for too long."""

    def __init__(self, client: Client, patience: float) -> None:
        super().__init__(daemon=True)
        self.reason = ""
        """Why the client was closed; "" if it was not."""
        self._client = client
        self._patience = patience
        self._over = threading.Event()

    def __enter__(self) -> _Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def run(self) -> None:
        seen = time.monotonic()
        while not self._over.wait(POLL_SECONDS):
            lost = self._lost()
            if not lost:
                seen = time.monotonic()
            elif time.monotonic() - seen > self._patience:
                self.reason = f"{lost} for {self._patience:g} s"
                self._client.close(timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
                return

    def _lost(self) -> str:
        """Return what the cluster lacks now."""
        if self._client.status != "running":
            return "no scheduler"
        with suppress(OSError, TimeoutError):  # it is lost at this moment
            return "" if self._client.scheduler_info()["workers"] else "no workers"
        return "no scheduler"
