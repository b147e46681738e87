"""``recommender serve``: run the HTTP service under a production server."""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from recommender.cli.options import WholeNumber, home_option
from recommender.cli.worker import load_worker, prepare_forks
from recommender.errors import SettingsError
from recommender.home import has_room
from recommender.settings import Settings, check_bucket, check_oidc, load_settings
from recommender.settings.reader import PREFIX

APPLICATION = "service:create_worker"
"""The WSGI factory by name: this package may not import ``service``."""

MAX_CONNECTIONS = 8192
"""Connections of a worker. The server's default is an eighth, which idle clients can exhaust."""

THREADS = 2
"""Threads of a worker. A further thread costs a request tens of microseconds of context switches,
and more where a request releases the GIL, see :mod:`recommender.serving.recommend`."""

DRAIN_VARIABLE = "RELATED_POSTS_DRAIN_FLAG"
"""Environment variable with the path of a file that exists while the service drains."""

DRAIN_SECONDS = 1.0
"""Time in which a kept connection of a load balancer is likely to be used again."""

METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

METRICS_BYTES = 256 * 1024
"""Files of a worker's metrics: two of 64 KB, and as much again for one that replaces it."""

RESERVED_FILES = 256
"""Open files of a worker that are not connections: snapshots, metrics, databases."""


@click.command
@home_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=WholeNumber(1, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on.",
)
@click.option(
    "--workers",
    type=WholeNumber(1, 256),
    default=lambda: os.cpu_count() or 1,
    help="Worker processes.  [default: one per CPU]",
)
@click.option("--no-desk", is_flag=True, help="Do not serve the editors' desk.")
def command(home: Path | None, host: str, port: int, workers: int, no_desk: bool) -> None:
    """Serve cards over HTTP until interrupted."""
    from granian.constants import Interfaces  # noqa: PLC0415 - the server only when it is used
    from granian.server import Server  # noqa: PLC0415

    settings = load_settings(home)
    # A worker that fails on these would be restarted forever.
    check_bucket(settings.snapshots)
    if settings.desk and not no_desk:
        check_oidc(settings.oidc)
    check_address(host, port)
    _set_worker_environment(settings.home, no_desk=no_desk)
    click.echo(f"serving {settings.home} on http://{host}:{port}", err=True)
    _report_missing_snapshot(settings)
    with _run_folder(host, port) as folder:
        _share_metrics(folder, workers)
        server = Server(
            APPLICATION,
            factory=True,
            interface=Interfaces.WSGI,
            address=host,
            port=port,
            workers=workers,
            # The second thread answers while the first waits for a slow upload.
            blocking_threads=THREADS,
            # Idle connections cost a few kilobytes and must not block new ones.
            backpressure=_connection_limit(),
            # Seconds that a stopping worker has to finish its requests.
            workers_kill_timeout=10,
            respawn_failed_workers=True,
            log_access=False,
            websockets=False,
        )
        server.on_startup(lambda: _drain_before_stop(server.signal_handler_interrupt))
        prepare_forks()
        server.serve(target_loader=load_worker)


def _report_missing_snapshot(settings: Settings) -> None:
    """Print that there is nothing to serve yet; the service starts and waits for a snapshot.

    A service that follows a bucket may start with an empty data directory.
    """
    if not settings.snapshots and not settings.data_dir.current.is_file():
        click.echo(
            f"no snapshot is published in {settings.home}; run `recommender index SOURCE`, or "
            "check --home",
            err=True,
        )


def check_address(host: str, port: int) -> None:
    """Check that the address can be listened on.

    The server sets ``SO_REUSEPORT``. Without this check two services could share a port, and
    readers would receive the cards of either site.

    Raises
    ------
    SettingsError
        Another program listens there, or the address is not one of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # As the server does: closing connections of an earlier run do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"--port: expected a free port, got {port}, on which another program listens; "
                "stop that program or choose another --port"
            ) from error
        raise SettingsError(
            "--host, --port: expected an address of this machine and a permitted port, "
            f"got {host}:{port} ({error.strerror})"
        ) from error


def _set_worker_environment(home: Path, *, no_desk: bool) -> None:
    """Pass the settings of this command on: workers are separate processes."""
    os.environ[PREFIX + "HOME"] = str(home.absolute())
    if no_desk:
        os.environ[PREFIX + "DESK"] = "false"
    # The vectors of a request are too small to gain from threads, which cost memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Threads of Python take turns, so that arenas of their own would only cost memory.
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")


@contextmanager
def _run_folder(host: str, port: int) -> Iterator[Path | None]:
    """Yield an empty folder in memory or among the temporary ones; None if none can be made.

    Not in the data directory, whose disk may be full or read-only.
    """
    # A second service may use the same data directory, and another user the same port.
    name = f"related-posts-{os.getuid()}-{re.sub('[^0-9A-Za-z.]', '_', host)}-{port}"
    candidates = [Path("/dev/shm", name), Path(tempfile.gettempdir(), name)]  # noqa: S108
    folder = next(filter(_is_emptied, candidates), None)
    try:
        yield folder
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _is_emptied(folder: Path) -> bool:
    """Make an empty folder that no other user can write to; False if that is not possible."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
    except OSError:  # also if another user has made it, or a link
        return False
    return True


def _share_metrics(folder: Path | None, workers: int) -> None:
    """Tell the workers where to share their metrics, unless the user did.

    They write to mapped files. On a full disk that ends a process (SIGBUS).
    """
    if folder:
        os.environ[DRAIN_VARIABLE] = str(folder / "draining")
    if METRICS_VARIABLE in os.environ:
        return
    if folder and has_room(folder, workers * METRICS_BYTES):
        os.environ[METRICS_VARIABLE] = str(folder)
        return
    click.echo(
        f"warning: expected a temporary folder with {workers * METRICS_BYTES} free bytes for the "
        "workers' metrics, got none; /metrics shows only the worker that answers. Free space, or "
        f"set {METRICS_VARIABLE} to a writable folder",
        err=True,
    )


def _drain_before_stop(stop: Callable[[], None]) -> None:
    """Let SIGTERM first close the kept connections of clients with their next response.

    A client that sends a request on a connection that is just being closed gets no response. With
    ``Connection: close`` it knows. A second SIGTERM, or Ctrl-C, stops at once.
    """

    def drain(*_: object) -> None:
        flag = Path(os.environ.get(DRAIN_VARIABLE, ""))
        try:
            flag.touch(exist_ok=False)
        except OSError:
            stop()
            return
        timer = threading.Timer(DRAIN_SECONDS, stop)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, drain)


def _connection_limit() -> int:
    """Raise the limit of open files and return how many connections a worker may hold."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MAX_CONNECTIONS + RESERVED_FILES
    limit = files if hard == resource.RLIM_INFINITY else min(hard, files)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return max(limit - RESERVED_FILES, 1)
