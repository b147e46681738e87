"""A small site for the drills of :mod:`benchmarks.faults`: a service, its readers, a program."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.load.servers import free_port
from benchmarks.sites.synthetic import NOW, identifier, publish_site, synthetic_articles
from recommender.catalogue.accounts import Accounts, Role
from recommender.catalogue.store import Catalogue
from recommender.overrides.log import Log
from recommender.overrides.override import Kind, Override
from recommender.settings import load_settings

ARTICLES = 120
HELD, WITHDRAWN = identifier(3), identifier(5)
PASSWORD = "correct horse battery"
PAUSE = 0.02
"""Seconds between two requests of the readers."""


def related(article: str) -> str:
    """Path of the cards of an article."""
    return f"/v1/articles/{quote(article, safe='')}/related"


def prepare(home: Path) -> str:
    """Publish a site twice, hold an article, withdraw one; returns a token for overrides."""
    url = load_settings(home, environ={}).catalogue_url
    catalogue = Catalogue(url)
    catalogue.add(synthetic_articles(ARTICLES), "synthetic", NOW)
    accounts = Accounts(catalogue.engine)
    accounts.add("ann", Role.ADMIN, PASSWORD, time.time())
    token = accounts.new_key("ann", "token", "drill", time.time())
    decided = [
        Override(kind=Kind.HOLD, article=HELD, author="ann"),
        Override(kind=Kind.WITHDRAW, article=WITHDRAWN, author="ann"),
    ]
    Log(url, catalogue.engine).add(decided, time.time())
    catalogue.close()
    publish_site(home, ARTICLES - 1)
    publish_site(home, ARTICLES)
    return token


@dataclass
class Site:
    """A data directory and its service, which can be stopped and started on one port."""

    home: Path
    token: str
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    saved: list[int] = field(default_factory=list)
    """Numbers of the entries whose save was acknowledged."""
    up: threading.Event = field(default_factory=threading.Event)
    """Set from the moment in which it serves until the process has ended."""

    def start(self, *prefix: str, wait: bool = True, **environ: str) -> None:
        """Start two workers; ``prefix`` comes before the command."""
        self.port = self.port or free_port()
        serve = "from recommender.cli import main; main()"
        command = [sys.executable, "-c", serve, "serve", "--port", str(self.port), "--workers", "2"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*prefix, *command],
                env={**os.environ, "RECOMMENDER_HOME": str(self.home), **environ},
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.wait_until(self.is_ready if wait else self.is_alive)
        self.up.set()

    @property
    def log(self) -> Path:
        """The log of the service, outside of the data directory."""
        return self.home.with_suffix(".log")

    def stop(self, signal_: int = signal.SIGTERM, *, under_load: bool = False) -> None:
        """Stop the service, by default gracefully and while nothing is asked."""
        assert self.process is not None
        if not under_load:
            self.up.clear()
            time.sleep(2 * PAUSE)
        self.process.send_signal(signal_)
        self.process.wait(60)
        self.up.clear()

    def restart(self, *prefix: str, wait: bool = True, **environ: str) -> None:
        """Stop the service and start it."""
        self.stop()
        self.start(*prefix, wait=wait, **environ)

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = [int(one) for one in children.read_text(encoding="ascii").split()]
        tracker = b"resource_tracker"
        return [one for one in pids if tracker not in Path(f"/proc/{one}/cmdline").read_bytes()]

    def ask(self, path: str, method: str = "GET", body: object = None) -> tuple[int, Any]:
        """Return status and JSON of a response; status 0 if there is none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()

    def save(self) -> tuple[int, str]:
        """Save an override as a program does; returns the status and what it was told."""
        number = len(self.saved)
        block = {"kind": "block", "article": identifier(50), "pick": identifier(51 + number % 60)}
        body = {"decisions": [block], "seen": {identifier(50): 10**9}}
        status, answer = self.ask("/v1/overrides", "POST", body)
        if status == 201:
            self.saved.append(int(answer["version"]))
        return status, "" if status == 201 or answer is None else str(answer.get("detail", ""))

    def lost(self) -> int:
        """Count acknowledged overrides that are not among the active ones."""
        _, answer = self.ask("/v1/overrides")
        active = Counter(int(one["id"]) for one in answer["overrides"])
        return sum(active[number] != 1 for number in self.saved)

    def is_alive(self) -> bool:
        """Whether the service answers, if only that it cannot serve."""
        return self.ask("/readyz")[0] in {200, 503}

    def is_ready(self) -> bool:
        """Whether the service serves and knows the present overrides."""
        status, answer = self.ask("/readyz")
        return status == 200 and answer["overrides"]["database"] == "connected"

    def is_healthy(self) -> bool:
        """Whether readers get cards, overrides are saved, and both workers are there."""
        served = self.ask(related(identifier(7)))[0] == 200
        return served and self.is_ready() and len(self.workers()) == 2 and self.save()[0] == 201

    def wait_until(self, holds: Callable[[], object], seconds: float = 90.0) -> float:
        """Wait until something holds; returns the seconds that it took, infinite if never."""
        started = time.monotonic()
        while time.monotonic() < started + seconds:
            with suppress(OSError):
                if holds():
                    return time.monotonic() - started
            time.sleep(0.05)
        return float("inf")

    def warnings(self, start: int) -> list[str]:
        """Return warnings and errors in the log from a position on."""
        text = self.log.read_bytes()[start:].decode(errors="replace")
        text = text.replace(str(self.home), "DATA")
        marks = ("WARN", "ERROR", "Traceback", "warning:")
        return [line for line in text.splitlines() if any(mark in line for mark in marks)]


class Readers(threading.Thread):
    """Asks for cards on one kept connection, and counts what comes.

    Nothing is asked while the service is stopped on purpose.
    """

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self.seen: Counter[str] = Counter()
        self._site, self._ended = site, threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        number = 0
        while not self._ended.wait(PAUSE):
            number += 1
            if not self._site.up.is_set():
                self._drop()
                self._site.up.wait(60)
            article = (HELD, WITHDRAWN, identifier(number % 100))[min(number % 8, 2)]
            self.seen[self._ask(article)] += 1
        self._drop()

    def finish(self) -> None:
        """Stop, and wait for the last response."""
        self._ended.set()
        self.join(60)

    def _ask(self, article: str) -> str:
        fresh = self._connection is None
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._site.port, 20)
            self._connection.request("GET", related(article))
            answer = self._connection.getresponse()
            body = answer.read()
            if answer.headers["Connection"] == "close":
                self._drop()
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            return "refused" if fresh and isinstance(error, ConnectionRefusedError) else "lost"
        return _verdict(article, answer.status, body)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _verdict(article: str, status: int, body: bytes) -> str:
    if status >= 500:
        return str(status)
    if article == WITHDRAWN:
        return "right" if status == 404 else "wrong"
    if status != 200:
        return "wrong"
    try:
        shown = [card["id"] for card in json.loads(body)["cards"]]
    except ValueError:
        return "wrong"
    # The oldest article is missing in the older snapshot, and may have no cards of its topic.
    expected = not shown if article == HELD else len(shown) == 6
    return "right" if expected and WITHDRAWN not in shown else "wrong"


def copy_of(home: Path, target: Path) -> Path:
    """Copy a prepared data directory."""
    shutil.copytree(home, target, ignore=shutil.ignore_patterns("*-shm", "*-wal"))
    return target
