"""Responses prepared once and sent many times: body, headers, ETag and gzip form."""

from __future__ import annotations

import gzip
import hashlib
import math
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from werkzeug.http import parse_accept_header, parse_etags

from recommender.serving.responses import RelatedResponse

CACHE_SECONDS = 30.0
"""How long a worker reuses a response. Recency changes over days; an embargo may end this late."""

MAX_BYTES = 8 * 1024**2
"""Memory of a generation of the cache: 900 lists of six cards, the pages that are read now. Half as
much answers 45 % of requests by Zipf's law over 100,000 articles, this 57 %, four times as much
64 %."""

MAX_ENTRY_BYTES = 36 * 1024
"""Memory of one response. A list of 20 cards needs less; a batch of lists is computed again."""

OVERHEAD_BYTES = 1_000
"""Memory of a response besides its texts, measured with ``tracemalloc``."""

MAX_ENCODING_HEADER = 200
"""Characters of Accept-Encoding that are read. Browsers send 25."""

MAX_ETAGS_HEADER = 2_000
"""Characters of If-None-Match that are read. Browsers send one tag, caches a few."""

MAX_AGE, STALE_WHILE_REVALIDATE = 60, 300
"""For complete lists: seconds for which caches reuse them, and then show them while they ask."""

VOLATILE_MAX_AGE, VOLATILE_STALE_WHILE_REVALIDATE = 15, 60
"""For short lists, lists with fallback cards, and articles of the last hours."""

STALE_IF_ERROR = 86_400
"""Seconds after its maximum age for which a list is shown if the service is down, at most."""

STABLE_CACHE_CONTROL = (
    f"public, max-age={MAX_AGE}, stale-while-revalidate={STALE_WHILE_REVALIDATE}, "
    f"stale-if-error={STALE_IF_ERROR}"
)
"""For pages without articles that expire."""

STALE_SECONDS = MAX_AGE + STALE_WHILE_REVALIDATE
"""How long a cache may show a stable list without asking: max-age and stale-while-revalidate.

A list that ends sooner gets no permission to be served stale.
"""

MIN_GZIP_BYTES = 1_000
"""Smaller bodies fit into one network packet without compression."""

GZIP_LEVEL = 4
"""Saves 60 % of six cards in 20 us; level 9 takes a fifth longer and saves .5 % more."""

MAX_HASHED_WITH_GIL = 2_047
"""Most bytes that hashlib hashes at once without releasing the GIL."""

JSON = "application/json"

ORIGIN_COUNTS = "related_posts.origin_counts"
"""Key of the WSGI environment: the number of cards in the response by origin."""

Headers = list[tuple[str, str]]

Key = str | tuple[str, bytes]
"""An article id for its default list; path and query string of any other request."""


NO_CARDS: Mapping[str, int] = {}


class HTTPResponse(NamedTuple):
    """A response as it is sent."""

    status: int
    headers: Headers
    body: bytes


@dataclass(eq=False)
class CachedResponse:
    """A response in its uncompressed and its gzip form."""

    uncompressed: HTTPResponse
    digest: str
    """Start of the body's SHA-256, used as the ETag."""
    expires: float
    """Time from which it may not be sent, in seconds since 1970 UTC."""
    origin_counts: Mapping[str, int]
    """Number of cards by origin."""

    @property
    def memory(self) -> int:
        """Estimated size in bytes, also of the gzip form, which may be made later."""
        headers = sum([len(name) + len(value) for name, value in self.uncompressed.headers])
        return int(1.5 * (len(self.uncompressed.body) + headers)) + OVERHEAD_BYTES

    @cached_property
    def gzipped(self) -> HTTPResponse | None:
        """Gzip form with its own ETag, made at first use; None for a small body."""
        if len(self.uncompressed.body) < MIN_GZIP_BYTES:
            return None
        body = gzip.compress(self.uncompressed.body, GZIP_LEVEL, mtime=0)
        shared = [pair for pair in self.uncompressed.headers if pair[0] not in _ENCODING_HEADERS]
        return _ok([*shared, ("Content-Encoding", "gzip")], body, self.digest + "-gzip")


def prepare_related(
    related: RelatedResponse,
    now: float,
    content_type: str = JSON,
    extra_headers: Headers | None = None,
) -> CachedResponse:
    """Prepare a list of cards for sending and caching.

    Parameters
    ----------
    related
        The list, as computed at ``now``.
    now
        Seconds since 1970 UTC.
    content_type
        Media type of the body.
    extra_headers
        Additional headers, such as surrogate keys.
    """
    # The worker sends the same headers until its own copy ends, so that much less is left then.
    cache_control = _cache_control(int(related.expires - now - CACHE_SECONDS), related.cacheable)
    expires = min(now + CACHE_SECONDS, related.expires)
    origin_counts = {origin: related.origins.count(origin) for origin in set(related.origins)}
    return prepare(related.body, content_type, cache_control, expires, origin_counts, extra_headers)


