"""Write overrides from several processes and kill them in the middle; print what was acknowledged.

``python killed_writers.py URL KILLS SAVES_PER_KILL SERVER``: with ``server`` as the last argument
every second kill ends a backend of PostgreSQL, so that the server restarts, else a writer. Each
line of the output is ``saved``, ``failed`` or ``unsure``, a mark, and the number of the entry.
"""

import os
import random
import signal
import sys
import time
from contextlib import suppress
from itertools import count

from recommender.catalogue.database import connect_service
from recommender.errors import CatalogueError, CommitUncertainError
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override, Scope

WRITERS = 4


def write_forever(url: str, name: int, pipe: int) -> None:
    """Add overrides, and write the outcome of each into a pipe."""
    log = Log(url, connect_service(url, timeout=10.0))
    for number in count():
        mark = f"{name}-{number}"
        boost = Override(
            kind=Kind.BOOST, scope=Scope.SECTION, pick=mark, factor=2.0, reason=mark, author="w"
        )
        try:
            (entry,) = log.add([boost], time.time())
            line = f"saved {mark} {entry.id}"
        except CommitUncertainError:
            line = f"unsure {mark} 0"
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
            write_forever(self._url, name, self._pipe)
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


def main(url: str, kills: int, saves_per_kill: int, *, server: bool) -> None:
    writers = Writers(url)
    for _ in range(WRITERS):
        writers.start()
    saved = 0
    for line in writers.lines:
        sys.stdout.write(line)
        saved += line.startswith("saved")
        if saved < saves_per_kill:
            continue
        saved, kills = 0, kills - 1
        if kills < 0:
            break
        if server and kills % 2:
            kill_backend(url)
        else:
            writers.kill(random.choice(writers.running))
            writers.start()
    while writers.running:
        writers.kill(writers.running[0])
    writers.close()
    sys.stdout.writelines(writers.lines)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), server=sys.argv[4] == "server")
