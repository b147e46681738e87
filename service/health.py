"""Health: alive, and ready once a snapshot is in force."""

from __future__ import annotations

from flask import Blueprint, Response
from msgspec import json

from service.live import Live, State
from service.problems import problem


def blueprint(live: Live) -> Blueprint:
    """Make the routes that load balancers ask."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz")
    def alive() -> Response:
        return _uncached({"status": "alive"})

    @routes.get("/readyz")
    def ready() -> Response:
        state = live.state
        if state is None:
            return problem(503, "Service Unavailable", "no snapshot is published yet")
        snapshot = state.snapshot
        ready = {"status": "ready", "snapshot": snapshot.id, "articles": len(snapshot)}
        return _uncached(ready | {"overrides": _overrides(live, state)})

    return routes


def _overrides(live: Live, state: State) -> dict[str, object]:
    """Tell which decisions are in force; what the trouble is stands in the log, for engineers."""
    return {
        "version": state.force.version,
        "database": "away: the last known overrides stay in force"
        if live.following.trouble
        else "followed",
    }


def _uncached(document: object) -> Response:
    return Response(
        json.encode(document),
        headers={"Cache-Control": "no-store"},
        content_type="application/json",
    )
