"""Errors as ``application/problem+json`` documents (RFC 9457)."""

from __future__ import annotations

import logging

from flask import Flask, Response
from msgspec import json
from werkzeug.exceptions import HTTPException, NotFound

from recommender.errors import ArticleNotFoundError

NOT_FOUND_CACHE_CONTROL = "public, max-age=10"
"""Short, because an article is often requested shortly before it is published."""

log = logging.getLogger("service")


def problem(status: int, title: str, detail: str, **headers: str) -> Response:
    """Build a problem document.

    Parameters
    ----------
    status
        HTTP status code.
    title
        Summary of the kind of error, the same for all errors of that kind.
    detail
        One line about this error.
    **headers
        Additional response headers.
    """
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(
        json.encode(document),
        status=status,
        headers=headers,
        content_type="application/problem+json",
    )


def register(app: Flask) -> None:
    """Turn every error of an application into a problem document."""
    app.register_error_handler(ArticleNotFoundError, _article_not_found)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected_error)


def _article_not_found(error: ArticleNotFoundError) -> Response:
    return problem(404, "Not Found", str(error), **{"Cache-Control": NOT_FOUND_CACHE_CONTROL})


def _http_error(error: HTTPException) -> Response:
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    detail = error.description or error.name
    if detail == NotFound.description:
        detail = "expected an address of the HTTP API; /docs lists them"
    return problem(error.code or 500, error.name, detail, **headers)


def _unexpected_error(error: Exception) -> Response:
    log.error("request failed", exc_info=error)
    detail = "an unexpected error occurred; the service log has the details"
    return problem(500, "Internal Server Error", detail)
