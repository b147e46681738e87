"""Check addresses against the robots.txt of their site (RFC 9309)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from protego import Protego

from recommender.errors import SourceError

MAX_CRAWL_DELAY = 30.0
"""Longest Crawl-delay, in seconds, that is respected. Longer ones are meant for search engines."""


class Robots:
    """Rules by host; each robots.txt is fetched once."""

    def __init__(self, fetch: Callable[[str], tuple[int, str]], agent: str) -> None:
        """Start without rules; ``fetch`` returns the status and text of a robots.txt."""
        self._fetch, self._agent = fetch, agent
        self._rules: dict[str, Any] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> float:
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
                self._rules[origin] = self._read(f"{origin}/robots.txt")
        rules = self._rules[origin]
        if not rules.can_fetch(url, self._agent):
            raise SourceError(
                f"{url}: expected an address that robots.txt allows, got a disallowed one; "
                "for your own site set http.respect_robots_txt = false"
            )
        return min(MAX_CRAWL_DELAY, rules.crawl_delay(self._agent) or 0.0)

    def _read(self, url: str) -> Any:
        status, text = self._fetch(url)
        if status >= 500:  # RFC 9309 section 2.3.1.4: unreachable rules disallow everything
            return Protego.parse("User-agent: *\nDisallow: /")
        return Protego.parse(text if status == 200 else "")
