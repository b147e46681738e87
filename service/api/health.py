"""Health: alive, ready once a snapshot is in force, and whether editors' decisions are followed."""

from __future__ import annotations

import time

from flask import Blueprint, Response
from msgspec import json

from recommender.overrides.watcher import OverrideWatcher
from service.http.problems import problem
from service.state.live import SnapshotWatcher


def blueprint(live: SnapshotWatcher) -> Blueprint:
    """Make the routes that load balancers ask."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return _uncached({"status": "alive", "overrides": _overrides(live, time.time())})

    @routes.get("/readyz")
    def ready() -> Response:
        state = live.state
        if state is None:
            return problem(503, "Service Unavailable", str(live.waits_for))
        snapshot = state.snapshot
        ready = {"status": "ready", "snapshot": snapshot.id, "articles": len(snapshot)}
        return _uncached(ready | {"overrides": _overrides(live, time.time())})

    return routes


def _overrides(live: SnapshotWatcher, now: float) -> dict[str, object]:
    """Tell which decisions are in force; what the trouble is stands in the log, for engineers."""
    following, state = live.watcher, live.state
    age = following.age(now)
    return {
        "version": following.known.version if state is None else state.force.version,
        "database": _database(following, now),
        "age_seconds": None if age is None else round(age, 1),
    }


def _database(following: OverrideWatcher, now: float) -> str:
    if not following.loaded:
        return "away: what editors decided is not known, and nothing is served"
    if following.away(now):
        return "away: the last known overrides stay in force"
    return "followed"


def _uncached(document: object) -> Response:
    return Response(
        json.encode(document),
        headers={"Cache-Control": "no-store"},
        content_type="application/json",
    )
