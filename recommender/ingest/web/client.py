"""Fetching by URL, politely: the one place that talks to other people's servers.

A few requests at a time, a pause between two to one host, robots.txt respected, a named user
agent, retries with backoff, and a limit of size and time for each answer.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import httpx2
import stamina
import stamina.instrumentation

from recommender import __version__
from recommender.errors import SourceError
from recommender.ingest.web.robots import Robots
from recommender.settings import HTTP

USER_AGENT = f"related-posts/{__version__}"

MOST_REDIRECTS = 10
"""Hops: browsers stop at 20, sites need 3."""

LONGEST_WAIT = 60.0
"""Seconds that a server may ask us to wait (Retry-After) before we leave it alone instead."""

LONGEST_ROBOTS = 512 * 1024
"""Bytes of a robots.txt that count: the least that RFC 9309 lets a reader take."""

BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers that another try may mend."""


@dataclass(frozen=True)
class Validators:
    """What a server gave with an answer, to be asked whether it still holds (RFC 9110)."""

    etag: str = ""
    last_modified: str = ""
    read_at: int = 0
    """Seconds since 1970 UTC; filled in by whoever keeps it."""


@dataclass(frozen=True)
class FetchedPage:
    """What a server answered."""

    url: str
    """The address asked for; :attr:`final` is where redirects led."""
    final: str
    data: bytes
    content_type: str
    headers: Mapping[str, str]

    @property
    def charset(self) -> str | None:
        """The encoding that the header names, which comes before what the page says."""
        _, _, value = self.content_type.casefold().partition("charset=")
        return value.split(";")[0].strip(" \"'") or None


class _BusyError(Exception):
    """The server answered that it cannot at the moment."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(f"{response.status_code} {response.reason_phrase}")
        self.wait = _seconds(response.headers.get("retry-after", ""))


class HTTPClient:
    """A client of the web, with manners and a memory of what has not changed."""

    def __init__(self, settings: HTTP, memory: Mapping[str, Validators] | None = None) -> None:
        """Start without any request.

        ``memory`` holds what earlier runs remembered, by address; without it, all is fetched.
        """
        self.settings = settings
        self.memory = memory or {}
        self.remembered: dict[str, Validators] = {}
        self.unchanged = 0
        self._turns: dict[str, float] = {}
        self._lock = threading.Lock()
        self._client = httpx2.Client(
            headers={"user-agent": settings.user_agent or USER_AGENT, "accept-encoding": "gzip"},
            timeout=settings.timeout_seconds,
        )
        self._robots = Robots(self._robots_txt, settings.user_agent or USER_AGENT)
        stamina.instrumentation.set_on_retry_hooks([])  # it would print each retry

    def __enter__(self) -> HTTPClient:
        """Use it, then let go of its connections."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the connections."""
        self._client.close()

    def get(self, url: str, *, conditional: bool = True) -> FetchedPage | None:
        """Fetch an address; None says that it has not changed since it was remembered.

        Raises :class:`SourceError` in one line for everything that can go wrong.
        """
        try:
            for attempt in stamina.retry_context(
                on=_mends,
                attempts=self.settings.max_attempts,
                timeout=None,
                wait_initial=self.settings.backoff_seconds,
                wait_jitter=self.settings.backoff_seconds,
                wait_max=LONGEST_WAIT,
            ):
                with attempt:
                    answer = self._get_once(url, conditional=conditional)
                    self._count(answer)
                    return answer
        except (httpx2.HTTPError, httpx2.InvalidURL, _BusyError, UnicodeError, ValueError) as error:
            raise SourceError(f"{url}: {_reason(error, self.settings)}") from error
        raise AssertionError("the last attempt raises")

    def many(self, urls: Iterable[str]) -> Iterator[tuple[str, FetchedPage | SourceError | None]]:
        """Fetch addresses a few at a time; the answers come in the order of the addresses."""
        waiting: deque[tuple[str, Future[FetchedPage | None]]] = deque()
        with ThreadPoolExecutor(self.settings.concurrency) as pool:
            try:
                for url in urls:
                    waiting.append((url, pool.submit(self.get, url)))
                    if len(waiting) > 2 * self.settings.concurrency:
                        yield _settled(*waiting.popleft())
                while waiting:
                    yield _settled(*waiting.popleft())
            finally:
                for _, future in waiting:
                    future.cancel()

    def remember(self, answer: FetchedPage) -> None:
        """Note that what an answer held has been taken over: next time ask only for changes."""
        etag = answer.headers.get("etag", "")
        modified = answer.headers.get("last-modified", "")
        self.remembered[answer.url] = Validators(etag, modified)

    def _get_once(self, url: str, *, conditional: bool) -> FetchedPage | None:
        deadline = time.monotonic() + self.settings.timeout_seconds
        known = self.memory.get(url) if conditional else None
        address = url
        for _ in range(MOST_REDIRECTS + 1):
            self._await_turn(address)
            request = self._client.build_request("GET", address, headers=_asking(known))
            response = self._client.send(request, stream=True)
            try:
                if response.has_redirect_location:
                    address = urljoin(address, response.headers["location"])
                    continue
                if response.status_code == 304 and known:
                    return None
                _check_status(response)
                data = self._body(response, deadline)
                kind = response.headers.get("content-type", "")
                return FetchedPage(url, address, data, kind, response.headers)
            finally:
                response.close()
        raise httpx2.TooManyRedirects(
            f"more than {MOST_REDIRECTS} redirects, the last to {address}"
        )

    def _count(self, answer: FetchedPage | None) -> None:
        with self._lock:
            self.unchanged += answer is None

    def _await_turn(self, url: str) -> None:
        """Wait until this host may be asked again; refuse what its robots.txt forbids."""
        host = urlsplit(url).netloc
        pause = self.settings.delay_seconds
        if self.settings.respect_robots_txt:
            pause = max(pause, self._robots.check(url))
        with self._lock:
            turn = max(time.monotonic(), self._turns.get(host, 0.0))
            self._turns[host] = turn + pause
        time.sleep(max(0.0, turn - time.monotonic()))

    def _robots_txt(self, url: str) -> tuple[int, str]:
        """Fetch a robots.txt: the status, 0 where nothing answers, and the text."""
        deadline = time.monotonic() + self.settings.timeout_seconds
        data = b""
        try:
            with self._client.stream("GET", url, follow_redirects=True) as response:
                for part in response.iter_bytes():
                    data += part
                    if len(data) > LONGEST_ROBOTS or time.monotonic() > deadline:
                        break
        except httpx2.HTTPError:
            return 0, ""  # the page itself will say what is wrong
        return response.status_code, data.decode("utf-8", "replace")

    def _body(self, response: httpx2.Response, deadline: float) -> bytes:
        """Read the body, unpacked, as far as size and time allow."""
        largest = self.settings.max_response_mb * 1024**2
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if size > largest:
                raise ValueError(
                    f"more than {self.settings.max_response_mb} MB (http.max_response_mb)"
                )
            if time.monotonic() > deadline:
                raise httpx2.ReadTimeout("time is up")
            parts.append(part)
        return b"".join(parts)


