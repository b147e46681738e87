"""A process that forks a child for each task and may kill it in the middle.

It is started once, because importing the indexing code takes seconds and a fork takes none. Tasks
and outcomes are JSON, one a line on standard input and output.
"""

import gc
import json
import os
import select
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from paths import ROOT, SUPPORT
from recommender.overrides.log import Log
from recommender.overrides.override import Override
from recommender.settings import load_settings
from sample_site import ENCODER, publish


class CrashServer:
    """The process, as a test uses it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SUPPORT / "crash_server.py")],
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{SUPPORT}"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, seconds: float, **task: Any) -> Any:
        """Run a task in a child that is killed after some seconds.

        Returns
        -------
        Any
            What the task returns; None if the child was killed before it had ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task | {"seconds": seconds}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=30)


def index(home: str, source: str, now: str) -> str:
    """Index a source and publish; returns the id of the snapshot."""
    settings = load_settings(Path(home), environ={}, embedding_model=ENCODER)
    return publish(settings, Path(source), now=datetime.fromisoformat(now))


def add(url: str, override: dict[str, Any], now: float) -> int:
    """Add an override; returns its number."""
    return Log(url).add([msgspec.convert(override, Override)], now)[0].id


TASKS = {"index": index, "add": add}


def _fork(task: dict[str, Any]) -> Any:
    seconds, work = task.pop("seconds"), TASKS[task.pop("do")]
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        status = 1
        try:
            os.write(write, json.dumps(work(**task)).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(write)
    select.select([read], [], [], seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(read) as pipe:
        return json.loads(pipe.read() or "null")


if __name__ == "__main__":
    gc.freeze()  # so that the children collect their own garbage alone
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_fork(json.loads(line))) + "\n")
        sys.stdout.flush()
