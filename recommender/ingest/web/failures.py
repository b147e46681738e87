"""Failures of requests: which of them are repeated, and how they are reported."""

from __future__ import annotations

import ssl

import httpx2

from recommender.settings import HTTP

MAX_RETRY_AFTER = 60.0
"""Longest Retry-After, in seconds, that is waited for. With a longer one the request fails."""

RETRIED_STATUS = frozenset({429, 500, 502, 503, 504})
"""Status codes after which a request is repeated."""


EXPECTED: list[tuple[tuple[type[Exception], ...], str]] = [
    ((httpx2.ConnectError,), "a server that can be reached"),
    ((httpx2.ProtocolError, httpx2.DecodingError, httpx2.ReadError), "a whole HTTP response"),
    ((httpx2.UnsupportedProtocol, httpx2.InvalidURL), "an address with http:// or https://"),
]
"""What was expected, by the error of the HTTP library."""


class BusyError(Exception):
    """The server returned one of :data:`RETRIED_STATUS`."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(f"{response.status_code} {response.reason_phrase}")
        self.wait = _seconds(response.headers.get("retry-after", ""))


class GoneError(ValueError):
    """The server returned 410: the page was removed for good."""


def check_status(response: httpx2.Response) -> None:
    """Raise an error for every status but 200; one that may pass is a :class:`BusyError`."""
    if response.status_code in RETRIED_STATUS:
        raise BusyError(response)
    if response.status_code != 200:
        kind = GoneError if response.status_code == 410 else ValueError
        raise kind(f"expected status 200, got {response.status_code} {response.reason_phrase}")


def may_retry(error: Exception) -> bool | float:
    """Return whether a retry may help, or after how many seconds."""
    if isinstance(error, BusyError):
        return error.wait if 0 < error.wait <= MAX_RETRY_AFTER else error.wait == 0
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


def reason_of(error: Exception, settings: HTTP) -> str:
    """Return what was expected of a server and what it did."""
    if isinstance(error, BusyError):
        return f"expected status 200, got {error}, also after {settings.max_attempts} attempts"
    if isinstance(error, httpx2.TimeoutException):
        return (
            f"expected a response within {settings.timeout_seconds:g} s (http.timeout_seconds), "
            "got none or a part"
        )
    reason = " ".join(str(error).split()) or type(error).__name__
    if _is_certificate(error):
        return f"expected a trusted certificate, got an error: {reason}"
    expected = next((text for kinds, text in EXPECTED if isinstance(error, kinds)), "")
    return f"expected {expected}, got an error: {reason}" if expected else reason
