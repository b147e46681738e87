"""What a worker takes: processor time to start, memory, and the time of one ranking."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.load.servers import OURS, running
from benchmarks.load.traffic import zipf
from benchmarks.sites.synthetic import NOW, identifier, publish_site
from recommender.serving.filters import Query
from recommender.serving.responses import open_current, related_answer

LIMITS = {
    "ranking_us": 60.0,
    "worker_ready_cpu_s": 1.0,
    "help_cpu_s": 0.3,
    "more_private_mb": 5.0,
    "private_mb_after_traffic": 60.0,
}

STARTS = {
    "worker_ready_cpu_s": "import service; service.create_app()",
    "help_cpu_s": "from recommender.cli import main; main(['--help'])",
}


def measure(home: Path, small: Path, articles: int, repeats: int = 5) -> dict[str, Any]:
    """Measure a worker of a large site, its memory beside that of a tiny one."""
    tiny = small.with_name("tiny")
    publish_site(tiny, 100)
    with running(OURS, home) as ours, running(OURS, tiny) as few:
        at_start, with_100 = ours.private_mb(), few.private_mb()
        ours.load(zipf(articles, 20_000, np.random.default_rng(9)))
        after = ours.private_mb()
    return {
        "ranking_us": round(ranking_us(home, articles), 1),
        **{name: round(_cpu_seconds(code, home, repeats), 3) for name, code in STARTS.items()},
        "private_mb": {
            "100 articles": round(with_100, 1),
            f"{articles} articles": round(at_start, 1),
        },
        "more_private_mb": round(at_start - with_100, 1),
        "private_mb_after_traffic": round(after, 1),
        "limits": LIMITS,
    }


def ranking_us(home: Path, articles: int, count: int = 4_000, repeats: int = 5) -> float:
    """Processor time of one response without HTTP, in microseconds: median over repeats."""
    snapshot, now = open_current(home), NOW.timestamp()
    order = np.random.default_rng(3).permutation(articles)[:count]
    ids = [identifier(int(number)) for number in order]
    times = []
    for _ in range(repeats + 1):
        started = time.process_time()
        for one in ids:
            related_answer(snapshot, one, Query(), now)
        times.append((time.process_time() - started) / len(ids) * 1e6)
    return median(times[1:])


def _cpu_seconds(code: str, home: Path, repeats: int) -> float:
    """Processor seconds of a new Python process, median."""
    times = []
    for _ in range(repeats):
        before = os.times()
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "RECOMMENDER_HOME": str(home)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        after = os.times()
        user = after.children_user - before.children_user
        times.append(user + after.children_system - before.children_system)
    return median(times)
