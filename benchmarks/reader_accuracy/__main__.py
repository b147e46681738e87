"""Compares what our readers and other software find in public test sets of pages and feeds.

    python -m benchmarks.reader_accuracy FOLDER [--pages 0] [--results DIR]

FOLDER has clones of the repositories that :mod:`benchmarks.reader_accuracy.corpora` and
:mod:`benchmarks.reader_accuracy.feeds` name. The results have figures only, never a text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchmarks.machine import RESULTS, describe, write
from benchmarks.reader_accuracy.corpora import TestPage, corpora
from benchmarks.reader_accuracy.extractors import EXTRACTORS
from benchmarks.reader_accuracy.feeds import feed_figures
from benchmarks.reader_accuracy.scores import FIGURES, Judged
from benchmarks.reader_accuracy.speed import speed_figures

TIMED = 7
"""One page in so many is timed."""


@click.command
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--pages", "most", default=0, help="Pages of each test set; 0: all.")
@click.option("--results", type=click.Path(path_type=Path), default=RESULTS)
def main(folder: Path, most: int, results: Path) -> None:
    """Print a table of each test set, and write it as JSON."""
    found: dict[str, Any] = {}
    timed: list[TestPage] = []
    for name, pages in corpora(folder):
        chosen = pages[: most or None]
        found[name] = compare(chosen)
        timed += chosen[::TIMED]
        click.echo(_table(name, found[name]))
    speed = speed_figures(timed) if timed else {}
    click.echo(f"speed: {speed}")
    feeds = feed_figures(folder)
    if feeds:
        click.echo("\n".join(["feeds", *(f"  {name:24}{n}" for name, n in feeds.items())]))
    if not found and not feeds:
        raise click.UsageError(f"{folder}: expected clones of public test sets, found none")
    write(
        "reader_accuracy",
        {"machine": describe("trafilatura"), "sets": found, "speed": speed, "feeds": feeds},
        results,
    )


def compare(pages: list[TestPage]) -> dict[str, Any]:
    """Return the number of pages, and each figure by extractor."""
    judged = {
        name: [Judged(page.name, page.expected, extract(page)) for page in pages]
        for name, extract in EXTRACTORS.items()
    }
    figures = {
        figure: {name: _rounded(measure(found)) for name, found in judged.items()}
        for figure, measure in FIGURES.items()
    }
    known = {name: values for name, values in figures.items() if None not in values.values()}
    return {"pages": len(pages), "figures": known}


def _rounded(value: float | None) -> float | None:
    return round(value, 3) if isinstance(value, float) else value


def _table(name: str, found: dict[str, Any]) -> str:
    rows = [f"{name}, {found['pages']} pages"]
    for figure, values in found["figures"].items():
        rows.append(f"  {figure:24}" + "".join(f"{n} {v:<10}" for n, v in values.items()))
    return "\n".join(rows)


if __name__ == "__main__":
    main()
