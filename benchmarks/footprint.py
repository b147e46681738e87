"""What the service takes before anybody asks: processor time to be ready, memory, ranking."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.servers import OURS, running
from benchmarks.synthetic import NOW, identifier, publish_site
from benchmarks.traffic import zipf
from recommender.serving.filters import Query
from recommender.serving.responses import open_current, related_answer

LIMITS = {
    "ranking_us": 60.0,
    "worker_ready_cpu_s": 1.0,
    "help_cpu_s": 0.3,
    "more_private_mb": 5.0,
    "private_mb_after_traffic": 60.0,
}


def measure(home: Path, small: Path, articles: int, repeats: int = 5) -> dict[str, Any]:
    """Tell all of it, beside the limits."""
    tiny = small.with_name("tiny")
    publish_site(tiny, 100)
    with running(OURS, home) as ours, running(OURS, tiny) as few:
        at_first, with_100 = ours.private_mb(), few.private_mb()
        ours.load(zipf(articles, 20_000, np.random.default_rng(9)))
        after = ours.private_mb()
    return {
        "ranking_us": round(answer_us(home, articles), 1),
        "worker_ready_cpu_s": round(
            _cpu_of("import service; service.create_app()", home, repeats), 3
        ),
        "help_cpu_s": round(
            _cpu_of("from recommender.cli import main; main(['--help'])", home, repeats), 3
        ),
        "private_mb": {
            "100 articles": round(with_100, 1),
            f"{articles} articles": round(at_first, 1),
        },
        "more_private_mb": round(at_first - with_100, 1),
        "private_mb_after_traffic": round(after, 1),
        "limits": LIMITS,
    }


def answer_us(home: Path, articles: int, count: int = 4_000, repeats: int = 5) -> float:
    """Processor time to choose and write cards, in microseconds: median over repeats."""
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


def _cpu_of(code: str, home: Path, repeats: int) -> float:
    """Processor seconds of a fresh process, median."""
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
        times.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
    return median(times)
