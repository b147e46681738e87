"""``recommender serve``: the service behind a production server."""

from __future__ import annotations

import os
import resource
import shutil
from pathlib import Path

import click

from recommender.cli.listening import check_address
from recommender.cli.options import home_option
from recommender.errors import DataDirError
from recommender.settings import check_oidc, load_settings
from recommender.settings_input import PREFIX

APPLICATION = "service:create_app"
"""Named and not imported, as WSGI servers do: no import points up from here."""

MOST_CONNECTIONS = 8192
"""Of a worker: eight times what the server would allow, which an idle afternoon of bots reaches."""

THREADS = 2
"""Of a worker: switching between them costs a request some 15 us of processor time."""

OWN_FILES = 256
"""Files of a worker that are no connections: snapshots, figures, databases."""


@click.command
@home_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=lambda: os.cpu_count() or 1,
    help="Processes.  [default: one a processor]",
)
@click.option("--no-desk", is_flag=True, help="Leave the editors' desk out: a public machine.")
def command(home: Path | None, host: str, port: int, workers: int, no_desk: bool) -> None:
    """Serve cards over HTTP until interrupted."""
    from granian.constants import Interfaces  # noqa: PLC0415 - the server only when it is used
    from granian.server import Server  # noqa: PLC0415

    settings = load_settings(home)
    desk = settings.desk and not no_desk
    if desk:
        check_oidc(
            settings.oidc
        )  # here and not in the workers, which would be started again and again
    check_address(host, port)
    # Workers are processes of their own: they find the settings as we did.
    os.environ[PREFIX + "HOME"] = str(settings.home.absolute())
    if no_desk:
        os.environ[PREFIX + "DESK"] = "false"
    # A request multiplies vectors too small to share among threads that each cost memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        # One folder a port: another service may run on the same home.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = _fresh(settings.home / "metrics" / str(port))
    click.echo(f"serving {settings.home} on http://{host}:{port}", err=True)
    Server(
        APPLICATION,
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        # One thread may wait for a slow sender; readers find the other.
        blocking_threads=THREADS,
        # Connections that send nothing are no reason to take no more; each costs a few kilobytes.
        backpressure=_most_connections(),
        # A worker that is told to stop finishes what it has begun, for so many seconds.
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        log_access=False,
        websockets=False,
    ).serve()


def _most_connections() -> int:
    """Tell how many connections a worker may hold: as many files as we may open, less our own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + OWN_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return max(most - OWN_FILES, 1)


def _fresh(folder: Path) -> str:
    """Empty the folder in which the workers of one start add up their figures."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirError(
            f"{folder}: {error.strerror}; wanted a folder that can be written, for the figures of "
            "the workers: make it so, or name another one in PROMETHEUS_MULTIPROC_DIR"
        ) from error
    return str(folder.absolute())
