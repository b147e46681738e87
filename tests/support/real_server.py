"""The service in a process of its own, started by ``recommender serve``."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PATIENCE_SECONDS = 30.0


class Got(NamedTuple):
    """An answer as it came over the wire."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class RealServer:
    """A running server: its port, its process, its log."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.origin = f"http://127.0.0.1:{port}"
        self.home = log.parent
        self._log = log

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def ask(self, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Got:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        answer = connection.getresponse()
        got = Got(answer.status, answer.headers, answer.read())
        connection.close()
        return got


@contextmanager
def serving(
    home: Path, *, workers: int = 1, python: str = sys.executable, **environ: str
) -> Iterator[RealServer]:
    """Serve a home on a free port of loopback until the end of the block."""
    port = free_port()
    log = home / "server.log"
    code = "from recommender.cli import main; main()"
    command = ["serve", "--home", str(home), "--port", str(port), "--workers", str(workers)]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [python, "-c", code, *command],
            env={**os.environ, **environ},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        server = RealServer(process, port, log)
        eventually(lambda: _alive(server))
        yield server
    finally:
        process.send_signal(signal.SIGINT)  # without the second in which connections are drained
        process.wait(PATIENCE_SECONDS)


def eventually(holds: object) -> None:
    """Wait until something holds, for as long as a slow machine may take."""
    assert callable(holds)
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def _alive(server: RealServer) -> bool:
    assert server.process.poll() is None, server.log()
    try:
        return server.ask("/healthz").status == 200
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
