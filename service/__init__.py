"""HTTP: cards for the site, health. Reads snapshots, and never imports what builds them."""

from __future__ import annotations

from flask import Flask

from recommender.oidc import check
from recommender.settings import Settings, load_settings
from service import assets, health, metrics, problems, pushing, site
from service.bodies import Bodies
from service.desk.mount import Mount
from service.front import Front
from service.identifiers import Anything
from service.live import Live
from service.origins import Origins
from service.watch import Watch

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """Make the WSGI application; without settings they come from the environment.

    It starts also where no snapshot is published yet: ``/readyz`` says so until one is.
    """
    settings = settings or load_settings()
    if settings.desk:
        check(settings.oidc)
    app = Flask(__name__, static_folder=None)
    # Ids may hold slashes, also two in a row: a path is taken as it came.
    app.url_map.merge_slashes = False
    app.url_map.converters["anything"] = Anything
    live = Live(settings.home, settings.catalogue_url)
    figures = metrics.Metrics(live)
    # Decisions first: no worker serves for a moment what an editor has withdrawn.
    live.refresh_decisions()
    live.refresh()
    live.follow()
    app.extensions["live"] = live
    answering = site.Site(live, settings.cache_keys, settings.zone)
    app.register_blueprint(site.blueprint(answering))
    app.register_blueprint(health.blueprint(live))
    app.register_blueprint(assets.blueprint(push=settings.push))
    if settings.push:
        app.register_blueprint(pushing.blueprint(settings, live))
    app.register_blueprint(metrics.blueprint(figures))
    problems.register(app)
    bodies = Bodies()
    app.wsgi_app = Front(app.wsgi_app, answering, bodies)  # type: ignore[method-assign]
    if settings.origins:
        app.wsgi_app = Origins(app.wsgi_app, settings.origins)  # type: ignore[method-assign]
    if settings.desk:
        app.wsgi_app = Mount(app.wsgi_app, settings, live, bodies)  # type: ignore[method-assign]
    app.wsgi_app = Watch(  # type: ignore[method-assign]
        app.wsgi_app, figures, lines=settings.log_requests, slow_seconds=settings.slow_ms / 1e3
    )
    return app
