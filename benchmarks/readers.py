"""What a reader costs, beside the bare parser under it.

Every measurement is a process of its own, so that memory is that reader's alone; ours and the
bare parser take turns. Processor time, not the clock's.
"""

from __future__ import annotations

import csv
import json
import resource
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

OURS, BARE = "ours", "bare parser"
QUERY = "SELECT id, title, published, body, url, section FROM posts"


@click.command
@click.option("--articles", "count", default=10_000, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--export-mb", default=500, show_default=True, help="Size of the large WXR export.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS)
def main(count: int, rounds: int, export_mb: int, results: Path) -> None:
    """Measure every reader on generated archives."""
    found: dict[str, Any] = {"articles": count, "rounds": rounds, "readers": {}}
    with tempfile.TemporaryDirectory() as folder:
        for form, (name, written_by) in WRITERS.items():
            path = Path(folder) / name
            written_by(path, articles(count))
            found["readers"][form] = _compare(form, path, rounds)
            click.echo(f"{form}: {found['readers'][form]}")
        large = Path(folder) / "large.xml"
        _grow(large, export_mb)
        found["large export"] = {"mb": round(large.stat().st_size / 1e6)} | _measured(
            OURS, "WXR", large
        )
    click.echo(f"large export: {found['large export']}")
    packages = ("lxml", "trafilatura", "feedparser", "msgspec", "pyarrow", "markdown-it-py")
    write("readers", describe(*packages) | found, results)


def _compare(form: str, path: Path, rounds: int) -> dict[str, Any]:
    """Let ours and the bare parser take turns; medians."""
    taken: dict[str, list[dict[str, Any]]] = {OURS: [], BARE: []}
    for _ in range(rounds):
        for who, runs in taken.items():
            runs.append(_measured(who, form, path))
    ours, bare = (median(run["cpu_seconds"] for run in taken[who]) for who in (OURS, BARE))
    read = taken[OURS][0]["articles"]
    return {
        "articles_read": read,
        "articles_a_cpu_second": round(read / ours),
        "times_the_bare_parser": round(ours / bare, 2),
        "peak_mb": max(run["peak_mb"] for run in taken[OURS]),
    }


def _measured(who: str, form: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.readers", "--measure", who, form, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _grow(path: Path, megabytes: int) -> None:
    """Write an export of about this size: articles of some 2.9 KB each."""
    WRITERS["WXR"][1](path, articles(max(megabytes * 1_000_000 // 2900, 1)))


def measure(who: str, form: str, path: Path) -> dict[str, Any]:
    """Read an archive once; imports are not counted, memory is that of the whole process."""
    if who == OURS:
        _ours(form, path, 1)
    start = time.process_time()
    count = _ours(form, path, None) if who == OURS else BARE_PARSERS[form](path)
    taken = time.process_time() - start
    return {"articles": count, "cpu_seconds": max(round(taken, 6), 1e-6), "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    """Most memory that this program held; ru_maxrss would count what started it as well."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(li for li in status.read_text().splitlines() if li.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _ours(form: str, path: Path, most: int | None) -> int:
    from recommender.articles.article import Article  # noqa: PLC0415 - only in the measured process
    from recommender.ingest.sources import read  # noqa: PLC0415
    from recommender.ingest.web.crawl import read_pages  # noqa: PLC0415

    items: Any
    if form == "web pages":
        pages = ((str(p), p.read_bytes(), None) for p in sorted(path.iterdir()))
        items = read_pages(pages, UTC, parallel=False)
    elif form == "database":
        items = read(f"sqlite:///{path}#{QUERY}", UTC)
    else:
        items = read(str(path), UTC)
    count = 0
    for item in items:
        count += isinstance(item, Article)
        if count == most:
            break
    return count


def _bare_jsonl(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if json.loads(line))


def _bare_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def _bare_parquet(path: Path) -> int:
    import pyarrow.parquet as pq  # noqa: PLC0415

    return len(pq.read_table(path).to_pylist())


def _bare_feed(path: Path) -> int:
    import feedparser  # noqa: PLC0415

    return len(feedparser.parse(path.read_bytes()).entries)


def _bare_wxr(path: Path) -> int:
    from lxml import etree  # noqa: PLC0415

    count = 0
    for _, element in etree.iterparse(path, tag="item", resolve_entities=False):
        element.clear()
        count += 1
    return count


def _bare_markdown(path: Path) -> int:
    import frontmatter  # noqa: PLC0415

    return sum(1 for file in path.iterdir() if frontmatter.load(str(file)).metadata)


def _bare_pages(path: Path) -> int:
    import trafilatura  # noqa: PLC0415

    return sum(1 for page in path.iterdir() if trafilatura.extract(page.read_bytes()))


def _bare_database(path: Path) -> int:
    import sqlite3  # noqa: PLC0415

    connection = sqlite3.connect(path)
    count = sum(1 for _ in connection.execute(QUERY))
    connection.close()
    return count


BARE_PARSERS: dict[str, Callable[[Path], int]] = {
    "JSON Lines": _bare_jsonl,
    "CSV": _bare_csv,
    "Parquet": _bare_parquet,
    "RSS": _bare_feed,
    "WXR": _bare_wxr,
    "Markdown": _bare_markdown,
    "web pages": _bare_pages,
    "database": _bare_database,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2], sys.argv[3], Path(sys.argv[4]))))
    else:
        main()
