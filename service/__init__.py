"""HTTP service: serves lists of cards, the push API and the editors' desk.

It reads snapshots and never imports the code that builds them.
"""

from __future__ import annotations

import gc
import logging
import os
from wsgiref.types import WSGIApplication

from flask import Flask

from recommender.settings import Settings, check_oidc, load_settings
from service.api import about, health, metrics, pages, push, related, static
from service.api.metrics import Metrics
from service.api.related import RelatedAPI
from service.desk.mount import DeskMiddleware
from service.http import problems
from service.http.converters import ArticleIdConverter
from service.middleware.access_log import AccessLogMiddleware
from service.middleware.cors import CORSMiddleware
from service.middleware.drain import DRAIN_VARIABLE, DrainMiddleware
from service.middleware.fast_path import FastPathMiddleware
from service.middleware.long_addresses import LongAddressMiddleware
from service.middleware.slow_requests import SlowRequestLimiter
from service.state.bucket_follower import BucketFollower
from service.state.state_updater import StateUpdater

__all__ = ["create_app", "create_worker"]


def create_app(settings: Settings | None = None) -> Flask:
    """Create the WSGI application.

    It also starts without a snapshot; ``/readyz`` returns 503 until one is published.

    Parameters
    ----------
    settings
        The settings; read from the data directory and the environment if missing.

    Raises
    ------
    SettingsError
        If a setting is invalid.
    """
    settings = settings or load_settings()
    if settings.desk:
        check_oidc(settings.oidc)
    updater = StateUpdater(settings.home, settings.catalogue_url, settings)
    service_metrics = Metrics(updater)
    api = RelatedAPI(updater, settings.surrogate_key_header, settings.zone)
    _start(updater)
    app = _create_flask(updater)
    if settings.snapshots:
        follower = BucketFollower(settings.snapshots, settings.data_dir, settings.keep_snapshots)
        follower.start()
        app.extensions["bucket_follower"] = follower
    _register_routes(app, settings, updater, api, service_metrics)
    _add_middleware(app, settings, updater, api, service_metrics)
    return app


def create_worker() -> Flask:
    """Create the application of a worker process.

    What exists at its start lives to its end. Searching it for garbage would pause requests.
    """
    settings = load_settings()
    # Messages as they are without any configuration, but down to the level of the setting.
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("service").setLevel(settings.log_level.upper())
    app = create_app(settings)
    gc.collect()
    gc.freeze()
    return app


def _start(updater: StateUpdater) -> None:
    # Overrides first: no worker may serve a withdrawn article, not even for a moment.
    updater.poll_overrides()
    updater.refresh()
    updater.start()


def _create_flask(updater: StateUpdater) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.extensions["state_updater"] = updater
    # Ids may contain several slashes in a row.
    app.url_map.merge_slashes = False
    app.url_map.converters["article_id"] = ArticleIdConverter
    return app


def _register_routes(
    app: Flask,
    settings: Settings,
    updater: StateUpdater,
    api: RelatedAPI,
    service_metrics: Metrics,
) -> None:
    app.register_blueprint(related.blueprint(api))
    app.register_blueprint(about.blueprint(api, updater))
    app.register_blueprint(health.blueprint(updater))
    app.register_blueprint(metrics.blueprint(service_metrics))
    app.register_blueprint(static.blueprint(push_api=settings.push_api))
    app.register_blueprint(pages.blueprint(updater, desk=settings.desk, push_api=settings.push_api))
    if settings.push_api:
        app.register_blueprint(push.blueprint(settings, updater))
    problems.register(app)


def _add_middleware(
    app: Flask,
    settings: Settings,
    updater: StateUpdater,
    api: RelatedAPI,
    service_metrics: Metrics,
) -> None:
    """Wrap the application, from the inside out."""
    limiter = SlowRequestLimiter()
    wsgi_app: WSGIApplication = FastPathMiddleware(app.wsgi_app, api, limiter)
    if settings.cors_origins:
        wsgi_app = CORSMiddleware(wsgi_app, settings.cors_origins)
    if settings.desk:
        wsgi_app = DeskMiddleware(wsgi_app, settings, updater, limiter)
    if flag := os.environ.get(DRAIN_VARIABLE):
        wsgi_app = DrainMiddleware(wsgi_app, flag)
    wsgi_app = LongAddressMiddleware(wsgi_app)
    wsgi_app = AccessLogMiddleware(
        wsgi_app,
        service_metrics,
        log_format=settings.access_log_format if settings.access_log else None,
        slow_seconds=settings.slow_request_ms / 1e3,
    )
    app.wsgi_app = wsgi_app  # type: ignore[method-assign]
