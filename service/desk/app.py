"""The desk put together: its routes, its guards, its languages."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from recommender.catalogue.accounts import SESSION, Accounts
from recommender.catalogue.database import connect_service
from recommender.errors import CatalogueError, CommitUncertainError, RecommenderError
from recommender.overrides.log import Log
from recommender.settings import Settings
from service.desk.presenters import auth, i18n
from service.desk.presenters.context import DeskContext
from service.desk.presenters.i18n import marked, said
from service.desk.views import (
    article,
    bulk,
    facets,
    global_rules,
    history,
    overrides_api,
    overview,
    saving,
    search,
    withdraw,
)
from service.http.problems import problem
from service.state.live import SnapshotWatcher

PATIENCE = 3.0
"""Seconds that an editor waits for another writer before being told that nothing was saved."""

LARGEST = 4 * 1024 * 1024
"""Bytes of a request: some 20,000 lines of an import."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The check of forged requests compares where a form came from, so that is told to ourselves.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

NAMES = {
    400: marked("Bad Request"),
    403: marked("Forbidden"),
    404: marked("Not Found"),
    405: marked("Method Not Allowed"),
    413: marked("Request Entity Too Large"),
    500: marked("Internal Server Error"),
    503: marked("Service Unavailable"),
}
"""What the framework calls the troubles that people may see."""

DETAILS = {
    404: marked("There is no such page at the desk."),
    405: marked("This address is for the desk's own forms."),
    413: marked("What was sent is larger than 4 MB. Nothing was saved."),
}
"""What to say where the framework itself refused."""

AWAY = (
    marked("Database away"),
    marked(
        "Nothing was saved: the database is locked, full, read-only or away. Readers still see "
        "the last known overrides. Try again in a moment."
    ),
)
UNSURE = (
    marked("Perhaps saved"),
    marked(
        "The database went away while it saved, and nobody can tell whether it did. Look in a "
        "moment whether your change is there, and repeat it only if it is not."
    ),
)

log = logging.getLogger("service")


def create_desk(settings: Settings, live: SnapshotWatcher) -> Flask | None:
    """Make the desk; None where nobody may sign in.

    Raises a CatalogueError where the database is away. Tables are not made here: without them
    there is no editor either.
    """
    url = settings.catalogue_url
    if live.watcher.trouble and live.watcher.known.version == 0:
        live.refresh_overrides()
    if live.watcher.loaded and not live.watcher.read_at:
        return None  # there has never been a database
    engine = connect_service(url, patience=PATIENCE)
    editors = Accounts(url, engine)
    if not editors.exist():
        engine.dispose()
        return None
    office = DeskContext(settings, live, editors, Log(url, engine))
    app = Flask(__name__, static_folder="static", static_url_path="/desk/static")
    app.url_map.merge_slashes = False
    app.config.update(
        SECRET_KEY=editors.cookie_secret(),
        SESSION_COOKIE_NAME="desk",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=SESSION),
        MAX_CONTENT_LENGTH=LARGEST,
        # A form is good for as long as its session is.
        WTF_CSRF_TIME_LIMIT=None,
    )
    csrf = CSRFProtect(app)
    programs = overrides_api.blueprint(office)
    # Programs show a token in a header, which no other site's page can make a browser send.
    csrf.exempt(programs)
    for view in (auth, history, overview, facets, saving, global_rules, bulk, withdraw):
        app.register_blueprint(view.blueprint(office))
    finder = search.Search(office)
    app.register_blueprint(search.blueprint(finder, office))
    app.register_blueprint(article.blueprint(office, finder))
    app.register_blueprint(programs)
    if settings.oidc.issuer:
        from service.desk.views import oidc_routes  # noqa: PLC0415 - Authlib is an extra

        app.register_blueprint(oidc_routes.blueprint(office, app))
    i18n.register(app, settings)
    app.jinja_env.globals.update(title_of=office.title_of)
    app.after_request(_guarded)
    if settings.trusted_proxies:
        # Only as many as there are: what stands further left in a header anybody can write.
        trusted = {
            "x_for": settings.trusted_proxies,
            "x_proto": settings.trusted_proxies,
            "x_host": 0,
        }
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(CatalogueError, _away)
    app.register_error_handler(Exception, _unexpected)
    return app


def _guarded(response: Response) -> Response:
    response.headers.update(HEADERS)
    if not request.path.startswith("/desk/static/"):
        response.headers["Cache-Control"] = "no-store"
    return response


def _answer(status: int, title: str, detail: str) -> Response:
    """Answer programs and scripts with a problem document, people with a page."""
    if request.path.startswith("/v1/") or auth.by_script():
        return problem(status, said(title), said(detail))
    return Response(render_template("problem.html", title=title, detail=detail), status=status)


def _forged(_: CSRFError) -> Response:
    return _answer(
        400,
        marked("Form expired"),
        marked("Nothing was saved: open the page again and repeat it."),
    )


def _refused(error: HTTPException) -> Response:
    code = error.code or 500
    detail = error.description or error.name
    if detail == type(error).description:
        detail = DETAILS.get(code, detail)
    return _answer(code, error.name, detail)


def _away(error: RecommenderError) -> Response:
    log.warning("desk: %s", error)
    return _answer(503, *(UNSURE if isinstance(error, CommitUncertainError) else AWAY))


def _unexpected(error: Exception) -> Response:
    log.error("desk: request failed", exc_info=error)
    return _answer(500, NAMES[500], marked("The error is in the service's log."))
