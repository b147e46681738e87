"""Measures the cost of each reader, compared with the bare parser under it.

    python -m benchmarks.readers [--articles 10000] [--rounds 3] [--export-mb 500]

Each measurement is a process of its own, so that its memory is that of one reader. The reader and
the parser take turns. Time is processor time without imports.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.archives import WRITERS, articles
from benchmarks.machine import RESULTS, describe, write

READER, PARSER = "reader", "bare parser"

BYTES_PER_ARTICLE = 2_900
"""Of a WordPress export of generated articles."""


@click.command
@click.option("--articles", "count", default=10_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--export-mb", default=500, show_default=True, help="Size of the large WXR export.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS)
def main(count: int, rounds: int, export_mb: int, results: Path) -> None:
    """Measure every reader on generated archives."""
    found: dict[str, Any] = {"articles": count, "rounds": rounds, "readers": {}}
    with tempfile.TemporaryDirectory() as folder:
        for name, (file, write_archive) in WRITERS.items():
            path = Path(folder) / file
            write_archive(path, articles(count))
            found["readers"][name] = _compare(name, path, rounds)
            click.echo(f"{name}: {found['readers'][name]}")
        large = Path(folder) / "large.xml"
        WRITERS["WXR"][1](large, articles(max(export_mb * 1_000_000 // BYTES_PER_ARTICLE, 1)))
        size = round(large.stat().st_size / 1e6)
        found["large export"] = {"mb": size} | _in_process(READER, "WXR", large)
    click.echo(f"large export: {found['large export']}")
    packages = ("lxml", "trafilatura", "feedparser", "msgspec")
    write("readers", {"machine": describe(*packages)} | found, results)


def _compare(name: str, path: Path, rounds: int) -> dict[str, Any]:
    """Let the reader and the bare parser take turns; returns medians."""
    runs: dict[str, list[dict[str, Any]]] = {READER: [], PARSER: []}
    for _ in range(rounds):
        for contestant, found in runs.items():
            found.append(_in_process(contestant, name, path))
    ours, bare = (median(run["cpu_seconds"] for run in runs[c]) for c in (READER, PARSER))
    count = runs[READER][0]["articles"]
    return {
        "articles_read": count,
        "articles_per_cpu_second": round(count / ours),
        "ratio_to_parser": round(ours / bare, 2),
        "peak_mb": max(run["peak_mb"] for run in runs[READER]),
    }


def _in_process(contestant: str, name: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.readers", "--measure", contestant, name, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def measure(contestant: str, name: str, path: Path) -> dict[str, Any]:
    """Read an archive once; the first article is read before, so that imports do not count."""
    if contestant == READER:
        _read(name, path, 1)
    start = time.process_time()
    count = _read(name, path, None) if contestant == READER else PARSERS[name](path)
    seconds = time.process_time() - start
    return {"articles": count, "cpu_seconds": max(round(seconds, 6), 1e-6), "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    """Greatest memory of this process; ru_maxrss would count the process that started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return round(int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024)


def _read(name: str, path: Path, most: int | None) -> int:
    from recommender.articles.article import Article  # noqa: PLC0415 - only in the measured process
    from recommender.ingest.sources import read  # noqa: PLC0415
    from recommender.ingest.web.crawl import SavedPage, read_pages  # noqa: PLC0415

    if name == "web pages":
        pages = (SavedPage(str(p), p.read_bytes()) for p in sorted(path.iterdir()))
        items: Any = read_pages(pages, UTC, parallel=False)
    else:
        items = read(str(path), UTC)
    count = 0
    for item in items:
        count += isinstance(item, Article)
        if count == most:
            break
    return count


def _parse_jsonl(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if json.loads(line))


def _parse_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def _parse_rss(path: Path) -> int:
    import feedparser  # noqa: PLC0415

    return len(feedparser.parse(path.read_bytes()).entries)


def _parse_wxr(path: Path) -> int:
    from lxml import etree  # noqa: PLC0415

    count = 0
    for _, element in etree.iterparse(path, tag="item", resolve_entities=False):
        element.clear()
        count += 1
    return count


def _parse_pages(path: Path) -> int:
    import trafilatura  # noqa: PLC0415

    return sum(1 for page in path.iterdir() if trafilatura.extract(page.read_bytes()))


PARSERS: dict[str, Callable[[Path], int]] = {
    "JSON Lines": _parse_jsonl,
    "CSV": _parse_csv,
    "RSS": _parse_rss,
    "WXR": _parse_wxr,
    "web pages": _parse_pages,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], sys.argv[3], Path(sys.argv[4]))))
    else:
        main()
