"""Read WordPress by its REST API: all posts, with the names of categories, tags and authors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlencode

import msgspec

from recommender.articles.article import Article
from recommender.errors import SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.record_error import RejectedRecord, converted, described
from recommender.ingest.web.client import FetchedPage, HTTPClient
from recommender.ingest.web.wordpress import Term, is_passed_over, passed_over, section_and_tags
from recommender.language_tags import canonical_tag
from recommender.text.markup.html import content_of, words_of

POSTS_PER_PAGE = 100
"""Posts of a request: the maximum of WordPress."""

MAX_PAGES = 10_000

MAX_DIGITS = 9
"""Digits of a count that is believed."""

MAX_TYPES = 20
"""Other types of posts of which the posts are counted, one request each."""

POSTS, NAMESPACE = "posts", "wp/v2"
"""The name of posts in addresses, and the part of the API that has them."""

EMBEDDED = "author,wp:term,wp:featuredmedia"

OVERLAP = timedelta(days=1)
"""Overlap with the last run: WordPress compares dates in the site's time zone, not in UTC."""


def read(
    source: str, zone: tzinfo, web: HTTPClient, found_through: str = ""
) -> Iterator[Article | RejectedRecord]:
    """Read the posts of a site; on later runs those modified since the last one.

    An address of another type, such as ``/wp-json/wp/v2/podcast``, gives the posts of that type.

    Parameters
    ----------
    source : an address of the API.
    found_through : the user's address whose page named the API; "" if the user did.
    """
    site, kind = _Site(_root(source), web, found_through), _kind(source)
    first: FetchedPage | None = None
    query = {"per_page": POSTS_PER_PAGE, "orderby": "id", "order": "asc", "_embed": EMBEDDED}
    known = web.memory.get(site.address(kind))
    if known:
        since = datetime.fromtimestamp(known.read_at, UTC) - OVERLAP
        query["modified_after"] = since.strftime("%Y-%m-%dT%H:%M:%S")
    for answer, posts in site.pages(kind, query):
        first = first or answer
        for post in posts:
            yield _article(site, kind, post, zone)
    if first is not None:
        web.remember(FetchedPage(site.address(kind), first.final, b"", "", {}))
    if kind == POSTS and not known and (others := site.other_types()):
        reason = f"{passed_over(others)}; to add a type, read its address, such as "
        yield RejectedRecord(source, reason + site.address(next(iter(others))), is_error=False)


class _Site:
    """The API of one site, and the names of its terms and authors."""

    def __init__(self, root: str, web: HTTPClient, found_through: str) -> None:
        self._root, self._web, self._found_through = root, web, found_through
        self._names: dict[str, dict[int, Term]] = {}

    def address(self, what: str) -> str:
        return f"{self._root}wp/v2/{what}"

    def _get(self, address: str) -> FetchedPage | None:
        return self._web.get(address, conditional=False, found_through=self._found_through)

    def pages(self, what: str, query: dict[str, Any]) -> Iterator[tuple[FetchedPage, list[Any]]]:
        """Request one page of results after the other, until one is empty or returns again."""
        last = b""
        for number in range(1, MAX_PAGES + 1):
            address = self.address(what)
            asking = urlencode(query | {"page": number})
            try:
                answer = self._get(f"{address}{'&' if '?' in address else '?'}{asking}")
            except SourceError as error:
                if number > 1 and " 400 " in str(error):
                    return  # beyond the last page, if no header gives their number
                raise
            assert answer is not None, "an unconditional request"
            found = _list(answer)
            if number > 1 and (not found or answer.data == last):
                return  # the site ignores the number of the page, or names too many
            yield answer, found
            last = answer.data
            total = _count(answer.headers.get("x-wp-totalpages", ""))
            if number >= total if total is not None else len(found) < query["per_page"]:
                return

    def names(self, what: str) -> dict[int, Term]:
        """Load the names of all categories, tags or users; {} if the site hides them."""
        if what not in self._names:
            self._names[what] = {}
            try:
                for _, rows in self.pages(what, {"per_page": POSTS_PER_PAGE}):
                    self._names[what] |= {r["id"]: _term(r) for r in rows if _is_named(r)}
            except SourceError:
                pass  # many sites forbid the list of users; their posts have no authors
        return self._names[what]

    def other_types(self) -> dict[str, int]:
        """Count the posts of other types that may be articles, by their names in addresses."""
        try:
            answer = self._get(self.address("types"))
            types = msgspec.json.decode(answer.data) if answer else None
        except (SourceError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}  # a note is worth no error
        rows = types.items() if isinstance(types, dict) else ()
        names = [str(row.get("rest_base") or "") for key, row in rows if _is_readable(key, row)]
        counts = {name: self._count(name) for name in names[:MAX_TYPES] if name}
        return {name: number for name, number in counts.items() if number}

    def _count(self, what: str) -> int:
        address = self.address(what)
        try:
            asking = f"{address}{'&' if '?' in address else '?'}per_page=1"
            answer = self._get(asking)
        except SourceError:
            return 0
        return _count(answer.headers.get("x-wp-total", "")) or 0 if answer else 0


