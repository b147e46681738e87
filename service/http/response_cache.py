"""Answers ready to be sent: body, headers and ETag, kept for as long as they stay true."""

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

KEPT_SECONDS = 30.0
"""How long an answer is given again: freshness moves by days, an embargo may end this much late."""

MOST = 450
"""Answers kept a generation, 3 to 7 KB each: the pages being read now, not the archive, so that a
worker stays under 60 MB."""

SETTLED = "public, max-age=60, stale-while-revalidate=300, stale-if-error=86400"
"""A minute is how long an edge may keep a block; a day how long it may bridge our absence."""

UNSETTLED = "public, max-age=15, stale-while-revalidate=60, stale-if-error=86400"
"""For lists that were filled up and articles of the last hours: better cards come soon."""

BRIDGED = 360
"""Seconds that an edge may show a block without asking: what ends sooner is not to be bridged."""

WORTH_PACKING = 1_000
"""Bytes from which gzip pays: below, an answer fits into one packet as it is."""

GZIP_LEVEL = 4
"""60% off six real cards in 20 us; 9 takes a fifth longer for .5% more."""

JSON = "application/json"

ORIGINS = "related_posts.origins"
"""Where the environment of a request says how many cards of each origin it was answered with."""

Headers = list[tuple[str, str]]


NONE: Mapping[str, int] = {}


class HTTPResponse(NamedTuple):
    """What goes out: a status line's number, headers, body."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class CachedResponse:
    """A reply in all its forms, and until when it may be given (seconds since 1970)."""

    whole: HTTPResponse
    digest: str
    until: float
    origins: Mapping[str, int]
    """How many of its cards come from where."""

    @cached_property
    def packed(self) -> HTTPResponse | None:
        """Compressed, with an ETag of its own, where that pays; made for the first who asks."""
        if len(self.whole.body) < WORTH_PACKING:
            return None
        body = gzip.compress(self.whole.body, GZIP_LEVEL, mtime=0)
        shared = [pair for pair in self.whole.headers if pair[0] not in _OF_FORM]
        return _reply([*shared, ("Content-Encoding", "gzip")], body, self.digest + "-gzip")


def cached_response(
    served: RelatedResponse, now: float, content_type: str = JSON, extra: Headers | None = None
) -> CachedResponse:
    """Make an answer of what was chosen at ``now``, with ``extra`` headers."""
    lifetime = SETTLED if served.cacheable else UNSETTLED
    if (left := served.expires - now - KEPT_SECONDS) < BRIDGED:
        lifetime = f"public, max-age={max(0, min(15, int(left)))}"
    until = min(now + KEPT_SECONDS, served.expires)
    origins = {origin: served.origins.count(origin) for origin in set(served.origins)}
    return uncached_response(served.body, content_type, lifetime, until, origins, extra)


def uncached_response(
    body: bytes,
    content_type: str,
    cache_control: str,
    until: float = math.inf,
    origins: Mapping[str, int] = NONE,
    extra: Headers | None = None,
) -> CachedResponse:
    """Make an answer of any body."""
    digest = hashlib.sha256(body).hexdigest()[:24]
    headers = [
        ("Content-Type", content_type),
        ("Cache-Control", cache_control),
        ("Vary", "Accept-Encoding"),
        *(extra or ()),
    ]
    return CachedResponse(_reply(headers, body, digest), digest, until, origins)


def http_response(environ: MutableMapping[str, Any], answer: CachedResponse) -> HTTPResponse:
    """Choose the form that a request wants: packed or whole, or that its copy is still good."""
    environ[ORIGINS] = answer.origins
    accepted = environ.get("HTTP_ACCEPT_ENCODING")
    packed = answer.packed if accepted and _takes_gzip(accepted) else None
    reply = packed or answer.whole
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and _names(known, dict(reply.headers)["ETag"]):
        unchanging = [pair for pair in reply.headers if pair[0] not in _OF_BODY]
        return HTTPResponse(304, unchanging, b"")
    return reply


_OF_FORM = {"ETag", "Content-Length"}
_OF_BODY = {"Content-Type", "Content-Length", "Content-Encoding"}


def _reply(headers: Headers, body: bytes, digest: str) -> HTTPResponse:
    own = [("ETag", f'"{digest}"'), ("Content-Length", str(len(body)))]
    return HTTPResponse(200, headers + own, body)


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted)["gzip"] > 0


def _names(known: str, etag: str) -> bool:
    """Tell whether the reader's copy is this one; a proxy may have weakened its tag."""
    return known == etag or parse_etags(known).contains_weak(etag.strip('"'))


class ResponseCache:
    """Answers by question, in two generations: when the younger is full, the older goes."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._young: dict[object, CachedResponse] = {}
        self._old: dict[object, CachedResponse] = {}

    def get(self, question: object, now: float) -> CachedResponse | None:
        """Find the answer that still holds at ``now``."""
        answer = self._young.get(question) or self._old.get(question)
        if answer is None or not now < answer.until <= now + KEPT_SECONDS:
            return None  # too old, or of a clock that was put back since
        return answer

    def keep(self, question: object, answer: CachedResponse) -> None:
        """Keep an answer."""
        if len(self._young) >= self._most:
            self._old, self._young = self._young, {}
        self._young[question] = answer
