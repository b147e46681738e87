"""Measures the cost of a request, compared with constant bytes through the same framework.

    python -m benchmarks.latency [--articles 100000] [--requests 4000] [--rounds 7]

Each round loads every contestant once, so that other work on the machine affects all alike.
Results are medians over the rounds, and ratios of medians.
"""

from __future__ import annotations

import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from benchmarks import machine
from benchmarks.latency import footprint
from benchmarks.load.servers import CONSTANT, OURS, Server, command_for, running
from benchmarks.load.traffic import DistinctPages, related_path, zipf
from benchmarks.sites.synthetic import publish_site
from recommender.cli.commands.serve import THREADS
from recommender.home import DataDir, replace_atomically
from recommender.snapshots.store import snapshot_ids

FEW = 1_000
"""Articles of the small site."""

SAME_PAGES = "same pages, all articles vs 1,000"

TWO_CONNECTIONS = "distinct pages, two connections"
"""With sixteen connections both threads of a worker always have work. Each time that one of them
waits for its next request, the other one wakes up: that costs more than the ranking."""

LIMITS = {
    "one page": 1.15,
    "zipf": 1.1,
    "not modified": 1.05,
    "distinct pages": 1.6,
    TWO_CONNECTIONS: 1.6,
    SAME_PAGES: 1.1,
}
"""Server CPU as a multiple of the constant page with as many connections; the last one, of the
service with few articles."""

SWAP_INTERVAL = 5.0
"""Seconds between two snapshots."""

Contest = dict[str, Callable[[], dict[str, Any]]]


@click.command
@click.option("--articles", default=100_000, show_default=True)
@click.option("--requests", default=4_000, show_default=True, help="A contestant and round.")
@click.option("--rounds", default=7, show_default=True)
@click.option("--swap-seconds", default=60.0, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(articles: int, requests: int, rounds: int, swap_seconds: float, results: Path) -> None:
    """Measure, print, and write latency.json."""
    with tempfile.TemporaryDirectory() as folder:
        home, small = Path(folder) / "big", Path(folder) / "small"
        publish_site(small, min(FEW, articles))
        publish_site(home, articles)
        figures = {
            "machine": machine.describe("flask", "granian", "numpy"),
            "articles": articles,
            "requests": requests,
            "rounds": rounds,
            **measure(home, small, articles, requests, rounds),
            "swap": measure_swaps(home, articles, swap_seconds),
            "footprint": footprint.measure(home, small, articles),
        }
    path = machine.write("latency", figures, results)
    print(path.read_text(encoding="utf-8"))


def measure(home: Path, small: Path, articles: int, requests: int, rounds: int) -> dict[str, Any]:
    """Load the contestants in turn; returns medians and ratios."""
    with (
        running(command_for(CONSTANT, THREADS), home) as constant,
        running(command_for(CONSTANT), home) as single,
        running(OURS, home) as ours,
        running(OURS, small) as ours_small,
    ):
        contest = _contest(constant, ours, ours_small, articles, requests)
        page = related_path(articles // 2)
        contest["constant, one thread"] = lambda: single.load([page] * requests)
        for load in contest.values():
            load()
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in contest}
        for _ in range(rounds):
            for name, load in contest.items():
                rows[name].append(load())
    medians = {name: _medians(found) for name, found in rows.items()}
    return {"contestants": medians, "ratios": _ratios(medians), "limits": LIMITS}


def _contest(
    constant: Server, ours: Server, ours_small: Server, articles: int, requests: int
) -> Contest:
    random = np.random.default_rng(7)
    distinct = DistinctPages(articles, random)
    page = related_path(articles // 2)
    url = f"http://127.0.0.1:{ours.port}{page}"
    etag = str(urllib.request.urlopen(url, timeout=10).headers["ETag"])
    few = min(FEW, articles)
    return {
        "constant": lambda: constant.load([page] * requests),
        "one page": lambda: ours.load([page] * requests),
        "not modified": lambda: ours.load([page] * requests, headers={"If-None-Match": etag}),
        "zipf": lambda: ours.load(zipf(articles, requests, random)),
        "distinct pages": lambda: ours.load(distinct.take(requests)),
        "constant, two connections": lambda: constant.load([page] * requests, connections=2),
        TWO_CONNECTIONS: lambda: ours.load(distinct.take(requests), connections=2),
        "zipf, 1,000 articles": lambda: ours_small.load(zipf(few, requests, random)),
        "zipf, the same 1,000 of all": lambda: _warm(ours, few).load(zipf(few, requests, random)),
    }


def _warm(server: Server, few: int) -> Server:
    """Request each page once, because other contestants have filled the response cache."""
    server.load([related_path(number) for number in range(few)])
    return server


def _medians(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("cpu_us", "p50", "p95", "p99", "p99.9")
    found: dict[str, Any] = {name: round(median(row[name] for row in rows), 3) for name in names}
    return found | {"statuses": rows[0]["statuses"]}


def _ratios(medians: dict[str, dict[str, Any]]) -> dict[str, Any]:
    constant = medians["constant"]
    ratios: dict[str, Any] = {
        name: _ratio(row, constant) for name, row in medians.items() if name != "constant"
    }
    two = medians["constant, two connections"]
    ratios[TWO_CONNECTIONS] = _ratio(medians[TWO_CONNECTIONS], two)
    few, all_ = medians["zipf, 1,000 articles"], medians["zipf, the same 1,000 of all"]
    return ratios | {SAME_PAGES: round(all_["cpu_us"] / few["cpu_us"], 3)}


def _ratio(row: dict[str, Any], constant: dict[str, Any]) -> dict[str, float]:
    return {what: round(row[what] / constant[what], 3) for what in ("cpu_us", "p50", "p99")}


def measure_swaps(home: Path, articles: int, seconds: float) -> dict[str, Any]:
    """Load the service while snapshots are activated in turn, and before."""
    random = np.random.default_rng(8)
    with running(OURS, home) as ours:
        ours.load(zipf(articles, 2_000, random))
        idle = ours.load(_for_seconds(ours, articles, seconds / 4, random))
        with _swapping(home, articles, min(SWAP_INTERVAL, seconds / 4)) as swaps:
            busy = ours.load(_for_seconds(ours, articles, seconds, random))
    kept = ("requests", "p50", "p99", "statuses")
    return {
        "swaps": len(swaps),
        "without swaps": {name: idle[name] for name in kept},
        "while swapping": {name: busy[name] for name in kept},
        "p99 ratio": round(busy["p99"] / idle["p99"], 3),
    }


@contextmanager
def _swapping(home: Path, articles: int, interval: float) -> Iterator[list[str]]:
    """Activate two snapshots in turn, one each ``interval`` seconds; yields those activated."""
    if len(snapshot_ids(DataDir(home))) < 2:
        publish_site(home, articles, seed=2)
    ids, stop = snapshot_ids(DataDir(home)), threading.Event()
    swaps: list[str] = []

    def swap() -> None:
        while not stop.wait(interval):
            swaps.append(ids[(len(swaps) + 1) % 2])
            replace_atomically(DataDir(home).current, swaps[-1].encode() + b"\n")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        yield swaps
    finally:
        stop.set()
        thread.join()


def _for_seconds(
    server: Server, articles: int, seconds: float, random: np.random.Generator
) -> list[str]:
    """Draw as many paths as the server responds to in about so many seconds."""
    trial = server.load(zipf(articles, 2_000, random))
    return zipf(articles, max(int(2_000 / trial["seconds"] * seconds), 100), random)


if __name__ == "__main__":
    main()
