"""Check addresses against the robots.txt of their site (RFC 9309)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from protego import Protego

from recommender.errors import SourceError
from recommender.urls import shown_url

MAX_CRAWL_DELAY = 30.0
"""Longest Crawl-delay, in seconds, that is respected. Longer ones are meant for search engines."""


Fetch = Callable[[str], tuple[int, str]]
"""Fetches a robots.txt: returns its status, 0 without a response, and its text."""


class Robots:
    """Rules by host; each robots.txt is fetched once."""

    def __init__(self, agent: str) -> None:
        """Start without rules; ``agent`` is the user agent that they are read for."""
        self._agent = agent
        self._rules: dict[str, Any] = {}
        self._lock = threading.Lock()

    def check(self, url: str, fetch: Fetch) -> float:
        """Check an address and return the crawl delay of its site in seconds.

        Raises
        ------
        SourceError
            The rules disallow the address.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin not in self._rules:
                self._rules[origin] = _parse(*fetch(f"{origin}/robots.txt"))
        rules = self._rules[origin]
        if not rules.can_fetch(url, self._agent):
            raise SourceError(
                f"{shown_url(url)}: expected an address that robots.txt allows, got a disallowed "
                "one; for your own site set http.respect_robots_txt = false"
            )
        return min(MAX_CRAWL_DELAY, rules.crawl_delay(self._agent) or 0.0)


def _parse(status: int, text: str) -> Any:
    if status >= 500:  # RFC 9309 section 2.3.1.4: unreachable rules disallow everything
        return Protego.parse("User-agent: *\nDisallow: /")
    return Protego.parse(text if status == 200 else "")
