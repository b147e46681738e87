"""Push API: ``PUT`` and ``DELETE /v1/articles/{id}`` for content systems.

The database and the account code are opened when a token is first shown. Until then a worker
neither imports nor holds anything for them.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from flask import Blueprint, Response, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from recommender.articles.article import Article, identifier_from, normalize_id
from recommender.articles.statuses import hiding_status_of
from recommender.dates import embargo_problem, read_written_date, write_date
from recommender.errors import (
    ArticleError,
    ArticleNotFoundError,
    CatalogueError,
    CommitUncertainError,
    InvalidValueError,
    MovedArticleError,
    NotJSONError,
    OlderArticleError,
    OutdatedDatabaseError,
    RecommenderError,
)
from recommender.ingest.readers.jsonl import given_fields, parse_article
from recommender.ingest.readers.record_error import reading_record
from recommender.settings import Settings
from service.http.problems import problem
from service.state.state_updater import StateUpdater

if TYPE_CHECKING:
    from recommender.catalogue.accounts import Accounts
    from recommender.ingest.push import PushImporter

LOCK_TIMEOUT_SECONDS = 1.0
"""How long a request waits for another writer; its worker thread waits as long."""

MAX_CLOCK_SKEW = timedelta(days=1)
"""How far ``updated`` may lie ahead: one from next year would refuse all later versions."""

MAX_DATE_CHARACTERS = 100
"""Read of a date. Longer texts are none."""

MAX_BODY_BYTES = 2 * 1024 * 1024
"""Some 300,000 words."""

MAX_DISCARDED_BYTES = 8 * MAX_BODY_BYTES
"""Read and discarded of a body that is too large: clients read no response while they send."""

DISCARD_CHUNK_BYTES = 65_536

RETRY_AFTER_SECONDS = "2"
"""The service notices within half a second that the database is available again."""

UNAVAILABLE = (
    "nothing was saved: the article database is unavailable or locked; send the request again"
)
OUTDATED = (
    "nothing was saved: the article database is an older copy or another database, and would not "
    "become active; an engineer must restore it or run `recommender override recover`"
)
UNCERTAIN = (
    "the connection to the article database broke while saving, so the article may have been "
    "saved or not; send the request again"
)

DETAILS = {CommitUncertainError: UNCERTAIN, OutdatedDatabaseError: OUTDATED}

log = logging.getLogger("service")


class PushResult(msgspec.Struct, frozen=True):
    """Body of a 202 response."""

    article: str
    change: str
    """``new``, ``changed``, ``unchanged`` or ``withdrawn``."""


class TokenHolder(NamedTuple):
    """The account of a token."""

    name: str
    may_push: bool


class PushAuth:
    """Token check and database access of the push API, opened at first use."""

    def __init__(self, settings: Settings, updater: StateUpdater) -> None:
        self._url = settings.catalogue_url
        self._updater = updater
        self._opened: tuple[PushImporter, Accounts] | None = None
        self._open_lock = threading.Lock()

    @property
    def importer(self) -> PushImporter:
        """The writer of pushed articles.

        Raises
        ------
        CatalogueError
            If the database is unavailable.
        """
        return self._open()[0]

    def holder(self, token: str) -> TokenHolder | None:
        """Return the account of a token; None for an unknown token.

        Tokens are 256 random bits, looked up by SHA-256, so the duration reveals nothing.
        """
        from recommender.catalogue.accounts import Role  # noqa: PLC0415 - see the module's text

        _, accounts = self._open()
        account = accounts.holder(token, "articles", time.time())
        return None if account is None else TokenHolder(account.name, account.role.may(Role.EDITOR))

    def _open(self) -> tuple[PushImporter, Accounts]:
        # Fails at once while the database is known to be unavailable, so that no thread waits.
        known = self._updater.override_watcher
        if known.error:
            raise (OutdatedDatabaseError if known.outdated else CatalogueError)(known.error)
        with self._open_lock:
            if self._opened is None:
                from recommender.catalogue.accounts import Accounts  # noqa: PLC0415
                from recommender.catalogue.database import connect_service  # noqa: PLC0415
                from recommender.ingest.push import PushImporter  # noqa: PLC0415

                # Creates no tables: without them there is no token either.
                engine = connect_service(self._url, timeout=LOCK_TIMEOUT_SECONDS)
                check = self._updater.override_watcher.check_database
                self._opened = PushImporter(engine, check), Accounts(engine)
            return self._opened


def blueprint(settings: Settings, updater: StateUpdater) -> Blueprint:
    """Create the routes of the push API."""
    routes = Blueprint("push", __name__, url_prefix="/v1")
    auth = PushAuth(settings, updater)
    routes.before_request(lambda: _check_request(auth))
    routes.after_request(_forbid_caching)
    for kind in (ArticleError, ArticleNotFoundError, CatalogueError, InvalidValueError):
        routes.register_error_handler(kind, _error_response)

    @routes.put("/articles/<article_id:article>")
    def put(article: str) -> Response:
        now, body = datetime.now(UTC), _read_body()
        try:
            pushed = _read_article(body, article, settings, now)
        except ArticleError as error:
            return _accepted(updater, _hide(auth, article, body, settings, now, error))
        change = auth.importer.put(pushed, g.sender, now)
        return _accepted(updater, PushResult(pushed.id, change))

    @routes.delete("/articles/<article_id:article>")
    def delete(article: str) -> Response:
        identifier = identifier_from(article)
        auth.importer.withdraw(identifier, g.sender, datetime.now(UTC))
        return _accepted(updater, PushResult(identifier, "withdrawn"))

    return routes


def _check_request(auth: PushAuth) -> Response | None:
    """Reject a request without a valid token or with the wrong type, before reading its body."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_bearer = scheme.lower() == "bearer" and token.strip()
    holder = auth.holder(token.strip()) if is_bearer else None
    if holder is None:
        detail = "expected the header `Authorization: Bearer TOKEN` with a valid token for articles"
        return problem(401, "Unauthorized", detail, **{"WWW-Authenticate": "Bearer"})
    g.sender = holder.name
    if not holder.may_push:
        detail = f"expected the token of an editor or admin, got one of {holder.name}, a viewer"
        return problem(403, "Forbidden", detail)
    if request.method == "PUT" and request.mimetype != "application/json":
        detail = f"Content-Type: expected application/json, got {request.mimetype[:80]!r}"
        return problem(415, "Unsupported Media Type", detail, Accept="application/json")
    if encoding := request.headers.get("Content-Encoding"):
        detail = f"Content-Encoding: expected none, got {encoding[:80]!r}"
        return problem(415, "Unsupported Media Type", detail, **{"Accept-Encoding": "identity"})
    return None


