"""Exact neighbours beside the bare matrix product.

Processor time of one thread for the 100 nearest of every vector, in turn, round by round, medians.
The limit is the matrix product alone, in the same blocks: whoever compares all with all pays it.
Vectors are made up in topics, or are the embeddings of real articles.

``python -m benchmarks.neighbours [--folder FOLDER --home DIR --encoder NAME]``
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import RESULTS, describe, write
from benchmarks.real_sites import real_site
from models.dense.encoders import unit_rows
from models.dense.nearest_neighbors import BLOCK, nearest_neighbors

Vectors = NDArray[np.float32]

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
NEAREST = 100
DIMENSIONS = 384
TOPIC = 200


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every size and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="real articles instead of made-up vectors")
    parser.add_argument("--home", type=Path, help="keeps the embeddings of the folder")
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    if options.folder:
        site = real_site(options.folder, options.home, encoder=options.encoder)
        name, vectors = f"neighbours_{site.name}", site.embeddings
        vectors = np.random.default_rng(1).permutation(vectors)
    else:
        name, vectors = "neighbours", made_up(max(options.sizes))
    told = {
        "machine": describe("numpy"),
        "vectors": "made up in topics" if options.folder is None else options.folder.name,
        "dimensions": vectors.shape[1],
        "nearest": NEAREST,
        "sizes": {
            size: measured(vectors[:size], options.rounds)
            for size in options.sizes
            if size <= len(vectors)
        },
    }
    print(json.dumps(told, indent=2))
    write(name, told, options.results)


def made_up(size: int) -> Vectors:
    """Make unit vectors that lie in topics of 200."""
    random = np.random.default_rng(1)
    topics = random.standard_normal((size // TOPIC + 1, DIMENSIONS), dtype=np.float32)
    vectors = topics[random.integers(0, len(topics), size)]
    return unit_rows(vectors + random.standard_normal((size, DIMENSIONS), dtype=np.float32))


def measured(vectors: Vectors, rounds: int) -> dict[str, Any]:
    """Take processor seconds of each way, and what they are in products."""
    own = np.arange(len(vectors), dtype=np.int32)
    ways: dict[str, Callable[[], Any]] = {
        "product": lambda: products(vectors),
        "exact": lambda: nearest_neighbors(vectors, vectors, NEAREST, own=own),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.process_time()
            way()
            times[name].append(time.process_time() - started)
    seconds = {name: median(taken) for name, taken in times.items()}
    return {
        "cpu_s": {name: round(taken, 3) for name, taken in seconds.items()},
        "products": {name: round(taken / seconds["product"], 2) for name, taken in seconds.items()},
    }


def products(vectors: Vectors) -> None:
    """Multiply all with all, in the blocks of ``nearest_neighbors``."""
    kept = np.empty((min(BLOCK, len(vectors)), len(vectors)), dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        part = vectors[start : start + BLOCK]
        np.matmul(part, vectors.T, out=kept[: len(part)])


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        raise SystemExit("set OPENBLAS_NUM_THREADS=1: threads that wait for each other look busy")
    main()
