"""Read a web address, and detect what the server returns: feed, sitemap, WordPress or page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from urllib.parse import urlsplit

from recommender.articles.article import Article
from recommender.ingest.readers import feed
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.web import crawl, ghost, wordpress_api
from recommender.ingest.web.client import FetchedPage, HTTPClient
from recommender.text.markup.html import joined
from recommender.urls import shown_url

FEED, SITEMAP, JSON, PAGE = "feed", "sitemap", "json", "page"

_ROOTS = {
    b"rss": FEED, b"feed": FEED, b"rdf": FEED, b"rdf:rdf": FEED,
    b"urlset": SITEMAP, b"sitemapindex": SITEMAP,
}  # fmt: skip


def read(source: str, zone: tzinfo, web: HTTPClient) -> Iterator[Article | RejectedRecord]:
    """Read an address; nothing is yielded if it has not been modified.

    For the front page of a WordPress site all articles are read.
    """
    source = web.sign_in(source)
    if "/wp-json" in source or "rest_route=" in source:
        yield from wordpress_api.read(source, zone, web)
        return
    if ghost.is_api(source):
        yield from ghost.read_api(source, zone, web)
        return
    answer = web.get(source)
    if answer is None:
        return
    match kind_of(answer.data):
        case "sitemap":
            yield from crawl.read_sitemap(source, answer.data, zone, web)
        case "feed" | "json":
            yield from feed.articles(shown_url(source), answer.data, zone, answer.charset)
            web.remember(answer)
        case _:
            yield from _page(answer, zone, web)


def kind_of(data: bytes) -> str:
    """Detect the kind of a document from its beginning; a page by default."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return JSON
    if start.startswith(b"\x1f\x8b"):
        return SITEMAP  # only sitemaps are served as gzip files
    root = _ROOT.match(start)
    return _ROOTS.get(root[1].lower() if root else b"", PAGE)


# What may precede the root is skipped in one pass, so that a hostile start costs no more.
_ROOT = re.compile(
    rb"(?>\s+|<\?(?>.*?\?>)|<!--(?>.*?-->)|<!DOCTYPE[^>\[]*+(?:\[(?>.*?\]))?\s*+>)*+"
    rb"<(?:(?!rdf)[\w-]+:)?([\w:-]+)",
    re.DOTALL,
)


def _page(answer: FetchedPage, zone: tzinfo, web: HTTPClient) -> Iterator[Article | RejectedRecord]:
    if urlsplit(answer.final).path in {"", "/"} and (api := _wordpress_api(answer)):
        yield from wordpress_api.read(api, zone, web, found_through=answer.url)
    else:
        yield from crawl.read_answer(answer, zone, web)


def _wordpress_api(answer: FetchedPage) -> str:
    """Find the address of the site's WordPress API in the headers or the page; "" if none."""
    header = _API_HEADER.search(answer.headers.get("link", "")[:MAX_HEADER])
    tags = (tag[0] for tag in _LINK.finditer(answer.data) if _API_RELATION.search(tag[0]))
    href = _HREF.search(next(tags, b""))
    found = header[1] if header else href[1].decode("utf-8", "replace") if href else ""
    return joined(answer.final, found) if found else ""


MAX_HEADER = 8_192
"""Characters of a Link header that are read."""

_API_HEADER = re.compile(r"<([^<>]+)>;\s*rel=\"https://api\.w\.org/\"")
_LINK = re.compile(rb"<link\s[^<>]*>")
_API_RELATION = re.compile(rb"rel=[\"']https://api\.w\.org/[\"']")
_HREF = re.compile(rb"href=[\"']([^\"']+)")
