"""Health checks: the process is alive, and it is ready to serve."""

from __future__ import annotations

import time
from typing import Literal

import msgspec
from flask import Blueprint, Response

from recommender.overrides.watcher import OverrideWatcher
from service.http.problems import problem
from service.state.state_updater import StateUpdater


class OverrideHealth(msgspec.Struct, frozen=True):
    """State of the overrides. The service log has the cause of a failure, not this document."""

    version: int
    """Number of the newest active log entry."""
    database: str
    """``connected``, or ``unavailable`` with the consequence."""
    age_seconds: float | None
    """Time since the overrides were last compared with the database; None for never."""


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """Response of ``/healthz``."""

    status: Literal["alive"] = "alive"
    overrides: OverrideHealth


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Response of ``/readyz`` once a snapshot is active."""

    status: Literal["ready"] = "ready"
    snapshot: str
    articles: int
    overrides: OverrideHealth


def blueprint(updater: StateUpdater) -> Blueprint:
    """Create the routes for load balancers."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        return _uncached(Alive(overrides=_override_health(updater, time.time())))

    @routes.get("/readyz")
    def readyz() -> Response:
        state = updater.state
        if state is None:
            return problem(503, "Service Unavailable", str(updater.unavailable_reason))
        ready = Ready(
            snapshot=state.snapshot.id,
            articles=state.snapshot.manifest.articles,
            overrides=_override_health(updater, time.time()),
        )
        return _uncached(ready)

    return routes


def _override_health(updater: StateUpdater, now: float) -> OverrideHealth:
    overrides, state = updater.override_watcher, updater.state
    age = overrides.age(now)
    return OverrideHealth(
        version=overrides.known.version if state is None else state.overrides.version,
        database=_database_status(overrides, now),
        age_seconds=None if age is None else round(age, 1),
    )


def _database_status(overrides: OverrideWatcher, now: float) -> str:
    if not overrides.loaded:
        return "unavailable: the overrides are unknown, so nothing is served"
    if overrides.outdated:
        return (
            "unavailable: an older copy or another database; the last known overrides stay active, "
            "and nothing can be saved until `recommender override recover`"
        )
    if overrides.unavailable(now):
        return "unavailable: the last known overrides stay active"
    return "connected"


def _uncached(document: Alive | Ready) -> Response:
    return Response(
        msgspec.json.encode(document),
        headers={"Cache-Control": "no-store"},
        content_type="application/json",
    )
