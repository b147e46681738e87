"""Figures of a soak, from what its readers saw."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.soak.readers import Tally


def summary(tally: Tally, seconds: float) -> dict[str, Any]:
    """Turn what was seen into figures."""
    values = np.percentile(np.array(tally.latencies) * 1e3, (50, 95, 99, 99.9))
    times, memory = np.array(tally.memory).T
    settled = times >= times.max() / 3  # caches fill up at first
    slope = np.polyfit(times[settled], memory[settled], 1)[0] * 3600 if settled.sum() > 2 else None
    return {
        "seconds": round(seconds),
        "requests": sum(tally.statuses.values()),
        "requests_per_second": round(sum(tally.statuses.values()) / seconds, 1),
        "statuses": dict(sorted(tally.statuses.items())),
        "verdicts": dict(tally.verdicts),
        "examples": tally.examples,
        "server_errors": sum(n for s, n in tally.statuses.items() if s.split()[-1][0] == "5"),
        "latency_ms": dict(
            zip(("p50", "p95", "p99", "p99.9"), values.round(2).tolist(), strict=True)
        ),
        "kills": len(tally.kills),
        "load_average": dict(zip(("least", "mean", "most"), _spread(tally.loads), strict=False)),
        "events": dict(tally.events),
        "memory_mb": [
            round(float(part.mean()), 1) for part in np.array_split(memory, 10) if len(part)
        ],
        "memory_slope_mb_per_hour": None if slope is None else round(float(slope), 2),
    }


def _spread(values: list[float]) -> list[float]:
    """Return the least value, the mean and the greatest one."""
    found = (min(values), sum(values) / len(values), max(values)) if values else ()
    return [round(value, 1) for value in found]
