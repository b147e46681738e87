"""What relating an archive costs by its size: processor time and memory, with the exponent.

Everything between embeddings and the snapshot: words, passages, candidates, features, affinities,
stories; of the newest 1,000, 2,000 ... articles of a real folder, each in its own process. Time
is that of all processes, memory the most they held together (what they share counts once), articles
and libraries included. Embeddings come from the home.

``python -m benchmarks.index_cost FOLDER --home DIR --encoder NAME``
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from benchmarks.machine import RESULTS, describe, write

SIZES = (1_000, 2_000, 4_000, 8_000, 16_000, 33_152)
LIMITS = {"articles": 33_152, "cpu_s": 120.0, "peak_mb": 3_000.0}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every size, write the figures and draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="keeps the embeddings")
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    sizes = [
        measured(options.folder, options.home, options.encoder, size) for size in options.sizes
    ]
    told = {
        "machine": describe("numpy", "scipy", "scikit-learn", "joblib"),
        "folder": options.folder.name,
        "encoder": options.encoder,
        "limits": LIMITS,
        "exponent": exponent(sizes),
        "sizes": sizes,
    }
    print(json.dumps(told, indent=2))
    write("index_cost", told, options.results)
    draw(told, options.results / "index_cost.svg")


def measured(folder: Path, home: Path, encoder: str, size: int) -> dict[str, Any]:
    """Relate the newest articles in a process of its own, and watch its memory."""
    command = [sys.executable, "-m", "benchmarks.relating", str(folder), str(home), encoder]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        [*command, str(size)], stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, memory_mb(process.pid))
            time.sleep(0.5)  # asking costs processor time of its own
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"relating {size} articles ended with status {process.returncode}")
    found: dict[str, Any] = json.loads(output)
    return found | {"peak_mb": round(peak, 1)}


def memory_mb(pid: int) -> float:
    """Add up what a process and its children hold; shared pages by their share."""
    total = 0
    try:
        first = psutil.Process(pid)
        for process in [first, *first.children(recursive=True)]:
            total += process.memory_full_info().pss
    except psutil.Error:  # one of them has just ended
        pass
    return total / 2**20


def exponent(sizes: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Fit ``cpu = c * articles ** exponent``: over all sizes, and over the two largest."""
    articles = np.log([one["articles"] for one in sizes])
    seconds = np.log([one["cpu_s"] for one in sizes])
    slopes = {"all": articles, "two largest": articles[-2:]}
    return {
        name: round(float(np.polyfit(part, seconds[-len(part) :], 1)[0]), 2)
        for name, part in slopes.items()
        if len(part) > 1
    }


def draw(told: dict[str, Any], path: Path) -> None:
    """Draw processor time by size, both on logarithmic scales."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - takes a second

    articles = [one["articles"] for one in told["sizes"]]
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog(articles, [one["cpu_s"] for one in told["sizes"]], "o-", color="black")
    axes.axhline(LIMITS["cpu_s"], color="grey", linestyle="--", linewidth=1)
    axes.set_xticks(articles, [f"{number:,}" for number in articles], minor=False)
    axes.set_xticks([], minor=True)
    axes.set_xlabel("articles")
    axes.set_ylabel("processor seconds")
    axes.set_title(f"Relating an archive: exponent {told['exponent'].get('all', '')}")
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
