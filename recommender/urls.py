"""Normalise URLs, so that all addresses of one page share a key.

The key ignores what never selects another article: the scheme, ``www.``, the case of the host, the
default port, the fragment, trailing slashes, and tracking parameters. All other parameters count:
on many sites ``?id=`` or ``?p=`` names the article.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

TRACKING = re.compile(
    r"(?:utm_|mtm_|matomo_|pk_|piwik_|hsa_|mc_|ga_|vero_|oly_|itm_|_hs).*"
    r"|(?:fb|g|d|tw|ys|y|tt)clid|msclkid|[gw]braid|igsh|igshid|srsltid|li_fat_id|mkt_tok"
    r"|_gl|_ga|_openstat|s_cid|cmpid|ref_src|ref_url",
    re.IGNORECASE,
)
"""Names of tracking parameters: advertising networks, newsletters and analytics.

Short names that a site may use itself (id, ref, source, cid) are not listed, because a wrong
article is worse than none.
"""

MAX_LENGTH = 4_000
"""Characters of a URL that are read. Browsers and servers have lower limits."""


def url_key(url: str) -> str | None:
    """Return the key of a URL; None for a text that is no address of a page."""
    try:
        parts = urlsplit(url.strip()[:MAX_LENGTH])
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https", ""} or not (parts.netloc or parts.path):
        return None
    host = (parts.hostname or "").removeprefix("www.")
    if port not in {None, 80, 443}:
        host += f":{port}"
    plain = unicodedata.normalize("NFC", unquote(parts.path, errors="replace"))
    path = quote(plain, safe="/").rstrip("/")
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.fullmatch(name)
    ]
    key = f"{host}{path}" + (f"?{urlencode(sorted(kept))}" if kept else "")
    return key or None


def path_key(url: str) -> str | None:
    """Return the key of a URL without its host; None for a front page."""
    key = url_key(url) or ""
    host, _, _ = key.partition("/")
    # A slash in the query is no path, and a URL without a path is the front page.
    return None if "?" in host or host == key else key[len(host) :]
