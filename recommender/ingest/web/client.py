"""The HTTP client for sources. All requests to other servers go through it.

It limits concurrency, waits between requests to a host, respects robots.txt, names its user agent,
retries with backoff, and limits the size and time of each response. A site cannot lead it into a
private network, see :mod:`recommender.ingest.web.private_addresses`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2
import stamina
import stamina.instrumentation

from recommender import __version__
from recommender.errors import PageGoneError, SourceError
from recommender.ingest.web.failures import (
    MAX_RETRY_AFTER,
    BusyError,
    GoneError,
    check_status,
    may_retry,
    reason_of,
)
from recommender.ingest.web.private_addresses import PrivateAddressError, PrivateAddressFilter
from recommender.ingest.web.robots import Robots
from recommender.settings import HTTP
from recommender.urls import shown_url, without_login

USER_AGENT = f"related-posts/{__version__}"

MAX_REDIRECTS = 10
"""Redirects of a request. Browsers allow 20; sites need 3."""

MAX_ROBOTS_BYTES = 512 * 1024
"""Bytes of a robots.txt that are read. RFC 9309, section 2.5, requires at least 500 KiB."""


@dataclass(frozen=True)
class Validators:
    """Validators of a response, for conditional requests (RFC 9110, section 8.8)."""

    etag: str = ""
    last_modified: str = ""
    read_at: int = 0
    """Unix time of the fetch; set when the validators are stored."""


@dataclass(frozen=True)
class FetchedPage:
    """A response with status 200."""

    url: str
    """The requested address, without login; :attr:`final` is the one after redirects."""
    final: str
    data: bytes
    content_type: str
    headers: Mapping[str, str]

    @property
    def charset(self) -> str | None:
        """The encoding in the Content-Type header; it precedes that of the page."""
        _, _, value = self.content_type.casefold().partition("charset=")
        return value.split(";")[0].strip(" \"'") or None


class HTTPClient:
    """A polite client that makes conditional requests."""

    def __init__(self, settings: HTTP, memory: Mapping[str, Validators] | None = None) -> None:
        """Create a client.

        Parameters
        ----------
        settings : limits and delays.
        memory : validators of earlier runs by address; without them everything is fetched.
        """
        self.settings = settings
        self.memory = memory or {}
        self.remembered: dict[str, Validators] = {}
        self.forgotten: set[str] = set()
        """Addresses whose validators are deleted: what they answer next is read again."""
        self.unchanged = 0
        self._logins: dict[str, tuple[str, str]] = {}
        self._turns: dict[str, float] = {}
        self._private = PrivateAddressFilter(allow=settings.allow_private_addresses)
        self._lock = threading.Lock()
        self._client = httpx2.Client(
            headers={"user-agent": settings.user_agent or USER_AGENT, "accept-encoding": "gzip"},
            timeout=settings.timeout_seconds,
        )
        self._robots = Robots(settings.user_agent or USER_AGENT)
        stamina.instrumentation.set_on_retry_hooks([])  # it would print each retry

    def __enter__(self) -> HTTPClient:
        """Return the client; its connections are closed on exit."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the connections."""
        self._client.close()

    def sign_in(self, url: str) -> str:
        """Keep the login of an address for its server, and return the address without it."""
        plain = without_login(url)
        if plain != url:
            with suppress(httpx2.InvalidURL):  # the request will report it
                given = httpx2.URL(url)
                self._logins[_origin(plain)] = (given.username, given.password)
        return plain

    def get(
        self, url: str, *, conditional: bool = True, found_through: str = ""
    ) -> FetchedPage | None:
        """Fetch an address.

        Parameters
        ----------
        found_through : the user's address whose response named this one; "" if the user did. Only
            the site of the user's address may be in a private network.

        Returns
        -------
        FetchedPage or None
            None if the page has not been modified since the last run.

        Raises
        ------
        PageGoneError
            The page was removed for good.
        SourceError
            The request failed for another reason, also after retries.
        """
        try:
            plain = without_login(url) if found_through else self.sign_in(url)
            for attempt in stamina.retry_context(
                on=may_retry,
                attempts=self.settings.max_attempts,
                timeout=None,
                wait_initial=self.settings.backoff_seconds,
                wait_jitter=self.settings.backoff_seconds,
                wait_max=MAX_RETRY_AFTER,
            ):
                with attempt:
                    given = found_through or plain
                    answer = self._get_once(plain, given, conditional=conditional)
                    self._count(answer)
                    return answer
        except (httpx2.HTTPError, httpx2.InvalidURL, BusyError, UnicodeError, ValueError) as error:
            kind = PageGoneError if isinstance(error, GoneError) else SourceError
            raise kind(f"{shown_url(url)}: {reason_of(error, self.settings)}") from error
        raise AssertionError("the last attempt raises")

    def many(
        self, urls: Iterable[str], found_through: Mapping[str, str] | None = None
    ) -> Iterator[tuple[str, FetchedPage | SourceError | None]]:
        """Fetch addresses concurrently; the responses have the order of the addresses.

        Parameters
        ----------
        found_through : by address, see :meth:`get`.
        """
        through = found_through or {}
        waiting: deque[tuple[str, Future[FetchedPage | None]]] = deque()
        with ThreadPoolExecutor(self.settings.concurrency) as pool:
            try:
                for url in urls:
                    future = pool.submit(self.get, url, found_through=through.get(url, ""))
                    waiting.append((url, future))
                    if len(waiting) > 2 * self.settings.concurrency:
                        yield _settled(*waiting.popleft())
                while waiting:
                    yield _settled(*waiting.popleft())
            finally:
                for _, future in waiting:
                    future.cancel()

    def remember(self, answer: FetchedPage) -> None:
        """Keep the validators of a response that was imported, for the next run."""
        etag = answer.headers.get("etag", "")
        modified = answer.headers.get("last-modified", "")
        self.remembered[answer.url] = Validators(etag, modified)

    def _get_once(self, url: str, given: str, *, conditional: bool) -> FetchedPage | None:
        deadline = time.monotonic() + self.settings.timeout_seconds
        known = self.memory.get(url) if conditional else None
        headers = _conditional_headers(known)
        with self._response(url, given, headers, self._await_turn) as (final, response):
            if response.status_code == 304 and known:
                return None
            check_status(response)
            data = self._body(response, deadline)
            kind = response.headers.get("content-type", "")
            return FetchedPage(url, final, data, kind, response.headers)

    @contextmanager
    def _response(
        self, url: str, given: str, headers: dict[str, str], before: Callable[[str, str], None]
    ) -> Iterator[tuple[str, httpx2.Response]]:
        """Follow redirects, and yield the last address with its response.

        Parameters
        ----------
        given : the user's address, see :meth:`get`.
        before : called with each address and ``given`` before the request.
        """
        address = url
        for _ in range(MAX_REDIRECTS + 1):
            self._private.check(address, given)
            before(address, given)
            request = self._client.build_request(
                "GET",
                address,
                headers=headers,
                extensions={"trace": self._private.watcher(address, given)},
            )
            login = self._logins.get(_origin(address))
            response = self._client.send(request, stream=True, auth=login)
            try:
                if not response.has_redirect_location:
                    yield address, response
                    return
                address = without_login(_redirected(address, response.headers["location"]))
            finally:
                response.close()
        raise httpx2.TooManyRedirects(
            f"expected at most {MAX_REDIRECTS} redirects, got more, the last to "
            f"{shown_url(address)}"
        )

    def _count(self, answer: FetchedPage | None) -> None:
        with self._lock:
            self.unchanged += answer is None

    def _await_turn(self, url: str, given: str) -> None:
        """Wait until this host may be requested again; reject what its robots.txt disallows."""
        host = urlsplit(url).netloc
        pause = self.settings.delay_seconds
        if self.settings.respect_robots_txt:
            pause = max(pause, self._robots.check(url, lambda at: self._robots_txt(at, given)))
        with self._lock:
            turn = max(time.monotonic(), self._turns.get(host, 0.0))
            self._turns[host] = turn + pause
        time.sleep(max(0.0, turn - time.monotonic()))

    def _robots_txt(self, url: str, given: str) -> tuple[int, str]:
        """Fetch a robots.txt; returns the status, 0 without a response, and the text."""
        deadline = time.monotonic() + self.settings.timeout_seconds
        data = b""
        try:
            with self._response(url, given, {}, lambda *_: None) as (_, response):
                for part in response.iter_bytes():
                    data += part
                    if len(data) > MAX_ROBOTS_BYTES or time.monotonic() > deadline:
                        break
        except (httpx2.HTTPError, PrivateAddressError):
            return 0, ""  # the request of the page will report the error
        return response.status_code, data.decode("utf-8", "replace")

    def _body(self, response: httpx2.Response, deadline: float) -> bytes:
        """Read the decompressed body within the limits of size and time."""
        largest = self.settings.max_response_mb * 1024**2
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > largest:
                limit = self.settings.max_response_mb
                raise ValueError(f"expected at most {limit} MB (http.max_response_mb), got more")
            if time.monotonic() > deadline:
                raise httpx2.ReadTimeout("deadline exceeded")
            parts.append(part)
        return b"".join(parts)


def _redirected(address: str, location: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError as error:
        raise httpx2.InvalidURL(f"a redirect to {location[:60]!r}: {error}") from error


def _origin(url: str) -> str:
    return "://".join(urlsplit(url)[:2]).casefold()


def _settled(
    url: str, future: Future[FetchedPage | None]
) -> tuple[str, FetchedPage | SourceError | None]:
    try:
        return url, future.result()
    except SourceError as error:
        return url, error


def _conditional_headers(known: Validators | None) -> dict[str, str]:
    headers = {}
    if known and known.etag:
        headers["if-none-match"] = known.etag
    if known and known.last_modified:
        headers["if-modified-since"] = known.last_modified
    return headers


def is_address(source: str) -> bool:
    """Return whether a source is a web address."""
    return source.casefold().startswith(("http://", "https://"))
