"""Errors as problem documents (RFC 9457): a status, a title, one line of detail, no traceback."""

from __future__ import annotations

import logging

from flask import Flask, Response
from msgspec import json
from werkzeug.exceptions import HTTPException

from recommender.errors import ArticleNotFoundError

log = logging.getLogger("service")


def problem(status: int, title: str, detail: str, **headers: str) -> Response:
    """Make a problem document."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(
        json.encode(document),
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


def register(app: Flask) -> None:
    """Let every error of the application leave as a problem document."""
    app.register_error_handler(ArticleNotFoundError, _not_found)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _not_found(error: ArticleNotFoundError) -> Response:
    # Kept shortly: an article that is published this minute is asked for this minute.
    return problem(404, "Not Found", str(error), **{"Cache-Control": "public, max-age=10"})


def _http(error: HTTPException) -> Response:
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return problem(error.code or 500, error.name, error.description or error.name, **headers)


def _unexpected(error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    return problem(500, "Internal Server Error", "the error is in the service's log")
