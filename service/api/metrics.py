"""Prometheus metrics, summed over all workers of a service.

Each worker writes its counters to mapped files in the folder of PROMETHEUS_MULTIPROC_DIR, which
``recommender serve`` creates in memory or in the temporary folder. Without that variable, or if
that folder is full, ``/metrics`` shows the counters of the worker that answers.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter as Counts
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from recommender.home import has_room
from service.state.state_updater import StateUpdater

DURATION_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Seconds: a cached response takes less than the first, and a page gives up after the last."""

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

FILE_BYTES = 64 * 1024
"""Size in which the Prometheus library makes the file of a kind of metrics."""

log = logging.getLogger("service")


class RequestRecord(msgspec.Struct, gc=False):
    """What is counted and logged of one request."""

    status: int
    seconds: float
    """Time that the request took."""
    origin_counts: Mapping[str, int]
    """Number of cards in the response by origin."""
    ended: float
    """Seconds since 1970 UTC."""
    request: str
    method: str
    path: str
    """As WSGI passes it: the bytes as Latin-1 (PEP 3333)."""
    query: str


class Metrics:
    """The counters of one worker."""

    def __init__(self, updater: StateUpdater) -> None:
        self._updater = updater
        _check_room()
        self._registry = CollectorRegistry()
        self._requests = self._counter("http_requests", "HTTP responses by status.", "status")
        self._duration = Histogram(
            "related_posts_http_request_duration_seconds",
            "Time from a request to its response, inside a worker.",
            buckets=DURATION_BUCKETS,
            registry=self._registry,
        )
        self._recommendations = self._counter("recommendations", "Cards sent, by origin.", "origin")
        updater.override_watcher.on_failure = self._counter(
            "overrides_read_failures", "Failed attempts to read overrides from the database."
        ).inc
        updater.snapshot_loader.on_failure = self._counter(
            "snapshot_reload_failures", "Failed attempts to open the current snapshot."
        ).inc
        for origin in ("editor", "related", "latest"):
            self._recommendations.labels(origin)  # shown from the start, as 0
        self.before_render: Callable[[], None] = lambda: None
        """Called before the metrics are shown: records what is not recorded yet."""
        _reserve_files()

    def record(self, requests: Sequence[RequestRecord]) -> None:
        """Count requests; many at once cost less than each alone."""
        origins: Counts[str] = Counts()
        for one in requests:
            self._duration.observe(one.seconds)
            for origin, count in one.origin_counts.items():
                origins[origin] += count
        for status, count in Counts(one.status for one in requests).items():
            self._requests.labels(str(status)).inc(count)
        for origin, count in origins.items():
            self._recommendations.labels(origin).inc(count)

    def render(self) -> bytes:
        """Return all metrics in the Prometheus text format."""
        self.before_render()
        registry = CollectorRegistry()
        registry.register(StateCollector(self._updater))
        if FOLDER_VARIABLE in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self._registry) + generate_latest(registry)

    def _counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(f"related_posts_{name}", description, labels, registry=self._registry)


class StateCollector(Collector):
    """Gauges of the worker that answers; all workers agree within 2 seconds."""

    def __init__(self, updater: StateUpdater) -> None:
        self._updater = updater

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of the overrides and of the active snapshot."""
        yield from self._override_gauges(time.time())
        state = self._updater.state
        if state is not None:
            age = max(time.time() - state.snapshot.made_at, 0.0)
            yield _gauge("snapshot_age_seconds", "Age of the active snapshot.", age)
            size = state.snapshot.manifest.articles
            yield _gauge("snapshot_articles", "Articles in the active snapshot.", size)
            version = state.overrides.version
            yield _gauge("overrides_version", "Newest active entry of the override log.", version)

    def _override_gauges(self, now: float) -> Iterator[Metric]:
        overrides = self._updater.override_watcher
        loaded, up = overrides.loaded, not overrides.unavailable(now)
        yield _gauge(
            "overrides_loaded", "1 if the overrides are known, else nothing is served.", loaded
        )
        yield _gauge("overrides_database_up", "1 if the override database is available.", up)
        description = "1 if the database lacks active overrides; then nothing can be saved."
        yield _gauge("overrides_database_outdated", description, overrides.outdated)
        if (age := overrides.age(now)) is not None:
            description = "Time since the overrides were last compared with the database."
            yield _gauge("overrides_last_sync_age_seconds", description, age)


def blueprint(metrics: Metrics) -> Blueprint:
    """Create the route for Prometheus."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def show() -> Response:
        return Response(
            metrics.render(),
            headers={"Cache-Control": "no-store"},
            content_type=CONTENT_TYPE_LATEST,
        )

    return routes


def _gauge(name: str, description: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"related_posts_{name}", description, value=value)


def _check_room() -> None:
    """Count in this worker alone if the shared files cannot be written.

    They are sparse at first. On a full disk the first write to one ends the process (SIGBUS).
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder and not has_room(Path(folder), 2 * FILE_BYTES):
        log.warning("%s cannot be written; this worker counts its own requests only", folder)
        del os.environ[FOLDER_VARIABLE]
        values.ValueClass = values.MutexValue


def _reserve_files() -> None:
    """Give the files of this worker all of their blocks, before the disk may be full."""
    if folder := os.environ.get(FOLDER_VARIABLE):
        for path in Path(folder).glob(f"*_{os.getpid()}.db"):
            with path.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
