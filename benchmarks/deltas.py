"""Measures a snapshot with a delta, compared with its base: a request, and opening.

    python -m benchmarks.deltas [--articles 100000] [--later 500] [--rounds 9]

Two services respond in turns for the same articles: one has the base, the other the delta. Articles
whose lists gained candidates and others are measured apart. Deltas are cumulative: the size of one
is that of 20 small ones.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import click
import numpy as np

from benchmarks import machine
from benchmarks.load.servers import OURS, Server, memory_bytes, running
from benchmarks.sites.synthetic import publish_site
from recommender.home import DataDir
from recommender.indexing.versions import Arrays, lookup_keys
from recommender.serving.filters import DEFAULT_QUERY
from recommender.serving.responses import related_answer
from recommender.snapshots.contents import SnapshotContents
from recommender.snapshots.snapshot import NEVER, Snapshot
from recommender.snapshots.store import publish

LIMITS = {"request": 1.05, "open_ms": 100.0, "private_mb": 20.0}
"""Of the cost of a request with a delta as a multiple of one without, and of opening."""

SHARE_GAINING = 0.4
"""Of the rows of the base: 500 later articles are candidates of up to 128 others each."""

REQUESTS = 2_000
"""Of a round."""

Homes = dict[str, Path]
"""The data directories of the two services, by "base" and "delta"."""

Measure = Callable[[list[str]], float]
"""Returns the processor time that each of some articles takes, in microseconds."""

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
        homes = {name: Path(folder, name) for name in ("base", "delta")}
        base = DataDir(homes["base"]).snapshots / publish_site(homes["base"], articles)
        # No file of a snapshot is ever written to, so that both homes can share them.
        shutil.copytree(homes["base"], homes["delta"], copy_function=os.link)
        delta = publish_delta(DataDir(homes["delta"]), Snapshot(base), later)
        figures = {
            "machine": machine.describe("numpy"),
            "articles": articles,
            "later": later,
            "cpu_us": costs(homes, Snapshot(base), Snapshot(delta), rounds),
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


def costs(homes: Homes, base: Snapshot, delta: Snapshot, rounds: int) -> dict[str, Any]:
    """Processor time by kind of article: of requests and of rankings alone, in microseconds.

    No page is requested twice, so that no response comes from the cache.
    """
    gaining = np.load(delta.folder / "added_rows.npy")
    others = np.setdiff1d(np.arange(len(base)), gaining)
    random, found = np.random.default_rng(5), {}
    with running(OURS, homes["base"]) as without, running(OURS, homes["delta"]) as with_delta:
        for name, rows in (("gained", gaining), ("other", others)):
            count = min(REQUESTS, len(rows) // (rounds + 1))
            chosen = random.permutation(rows)[: count * (rounds + 1)].reshape(rounds + 1, count)
            pages = [[base.identifier(row) for row in one] for one in chosen.tolist()]
            found[name] = {
                "request": _compare(pages, partial(_served, without), partial(_served, with_delta)),
                "ranking": _compare(pages, partial(_ranked, base), partial(_ranked, delta)),
            }
    return found


def _compare(pages: list[list[str]], base: Measure, delta: Measure) -> dict[str, float]:
    """Measure both in turns; the first round warms up."""
    times = np.array([(base(ids), delta(ids)) for ids in pages])[1:]
    return {
        "base": round(float(np.median(times[:, 0])), 1),
        "delta": round(float(np.median(times[:, 1])), 1),
        "ratio": round(float(np.median(times[:, 1] / times[:, 0])), 3),
    }


def _served(server: Server, ids: list[str]) -> float:
    paths = [f"/v1/articles/{quote(one)}/related" for one in ids]
    return float(server.load(paths)["cpu_us"])


def _ranked(snapshot: Snapshot, ids: list[str]) -> float:
    started, now = time.process_time(), time.time()
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