def _cache_control(left: int, cacheable: bool) -> str:
    """Return how long caches may show a list that ends in ``left`` seconds, even without us."""
    if left < STALE_SECONDS:
        return f"public, max-age={max(0, min(VOLATILE_MAX_AGE, left))}"
    fresh, asking = VOLATILE_MAX_AGE, VOLATILE_STALE_WHILE_REVALIDATE
    if cacheable:
        fresh, asking = MAX_AGE, STALE_WHILE_REVALIDATE
    on_error = min(STALE_IF_ERROR, left - fresh)
    return f"public, max-age={fresh}, stale-while-revalidate={asking}, stale-if-error={on_error}"


def prepare(
    body: bytes,
    content_type: str,
    cache_control: str,
    expires: float = math.inf,
    origin_counts: Mapping[str, int] = NO_CARDS,
    extra_headers: Headers | None = None,
) -> CachedResponse:
    """Prepare any body for sending; the parameters are those of `CachedResponse`."""
    digest = _digest(body)
    headers = [
        ("Content-Type", content_type),
        ("Cache-Control", cache_control),
        ("Vary", "Accept-Encoding"),
        *(extra_headers or ()),
    ]
    return CachedResponse(_ok(headers, body, digest), digest, expires, origin_counts)


def negotiate(environ: MutableMapping[str, Any], cached: CachedResponse) -> HTTPResponse:
    """Choose the form for a request: gzip, uncompressed, or 304 without a body.

    Also records the origin counts in the WSGI environment, for the metrics.
    """
    environ[ORIGIN_COUNTS] = cached.origin_counts
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    gzipped = cached.gzipped if accepted and _accepts_gzip(accepted[:MAX_ENCODING_HEADER]) else None
    response = gzipped or cached.uncompressed
    known_etags = environ.get("HTTP_IF_NONE_MATCH")
    if known_etags is not None and _matches(
        known_etags[:MAX_ETAGS_HEADER], dict(response.headers)["ETag"]
    ):
        kept = [pair for pair in response.headers if pair[0] not in _BODY_HEADERS]
        return HTTPResponse(304, kept, b"")
    return response


def _digest(body: bytes) -> str:
    """Hash a body in pieces: for larger ones hashlib releases the GIL and wakes other threads."""
    sha256 = hashlib.sha256()
    for start in range(0, len(body), MAX_HASHED_WITH_GIL):
        sha256.update(body[start : start + MAX_HASHED_WITH_GIL])
    return sha256.hexdigest()[:24]


_ENCODING_HEADERS = {"ETag", "Content-Length"}
_BODY_HEADERS = {"Content-Type", "Content-Length", "Content-Encoding"}


def _ok(headers: Headers, body: bytes, digest: str) -> HTTPResponse:
    own = [("ETag", f'"{digest}"'), ("Content-Length", str(len(body)))]
    return HTTPResponse(200, headers + own, body)


@lru_cache(maxsize=256)
def _accepts_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted)["gzip"] > 0


def _matches(known_etags: str, etag: str) -> bool:
    """Compare weakly: proxies turn strong tags into weak ones when they compress."""
    return known_etags == etag or parse_etags(known_etags).contains_weak(etag.strip('"'))


class ResponseCache:
    """Cache of responses in two generations: when the new one is full, the old one is dropped.

    It has a budget in bytes, because anybody may ask for large responses or with long addresses.

    Parameters
    ----------
    max_bytes
        Budget of a generation; the cache holds at most twice as much.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._new: dict[Key, CachedResponse] = {}
        self._old: dict[Key, CachedResponse] = {}

    def get(self, key: Key, now: float) -> CachedResponse | None:
        """Return the response under ``key`` that is valid at ``now`` (seconds since 1970 UTC)."""
        cached = self._new.get(key) or self._old.get(key)
        if cached is None or not now < cached.expires <= now + CACHE_SECONDS:
            return None  # expired, or cached before the clock was set back
        if key not in self._new:
            self.put(key, cached)  # what is asked for again outlives its generation
        return cached

    def put(self, key: Key, response: CachedResponse) -> None:
        """Store a response, unless it or its key is large."""
        size = _size(key, response)
        if size > MAX_ENTRY_BYTES:
            return
        if (replaced := self._new.pop(key, None)) is not None:
            self._bytes -= _size(key, replaced)
        if self._bytes + size > self._max_bytes:
            self._old, self._new, self._bytes = self._new, {}, 0
        self._bytes += size
        self._new[key] = response


def _size(key: Key, response: CachedResponse) -> int:
    # A character takes up to four bytes.
    return response.memory + 4 * (len(key) if isinstance(key, str) else sum(map(len, key)))
