"""A WSGI application behind a real server on loopback, and what its processes cost."""

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
"""One worker process, so that processor time compares; the application follows."""

CONSTANT = "benchmarks.servers:constant_page"
"""The application of :func:`constant_page`."""

OURS = ["-c", "from recommender.cli import main; main()", "serve", "--workers", "1", "--port"]
"""The service as everybody starts it; the port follows."""

PATIENCE_SECONDS = 60.0


class Server(NamedTuple):
    """A running server."""

    process: psutil.Process
    port: int
    beside: psutil.Process | None = None
    """Another one that it cannot do without: its database's."""

    def cpu_seconds(self) -> float:
        """Processor time so far of the server, its workers and what runs beside it."""
        return sum(_on_processor(process.pid) for process in self._tree()) / 1e9

    def private_mb(self) -> float:
        """Memory of the greatest process that no file stands behind, in MB."""
        return max(_held(process.pid, "Anonymous") for process in self._tree()) / 1e6

    def memory_mb(self) -> float:
        """Memory of all its processes with mapped files, what they share counted once, in MB."""
        return sum(_held(process.pid, "Pss") for process in self._tree()) / 1e6

    def load(
        self, paths: list[str], connections: int = 16, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Ask for pages from another process; adds the server's processor time a request."""
        question = json.dumps({"paths": paths, "headers": headers or {}})
        before = self.cpu_seconds()
        command = [sys.executable, "-m", "benchmarks.load", str(self.port), str(connections)]
        done = subprocess.run(command, input=question, capture_output=True, text=True, check=True)
        told: dict[str, Any] = json.loads(done.stdout)
        told["cpu_us"] = (self.cpu_seconds() - before) / len(paths) * 1e6
        return told

    def _tree(self) -> list[psutil.Process]:
        first = [self.process] if self.beside is None else [self.process, self.beside]
        return [one for head in first for one in (head, *head.children(recursive=True))]


def command_for(application: str, threads: int = 1) -> list[str]:
    """Write the command of granian for an application, ``module:factory``."""
    return f"{GRANIAN}{application}".replace("{threads}", str(threads)).split()


def constant_page() -> Flask:
    """Make the peer: one route of the same framework, which always answers the same 4,800 bytes.

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
    command: list[str], home: Path, beside: int | None = None, **environ: str
) -> Iterator[Server]:
    """Start ``python COMMAND``, wait until it answers, stop it at the end.

    ``beside`` is the process id of what else counts as part of it.

    ``{port}`` in the command is replaced; a command ending in ``--port`` gets it appended.
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
        other = None if beside is None else psutil.Process(beside)
        yield Server(psutil.Process(process.pid), port, other)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def free_port() -> int:
    """Find a port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"no server on port {port}: exit status {process.poll()}")


def _on_processor(pid: int) -> int:
    """Nanoseconds that a process's threads ran: the ticks of cpu_times are 10 ms long."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(file.read_text(encoding="ascii").split()[0]) for file in threads)


def _held(pid: int, what: str) -> int:
    """Bytes of a process.

    ``Anonymous`` is without mapped files, which belong to the page cache, for all workers; ``Pss``
    is with its share of what it maps together with others.
    """
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    line = next(line for line in rollup.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) * 1024
