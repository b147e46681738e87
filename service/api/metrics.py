"""Figures for Prometheus, summed over all workers where those share a folder.

The library keeps each worker's counts in files of the folder that PROMETHEUS_MULTIPROC_DIR names;
``recommender serve`` makes one in the home. Without it a worker tells its own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.state.live import SnapshotWatcher

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Seconds: a kept answer takes less than the first, a page's patience ends with the last."""


class Metrics:
    """The counters of one worker."""

    def __init__(self, live: SnapshotWatcher) -> None:
        self._live = live
        self._own = CollectorRegistry()
        self._requests = Counter(
            "related_posts_requests", "Answers by status.", ["status"], registry=self._own
        )
        self._seconds = Histogram(
            "related_posts_request_seconds",
            "Time from a request to its answer, inside a worker.",
            buckets=BUCKETS,
            registry=self._own,
        )
        self._cards = Counter(
            "related_posts_cards", "Cards given out, by origin.", ["origin"], registry=self._own
        )
        failures = Counter(
            "related_posts_overrides_read_failures",
            "Times that editors' decisions could not be read from the database.",
            registry=self._own,
        )
        live.watcher.failed = failures.inc
        refused = Counter(
            "related_posts_reload_failures",
            "Times that a snapshot in force could not be opened.",
            registry=self._own,
        )
        live.refused = refused.inc
        self._by_status: dict[int, Counter] = {}
        self._by_origin = {
            origin: self._cards.labels(origin) for origin in ("editor", "related", "latest")
        }

    def count(self, status: int, seconds: float, origins: Mapping[str, int]) -> None:
        """Count one answer."""
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = self._requests.labels(str(status))
        counter.inc()
        self._seconds.observe(seconds)
        for origin, cards in origins.items():
            self._by_origin[origin].inc(cards)

    def page(self) -> bytes:
        """Write all figures in Prometheus' text form."""
        registry = CollectorRegistry()
        registry.register(StateCollector(self._live))
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self._own) + generate_latest(registry)


class StateCollector(Collector):
    """What the worker that is asked works with; all workers follow within 2 seconds."""

    def __init__(self, live: SnapshotWatcher) -> None:
        self._live = live

    def collect(self) -> Iterator[Metric]:
        """Tell snapshot and decisions in force."""
        yield from self._overrides(time.time())
        state = self._live.state
        if state is not None:
            age = max(time.time() - state.snapshot.made_at, 0.0)
            yield _gauge("snapshot_age_seconds", "Age of the snapshot in force.", age)
            yield _gauge("snapshot_articles", "Articles in it.", len(state.snapshot))
            version = state.force.version
            yield _gauge("overrides_version", "Newest decision of editors in force.", version)

    def _overrides(self, now: float) -> Iterator[Metric]:
        """Tell how well the decisions are followed; a worker without a state tells it as well."""
        following = self._live.watcher
        known, followed = following.loaded, not following.away(now)
        yield _gauge("overrides_known", "1 if it is known what editors decided.", known)
        yield _gauge("overrides_followed", "1 if their database answers.", followed)
        if (age := following.age(now)) is not None:
            says = "Time since the decisions in force were compared with the database."
            yield _gauge("overrides_age_seconds", says, age)


def blueprint(metrics: Metrics) -> Blueprint:
    """Make the route that Prometheus asks."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def page() -> Response:
        return Response(
            metrics.page(), headers={"Cache-Control": "no-store"}, content_type=CONTENT_TYPE_LATEST
        )

    return routes


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"related_posts_{name}", says, value=value)
