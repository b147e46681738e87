"""The README's picture: latency by system, by number of articles.

python -m benchmarks.plot [--systems benchmarks/results/systems.json] [--picture docs/latency.svg]
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from benchmarks import machine
from benchmarks.systems import OURS_COLD

NAMES = {
    "semantic_search": ("sentence-transformers semantic_search", "#8c6bb1", "-"),
    "fts5": ("SQLite FTS5", "#d95f0e", "-"),
    "pgvector": ("pgvector, HNSW", "#2b8cbe", "-"),
    "constant": ("constant bytes through Flask", "#888888", "-"),
    OURS_COLD: ("Related posts, no page asked twice", "#238b45", ":"),
    "ours": ("Related posts", "#238b45", "-"),
}
"""Label, colour and line of each system."""


@click.command
@click.option(
    "--systems", type=click.Path(path_type=Path), default=machine.RESULTS / "systems.json"
)
@click.option("--picture", type=click.Path(path_type=Path), default=Path("docs/latency.svg"))
def main(systems: Path, picture: Path) -> None:
    """Draw what was measured."""
    draw(json.loads(systems.read_text(encoding="utf-8")), picture)


def draw(told: dict[str, Any], picture: Path) -> None:
    """Draw the median and the 99th percentile, side by side."""
    import matplotlib as mpl  # noqa: PLC0415 - a second that only drawing takes

    mpl.use("svg")
    # The same figures give the same bytes, in the reader's own font.
    mpl.rcParams.update({"svg.hashsalt": "related-posts", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, panels = plt.subplots(1, 2, figsize=(8, 3.8), sharey=True, layout="constrained")
    for axes, what, title in zip(
        panels, ("p50", "p99"), ("median", "99th percentile"), strict=True
    ):
        for name, (label, colour, line) in NAMES.items():
            found = {int(s): row[name][what] for s, row in told["articles"].items() if name in row}
            axes.plot(
                *zip(*found.items(), strict=True), line, marker="o", color=colour, label=label
            )
        sizes = [int(size) for size in told["articles"]]
        axes.set(xscale="log", yscale="log", title=title, xlabel="articles on the site")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(visible=True, alpha=0.3)
    panels[0].set_ylabel("ms to the answer")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.savefig(picture, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
