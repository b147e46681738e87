"""``PUT`` and ``DELETE /v1/articles/{id}``: a content system tells of an article."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, g, request
from msgspec import json
from werkzeug.exceptions import RequestEntityTooLarge

from recommender.articles.article import Article, identifier_from
from recommender.dates import far_ahead, write_date
from recommender.errors import (
    ArticleError,
    ArticleNotFoundError,
    CatalogueError,
    CommitUncertainError,
    NotJSONError,
    OlderArticleError,
    RecommenderError,
)
from recommender.ingest.readers.jsonl import article_in
from recommender.settings import Settings
from service.api.push_auth import PushAuth
from service.http.problems import problem
from service.state.live import SnapshotWatcher

AHEAD = timedelta(days=1)
"""What ``updated`` may be ahead of our clock: one from next year would refuse all that follow."""

LARGEST = 2 * 1024 * 1024
"""Bytes of an article: some 300,000 words."""

DRAINED = 8 * LARGEST
"""Bytes of a body too large that are read and thrown away: who still sends hears no answer."""

RETRY_SECONDS = "2"
"""When to come again after a 503: whether the database is back is looked at twice a second."""

AWAY = "nothing was taken over: the catalogue is away or locked; send it again"
UNSURE = "the catalogue went away while it saved, and may have taken it over; send it again"

log = logging.getLogger("service")


def blueprint(settings: Settings, live: SnapshotWatcher) -> Blueprint:
    """Make the routes for content systems."""
    routes = Blueprint("pushing", __name__, url_prefix="/v1")
    gate = PushAuth(settings, live)
    routes.before_request(lambda: _unwelcome(gate))
    routes.after_request(_uncached)
    for kind in (ArticleError, ArticleNotFoundError, CatalogueError):
        routes.register_error_handler(kind, _refused)

    @routes.put("/articles/<anything:article>")
    def put(article: str) -> Response:
        now = datetime.now(UTC)
        pushed = _sent(article, settings, now)
        return _accepted(gate, pushed.id, gate.pushing.put(pushed, g.sender, now))

    @routes.delete("/articles/<anything:article>")
    def delete(article: str) -> Response:
        identifier = identifier_from(article)
        gate.pushing.withdraw(identifier, g.sender, datetime.now(UTC))
        return _accepted(gate, identifier, "withdrawn")

    return routes


def _unwelcome(gate: PushAuth) -> Response | None:
    """Refuse who shows no token that may push, before anything of the body is read."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    found = gate.holder(token.strip()) if kind.lower() == "bearer" and token.strip() else None
    if found is None:
        detail = "wanted the header `Authorization: Bearer TOKEN` with a token for articles"
        return problem(401, "Unauthorized", detail, **{"WWW-Authenticate": "Bearer"})
    g.sender, may = found
    if not may:
        detail = f"got a token of {g.sender}, a viewer; wanted one of an editor or admin"
        return problem(403, "Forbidden", detail)
    if request.method == "PUT" and request.mimetype != "application/json":
        detail = f"Content-Type: got {request.mimetype[:80]!r}, wanted application/json"
        return problem(415, "Unsupported Media Type", detail, Accept="application/json")
    if encoding := request.headers.get("Content-Encoding"):
        detail = f"Content-Encoding: got {encoding[:80]!r}, wanted none"
        return problem(415, "Unsupported Media Type", detail, **{"Accept-Encoding": "identity"})
    return None


def _sent(article: str, settings: Settings, now: datetime) -> Article:
    """Read the article of the request's body, which must be the one of its address."""
    pushed = article_in(_body(), settings.zone)
    if pushed.id != identifier_from(article):
        raise ArticleError(f"id: got {pushed.id[:80]!r}, wanted {article[:80]!r} as in the address")
    if trouble := far_ahead(pushed.published, now):
        raise ArticleError(trouble)
    if pushed.updated is not None and pushed.updated > now + AHEAD:
        got = write_date(pushed.updated)
        raise ArticleError(f"updated: got {got}, wanted no later than a day from now")
    return pushed


def _body() -> bytes:
    """Read the request's body, with a length or in chunks, as far as an article may go."""
    # One more than is taken: what comes in chunks is cut off at this limit without a word.
    request.max_content_length = LARGEST + 1
    if (request.content_length or 0) <= LARGEST:
        body = request.get_data(cache=False)
        if len(body) <= LARGEST:
            return body
    rest = request.environ["wsgi.input"]
    for _ in range(0, DRAINED, 65_536):
        if not rest.read(65_536):
            break
    raise RequestEntityTooLarge(f"body: got more than {LARGEST} bytes, wanted at most as many")


def _accepted(gate: PushAuth, article: str, change: str) -> Response:
    gate.followed()
    body = json.encode({"article": article, "change": change})
    return Response(body, 202, content_type="application/json")


def _refused(error: RecommenderError) -> Response:
    match error:
        case CatalogueError():
            log.warning("push: %s", error)
            detail = UNSURE if isinstance(error, CommitUncertainError) else AWAY
            headers = {"Retry-After": RETRY_SECONDS}
            return problem(503, "Service Unavailable", detail, **headers)
        case NotJSONError():
            return problem(400, "Bad Request", f"body: {error}")
        case OlderArticleError():
            return problem(409, "Conflict", str(error))
        case ArticleError():
            return problem(422, "Unprocessable Content", str(error))
        case _:
            return problem(404, "Not Found", str(error))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
