"""Builds the Flask application of the desk: blueprints, security headers, error pages."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from recommender.catalogue.accounts import SESSION_SECONDS, Accounts
from recommender.catalogue.database import connect_service
from recommender.errors import (
    CatalogueError,
    CommitUncertainError,
    InvalidValueError,
    OutdatedDatabaseError,
    RecommenderError,
)
from recommender.overrides.log import Log
from recommender.settings import Settings
from recommender.urls import web_address
from service.desk.presenters import auth, i18n
from service.desk.presenters.article.card_list import NEVER_RECOMMENDED
from service.desk.presenters.context import DeskContext
from service.desk.presenters.forms import end_presets, here
from service.desk.presenters.i18n import gettext_noop, translate
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
from service.http.problems import problem
from service.state.snapshot_watcher import SnapshotWatcher

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

STATUS_NAMES = {
    400: gettext_noop("Bad Request"),
    403: gettext_noop("Forbidden"),
    404: gettext_noop("Not Found"),
    405: gettext_noop("Method Not Allowed"),
    413: gettext_noop("Request Entity Too Large"),
    500: gettext_noop("Internal Server Error"),
    503: gettext_noop("Service Unavailable"),
}
"""Titles that Werkzeug gives to errors, listed here for translation."""

STATUS_DETAILS = {
    404: gettext_noop("There is no such page."),
    405: gettext_noop("This address accepts only forms of the desk."),
    413: gettext_noop("The upload is larger than 4 MB. Nothing was saved."),
}
"""Texts that replace Werkzeug's default descriptions."""

UNAVAILABLE = (
    gettext_noop("Database unavailable"),
    gettext_noop(
        "Nothing was saved: the database is locked, full, read-only or unavailable. Readers still "
        "see the last known rules. Try again in a moment."
    ),
)
UNREADABLE = (
    UNAVAILABLE[0],
    gettext_noop(
        "This page needs the database, which is locked, full, read-only or unavailable. Changes "
        "that were confirmed are saved, and readers still see the last known rules. Try again in "
        "a moment."
    ),
)
OUTDATED = (
    gettext_noop("Database is an older copy"),
    gettext_noop(
        "Nothing was saved: the database lacks rules that readers see, so a change would not "
        "become active. An engineer must restore the database or run "
        "'recommender override recover'."
    ),
)
UNCERTAIN = (
    gettext_noop("Possibly saved"),
    gettext_noop(
        "The connection to the database broke during the save. Your change may or may not be "
        "saved. Check in a moment, and repeat it only if it is missing."
    ),
)

log = logging.getLogger("service")


def create_desk(settings: Settings, watcher: SnapshotWatcher) -> Flask | None:
    """Build the desk's application.

    Parameters
    ----------
    settings
        Settings of the service.
    watcher
        Watcher of the snapshot and overrides that this worker serves.

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
    if watcher.override_watcher.error and watcher.override_watcher.known.version == 0:
        watcher.poll_overrides()
    if watcher.override_watcher.loaded and not watcher.override_watcher.read_at:
        return None  # no database was ever created
    engine = connect_service(url, timeout=LOCK_TIMEOUT)
    accounts = Accounts(url, engine)
    if not accounts.exist():
        engine.dispose()
        return None
    log_of = Log(url, engine, watcher.override_watcher.check_database)
    context = DeskContext(settings, watcher, accounts, log_of)
    return _build(context)


def _build(context: DeskContext) -> Flask:
    app = Flask(__name__, static_folder="static", static_url_path="/desk/static")
    app.url_map.merge_slashes = False
    _configure(app, context.accounts.cookie_secret())
    _register_views(app, context)
    i18n.register(app, context.settings)
    _add_template_names(app, context)
    app.after_request(_security_headers_for(context.settings.site_url))
    if proxies := context.settings.trusted_proxies:
        # Count from the right: entries further left in these headers can be forged by a client.
        trusted = {"x_for": proxies, "x_proto": proxies, "x_host": 0}
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    _register_error_handlers(app)
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


def _register_error_handlers(app: Flask) -> None:
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CatalogueError, _database_error)
    app.register_error_handler(InvalidValueError, _invalid_value)
    app.register_error_handler(Exception, _unexpected_error)


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


def _error(status: int, title: str, detail: str) -> Response:
    """Answer API clients and the page's script with a problem document, browsers with a page."""
    if request.path.startswith("/v1/") or auth.is_script_request():
        return problem(status, translate(title), translate(detail))
    return Response(render_template("error.html", title=title, detail=detail), status=status)


def _csrf_failed(_: CSRFError) -> Response:
    return _error(
        400,
        gettext_noop("Form expired"),
        gettext_noop("Nothing was saved. Open the page again and repeat your change."),
    )


def _http_error(error: HTTPException) -> Response:
    code = error.code or 500
    detail = error.description or error.name
    if detail == type(error).description:
        detail = STATUS_DETAILS.get(code, detail)
    return _error(code, error.name, detail)


def _invalid_value(_: InvalidValueError) -> Response:
    return _error(
        422,
        gettext_noop("Invalid value"),
        gettext_noop(
            "Nothing was saved: a text has characters, or a number is so large, that the database "
            "cannot store it."
        ),
    )


def _database_error(error: RecommenderError) -> Response:
    log.warning("desk: %s", error)
    match error:
        case CommitUncertainError():
            return _error(503, *UNCERTAIN)
        case OutdatedDatabaseError():
            return _error(503, *OUTDATED)
        case _:
            return _error(503, *(UNREADABLE if request.method == "GET" else UNAVAILABLE))


def _unexpected_error(error: Exception) -> Response:
    log.error("desk: request failed", exc_info=error)
    return _error(
        500,
        STATUS_NAMES[500],
        gettext_noop("Something went wrong. The details are in the service's log."),
    )
