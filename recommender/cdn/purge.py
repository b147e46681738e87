"""Purge webhook: POST the changed articles and cache keys to a cache in front of the service."""

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

BATCH = 1000
"""Keys a request: the body stays well below a megabyte."""

ATTEMPTS = 4
"""Tries of a request, over some seconds: a cache that is away longer forgets by itself."""

TIMEOUT = 10.0
"""Seconds for one answer."""

BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers that another try may mend."""


class _BusyError(Exception):
    """The cache answered that it cannot at the moment."""


def purge(
    settings: Purge, articles: Sequence[str], snapshot: str, cards: Sequence[str] = ()
) -> int:
    """Tell of the articles whose cards have changed; returns how many requests it took.

    ``cards`` are articles that stand in other blocks than before, whichever those are.

    Raises :class:`PurgeError` in one line where the cache does not take one of them.
    """
    stamina.instrumentation.set_on_retry_hooks([])  # it would print each retry
    sent = 0
    with httpx2.Client(headers=_headers(settings), timeout=TIMEOUT) as client:
        for body in _bodies(articles, snapshot, cards):
            try:
                _post(client, settings.url, body)
            except (httpx2.HTTPError, httpx2.InvalidURL, _BusyError, ValueError) as error:
                said = " ".join(str(error).split()) or type(error).__name__
                raise PurgeError(f"purge {settings.url}: {said}") from error
            sent += 1
    return sent


def _headers(settings: Purge) -> dict[str, str]:
    ours = {"user-agent": f"related-posts/{__version__}"}
    if not settings.token:
        return ours
    return ours | {"authorization": f"Bearer {settings.token}"}


def _bodies(
    articles: Sequence[str], snapshot: str, cards: Sequence[str]
) -> Iterator[dict[str, Any]]:
    keys = [*map(surrogate_keys.under, articles), *map(surrogate_keys.card, cards)]
    for start in range(0, len(keys), BATCH):
        end = start + BATCH
        named = list(articles[start:end])
        yield {"snapshot": snapshot, "articles": named, "keys": keys[start:end]}


def _post(client: httpx2.Client, url: str, body: dict[str, Any]) -> None:
    for attempt in stamina.retry_context(
        on=(httpx2.TransportError, _BusyError), attempts=ATTEMPTS, timeout=None, wait_initial=0.5
    ):
        with attempt:
            response = client.post(url, json=body)
            said = f"the cache answers {response.status_code} {response.reason_phrase}"
            if response.status_code in BUSY:
                raise _BusyError(said)
            if not response.is_success:
                raise ValueError(said)
