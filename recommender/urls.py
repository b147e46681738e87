"""Normalise URLs, so that all addresses of one page share a key.

The key ignores what never selects another article: the scheme, ``www.``, the case and encoding of
the host, the default port, the fragment, trailing slashes, and tracking parameters. All other
parameters count: on many sites ``?id=`` or ``?p=`` names the article. An AMP page has the
key of its page, if ``amp`` is the first or last part of its path, a parameter, or a subdomain.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from models.lexical.normalization import normalize

TRACKING = re.compile(
    r"(?:utm_|mtm_|matomo_|pk_|piwik_|hsa_|mc_|ga_|vero_|oly_|itm_|_hs).*"
    r"|(?:fb|g|d|tw|ys|y|tt)clid|msclkid|[gw]braid|igsh|igshid|srsltid|li_fat_id|mkt_tok"
    r"|_gl|_ga|_openstat|s_cid|cmpid|ref_src|ref_url|xtor|wt_z?mc|ns_(?:mchannel|source|campaign)"
    r"|at_(?:medium|campaign|custom\d|link_\w+|format|ptr_name|bbc_team)|jsessionid|phpsessid",
    re.IGNORECASE,
)
"""Names of tracking and session parameters: advertising networks, newsletters and analytics.

Short names that a site may use itself (id, ref, source, cid) are not listed, because a wrong
article is worse than none.
"""

_SESSION_PATH = re.compile(r";jsessionid=[^?#/;]*", re.IGNORECASE)
"""The session of a Java server, which it appends to a path."""

_AMP_PATH = re.compile("^/amp(?=/.)|/amp$")
_AMP_HOST = re.compile(r"^amp\.(?=[^.]+\.)")
_AMP_PARAMETERS = ("amp", "1"), ("amp", ""), ("amp", "true"), ("outputType", "amp")
"""How sites mark AMP pages in their addresses; "amp.dev" is a site of its own."""

MAX_LENGTH = 4_000
"""Characters of a URL that are read. Browsers and servers have lower limits."""


MAX_HOST_LENGTH = 253
"""Characters of a host name, RFC 1035."""

MAX_LABEL_LENGTH = 63
"""Characters between two dots of a host name."""


def url_key(url: str) -> str | None:
    """Return the key of a URL; None for a text that is no address of a page."""
    try:
        parts = urlsplit(url.strip()[:MAX_LENGTH])
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https", ""} or not (parts.netloc or parts.path):
        return None
    host = _AMP_HOST.sub("", ascii_host(parts.hostname or "")).removeprefix("www.")
    if port not in {None, 80, 443}:
        host += f":{port}"
    plain = normalize("NFC", unquote(parts.path, errors="replace"))
    path = quote(_SESSION_PATH.sub("", plain), safe="/", errors="replace").rstrip("/")
    path = _AMP_PATH.sub("", path).rstrip("/")
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.fullmatch(name) and (name, value) not in _AMP_PARAMETERS
    ]
    key = f"{host}{path}" + (f"?{urlencode(sorted(kept), errors='replace')}" if kept else "")
    return key or None


def ascii_host(host: str) -> str:
    """Return an internationalised host as browsers send it: ``xn--bcher-kva.example``.

    A host that is too long stays as it is, because encoding takes quadratic time.
    """
    if host.isascii() or len(host) > MAX_HOST_LENGTH:
        return host
    labels = normalize("NFC", host).split(".")
    if max(map(len, labels)) > MAX_LABEL_LENGTH:
        return host
    encoded = [one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in labels]
    return ".".join(encoded)


SECRET_PARAMETER = re.compile(
    r"(?:.*[_-])?(?:api|ssl)?(?:key|token|secret|password|passwd|pwd|pass|auth|sig|signature)s?",
    re.IGNORECASE,
)
"""Names of query parameters that hold a secret, such as ``key`` or ``access_token``."""


def without_login(url: str) -> str:
    """Return a URL without user name and password."""
    scheme, mark, rest = url.partition("://")
    authority = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    login, at, _ = authority.rpartition("@")
    return scheme + mark + rest[len(login + at) :] if mark else url


def shown_url(url: str) -> str:
    """Return a URL for messages and logs: without login, and without values of secrets."""
    return without_secret_parameters(without_login(url))


def without_secret_parameters(url: str) -> str:
    """Return a URL with ``***`` for the values of secret parameters."""
    address, mark, query = url.partition("?")
    return address + mark + "&".join(map(_shown_parameter, query.split("&")))


def _shown_parameter(parameter: str) -> str:
    name, mark, value = parameter.partition("=")
    return f"{name}=***" if mark and value and SECRET_PARAMETER.fullmatch(name) else parameter


def without_tracking(url: str) -> str:
    """Return an address without tracking parameters and fragment; everything else stays as it is.

    A fragment that names a page of an application stays, too.
    """
    address, _, fragment = url.strip().partition("#")
    path, _, query = _SESSION_PATH.sub("", address).partition("?")
    parameters = query.split("&")
    kept = [p for p in parameters if not TRACKING.fullmatch(unquote(p.partition("=")[0]))]
    cleaned = f"{path}?{'&'.join(kept)}" if any(kept) else path
    return f"{cleaned}#{fragment}" if is_page_fragment(fragment) else cleaned


def web_address(url: str) -> str:
    """Return the URL, or "" for one that is no web address: ``javascript:`` runs code in a page."""
    try:
        scheme = urlsplit(url.strip()).scheme
    except ValueError:
        return ""
    return url.strip() if scheme in {"http", "https", ""} else ""


def absolute_url(url: str, site_url: str) -> str:
    """Resolve the relative address of a page or picture as browsers do.

    Parameters
    ----------
    url : result of :func:`web_address`; "" stays "".
    site_url : address of the site, with a slash at the end; "" leaves relative addresses.
    """
    return urljoin(site_url, url) if url and site_url else url


def is_page_fragment(fragment: str) -> bool:
    """Return whether a fragment names a page of an application, as in ``#!/story/1``."""
    return fragment.startswith(("!", "/"))


def path_key(url: str) -> str | None:
    """Return the key of a URL without its host; None for a front page."""
    key = url_key(url) or ""
    host, _, _ = key.partition("/")
    # A slash in the query is no path, and a URL without a path is the front page.
    return None if "?" in host or host == key else key[len(host) :]


def url_digest(url: str) -> str:
    """Hash an address for a table: it may be longer than a key, or hold a password."""
    return hashlib.blake2b(url.encode(), digest_size=16).hexdigest()
