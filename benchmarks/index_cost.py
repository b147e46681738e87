"""Measures the cost of building the candidates of an archive, by its size.

    python -m benchmarks.index_cost FOLDER --home DIR [--embedding-model NAME] [--sizes N ...]

Measures all steps between embeddings and snapshot on the newest 1,000, 2,000, ... articles of a
real folder, each size in its own process. Time is processor time of all processes. Memory is the
most that they held together; shared pages count once.
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
    """Measure every size and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, required=True, help="caches the embeddings")
    parser.add_argument("--embedding-model", default="minilm")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    sizes = [
        _in_process([str(options.folder), str(options.home), options.embedding_model, str(size)])
        for size in options.sizes
    ]
    figures = {
        "machine": describe("numpy", "scipy", "scikit-learn", "joblib"),
        "folder": options.folder.name,
        "embedding_model": options.embedding_model,
        "limits": LIMITS,
        "exponent": exponent(sizes),
        "sizes": sizes,
    }
    print(json.dumps(figures, indent=2))
    write("index_cost", figures, options.results)


def _in_process(arguments: list[str]) -> dict[str, Any]:
    """Measure one size in a process of its own, and watch its memory."""
    command = [sys.executable, "-m", "benchmarks.index_cost", "--measure", *arguments]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _memory_mb(process.pid))
            time.sleep(0.5)  # reading it costs processor time of its own
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit status {process.returncode}")
    found: dict[str, Any] = json.loads(output)
    return found | {"peak_mb": round(peak, 1)}


def _memory_mb(pid: int) -> float:
    """Memory of a process and its children; shared pages by their share."""
    total = 0
    try:
        first = psutil.Process(pid)
        for process in [first, *first.children(recursive=True)]:
            total += process.memory_full_info().pss
    except psutil.Error:  # one of them has just ended
        pass
    return total / 2**20


def measure(folder: str, home: str, model: str, size: str) -> dict[str, Any]:
    """Build the corpus and score the candidates of the newest articles."""
    from joblib.externals.loky import get_reusable_executor  # noqa: PLC0415 - only when measured

    from benchmarks.sites.datasets import read_site  # noqa: PLC0415
    from recommender.articles.links import own_links  # noqa: PLC0415
    from recommender.indexing.build_corpus import build_corpus  # noqa: PLC0415
    from recommender.indexing.candidates import score_candidates  # noqa: PLC0415
    from recommender.learning.default_weights import default_ranker  # noqa: PLC0415
    from recommender.settings import Ranking  # noqa: PLC0415

    site = read_site(Path(folder), Path(home), embedding_model=model)
    articles, embeddings = site.articles[: int(size)], site.embeddings[: int(size)]
    before, started = sum(os.times()[:4]), time.perf_counter()
    corpus = build_corpus(articles, embeddings, own_links(articles))
    scored = score_candidates(
        articles, corpus, Ranking(), articles[0].published, default_ranker()[0]
    )
    wall = time.perf_counter() - started
    get_reusable_executor().shutdown(wait=True)  # only then is the time of its processes counted
    return {
        "articles": len(articles),
        "cpu_s": round(sum(os.times()[:4]) - before, 2),
        "wall_s": round(wall, 2),
        "candidates": int((scored.candidates >= 0).sum()),
    }


def exponent(sizes: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Fit ``cpu = c * articles ** exponent``: over all sizes, and over the two largest."""
    articles = np.log([one["articles"] for one in sizes])
    seconds = np.log([one["cpu_s"] for one in sizes])
    parts = {"all": articles, "two largest": articles[-2:]}
    return {
        name: round(float(np.polyfit(part, seconds[-len(part) :], 1)[0]), 2)
        for name, part in parts.items()
        if len(part) > 1
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(*sys.argv[2:])))
    else:
        main()
