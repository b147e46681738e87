"""Builds the Flask application of the desk: blueprints and security headers."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from recommender.catalogue.accounts import SESSION_SECONDS, Accounts
from recommender.catalogue.database import connect_service
from recommender.overrides.log import Log
from recommender.settings import Settings
from recommender.urls import web_address
from service.desk import error_pages
from service.desk.presenters import auth, i18n
from service.desk.presenters.article.card_list import NEVER_RECOMMENDED
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import end_presets, here
from service.desk.presenters.site_stats import SiteStats
from service.desk.views import (
    account,
    article,
    facets,
    global_rules,
    history,
    overrides_api,
    overview,
    search,
    settings,
    withdraw,
)
from service.state.state_updater import StateUpdater

LOCK_TIMEOUT = 3.0
"""Seconds a save waits for another writer before it fails."""

MAX_REQUEST_BYTES = 4 * 1024 * 1024
"""Bytes of a request body: about 20,000 lines of an import."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' https: data:{site}; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    # The CSRF check compares the Referer of a form with our host, so we must send it to ourselves.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""``{site}`` stands for the origin of a site without TLS, whose pictures the desk shows."""


def create_desk(settings: Settings, updater: StateUpdater) -> Flask | None:
    """Build the desk's application.

    Parameters
    ----------
    settings
        Settings of the service.
    updater
        Holder of the snapshot and overrides that this worker serves.

    Returns
    -------
    Flask or None
        None where no editor account exists. Missing tables are not created here: without them
        there is no account either.

    Raises
    ------
    CatalogueError
        The database is unavailable.
    """
    url = settings.catalogue_url
    if updater.override_watcher.error and updater.override_watcher.known.version == 0:
        updater.poll_overrides()
    if updater.override_watcher.loaded and not updater.override_watcher.read_at:
        return None  # no database was ever created
    engine = connect_service(url, timeout=LOCK_TIMEOUT)
    accounts = Accounts(engine)
    if not accounts.exist():
        engine.dispose()
        return None
    log_of = Log(url, engine, updater.override_watcher.check_database)
    context = DeskContext(settings, updater, accounts, log_of)
    return _build(context)


def _build(context: DeskContext) -> Flask:
    app = Flask(__name__, static_folder="static", static_url_path="/desk/static")
    app.url_map.merge_slashes = False
    _configure(app, context.accounts.cookie_secret())
    error_pages.register(app)
    _register_views(app, context)
    i18n.register(app, context.settings)
    _add_template_names(app, context)
    app.after_request(_security_headers_for(context.settings.site_url))
    if proxies := context.settings.trusted_proxies:
        # Count from the right: entries further left in these headers can be forged by a client.
        trusted = {"x_for": proxies, "x_proto": proxies, "x_host": 0}
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, cookie_secret: str) -> None:
    app.config.update(
        SECRET_KEY=cookie_secret,
        SESSION_COOKIE_NAME="desk",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=SESSION_SECONDS),
        # The session ends when it was to end from the start. No file that a cache may keep has it.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        # A form stays valid as long as its session.
        WTF_CSRF_TIME_LIMIT=None,
    )


def _add_template_names(app: Flask, context: DeskContext) -> None:
    app.jinja_env.globals.update(
        title_of=context.title_of,
        site_name=context.settings.site_name,
        site_url=context.settings.site_url,
        zone_name=context.settings.timezone,
        here=here,
        never_recommended=NEVER_RECOMMENDED,
        end_presets=lambda: end_presets(context.settings.zone, time.time()),
    )
    app.jinja_env.filters["web_address"] = web_address


def _register_views(app: Flask, context: DeskContext) -> None:
    csrf = CSRFProtect(app)
    api = overrides_api.blueprint(context)
    # API clients send a token in a header, which a page of another site cannot make a browser do.
    csrf.exempt(api)
    app.register_blueprint(api)
    for view in (auth, account, global_rules, withdraw):
        app.register_blueprint(view.blueprint(context))
    stats = SiteStats(context)
    for view_of_stats in (facets, overview):
        app.register_blueprint(view_of_stats.blueprint(context, stats))
    article_search = search.ArticleSearch(context, stats)
    app.register_blueprint(search.blueprint(article_search, context))
    for view_of_search in (article, history, settings):
        app.register_blueprint(view_of_search.blueprint(context, article_search))
    if context.settings.oidc.issuer:
        from service.desk.views import oidc  # noqa: PLC0415 - Authlib is an optional extra

        app.register_blueprint(oidc.blueprint(context, app))


def _security_headers_for(site_url: str) -> Callable[[Response], Response]:
    """Return the function that adds the headers; pictures of the site may be shown."""
    site = urlsplit(site_url)
    origin = f" http://{site.netloc}" if site.scheme == "http" else ""
    headers = {name: value.replace("{site}", origin) for name, value in SECURITY_HEADERS.items()}

    def add(response: Response) -> Response:
        response.headers.update(headers)
        # Its 405 is an error page that shows who is signed in, and has a token of the session.
        if request.endpoint != "static" or response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        return response

    return add
