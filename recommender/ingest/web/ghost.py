"""Read Ghost: its JSON export, and its Content API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.files import whole
from recommender.ingest.readers.record_error import (
    PassedOver,
    RejectedRecord,
    converted,
    described,
    incomplete,
)
from recommender.ingest.web.client import FetchedPage, HTTPClient
from recommender.text.markup.html import content_of
from recommender.urls import shown_url

EXPECTED = "the JSON export of Ghost"

POSTS_PER_PAGE = 100
"""Posts of a request: the maximum of Ghost."""

MAX_PAGES = 10_000

OVERLAP = timedelta(hours=1)
"""Overlap with the last run, for posts that were saved while it read."""

HOME = "__GHOST_URL__"
"""What an export has for the address of the site."""

_API = re.compile(r"(https?://.+?/ghost/api/(?:v\d+/|canary/)?content/)")
_EXPORT = re.compile(rb'\s*\{\s*(?:"db"\s*:|"(?:data|meta)"\s*:\s*\{)')
_OWN = re.compile(rb'"exported_on"|"posts"\s*:\s*\[')
"""What an export has and other JSON does not."""


def is_export(start: bytes) -> bool:
    """Return whether a JSON file is an export of Ghost, by its beginning."""
    return bool(_EXPORT.match(start.removeprefix(b"\xef\xbb\xbf")) and _OWN.search(start))


def is_api(address: str) -> bool:
    """Return whether an address is one of the Content API."""
    return bool(_API.match(address))


def read_export(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the posts of an export. Pages, and drafts without a date, are passed over."""
    data = _tables(source, _decoded(source, whole(source, EXPECTED)))
    authors, tags = _linked(data, "author"), _linked(data, "tag")
    language = next(
        (row.get("value") for row in _rows(data, "settings") if row.get("key") in LOCALES), ""
    )
    passed_over = PassedOver()
    for number, post in enumerate(data["posts"], start=1):
        place = f"{source}#{number}"
        if isinstance(post, dict) and (kind := _passed_over(post)):
            passed_over.add(kind, *_identity(post))
        elif isinstance(post, dict):
            known = str(post.get("id"))
            url = f"/{post['slug']}/" if post.get("slug") else ""
            linked = {"authors": authors.get(known, []), "tags": tags.get(known, [])}
            yield _item(place, {"url": url, **post, **linked}, language, zone)
        else:
            yield _item(place, post, language, zone)
    yield from passed_over.note(source)


def read_api(source: str, zone: tzinfo, web: HTTPClient) -> Iterator[Article | RejectedRecord]:
    """Read all posts by the Content API; on later runs those updated since the last one.

    Parameters
    ----------
    source : an address of the API with the ``key`` of a custom integration.

    Raises
    ------
    SourceError
        The address has no key, or the answer is not that of Ghost.
    """
    found = _API.match(source)
    key = parse_qs(urlsplit(source).query).get("key", [""])[0]
    if not found or not key:
        raise SourceError(
            f"{shown_url(source)}: expected the key of the Content API, such as "
            "https://example.org/ghost/api/content/posts/?key=KEY, got none"
        )
    address = f"{found[1]}posts/"
    query: dict[str, Any] = {"include": "tags,authors", "limit": POSTS_PER_PAGE, "key": key}
    if known := web.memory.get(address):
        since = datetime.fromtimestamp(known.read_at, UTC) - OVERLAP
        query["filter"] = f"updated_at:>'{since:%Y-%m-%d %H:%M:%S}'"
    found_any = False
    for post in _posts(address, query, web):
        found_any = True
        yield _item(address, post, "", zone)
    if known and not found_any:
        web.unchanged += 1
    web.remember(FetchedPage(address, address, b"", "", {}))


def _posts(address: str, query: Mapping[str, Any], web: HTTPClient) -> Iterator[Any]:
    """Request one page of posts after the other."""
    for number in range(1, MAX_PAGES + 1):
        asking = urlencode({**query, "page": number})
        answer = web.get(f"{address}?{asking}", conditional=False)
        assert answer is not None, "an unconditional request"
        page = _decoded(address, answer.data)
        posts = page.get("posts") if isinstance(page, dict) else None
        if not isinstance(posts, list):
            raise SourceError(f"{address}: expected the posts of Ghost, got {described(page)}")
        yield from posts
        if not _has_next(page):
            return


