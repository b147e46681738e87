"""Read a WordPress export (WXR) of any size, one item in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

from lxml import etree

from recommender.articles.article import Article
from recommender.errors import ArticleError, SourceError
from recommender.ingest.readers.field_mapping import article_of
from recommender.ingest.readers.files import opened
from recommender.ingest.readers.record_error import RejectedRecord
from recommender.ingest.web.sitemap import local_name
from recommender.ingest.web.wordpress_api import date_of, lead
from recommender.text.html import content_of, words_of

EXPECTED = "a WordPress export (WXR), plain or .gz"

POST, ATTACHMENT = "post", "attachment"


def read(source: str, zone: tzinfo) -> Iterator[Article | RejectedRecord]:
    """Read the posts of an export; pages, menus and revisions are ignored."""
    pictures = _pictures(source)
    authors: dict[str, str] = {}
    for kind, item in _elements(source):
        if kind == "broken":
            yield RejectedRecord(
                source, f"expected valid XML, got an error: {item}; posts before it were read"
            )
        elif kind == "author":
            authors[item.get("author_login", "")] = item.get("author_display_name", "")
        elif item.get("post_type", POST) == POST:
            yield _article(source, item, authors, pictures, zone)


def _article(
    source: str,
    item: dict[str, Any],
    authors: dict[str, str],
    pictures: dict[str, str],
    zone: tzinfo,
) -> Article | RejectedRecord:
    known = item.get("post_id", "")
    try:
        return article_of(_fields(item, authors, pictures), zone)
    except ArticleError as error:
        return RejectedRecord(f"{source} post {known or '?'}", str(error), known)


def _fields(
    item: dict[str, Any], authors: dict[str, str], pictures: dict[str, str]
) -> dict[str, Any]:
    address = item.get("link", "")
    # WordPress turns empty lines into paragraphs when it shows a post.
    raw = re.sub(r"\n\s*\n", "<br>\n", item.get("content:encoded", ""))
    content = content_of(raw, address)
    login = item.get("creator", "")
    image = pictures.get(item.get("_thumbnail_id", ""), "")
    return {
        "id": item.get("post_id") or item.get("guid") or address,
        "title": words_of(item.get("title", "")),
        "published": date_of(item.get("post_date_gmt"), item.get("post_date"))
        or item.get("pubDate"),
        "updated": date_of(item.get("post_modified_gmt"), item.get("post_modified")),
        "teaser": lead(item.get("excerpt:encoded", "")),
        "body": content.text,
        "links": content.links,
        "url": address,
        "section": next(iter(item["category"]), ""),
        "tags": [*item["category"][1:], *item["post_tag"]],
        "authors": [authors.get(login) or login] if login else [],
        "image": image or content.image,
        "image_alt": "" if image else content.image_alt,
        "status": "draft" if item.get("post_password") else item.get("status", "publish"),
    }


def _pictures(source: str) -> dict[str, str]:
    """Read the addresses of all attachments first: a post may come before its picture."""
    attachments = (item for kind, item in _elements(source, {ATTACHMENT}) if kind == "item")
    return {item.get("post_id", ""): item.get("attachment_url", "") for item in attachments}


def _elements(source: str, post_types: set[str] | None = None) -> Iterator[tuple[str, Any]]:
    """Yield ("author", fields), ("item", fields), and at the end ("broken", reason)."""
    with opened(source, EXPECTED) as file:
        # Unresolved entities make entity bombs harmless. Recovery skips the control characters of
        # old posts; what is lost is reported.
        events = etree.iterparse(
            file,
            events=("end",),
            tag=("{*}item", "{*}author"),
            resolve_entities=False,
            no_network=True,
            huge_tree=False,
            recover=True,
        )
        try:
            for _, element in events:
                kind = local_name(element.tag)
                post_type = element.findtext("{*}post_type") or POST
                if post_types is None or post_type in post_types:
                    yield kind, _read(element)
                _forget(element)
        except etree.XMLSyntaxError as error:
            raise SourceError(
                f"{source}: expected {EXPECTED}, got invalid XML: {error.msg}"
            ) from error
        if post_types is None and len(events.error_log):
            first = events.error_log[0]
            yield "broken", f"line {first.line}: {first.message.strip()}"


def _read(element: Any) -> dict[str, Any]:
    """Flatten an item: texts by name, terms as lists, the ID of the featured picture."""
    found: dict[str, Any] = {"category": [], "post_tag": []}
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = local_name(child.tag)
        text = child.text or ""
        if name == "category":
            found.setdefault(child.get("domain", "category"), []).append(text)
        elif name == "encoded":
            found[f"{'excerpt' if 'excerpt' in child.tag else 'content'}:encoded"] = text
        elif name == "postmeta":
            if child.findtext("{*}meta_key") == "_thumbnail_id":
                found["_thumbnail_id"] = child.findtext("{*}meta_value") or ""
        elif len(text):
            found[name] = text
    return found


def _forget(element: Any) -> None:
    """Free an element and its preceding siblings, so that memory stays constant."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
