"""What a site's robots.txt allows us (RFC 9309)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from protego import Protego

from recommender.errors import SourceError

LONGEST_PAUSE = 30.0
"""Seconds of Crawl-delay that we follow; sites that ask for minutes mean search engines."""


class Robots:
    """The rules of every host that is asked, each read once."""

    def __init__(self, fetch: Callable[[str], tuple[int, str]], agent: str) -> None:
        """Start with no rules; ``fetch`` gives the status and text of a robots.txt."""
        self._fetch, self._agent = fetch, agent
        self._rules: dict[str, Any] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> float:
        """Refuse an address that the rules forbid; else give the pause they ask for, in seconds.

        Raises :class:`SourceError` with the cure for sites of one's own.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            if origin not in self._rules:
                self._rules[origin] = self._read(f"{origin}/robots.txt")
        rules = self._rules[origin]
        if not rules.can_fetch(url, self._agent):
            raise SourceError(
                f"{url}: the site's robots.txt does not allow us to read it; "
                "for a site of your own set http.respect_robots_txt = false"
            )
        return min(LONGEST_PAUSE, rules.crawl_delay(self._agent) or 0.0)

    def _read(self, url: str) -> Any:
        status, text = self._fetch(url)
        if status >= 500:  # RFC 9309 section 2.3.1.4: unreachable rules forbid everything
            return Protego.parse("User-agent: *\nDisallow: /")
        return Protego.parse(text if status == 200 else "")
