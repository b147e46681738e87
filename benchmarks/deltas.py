"""Measures a snapshot with a delta, compared with its base: a request, and opening.

    python -m benchmarks.deltas [--articles 100000] [--later 500] [--rounds 9]

The same rows are ranked in turns: from the base, from the delta where their lists gained no
candidates, and where they did. Deltas are cumulative: the size of one is that of 20 small ones.
"""

from __future__ import annotations

import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np

from benchmarks import machine
from benchmarks.load.servers import memory_bytes
from benchmarks.sites.synthetic import publish_site
from recommender.home import DataDir
from recommender.indexing.versions import Arrays, lookup_keys
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.responses import related_answer
from recommender.snapshots.contents import SnapshotContents
from recommender.snapshots.snapshot import NEVER, Snapshot
from recommender.snapshots.store import publish

LIMITS = {"gained": 1.05, "other": 1.05, "open_ms": 100.0, "private_mb": 20.0}
SHARE_GAINING = 0.4
"""Of the rows of the base: 500 later articles are candidates of up to 128 others each."""

REQUESTS = 1_000

EMPTY = """removed replaced_by no_copy_ones no_copy_others link_sources link_targets other_rows
other_copy_rows"""
"""Arrays of what these deltas do not change."""


@click.command
@click.option("--articles", default=100_000, show_default=True, help="Of the base.")
@click.option("--later", default=500, show_default=True, help="Articles of the delta.")
@click.option("--rounds", default=9, show_default=True)
@click.option("--results", type=click.Path(path_type=Path), default=machine.RESULTS)
def main(articles: int, later: int, rounds: int, results: Path) -> None:
    """Measure, print, and write deltas.json."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = DataDir(Path(folder))
        base = data_dir.snapshots / publish_site(Path(folder), articles)
        delta = publish_delta(data_dir, Snapshot(base), later)
        figures = {
            "machine": machine.describe("numpy"),
            "articles": articles,
            "later": later,
            "request": request_costs(Snapshot(base), Snapshot(delta), rounds),
            "open": {"base": opening(base), "delta": opening(delta)},
            "limits": LIMITS,
        }
    print(machine.write("deltas", figures, results).read_text(encoding="utf-8"))


def publish_delta(data_dir: DataDir, base: Snapshot, count: int) -> Path:
    """Publish a delta with later articles, copies of some of the base with other IDs."""
    random = np.random.default_rng(4)
    models = random.choice(len(base), min(count, len(base)), replace=False)
    arrays = _later_rows(base, models) | _additions(base, len(models), random)
    arrays |= {name: np.zeros(0, dtype=np.int32) for name in EMPTY.split()}
    labels = base.manifest.labels
    contents = SnapshotContents(
        arrays=arrays | {"other_copy_starts": np.zeros(1, dtype=np.int64)},
        blobs={
            "ids": [f"later/{number}".encode() for number in range(len(models))],
            "cards": [base.cards[row] for row in models.tolist()],
            "keywords": [b""] * len(models),
            "other_ids": [],
        },
        labels={
            "sections": labels.sections,
            "languages": labels.languages,
            "features": labels.features,
        },
        encoder=base.manifest.encoder,
        ranking=base.manifest.ranking,
        figures=base.manifest.figures,
    )
    return (
        data_dir.snapshots / publish(data_dir, contents, datetime.now(UTC), base=base.manifest).id
    )


def _later_rows(base: Snapshot, models: np.ndarray) -> Arrays:
    count, width = len(models), base.candidates.of(0)[0].shape[0]
    lists = [base.candidates.of(row) for row in models.tolist()]
    published = np.full(count, int(time.time()) - 3_600, dtype=np.int64)
    return {
        "published": published,
        "recency_from": published,
        "expires": np.full(count, NEVER),
        "section": base.section[models],
        "language": base.language[models],
        "series": np.full(count, -1, dtype=np.int32),
        "cluster_id": (len(base) + np.arange(count)).astype(np.int32),
        "candidates": np.array([rows for rows, _ in lists]),
        "relevance": np.array([relevance for _, relevance in lists]),
        "contributions": np.zeros((count, width, len(base.features)), dtype=np.float16),
        "evidence": np.ones((count, width, 5), dtype=np.float16),
        "diversity_vectors": base.vectors_of(models.tolist()),
        **lookup_keys("id", enumerate(f"later/{number}" for number in range(count))),
        **lookup_keys("url", []),
        **lookup_keys("other", []),
    }


def _additions(base: Snapshot, count: int, random: np.random.Generator) -> Arrays:
    """Add one or two of ``count`` later articles to the lists of some rows."""
    gaining = random.choice(len(base), int(SHARE_GAINING * len(base)), replace=False)
    sizes = random.integers(1, 3, len(gaining))
    total = int(sizes.sum())
    return {
        "added_rows": np.sort(gaining).astype(np.int32),
        "added_starts": np.append(0, np.cumsum(sizes)).astype(np.int64),
        "added_candidates": (len(base) + random.integers(0, count, total)).astype(np.int32),
        # About as relevant as the best candidates of the base.
        "added_relevance": random.uniform(1, 5, total).astype(np.float32),
        "added_contributions": np.zeros((total, len(base.features)), dtype=np.float16),
        "added_evidence": np.ones((total, 5), dtype=np.float16),
    }


def request_costs(base: Snapshot, delta: Snapshot, rounds: int) -> dict[str, Any]:
    """Processor time of rankings without HTTP: microseconds, and multiples of the base."""
    gaining = np.load(delta.folder / "added_rows.npy")
    others = np.setdiff1d(np.arange(len(base)), gaining)
    random, now, taken = np.random.default_rng(5), time.time(), {}
    for name, rows in (("gained", gaining), ("other", others)):
        chosen = random.choice(rows, min(REQUESTS, len(rows)), replace=False).tolist()
        ids = [base.identifier(row) for row in chosen]
        times: dict[str, list[float]] = {"base": [], "delta": []}
        for _ in range(rounds + 1):
            for which, snapshot in (("base", base), ("delta", delta)):
                times[which].append(_microseconds(snapshot, ids, now))
        taken[name] = {which: round(median(each[1:]), 1) for which, each in times.items()}
        ratios = [d / b for b, d in zip(*(each[1:] for each in times.values()), strict=True)]
        taken[name]["ratio"] = round(median(ratios), 3)
    return taken


def _microseconds(snapshot: Snapshot, ids: list[str], now: float) -> float:
    started = time.process_time()
    for one in ids:
        related_answer(snapshot, one, DEFAULT_QUERY, now)
    return (time.process_time() - started) / len(ids) * 1e6


def opening(folder: Path, repeats: int = 5) -> dict[str, float]:
    """Time to open a snapshot, and private memory that it takes before the first request."""
    taken, memory = [], 0.0
    for _ in range(repeats):
        before, started = memory_bytes(os.getpid(), "Anonymous"), time.process_time()
        snapshot = Snapshot(folder)
        taken.append((time.process_time() - started) * 1e3)
        memory = max(memory, (memory_bytes(os.getpid(), "Anonymous") - before) / 1e6)
        del snapshot
    return {"cpu_ms": round(median(taken), 1), "private_mb": round(memory, 1)}


if __name__ == "__main__":
    main()