def _item(place: str, post: Any, language: Any, zone: tzinfo) -> Article | RejectedRecord:
    if not isinstance(post, dict):
        return RejectedRecord(place, f"expected a post, got {described(post)}")
    return converted(place, partial(_article, post, language, zone), *_identity(post))


def _identity(post: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the ID and the status of a post."""
    return post.get("id"), post.get("status") or "published"


LOCALES = ("locale", "lang", "default_locale")
"""Settings of an export that have the language of the site."""


def _decoded(place: str, data: bytes) -> Any:
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{place}: expected the JSON of Ghost, got something else") from error


def _tables(source: str, export: Any) -> dict[str, Any]:
    """Return the tables of an export, which newer versions put into a list of databases."""
    database = export.get("db") if isinstance(export, dict) else None
    first = database[0] if isinstance(database, list) and database else export
    data = first.get("data") if isinstance(first, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        raise SourceError(f"{source}: expected {EXPECTED} with posts, got other JSON")
    return data


def _rows(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = data.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _linked(data: Mapping[str, Any], what: str) -> dict[str, list[dict[str, Any]]]:
    """Return the authors or tags of each post, in their order."""
    table = {"author": "users"}.get(what, f"{what}s")
    rows = {str(row.get("id")): row for row in _rows(data, table)}
    links = _rows(data, f"posts_{what}s")
    found: dict[str, list[dict[str, Any]]] = {}
    for link in sorted(links, key=_order):
        if row := rows.get(str(link.get(f"{what}_id"))):
            found.setdefault(str(link.get("post_id")), []).append(row)
    if what == "author" and not links:  # one author a post, before version 2
        for post in _rows(data, "posts"):
            if row := rows.get(str(post.get("author_id"))):
                found[str(post.get("id"))] = [row]
    return found


def _order(link: Mapping[str, Any]) -> int:
    order = link.get("sort_order")
    return order if isinstance(order, int) else 0


def _passed_over(post: Mapping[str, Any]) -> str:
    """Return of what kind a row is that is no article; "" for an article."""
    if post.get("type") == "page" or post.get("page") in (True, 1):
        return "page"
    return incomplete({**post, "published": post.get("published_at")}, post.get("status"))


def _article(post: Mapping[str, Any], language: Any, zone: tzinfo) -> Article:
    address = str(post.get("canonical_url") or post.get("url") or "").replace(HOME, "")
    html = str(post.get("html") or "").replace(HOME, "")
    content = content_of(html, address)
    tags = [tag for tag in post.get("tags") or () if _is_public(tag)]
    image = str(post.get("feature_image") or "").replace(HOME, "")
    fields = {
        "id": post.get("id"),
        "title": post.get("title"),
        "published": post.get("published_at"),
        "updated": post.get("updated_at"),
        "teaser": post.get("custom_excerpt"),
        "body": content.text or post.get("plaintext"),
        "links": content.links,
        "url": address,
        "section": tags[0]["name"] if tags else "",
        "tags": [tag["name"] for tag in tags[1:]],
        "authors": [one for one in post.get("authors") or () if _is_named(one)],
        "language": post.get("locale") or language,
        "image": image or content.image,
        "image_alt": post.get("feature_image_alt") if image else content.image_alt,
        "status": post.get("status") or "published",
    }
    return article_of(fields, zone, is_text=True)


def _is_public(tag: Any) -> bool:
    """Return whether readers see a tag: internal ones begin with #."""
    return (
        _is_named(tag)
        and tag.get("visibility") != "internal"
        and not str(tag["name"]).startswith("#")
    )


def _is_named(row: Any) -> bool:
    return isinstance(row, dict) and bool(row.get("name"))


def _has_next(page: Any) -> bool:
    for name in ("meta", "pagination", "next"):
        page = page.get(name) if isinstance(page, dict) else None
    return bool(page)