def _hide(
    auth: PushAuth,
    article_id: str,
    body: bytes,
    settings: Settings,
    now: datetime,
    error: ArticleError,
) -> PushResult:
    """Hide a known article if its record is not public, whatever is wrong with the record."""
    given, identifier = given_fields(body), identifier_from(article_id)
    status = hiding_status_of(given.get("status"))
    if status is None or normalize_id(str(given.get("id", identifier))) != identifier:
        raise error
    updated = _updated(given.get("updated"), settings, now)
    try:
        change = auth.importer.hide(identifier, status, g.sender, now, updated)
    except ArticleNotFoundError:
        raise error from None
    return PushResult(identifier, change)


def _updated(given: object, settings: Settings, now: datetime) -> datetime | None:
    """Return the date of a version; None for one that cannot be read or lies far ahead."""
    if not isinstance(given, str):
        return None
    try:
        with reading_record():
            updated = read_written_date(given[:MAX_DATE_CHARACTERS], settings.zone)
    except ArticleError:
        return None
    return updated if updated <= now + MAX_CLOCK_SKEW else None


def _read_article(body: bytes, article_id: str, settings: Settings, now: datetime) -> Article:
    """Parse the article of the body and check it against the URL and the clock."""
    with reading_record():
        article = parse_article(body, settings.zone, settings.only_language)
    if article.id != identifier_from(article_id):
        expected = f"{article_id[:80]!r} as in the URL"
        raise ArticleError(f"id: expected {expected}, got {article.id[:80]!r}")
    if error := embargo_problem(article.published, now):
        raise ArticleError(error)
    if article.updated is not None and article.updated > now + MAX_CLOCK_SKEW:
        got = write_date(article.updated)
        raise ArticleError(f"updated: expected a time before this time tomorrow, got {got}")
    return article


def _read_body() -> bytes:
    """Read a body of at most `MAX_BODY_BYTES`, with a length or in chunks."""
    # One byte more than allowed, because chunked bodies are truncated here without an error.
    request.max_content_length = MAX_BODY_BYTES + 1
    if (request.content_length or 0) <= MAX_BODY_BYTES:
        body = request.get_data(cache=False)
        if len(body) <= MAX_BODY_BYTES:
            return body
    rest = request.environ["wsgi.input"]
    for _ in range(0, MAX_DISCARDED_BYTES, DISCARD_CHUNK_BYTES):
        if not rest.read(DISCARD_CHUNK_BYTES):
            break
    raise RequestEntityTooLarge(f"body: expected at most {MAX_BODY_BYTES} bytes, got more")


def _accepted(updater: StateUpdater, result: PushResult) -> Response:
    # This worker applies the new visibility at once, the others within 2 seconds.
    updater.poll_overrides()
    updater.activate()
    return Response(msgspec.json.encode(result), 202, content_type="application/json")


def _error_response(error: RecommenderError) -> Response:
    match error:
        case CatalogueError():
            log.warning("push: %s", error)
            detail = DETAILS.get(type(error), UNAVAILABLE)
            headers = {"Retry-After": RETRY_AFTER_SECONDS}
            return problem(503, "Service Unavailable", detail, **headers)
        case NotJSONError():
            return problem(400, "Bad Request", f"body: {error}")
        case OlderArticleError() | MovedArticleError():
            return problem(409, "Conflict", str(error))
        case ArticleError() | InvalidValueError():
            return problem(422, "Unprocessable Content", str(error))
        case _:
            return problem(404, "Not Found", str(error))


def _forbid_caching(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
