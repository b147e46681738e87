"""When two addresses are the same page: the key under which an article's URL is looked up.

Ignored are what never decides which article a page shows: the scheme, "www.", the case of the
host, the default port, the fragment, slashes at the end, and parameters that only say where a
reader came from. All other parameters count: on many sites ``?id=`` or ``?p=`` is the article.
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
"""Parameters of advertising networks, newsletters and analytics, whole names.

Short names that a site may use itself (id, ref, source, cid) are not among them: a wrong article
is worse than none.
"""

LONGEST = 4_000
"""Characters of a URL that is looked at: browsers and servers stop long before."""


def url_key(url: str) -> str | None:
    """Write an address in the form in which all addresses of one page are alike.

    None for what is no address of a page.
    """
    try:
        parts = urlsplit(url.strip()[:LONGEST])
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
    """Write an address as :func:`url_key` does, without its host."""
    key = url_key(url) or ""
    host, _, _ = key.partition("/")
    # A query may hold a slash; an address without a path is the front page.
    return None if "?" in host or host == key else key[len(host) :]
