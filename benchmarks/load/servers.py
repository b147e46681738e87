"""Runs a WSGI application behind a real server on loopback, and measures its processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from flask import Flask, Response

GRANIAN = (
    "-m granian --interface wsgi --factory --no-ws --workers 1 --blocking-threads {threads} "
    "--log-level warning --host 127.0.0.1 --port {port} "
)
"""One worker process, so that processor times can be compared; the application follows."""

CONSTANT = "benchmarks.load.servers:constant_page"
"""The application of :func:`constant_page`."""

OURS = ["-c", "from recommender.cli import main; main()", "serve", "--workers", "1", "--port"]
"""The service; the port follows."""

TIMEOUT_SECONDS = 60.0


class Server(NamedTuple):
    """A running server."""

    process: psutil.Process
    port: int
    database: psutil.Process | None = None
    """Another process that counts as part of it."""

    def cpu_seconds(self) -> float:
        """Processor time so far of the server, its workers and its database."""
        return sum(_cpu_nanoseconds(process.pid) for process in self._tree()) / 1e9

    def private_mb(self) -> float:
        """Memory of the largest process without mapped files, in MB."""
        return max(memory_bytes(process.pid, "Anonymous") for process in self._tree()) / 1e6

    def memory_mb(self) -> float:
        """Memory of all processes with mapped files, in MB; shared pages count once."""
        return sum(memory_bytes(process.pid, "Pss") for process in self._tree()) / 1e6

    def load(
        self, paths: list[str], connections: int = 16, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Request paths from another process; adds the server's processor time a request."""
        request = json.dumps({"paths": paths, "headers": headers or {}})
        before = self.cpu_seconds()
        command = [sys.executable, "-m", "benchmarks.load", str(self.port), str(connections)]
        done = subprocess.run(command, input=request, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        found["cpu_us"] = (self.cpu_seconds() - before) / len(paths) * 1e6
        return found

    def _tree(self) -> list[psutil.Process]:
        heads = [self.process] if self.database is None else [self.process, self.database]
        return [one for head in heads for one in (head, *head.children(recursive=True))]


def command_for(application: str, threads: int = 1) -> list[str]:
    """Build the granian command of an application, ``module:factory``."""
    return f"{GRANIAN}{application}".replace("{threads}", str(threads)).split()


def constant_page() -> Flask:
    """Make the baseline: one route of the same framework that returns constant 4,800 bytes.

    The response has the headers that a cache in front of a site expects.
    """
    app = Flask(__name__, static_folder=None)
    body = b"x" * 4_800
    headers = [
        ("Content-Type", "application/json"),
        ("Cache-Control", "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"),
        ("ETag", '"0123456789abcdef01234567"'),
    ]

    @app.get("/healthz")
    def alive() -> Response:
        return Response("alive")

    @app.get("/v1/articles/<path:article>/related")
    def related(article: str) -> Response:  # noqa: ARG001 - routed, as ours is
        return Response(body, headers=headers)

    return app


@contextmanager
def running(
    command: list[str], home: Path, database: int | None = None, **environ: str
) -> Iterator[Server]:
    """Start ``python COMMAND``, wait until it responds, stop it at the end.

    Parameters
    ----------
    command : ``{port}`` is replaced; a command ending in ``--port`` gets it appended.
    home : the data directory.
    database : process id of a database that counts as part of it.
    """
    port = free_port()
    arguments = [part.replace("{port}", str(port)) for part in command]
    if arguments[-1] == "--port":
        arguments.append(str(port))
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "RECOMMENDER_HOME": str(home), **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        other = None if database is None else psutil.Process(database)
        yield Server(psutil.Process(process.pid), port, other)
    finally:
        process.terminate()
        process.wait(TIMEOUT_SECONDS)


def free_port() -> int:
    """Return a port of loopback that no process listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"no server on port {port}: exit status {process.poll()}")


def _cpu_nanoseconds(pid: int) -> int:
    """Time that a process's threads ran; the ticks of cpu_times are 10 ms long."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text(encoding="ascii").split()[0]) for file in threads)


def memory_bytes(pid: int, field: str) -> int:
    """Bytes of a process: ``Anonymous`` is without mapped files, ``Pss`` with a share of them."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    line = next(line for line in rollup.splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024
