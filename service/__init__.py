"""HTTP: cards for the site, health. Reads snapshots, and never imports what builds them."""

from __future__ import annotations

from flask import Flask

from recommender.settings import Settings, check_oidc, load_settings
from service.api import health, metrics, related, static
from service.api import push as pushing
from service.desk.mount import DeskMiddleware
from service.http import problems
from service.http.converters import ArticleIdConverter
from service.middleware.access_log import AccessLogMiddleware
from service.middleware.cors import CORSMiddleware
from service.middleware.fast_path import FastPathMiddleware
from service.middleware.slow_requests import SlowRequestLimiter
from service.state.live import SnapshotWatcher

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """Make the WSGI application; without settings they come from the environment.

    It starts also where no snapshot is published yet: ``/readyz`` says so until one is.
    """
    settings = settings or load_settings()
    if settings.desk:
        check_oidc(settings.oidc)
    app = Flask(__name__, static_folder=None)
    # Ids may hold slashes, also two in a row: a path is taken as it came.
    app.url_map.merge_slashes = False
    app.url_map.converters["anything"] = ArticleIdConverter
    live = SnapshotWatcher(settings.home, settings.catalogue_url)
    figures = metrics.Metrics(live)
    # Decisions first: no worker serves for a moment what an editor has withdrawn.
    live.refresh_overrides()
    live.refresh()
    live.follow()
    app.extensions["live"] = live
    answering = related.RelatedAPI(live, settings.surrogate_key_header, settings.zone)
    app.register_blueprint(related.blueprint(answering))
    app.register_blueprint(health.blueprint(live))
    app.register_blueprint(static.blueprint(push=settings.push_api))
    if settings.push_api:
        app.register_blueprint(pushing.blueprint(settings, live))
    app.register_blueprint(metrics.blueprint(figures))
    problems.register(app)
    bodies = SlowRequestLimiter()
    app.wsgi_app = FastPathMiddleware(app.wsgi_app, answering, bodies)  # type: ignore[method-assign]
    if settings.cors_origins:
        app.wsgi_app = CORSMiddleware(app.wsgi_app, settings.cors_origins)  # type: ignore[method-assign]
    if settings.desk:
        app.wsgi_app = DeskMiddleware(app.wsgi_app, settings, live, bodies)  # type: ignore[method-assign]
    app.wsgi_app = AccessLogMiddleware(  # type: ignore[method-assign]
        app.wsgi_app,
        figures,
        lines=settings.access_log,
        slow_seconds=settings.slow_request_ms / 1e3,
    )
    return app