def _count(header: str) -> int | None:
    """Read a number of a header; None if it is none. ``int`` refuses very long ones."""
    return int(header) if header.isdecimal() and len(header) <= MAX_DIGITS else None


def _root(source: str) -> str:
    """Return the root of the API from any of its addresses."""
    if match := re.match(r"(.*?[?&]rest_route=)", source):
        return match[1] + "/"
    before, _, _ = source.partition("/wp-json")
    return f"{before}/wp-json/"


def _kind(source: str) -> str:
    """Return the type of posts that an address of the API names; ``posts`` by default."""
    match = re.search(r"/wp/v2/([^/?&#]+)", source)
    return match[1] if match else POSTS


def _is_readable(key: str, row: Any) -> bool:
    return (
        is_passed_over(key)
        and isinstance(row, dict)
        and row.get("rest_namespace", NAMESPACE) == NAMESPACE
    )


def _term(row: dict[str, Any]) -> Term:
    return Term(words_of(str(row["name"])), str(row.get("slug") or ""))


def _list(answer: FetchedPage) -> list[Any]:
    try:
        found = msgspec.json.decode(answer.data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(
            f"{answer.url}: expected the JSON of WordPress, got something else"
        ) from error
    if not isinstance(found, list):
        raise SourceError(
            f"{answer.url}: expected a list of the posts of WordPress, got {described(found)}"
        )
    return found


def _article(site: _Site, kind: str, post: Any, zone: tzinfo) -> Article | RejectedRecord:
    if not isinstance(post, dict):
        return RejectedRecord(site.address(kind), f"expected an object, got {described(post)}")
    known = post["id"] if isinstance(post.get("id"), str | int) else ""
    return converted(
        f"{site.address(kind)}/{known}",
        lambda: article_of(_fields(site, post), zone, is_text=True),
        known,
        _status(post),
    )


def _fields(site: _Site, post: dict[str, Any]) -> dict[str, Any]:
    address = str(post.get("link") or "")
    content = content_of(_rendered(post.get("content")), address)
    section, tags = section_and_tags(_terms(site, post, "category", "categories"))
    image, alt = _featured(post)
    return {
        "id": post.get("id"),
        "title": words_of(_rendered(post.get("title"))),
        "published": date_of(post.get("date_gmt"), post.get("date")),
        "updated": date_of(post.get("modified_gmt"), post.get("modified")),
        "teaser": words_of(_rendered(post.get("excerpt"))),
        "body": content.text,
        "links": content.links,
        "url": address,
        "section": section,
        "tags": [*tags, *(tag.name for tag in _terms(site, post, "post_tag", "tags"))],
        "authors": _authors(site, post),
        "language": _language(post),
        "translations": _translations(post),
        "image": image or content.image,
        "image_alt": alt if image else content.image_alt,
        "status": _status(post),
    }


def _status(post: dict[str, Any]) -> Any:
    protected = isinstance(post.get("content"), dict) and post["content"].get("protected")
    return "draft" if protected else post.get("status", "publish")


def date_of(gmt: Any, local: Any) -> str:
    """Read a pair of dates of WordPress: the first is in UTC without a zone, the second local."""
    if gmt and not str(gmt).startswith("0000"):
        return f"{gmt}Z"
    return "" if str(local or "").startswith("0000") else str(local or "")


def _rendered(value: Any) -> str:
    return str(value.get("rendered") or "") if isinstance(value, dict) else str(value or "")


def _terms(site: _Site, post: dict[str, Any], taxonomy: str, field: str) -> list[Term]:
    groups = _embedded(post, "wp:term")
    rows = [row for group in groups if isinstance(group, list) for row in group if _is_named(row)]
    ids = [i for i in post.get(field) or () if isinstance(i, int)]
    found = {row["id"]: _term(row) for row in rows if row.get("taxonomy") == taxonomy}
    if any(i not in found for i in ids):
        found = site.names(field) | found
    return [found[i] for i in ids if i in found]


def _language(post: dict[str, Any]) -> str:
    """Return the language that Polylang, WPML or Yoast SEO adds to a post."""
    head = post.get("yoast_head_json")
    by_yoast = head.get("og_locale") if isinstance(head, dict) else None
    named = (post.get("lang"), post.get("wpml_current_locale"), post.get("locale"), by_yoast)
    return next((tag for tag in named if isinstance(tag, str) and canonical_tag(tag)), "")


def _translations(post: dict[str, Any]) -> list[str]:
    """Return the IDs that Polylang and WPML list as translations of a post."""
    by_polylang, by_wpml = post.get("translations"), post.get("wpml_translations")
    ids = [*by_polylang.values()] if isinstance(by_polylang, dict) else []
    if isinstance(by_wpml, list):
        ids += [row.get("id") for row in by_wpml if isinstance(row, dict)]
    return [str(one) for one in ids if isinstance(one, int | str) and one != post.get("id")]


def _authors(site: _Site, post: dict[str, Any]) -> list[str]:
    named = _coauthors(post)
    if not named:
        named = [str(row["name"]) for row in _embedded(post, "author") if _is_named(row)]
    if not named and isinstance(post.get("author"), int):
        named = [site.names("users").get(post["author"], Term("")).name]
    return [words_of(name) for name in named if name]


def _coauthors(post: dict[str, Any]) -> list[str]:
    """Return all authors that Co-Authors Plus or PublishPress Authors adds to a post."""
    for field in ("coauthors", "authors"):
        rows = post.get(field)
        if isinstance(rows, list):
            rows = [row for row in rows if isinstance(row, dict)]
            named = [row.get("display_name") or row.get("name") for row in rows]
            if found := [name for name in named if isinstance(name, str) and name]:
                return found
    groups = _embedded(post, "wp:term")
    rows = [row for group in groups if isinstance(group, list) for row in group if _is_named(row)]
    return [str(row["name"]) for row in rows if row.get("taxonomy") == "author"]


def _featured(post: dict[str, Any]) -> tuple[str, str]:
    for row in _embedded(post, "wp:featuredmedia"):
        if isinstance(row, dict) and row.get("source_url"):
            return str(row["source_url"]), str(row.get("alt_text") or "")
    return "", ""


def _embedded(post: dict[str, Any], name: str) -> list[Any]:
    embedded = post.get("_embedded")
    found = embedded.get(name) if isinstance(embedded, dict) else None
    return found if isinstance(found, list) else []


def _is_named(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), int) and bool(row.get("name"))
