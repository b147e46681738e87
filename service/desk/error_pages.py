"""Error pages of the desk: what went wrong, whether something was saved, and what to do."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from recommender.errors import (
    CatalogueError,
    CommitUncertainError,
    InvalidValueError,
    OutdatedDatabaseError,
    RecommenderError,
)
from service.desk.presenters import auth
from service.desk.presenters.i18n import gettext_noop, translate
from service.http.problems import problem
from service.middleware.slow_requests import BUSY, RETRY_SECONDS

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
TOO_BUSY = (
    gettext_noop("The server is busy"),
    gettext_noop(
        "Nothing was saved: the server is handling another request. Wait a moment, then reload "
        "this page to send yours again."
    ),
)
TOO_BUSY_TO_READ = (
    TOO_BUSY[0],
    gettext_noop("The server is handling another request. Wait a moment, then reload this page."),
)
TOO_BUSY_FOR_SCRIPT = (
    TOO_BUSY[0],
    gettext_noop(
        "Nothing was saved: the server is handling another request. Wait a moment, then try again."
    ),
)
NO_COOKIE = (
    gettext_noop("Sign-in needs a cookie"),
    gettext_noop(
        "Your browser sent no cookie. Open the desk over HTTPS, or at http://localhost on the "
        "server itself."
    ),
)

log = logging.getLogger("service")


def register(app: Flask) -> None:
    """Answer errors of an application with pages. Call it first: a busy worker reads no session."""
    app.before_request(_refuse_if_busy)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CatalogueError, _database_error)
    app.register_error_handler(InvalidValueError, _invalid_value)
    app.register_error_handler(Exception, _unexpected_error)


def _error(status: int, title: str, detail: str) -> Response:
    """Answer API clients and the page's script with a problem document, browsers with a page."""
    if request.path.startswith("/v1/") or auth.is_script_request():
        return problem(status, translate(title), translate(detail))
    return Response(render_template("error.html", title=title, detail=detail), status=status)


def _refuse_if_busy() -> Response | None:
    """Answer a request that the limit on slow requests refuses, without the database."""
    if BUSY not in request.environ:
        return None
    if request.method in {"GET", "HEAD"}:
        refused = _error(503, *TOO_BUSY_TO_READ)
    else:
        refused = _error(503, *(TOO_BUSY_FOR_SCRIPT if auth.is_script_request() else TOO_BUSY))
    refused.headers["Retry-After"] = RETRY_SECONDS
    return refused


def _csrf_failed(_: CSRFError) -> Response:
    if _lacks_cookie():
        return _error(400, *NO_COOKIE)
    return _error(
        400,
        gettext_noop("Form expired"),
        gettext_noop("Nothing was saved. Open the page again and repeat your change."),
    )


def _lacks_cookie() -> bool:
    """Return whether this is a sign-in without the cookie that its page has set.

    Browsers keep a secure cookie only over HTTPS, and most of them on ``localhost``.
    """
    cookie = current_app.config["SESSION_COOKIE_NAME"]
    return request.endpoint == "auth.sign_in" and cookie not in request.cookies


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
