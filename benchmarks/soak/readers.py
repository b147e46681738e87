"""The readers of a soak: they ask, and have every answer judged."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

import numpy as np

from benchmarks.sites.synthetic import identifier
from benchmarks.soak.checked_answers import Reference

MIX = (("related", 0.95), ("unknown", 0.03), ("latest", 0.01), ("bad", 0.01))
BAD = ("/v1/latest?limit=0", "/v1/related", "/v1/related?id=a&url=b", "/v1/latest?limit=x&y=1")
EXPECTED = {"unknown": 404, "bad": 400}

KILL_SECONDS = 3.0
"""Time around a kill in which a broken connection is counted as its consequence."""


class Asked(NamedTuple):
    """A request."""

    kind: str
    path: str
    article: str | None = None


@dataclass
class Tally:
    """What the readers saw."""

    statuses: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the start, and private megabytes of the worker that is never killed."""
    loads: list[float] = field(default_factory=list)
    """Load averages of a minute of the whole machine: other processes disturb the figures."""


class Traffic:
    """Draws requests: popular articles most."""

    def __init__(self, size: int, seed: int) -> None:
        self._random = random.Random(seed)
        weights = 1 / np.arange(1, size + 1) ** 1.1
        self._cumulated = (np.cumsum(weights) / weights.sum()).tolist()
        self._order = np.random.default_rng(5).permutation(size).tolist()

    def draw(self) -> Asked:
        kind = self._random.choices([k for k, _ in MIX], [share for _, share in MIX])[0]
        if kind == "related":
            place = int(np.searchsorted(self._cumulated, self._random.random()))
            article = identifier(self._order[min(place, len(self._order) - 1)])
            return Asked(kind, f"/v1/articles/{quote(article, safe='')}/related", article)
        if kind == "unknown":
            return Asked(kind, f"/v1/articles/none-{self._random.random()}/related", "")
        return Asked(kind, "/v1/latest" if kind == "latest" else self._random.choice(BAD))


class Reader(threading.Thread):
    """One client with a kept connection."""

    def __init__(
        self, port: int, traffic: Traffic, reference: Reference, tally: Tally, pause: float
    ) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self.answered = 0
        self._traffic, self._reference, self._tally = traffic, reference, tally
        self._pause, self._port = pause, port
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        due = time.time()
        while not self.stop.is_set():
            self._ask(self._traffic.draw())
            self.answered += 1
            due = max(due + self._pause, time.time() - 1)
            self.stop.wait(max(0.0, due - time.time()))
        self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _ask(self, asked: Asked) -> None:
        started = time.time()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
            self._connection.request("GET", asked.path)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self._close()
            killed = any(started - KILL_SECONDS <= at <= time.time() for at in self._tally.kills)
            self._tally.statuses["lost at a kill" if killed else "lost"] += 1
            return
        ended = time.time()
        self._tally.latencies.append(ended - started)
        self._tally.statuses[f"{asked.kind} {answer.status}"] += 1
        self._judge(asked, answer.status, body, started, ended)

    def _judge(self, asked: Asked, status: int, body: bytes, started: float, ended: float) -> None:
        if asked.kind in EXPECTED:
            verdict = "right" if status == EXPECTED[asked.kind] else "wrong"
        else:
            verdict = self._reference.judge(asked.article, status, body, started, ended)
        self._tally.verdicts[verdict] += 1
        if verdict != "right" and len(self._tally.examples) < 5:
            self._tally.examples.append(f"{verdict}: {status} {asked.path} {body[:100]!r}")
