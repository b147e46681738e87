"""The purge webhook: POST changed articles and surrogate keys to a cache or CDN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import httpx2
import stamina
import stamina.instrumentation

from recommender import __version__
from recommender.cdn import surrogate_keys
from recommender.errors import PurgeError
from recommender.settings import Purge
from recommender.urls import without_login

BATCH = 1000
"""Keys per request. The body stays well below a megabyte."""

MAX_ATTEMPTS = 4
"""Attempts per request, over a few seconds. After a longer outage cached responses expire."""

TIMEOUT_SECONDS = 10.0
"""Seconds for one response."""

RETRY_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Statuses after which another attempt may succeed."""


class _BusyError(Exception):
    """The webhook returned one of :data:`RETRY_STATUSES`."""


def purge(
    settings: Purge, articles: Sequence[str], snapshot: str, cards: Sequence[str] = ()
) -> int:
    """Send the changes to the webhook.

    Parameters
    ----------
    articles : ids of articles whose own list has changed.
    snapshot : id of the active snapshot.
    cards : ids of articles that other lists show, or no longer show.

    Returns
    -------
    int
        Number of requests sent.

    Raises
    ------
    PurgeError
        The webhook did not accept a request.
    """
    stamina.instrumentation.set_on_retry_hooks([])  # the default hook prints each retry
    sent = 0
    with httpx2.Client(headers=_headers(settings), timeout=TIMEOUT_SECONDS) as client:
        for body in _bodies(articles, snapshot, cards):
            try:
                _post(client, settings.url, body)
            except (httpx2.HTTPError, httpx2.InvalidURL, _BusyError, ValueError) as error:
                reason = " ".join(str(error).split()) or type(error).__name__
                raise PurgeError(f"purge webhook {_shown(settings.url)}: {reason}") from error
            sent += 1
    return sent


def _shown(url: str) -> str:
    """Return the server of a webhook: login, path and query may be its secret."""
    address = without_login(url)
    return "/".join(address.split("/", 3)[:3])


def _headers(settings: Purge) -> dict[str, str]:
    headers = {"user-agent": f"related-posts/{__version__}"}
    if not settings.token:
        return headers
    return headers | {"authorization": f"Bearer {settings.token}"}


def _bodies(
    articles: Sequence[str], snapshot: str, cards: Sequence[str]
) -> Iterator[dict[str, Any]]:
    keys = [*map(surrogate_keys.under, articles), *map(surrogate_keys.card, cards)]
    for start in range(0, len(keys), BATCH):
        end = start + BATCH
        ids = list(articles[start:end])
        yield {"snapshot": snapshot, "articles": ids, "keys": keys[start:end]}


def _post(client: httpx2.Client, url: str, body: dict[str, Any]) -> None:
    for attempt in stamina.retry_context(
        on=(httpx2.TransportError, _BusyError),
        attempts=MAX_ATTEMPTS,
        timeout=None,
        wait_initial=0.5,
    ):
        with attempt:
            response = client.post(url, json=body)
            status = f"{response.status_code} {response.reason_phrase}"
            problem = f"expected a status from 200 to 299, got {status}"
            if response.status_code in RETRY_STATUSES:
                raise _BusyError(problem)
            if not response.is_success:
                raise ValueError(problem)