def _settled(
    url: str, future: Future[FetchedPage | None]
) -> tuple[str, FetchedPage | SourceError | None]:
    try:
        return url, future.result()
    except SourceError as error:
        return url, error


def _asking(known: Validators | None) -> dict[str, str]:
    asking = {}
    if known and known.etag:
        asking["if-none-match"] = known.etag
    if known and known.last_modified:
        asking["if-modified-since"] = known.last_modified
    return asking


def _check_status(response: httpx2.Response) -> None:
    if response.status_code in BUSY:
        raise _BusyError(response)
    if response.status_code != 200:
        raise ValueError(f"the server answers {response.status_code} {response.reason_phrase}")


def _mends(error: Exception) -> bool | float:
    """Tell whether another try may help, or after how many seconds."""
    if isinstance(error, _BusyError):
        return error.wait if 0 < error.wait <= LONGEST_WAIT else error.wait == 0
    if isinstance(error, httpx2.UnsupportedProtocol | httpx2.ReadTimeout) or _is_certificate(error):
        return False
    return isinstance(error, httpx2.TransportError)


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.isdecimal() and len(retry_after) < 9 else 0.0


def _reason(error: Exception, settings: HTTP) -> str:
    if isinstance(error, _BusyError):
        return f"the server answers {error}, also after {settings.max_attempts} tries"
    if isinstance(error, httpx2.TimeoutException):
        return f"no whole answer within {settings.timeout_seconds:g} s (http.timeout_seconds)"
    said = " ".join(str(error).split()) or type(error).__name__
    if _is_certificate(error):
        return f"its certificate is not trusted ({said})"
    if isinstance(error, httpx2.ConnectError):
        return f"cannot be reached ({said})"
    return said


def is_address(source: str) -> bool:
    """Tell whether a source is an address of the web."""
    return source.casefold().startswith(("http://", "https://"))
