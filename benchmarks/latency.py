"""What a request costs: our endpoint in turn with the same framework giving constant bytes.

    python -m benchmarks.latency [--articles 100000] [--requests 4000] [--rounds 7]

Each round asks every contestant once, so that what else the machine does falls on all alike;
what is told is the median over the rounds, and the ratio of medians.
"""

from __future__ import annotations

import tempfile
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from benchmarks import footprint, machine
from benchmarks.servers import CONSTANT, OURS, Server, command_for, running
from benchmarks.synthetic import publish_site
from benchmarks.traffic import Strangers, related, zipf
from recommender.cli.serve import THREADS

LIMITS = {
    "one page": 1.15,
    "zipf": 1.15,
    "not modified": 1.05,
    "strangers": 1.6,
    "the same pages, all articles against 1,000": 1.1,
}
"""Server CPU of each kind of traffic, at most so many times the constant endpoint's; of the last
one, the service's own with few articles."""

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
        home = Path(folder) / "big"
        small = Path(folder) / "small"
        publish_site(small, min(1_000, articles))
        publish_site(home, articles)
        told = {
            "machine": machine.describe("flask", "granian", "numpy"),
            "articles": articles,
            "requests": requests,
            "rounds": rounds,
            **measure(home, small, articles, requests, rounds),
            "swap": swapping(home, articles, swap_seconds),
            "footprint": footprint.measure(home, small, articles),
        }
    path = machine.write("latency", told, results)
    print(path.read_text(encoding="utf-8"))


def measure(home: Path, small: Path, articles: int, requests: int, rounds: int) -> dict[str, Any]:
    """Let the contestants ask in turn; tell medians and ratios."""
    with (
        running(command_for(CONSTANT, THREADS), home) as constant,
        running(command_for(CONSTANT), home) as single,
        running(OURS, home) as ours,
        running(OURS, small) as ours_small,
    ):
        contest = _contest(constant, ours, ours_small, articles, requests)
        page = related(articles // 2)
        contest["constant, one thread"] = lambda: single.load([page] * requests)
        for ask in contest.values():
            ask()
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in contest}
        for _ in range(rounds):
            for name, ask in contest.items():
                rows[name].append(ask())
    medians = {name: _medians(found) for name, found in rows.items()}
    return {"contestants": medians, "ratios": _ratios(medians), "limits": LIMITS}


def _contest(
    constant: Server,
    ours: Server,
    ours_small: Server,
    articles: int,
    requests: int,
) -> Contest:
    random = np.random.default_rng(7)
    strangers = Strangers(articles, random)
    page = related(articles // 2)
    url = f"http://127.0.0.1:{ours.port}{page}"
    etag = str(urllib.request.urlopen(url, timeout=10).headers["ETag"])
    few = min(1_000, articles)
    return {
        "constant": lambda: constant.load([page] * requests),
        "one page": lambda: ours.load([page] * requests),
        "not modified": lambda: ours.load([page] * requests, headers={"If-None-Match": etag}),
        "zipf": lambda: ours.load(zipf(articles, requests, random)),
        "strangers": lambda: ours.load(strangers.take(requests)),
        "zipf, 1,000 articles": lambda: ours_small.load(zipf(few, requests, random)),
        "zipf, the same 1,000 of all": lambda: _warmed(ours, few).load(zipf(few, requests, random)),
    }


def _warmed(server: Server, few: int) -> Server:
    """Ask once for each: what was asked before has pushed out the kept answers."""
    server.load([related(number) for number in range(few)])
    return server


def _medians(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("cpu_us", "p50", "p95", "p99", "p99.9")
    told: dict[str, Any] = {name: round(median(row[name] for row in rows), 3) for name in names}
    told["statuses"] = rows[0]["statuses"]
    return told


def _ratios(medians: dict[str, dict[str, Any]]) -> dict[str, Any]:
    peer = medians["constant"]
    ratios: dict[str, Any] = {
        name: {what: round(row[what] / peer[what], 3) for what in ("cpu_us", "p50", "p99")}
        for name, row in medians.items()
        if name != "constant"
    }
    few, all_ = medians["zipf, 1,000 articles"], medians["zipf, the same 1,000 of all"]
    ratios["the same pages, all articles against 1,000"] = round(all_["cpu_us"] / few["cpu_us"], 3)
    return ratios


def swapping(home: Path, articles: int, seconds: float, every: float = 5.0) -> dict[str, Any]:
    """Ask on while a new snapshot is put in force again and again; against asking in peace."""
    from recommender.home import DataDir, replace_atomically  # noqa: PLC0415 - ours, beside a server
    from recommender.snapshots.store import snapshot_ids  # noqa: PLC0415

    if len(snapshot_ids(DataDir(home))) < 2:
        publish_site(home, articles, seed=2)
    ids = snapshot_ids(DataDir(home))
    random = np.random.default_rng(8)
    stop = threading.Event()
    swaps = 0

    def swap() -> None:
        nonlocal swaps
        while not stop.wait(min(every, seconds / 4)):
            swaps += 1
            replace_atomically(DataDir(home).current, ids[swaps % 2].encode() + b"\n")

    with running(OURS, home) as ours:
        ours.load(zipf(articles, 2_000, random))
        calm = ours.load(_for_seconds(ours, articles, seconds / 4, random))
        thread = threading.Thread(target=swap)
        thread.start()
        busy = ours.load(_for_seconds(ours, articles, seconds, random))
        stop.set()
        thread.join()
    return {
        "swaps": swaps,
        "in peace": {name: calm[name] for name in ("requests", "p50", "p99", "statuses")},
        "while swapping": {name: busy[name] for name in ("requests", "p50", "p99", "statuses")},
        "p99 ratio": round(busy["p99"] / calm["p99"], 3),
    }


def _for_seconds(
    server: Server, articles: int, seconds: float, random: np.random.Generator
) -> list[str]:
    """As many pages as are read in about so many seconds."""
    trial = server.load(zipf(articles, 2_000, random))
    return zipf(articles, max(int(2_000 / trial["seconds"] * seconds), 100), random)


if __name__ == "__main__":
    main()
