"""Measures what one new article costs, by the size of the archive, and what a full run costs.

    python -m benchmarks.growth [--sizes N ...] [--articles 20]

Each size has a data directory of its own. A first run detects languages and stores vectors, which
cost nothing here. A full run with both in the cache follows. Then a service and
``recommender index --watch`` run as on a site, and articles are published one after the other.
Measured is the time until the service returns the cards of the new article, and shows it under an
older one. Last comes a run of a new process. Texts are generated.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np
import psutil

from benchmarks import machine
from benchmarks.load.servers import OURS, Server, running
from benchmarks.sites.newsroom_texts import newsroom
from recommender.articles.article import Article
from recommender.catalogue.store import Catalogue
from recommender.home import DataDir
from recommender.incremental.fitted_state import forget_state
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.recommend import related
from recommender.snapshots.snapshot import Snapshot
from recommender.snapshots.store import current_id

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
ENCODER = "benchmarks.sites.newsroom_texts:HashingEncoder"
LIMITS = {"p95_s": 5.0, "cpu_s": 2.5, "cold_s": 10.0, "written_mb": 5.0, "full_cpu_s": 400.0}
TIMEOUT_SECONDS = 120.0
WARM_UP_SECONDS = 5.0
ROOT = Path(__file__).parent.parent


@click.command
@click.option("--sizes", multiple=True, type=int, default=SIZES, show_default=True)
@click.option("--articles", default=20, show_default=True, help="New articles, one by one.")
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(sizes: Sequence[int], articles: int, results: Path) -> None:
    """Measure every size, print, and write growth.json."""
    measured = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            measured.append(measure(Path(folder) / "home", size, articles))
            print(json.dumps(measured[-1], indent=2), flush=True)
    figures = {
        "machine": machine.describe("numpy", "scipy", "scikit-learn", "joblib"),
        "limits": LIMITS,
        "exponents": {name: exponent(measured, name) for name in ("full_cpu_s", "cpu_s")},
        "sizes": measured,
    }
    machine.write("growth", figures, results)


def measure(home: Path, size: int, articles: int) -> dict[str, Any]:
    """Measure an archive of one size."""
    later = new_home(home, size, articles + 1)
    found: dict[str, Any] = {"articles": size}
    found |= {f"first_{name}": value for name, value in run_command(home, "index").items()}
    # Without the state of the last full run the next one is full. Vectors and languages are known.
    forget_state(DataDir(home))
    found |= {f"full_{name}": value for name, value in run_command(home, "index").items()}
    with running(OURS, home) as server, watching(home) as watcher:
        steps = [_publish(home, server, watcher, one) for one in later[:-1]]
    found |= {
        "p50_s": round(float(np.median([step["s"] for step in steps])), 2),
        "p95_s": round(float(np.quantile([step["s"] for step in steps], 0.95)), 2),
        "cpu_s": round(float(np.median([step["cpu_s"] for step in steps])), 2),
        "written_mb": round(max(step["written_mb"] for step in steps), 2),
    }
    _store(home, later[-1:])
    return found | {f"cold_{name}": value for name, value in run_command(home, "index").items()}


def new_home(home: Path, size: int, later: int = 0) -> list[Article]:
    """Create a data directory, and store generated articles in it; the newest is of yesterday.

    Parameters
    ----------
    later : number of further articles. They are returned, oldest first.
    """
    home.mkdir(parents=True)
    settings = f'embedding_model = "{ENCODER}"\n[incremental]\nmin_articles = 0\n'
    (home / "recommender.toml").write_text(settings, encoding="utf-8")
    texts = list(newsroom(size + later))
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    shift = moment - texts[size - 1].published
    texts = [msgspec.structs.replace(one, published=one.published + shift) for one in texts]
    _store(home, texts[:size])
    return texts[size:]


def exponent(sizes: Sequence[dict[str, Any]], name: str) -> float | None:
    """Fit ``cost = c * articles ** exponent``; None for a single size."""
    if len(sizes) < 2:
        return None
    articles = np.log([one["articles"] for one in sizes])
    return round(float(np.polyfit(articles, np.log([one[name] for one in sizes]), 1)[0]), 2)


def _store(home: Path, articles: Sequence[Article]) -> None:
    catalogue = Catalogue(f"sqlite:///{home.absolute() / 'catalogue.sqlite3'}")
    catalogue.add(articles, "benchmark", datetime.now(UTC))
    catalogue.close()


def environment(home: Path) -> dict[str, str]:
    """Variables of a process that works on a data directory."""
    return {**os.environ, "RECOMMENDER_HOME": str(home), "PYTHONPATH": str(ROOT)}


def run_command(home: Path, *arguments: str) -> dict[str, float]:
    """Run the command in a new process; returns its duration, processor time and memory."""
    started, peak = time.perf_counter(), 0.0
    process = psutil.Popen(
        [sys.executable, "-m", "recommender", *arguments],
        env=environment(home), cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    cpu = 0.0
    while process.poll() is None:
        cpu, peak = max(cpu, _cpu_seconds(process)), max(peak, _memory_mb(process))
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"recommender {' '.join(arguments)}: exit status {process.returncode}")
    seconds = time.perf_counter() - started
    return {"s": round(seconds, 2), "cpu_s": round(cpu, 2), "peak_mb": round(peak, 1)}


@contextmanager
def watching(home: Path) -> Iterator[psutil.Process]:
    """Run ``recommender index --watch 1`` until the end of the block."""
    process = psutil.Popen(
        [sys.executable, "-m", "recommender", "index", "--watch", "1"],
        env=environment(home), cwd=ROOT, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(WARM_UP_SECONDS)  # its first run finds nothing to do, and loads what it needs
        yield process
    finally:
        process.terminate()
        process.wait()


def _publish(
    home: Path, server: Server, watcher: psutil.Process, article: Article
) -> dict[str, float]:
    """Publish an article, and wait until the service recommends from it and to it."""
    files, cpu, started = _sizes(home), _cpu_seconds(watcher), time.perf_counter()
    _store(home, [article])
    _wait(server, article.id)
    _wait(server, _older_article(home, article.id), article.id)
    seconds = time.perf_counter() - started
    time.sleep(2)  # the run ends after it has published
    written = sum(size for path, size in _sizes(home).items() if files.get(path) != size)
    return {
        "s": seconds,
        "cpu_s": _cpu_seconds(watcher) - cpu,
        "written_mb": written / 1e6,
    }


def _older_article(home: Path, identifier: str) -> str:
    """Return the ID of an older article whose list has a new one."""
    data_dir = DataDir(home)
    snapshot, now = Snapshot(data_dir.snapshots / current_id(data_dir)), time.time()
    row = snapshot.row(identifier)
    targets = np.zeros(len(snapshot) + 1, dtype=bool)
    targets[row] = True
    for one in snapshot.candidates.showing(targets).tolist():
        if any(card.row == row for card in related(snapshot, one, DEFAULT_QUERY, now)):
            return snapshot.identifier(one)
    raise SystemExit(f"{identifier}: no list shows it")


def _wait(server: Server, identifier: str, card: str | None = None) -> None:
    """Request cards until they are found, and one of them is ``card``."""
    url = f"http://127.0.0.1:{server.port}/v1/articles/{identifier}/related"
    until = time.monotonic() + TIMEOUT_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                found = [one["id"] for one in json.load(response)["cards"]]
        except urllib.error.HTTPError:
            found = []
        if card in found or (found and card is None):
            return
        time.sleep(0.05)
    raise SystemExit(f"{identifier}: no cards after {TIMEOUT_SECONDS:.0f} s")


def _sizes(home: Path) -> dict[Path, int]:
    """Sizes of what an index run writes: snapshots and scores, without the catalogue."""
    folders = (home / "snapshots", home / "fitted")
    return {
        path: path.stat().st_size
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def _cpu_seconds(process: psutil.Process) -> float:
    total = 0.0
    for one in _tree(process):
        try:
            times = one.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def _memory_mb(process: psutil.Process) -> float:
    """Memory of a process and its children; shared pages by their share."""
    total = 0
    for one in _tree(process):
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 2**20


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


if __name__ == "__main__":
    main()
